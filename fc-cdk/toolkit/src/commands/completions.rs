//! `completions`: a script that completes commands, flags and stacks in a shell.

use clap::{Arg, Command, value_parser};
use clap_complete::Shell;

use crate::{
    error::{Error, Exit},
    session::Session,
};

pub(crate) fn definition() -> Command {
    Command::new("completions")
        .about("Prints a script that completes commands, flags and stacks in a shell")
        .long_about(
            "Prints a script that completes commands and flags in a shell, and in bash, zsh and fish the stacks: it asks the app for them by\n\
             `list` when they are wanted, so the script stays right when the app changes.",
        )
        .arg(
            Arg::new("shell").value_name("SHELL").required(true).value_parser(value_parser!(Shell)),
        )
        .after_help(
            "Examples:\n  {app} completions bash > ~/.local/share/bash-completion/completions/{app}",
        )
}

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let shell = session.args.get_one::<Shell>("shell").copied().unwrap_or(Shell::Bash);
    let name = session.definition.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut session.definition, &name, &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let commands = about_stacks(&session.definition);
    let script = match shell {
        Shell::Bash => script + &bash(&name, &commands),
        Shell::Zsh => zsh(&name, &script),
        Shell::Fish => script + &fish(&name, &commands),
        _ => script,
    };
    session.terminal.print(&script)?;
    Ok(Exit::Ok)
}

/// The commands that take stacks, each with its flags that take a value.
fn about_stacks(definition: &Command) -> Vec<(&str, Vec<String>)> {
    let takes_stacks =
        |command: &&Command| command.get_arguments().any(|it| it.get_id() == "stacks");
    let commands = definition.get_subcommands().filter(takes_stacks);
    commands
        .map(|command| {
            let values = command.get_arguments().filter(|it| it.get_action().takes_values());
            let flags = values.flat_map(|it| {
                let long = it.get_long().map(|name| format!("--{name}"));
                long.into_iter().chain(it.get_short().map(|name| format!("-{name}")))
            });
            (command.get_name(), flags.collect())
        })
        .collect()
}

/// A function around the one that clap writes, which adds stacks where a word is neither a flag nor the value of one.
fn bash(name: &str, commands: &[(&str, Vec<String>)]) -> String {
    let inner = format!("_{}", name.replace('-', "__"));
    let mut cases = String::new();
    for (command, values) in commands {
        cases += &format!("        {command}) values=\" {} \" ;;\n", values.join(" "));
    }
    format!(
        r#"
{inner}_with_stacks() {{
    {inner} "$@"
    local values word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}"
    case "${{COMP_WORDS[1]}}" in
{cases}        *) return ;;
    esac
    if (( COMP_CWORD < 2 )) || [[ "$word" == -* || "$values" == *" $before "* ]]; then
        return
    fi
    COMPREPLY+=($(compgen -W "$("${{COMP_WORDS[0]}}" list 2>/dev/null)" -- "$word"))
}}
complete -F {inner}_with_stacks -o bashdefault -o default {name}
"#
    )
}

/// The script with a function of its own in place of files where stacks are wanted.
fn zsh(name: &str, script: &str) -> String {
    let function = format!("_{name}_stacks");
    let mut lines: Vec<String> = Vec::new();
    for line in script.lines() {
        let is_stacks = line.trim_start().starts_with("'::stacks --")
            || line.trim_start().starts_with("'*::stacks --");
        lines.push(match line.split_once(":_default'").filter(|_| is_stacks) {
            // As many as wanted.
            Some((before, after)) => {
                let before = before.replacen("'::stacks", "'*::stacks", 1);
                format!("{before}:{function}'{after}")
            }
            None => line.to_owned(),
        });
        if line.starts_with("autoload -U is-at-least") {
            lines.push(format!(
                "\n{function}() {{\n    compadd -- ${{(f)\"$({name} list 2>/dev/null)\"}}\n}}"
            ));
        }
    }
    lines.join("\n") + "\n"
}

fn fish(name: &str, commands: &[(&str, Vec<String>)]) -> String {
    let names: Vec<&str> = commands.iter().map(|(command, _)| *command).collect();
    format!(
        "complete -c {name} -n \"__fish_seen_subcommand_from {}\" -f -a \"({name} list 2>/dev/null)\"\n",
        names.join(" ")
    )
}
