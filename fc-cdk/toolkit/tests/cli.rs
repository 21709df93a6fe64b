//! The command line of a small app, as its user meets it: arguments in; output, files and exit code out.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
};

use fc_cdk_aws::s3;
use fc_cdk_core::{App, Stack, Stage, json};
use fc_cdk_toolkit::{Cli, Context, Error, Exit, Terminal, Variables, clap};
use insta::assert_snapshot;

/// A folder of its own for a test, removed at its end.
struct Sandbox(PathBuf);

impl Sandbox {
    fn new(name: &str) -> Sandbox {
        let path = env::temp_dir().join(format!("fc-cdk-cli-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Sandbox(path)
    }

    fn output(&self) -> PathBuf {
        self.0.join("cdk.out")
    }

    /// The names directly in the folder.
    fn names(&self) -> Vec<String> {
        names(&self.0)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fc_cdk_core::rules! {
    pub(crate) const RULES = "Tests";
    OPEN_BUCKET = "open-bucket", Warning, "anyone can read a bucket";
        why "Everybody is everybody.";
        fix "";
        docs "";
    NO_LOGS = "no-logs", Warning, "nobody sees the traffic";
        why "Nobody is nobody.";
        fix "add flow logs";
        docs "";
}

fn shop(_: &Context) -> App {
    let app = App::new();
    let network = Stack::new(&app, "Network");
    let vpc = network.scope("Vpc");
    vpc.raw_resource("Resource", "AWS::EC2::VPC", json!({ "CidrBlock": "10.0.0.0/16" }));
    let prod = Stage::new(&app, "Prod");
    let data = Stack::new(&prod, "Data");
    let bucket = data.raw_resource("Bucket", "AWS::ECR::Repository", json!({}));
    bucket.report(OPEN_BUCKET.finding("anyone can read this bucket"));
    let web = Stack::new(&prod, "Web");
    web.raw_resource("Topic", "AWS::SNS::Topic", json!({}));
    web.depends_on(&data);
    app
}

struct Run {
    exit: Exit,
    out: String,
    err: String,
}

fn run(arguments: &[&str], change: impl FnOnce(&mut Variables), build: fn(&Context) -> App) -> Run {
    let (mut terminal, captured) = Terminal::captured();
    let mut variables = Variables::default();
    change(&mut variables);
    let cli = Cli::new("shop").about("A shop");
    let exit = cli.run_with(arguments, &variables, &mut terminal, build);
    Run { exit, out: captured.out(), err: captured.err() }
}

/// Runs with the assembly going into the sandbox, whose name is cut from the output.
fn in_sandbox(sandbox: &Sandbox, arguments: &[&str], build: fn(&Context) -> App) -> Run {
    let output = sandbox.output().display().to_string();
    let mut all = arguments.to_vec();
    all.extend(["--output", &output]);
    let mut run = run(&all, |_| (), build);
    run.out = run.out.replace(&output, "cdk.out");
    run.err = run.err.replace(&output, "cdk.out");
    run
}

#[test]
fn synth_prints_a_table_and_writes_the_assembly() {
    let sandbox = Sandbox::new("table");
    let run = in_sandbox(&sandbox, &["synth"], shop);
    assert_eq!(run.exit, Exit::Ok, "{}", run.err);
    assert_snapshot!(run.out, @"
    Stack      Resources  Bytes  Findings
    Network            1    128  none
    Prod/Data          1     74  1 warning
    Prod/Web           1     68  none
    Total              3    270  1 warning

    wrote 3 stacks to cdk.out
    ");
    assert_snapshot!(run.err, @r#"
    warning[open-bucket]: anyone can read this bucket
      --> fc-cdk/toolkit/tests/cli.rs:70:23
       |
    70 |     let bucket = data.raw_resource("Bucket", "AWS::ECR::Repository", json!({}));
       |                       ^^^^^^^^^^^^
       |
       = construct: Prod/Data/Bucket

    for more about a finding: `shop explain open-bucket`
    1 warning
    "#);
    assert_eq!(sandbox.names(), ["cdk.out"]);
    assert_snapshot!(names(&sandbox.output()).join(" "), @"Network.template.json assembly-Prod cdk.out manifest.json tree.json validation-report.json");
}

#[test]
fn synth_of_stacks_prints_their_templates() {
    let sandbox = Sandbox::new("template");
    let run = in_sandbox(&sandbox, &["synth", "Network"], shop);
    assert_snapshot!(run.out, @r#"
    {
     "Resources": {
      "Vpc8378EB38": {
       "Type": "AWS::EC2::VPC",
       "Properties": {
        "CidrBlock": "10.0.0.0/16"
       }
      }
     }
    }
    "#);
    let written = fs::read_to_string(sandbox.output().join("Network.template.json")).unwrap();
    assert_eq!(run.out, written + "\n");
    let run = in_sandbox(&sandbox, &["synth", "Prod/*", "--format", "yaml"], shop);
    assert_snapshot!(run.out, @"
    --- # Prod/Data
    Resources:
      Bucket:
        Type: AWS::ECR::Repository
    --- # Prod/Web
    Resources:
      Topic:
        Type: AWS::SNS::Topic
    ");
}

#[test]
fn quiet_synth_says_nothing_on_success() {
    let sandbox = Sandbox::new("quiet");
    let run = in_sandbox(&sandbox, &["synth", "-q"], shop);
    assert_eq!((run.exit, run.out.as_str(), run.err.as_str()), (Exit::Ok, "", ""));
    assert!(sandbox.output().join("manifest.json").exists());
}

#[test]
fn the_cdk_cli_gets_the_assembly_and_a_clean_standard_output() {
    let sandbox = Sandbox::new("cdk");
    let output = sandbox.output();
    let as_cdk = |variables: &mut Variables| {
        variables.output = Some(output.clone());
        variables.cli_assembly_version = Some("55.0.0".to_owned());
    };
    for arguments in [&["synth"][..], &[]] {
        let run = run(arguments, as_cdk, shop);
        assert_eq!((run.exit, run.out.as_str()), (Exit::Ok, ""), "{}", run.err);
        assert!(output.join("manifest.json").exists());
        fs::remove_dir_all(&output).unwrap();
    }
    let old =
        |variables: &mut Variables| variables.cli_assembly_version = Some("30.0.0".to_owned());
    let run = run(&["synth"], old, shop);
    assert_eq!(run.exit, Exit::Error);
    assert_snapshot!(run.err, @"
    error[cdk-cli-too-old]: this `cdk` CLI reads cloud assemblies up to version 30, and this app writes version 43
    help: update it: npm install -g aws-cdk@2
    ");
}

#[test]
fn synth_reports_as_json() {
    let sandbox = Sandbox::new("json");
    let run = in_sandbox(&sandbox, &["synth", "--json"], shop);
    assert_snapshot!(run.out, @r#"
    {
     "output": "cdk.out",
     "stacks": [
      {
       "id": "Network",
       "name": "Network",
       "template": "Network.template.json",
       "resources": 1,
       "bytes": 128,
       "findings": {
        "errors": 0,
        "warnings": 0,
        "notes": 0
       }
      },
      {
       "id": "Prod/Data",
       "name": "Prod-Data",
       "template": "assembly-Prod/ProdData90A795AA.template.json",
       "resources": 1,
       "bytes": 74,
       "findings": {
        "errors": 0,
        "warnings": 1,
        "notes": 0
       }
      },
      {
       "id": "Prod/Web",
       "name": "Prod-Web",
       "template": "assembly-Prod/ProdWebF45B1510.template.json",
       "resources": 1,
       "bytes": 68,
       "findings": {
        "errors": 0,
        "warnings": 0,
        "notes": 0
       }
      }
     ],
     "findings": {
      "errors": 0,
      "warnings": 1,
      "notes": 0
     },
     "diagnostics": [
      {
       "severity": "warning",
       "code": "open-bucket",
       "message": "anyone can read this bucket",
       "path": "Prod/Data/Bucket",
       "location": {
        "file": "fc-cdk/toolkit/tests/cli.rs",
        "line": 70,
        "column": 23
       }
      }
     ],
     "allowed": []
    }
    "#);
    assert_eq!(run.err, "");
}

fn with_allowance(context: &Context) -> App {
    let app = shop(context);
    app.allow("open-bucket", "it serves a public web site");
    app
}

#[test]
fn what_is_allowed_stays_in_sight() {
    let sandbox = Sandbox::new("allowed");
    let run = in_sandbox(&sandbox, &["synth"], with_allowance);
    assert_eq!((run.exit, run.err.as_str()), (Exit::Ok, ""));
    assert!(
        run.out.ends_with("wrote 3 stacks to cdk.out; 1 finding allowed, see `--json`\n"),
        "{}",
        run.out
    );
    let run = in_sandbox(&sandbox, &["synth", "--json"], with_allowance);
    assert!(run.out.contains("\"reason\": \"it serves a public web site\""), "{}", run.out);
}

#[test]
fn ids_of_what_holds_data_are_locked() {
    let sandbox = Sandbox::new("ids");
    let lock = sandbox.0.join("ids.lock");
    let output = sandbox.output().display().to_string();
    let run = |id: &'static str, arguments: &[&str]| {
        let (mut terminal, captured) = Terminal::captured();
        let cli = Cli::new("shop").ids_lock(&lock);
        let mut all = vec!["synth", "-q", "-o", &output];
        all.extend(arguments);
        let exit = cli.run_with(&all, &Variables::default(), &mut terminal, |_: &Context| {
            let app = App::new();
            let stack = Stack::new(&app, "Data");
            stack.allow("public-bucket", "this is about ids");
            s3::Bucket::new().build(&stack, id);
            app
        });
        (exit, captured.err())
    };
    // Nothing is accepted yet, so nothing can vanish.
    assert_eq!(run("Orders", &[]), (Exit::Ok, String::new()));
    assert!(!lock.exists());
    assert_eq!(run("Orders", &["--accept-ids"]), (Exit::Ok, String::new()));
    assert_eq!(run("Orders", &[]).0, Exit::Ok);
    let (exit, message) = run("Renamed", &[]);
    assert_eq!(exit, Exit::Error);
    assert!(message.starts_with("error[stateful-id-lost]"), "{message}");
    assert_eq!(run("Renamed", &["--accept-ids"]).0, Exit::Ok);
    assert_eq!(run("Renamed", &[]).0, Exit::Ok);
    assert_eq!(sandbox.names(), ["cdk.out", "ids.lock"]);
    fs::write(&lock, "no lock").unwrap();
    let (_, message) = run("Renamed", &[]);
    assert!(message.contains("line 1 has 1 columns"), "{message}");
}

fn broken(_: &Context) -> App {
    let app = App::new();
    let stack = Stack::new(&app, "Network");
    stack.raw_resource("Vpc", "AWS::EC2::VPC", json!({}));
    stack.raw_resource("Vpc", "AWS::EC2::VPC", json!({}));
    stack.report(NO_LOGS.finding("nobody sees the traffic"));
    app
}

#[test]
fn errors_are_shown_with_their_source_and_nothing_is_written() {
    let sandbox = Sandbox::new("errors");
    let run = in_sandbox(&sandbox, &["synth"], broken);
    assert_eq!((run.exit, run.out.as_str()), (Exit::Error, ""));
    assert_snapshot!(run.err, @r#"
    warning[no-logs]: nobody sees the traffic
       --> fc-cdk/toolkit/tests/cli.rs:323:17
        |
    323 |     let stack = Stack::new(&app, "Network");
        |                 ^^^^^^^^^^
        |
        = construct: Network
        = help: add flow logs

    error[duplicate-id]: there is a construct `Vpc` in `Network` already
       --> fc-cdk/toolkit/tests/cli.rs:325:11
        |
    325 |     stack.raw_resource("Vpc", "AWS::EC2::VPC", json!({}));
        |           ^^^^^^^^^^^^
        |
        = construct: Network
        = help: ids are unique within their scope: rename one, or give it a scope of its own
    note: the first one is made here
       --> fc-cdk/toolkit/tests/cli.rs:324:11
        |
    324 |     stack.raw_resource("Vpc", "AWS::EC2::VPC", json!({}));
        |           ^^^^^^^^^^^^

    for more about a finding: `shop explain duplicate-id`
    1 error, 1 warning
    "#);
    assert_eq!(sandbox.names(), Vec::<String>::new());
    let colored = in_sandbox(&sandbox, &["synth", "--color", "always"], broken);
    assert!(colored.err.contains("\x1b[1m"), "{}", colored.err);
    assert!(!run.err.contains('\x1b'));
}

#[test]
fn errors_as_json_name_file_and_line() {
    let sandbox = Sandbox::new("errors-json");
    let run = in_sandbox(&sandbox, &["synth", "--json"], broken);
    assert_eq!((run.exit, run.err.as_str()), (Exit::Error, ""));
    assert_snapshot!(run.out, @r#"
    {
     "findings": {
      "errors": 1,
      "warnings": 1,
      "notes": 0
     },
     "diagnostics": [
      {
       "severity": "error",
       "code": "duplicate-id",
       "message": "there is a construct `Vpc` in `Network` already",
       "path": "Network",
       "location": {
        "file": "fc-cdk/toolkit/tests/cli.rs",
        "line": 325,
        "column": 11
       },
       "notes": [
        {
         "message": "the first one is made here",
         "location": {
          "file": "fc-cdk/toolkit/tests/cli.rs",
          "line": 324,
          "column": 11
         }
        }
       ],
       "help": "ids are unique within their scope: rename one, or give it a scope of its own"
      },
      {
       "severity": "warning",
       "code": "no-logs",
       "message": "nobody sees the traffic",
       "path": "Network",
       "location": {
        "file": "fc-cdk/toolkit/tests/cli.rs",
        "line": 323,
        "column": 17
       },
       "help": "add flow logs"
      }
     ],
     "allowed": []
    }
    "#);
    assert_eq!(sandbox.names(), Vec::<String>::new());
}

#[test]
fn errors_leave_the_assembly_of_before() {
    let sandbox = Sandbox::new("before");
    in_sandbox(&sandbox, &["synth", "-q"], shop);
    let before = names(&sandbox.output());
    assert_eq!(in_sandbox(&sandbox, &["synth", "-q"], broken).exit, Exit::Error);
    let unknown = in_sandbox(&sandbox, &["synth", "Netwrok"], shop);
    assert_eq!(unknown.exit, Exit::Error);
    assert_snapshot!(unknown.err, @"
    error[no-such-stack]: no stack is named `Netwrok`
    help: did you mean `Network`? the stacks are Network, Prod/Data, Prod/Web
    ");
    assert_eq!((sandbox.names(), names(&sandbox.output())), (vec!["cdk.out".to_owned()], before));
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let sandbox = Sandbox::new("unwritable");
    fs::write(sandbox.output(), "mine").unwrap();
    let run = in_sandbox(&sandbox, &["synth"], shop);
    assert_eq!((run.exit, run.out.as_str()), (Exit::Error, ""));
    assert_snapshot!(run.err, @"
    error[assembly-not-written]: cannot write the assembly to `cdk.out`: a file is in the way
    help: name another folder with `--output`, or move away what is there
    ");
    assert_eq!(fs::read_to_string(sandbox.output()).unwrap(), "mine");
}

#[test]
fn list_follows_the_order_of_deployment() {
    assert_snapshot!(run(&["list"], |_| (), shop).out, @"
    Network
    Prod/Data
    Prod/Web
    ");
    assert_snapshot!(run(&["ls", "--long"], |_| (), shop).out, @"
    Stack      Name       Environment  Depends on
    Network    Network    any
    Prod/Data  Prod-Data  any
    Prod/Web   Prod-Web   any          Prod/Data
    ");
    assert_snapshot!(run(&["list", "Prod/W*", "--json"], |_| (), shop).out, @r#"
    [
     {
      "id": "Prod/Web",
      "name": "Prod-Web",
      "artifact": "ProdWebF45B1510",
      "environment": {
       "account": null,
       "region": null
      },
      "dependencies": [
       "Prod/Data"
      ]
     }
    ]
    "#);
}

#[test]
fn tree_shows_types_and_lines() {
    assert_snapshot!(run(&["tree"], |_| (), shop).out, @"
    Construct          Type                  Source
    App                                      fc-cdk/toolkit/tests/cli.rs:64
    ├─ Network         stack                 fc-cdk/toolkit/tests/cli.rs:65
    │  └─ Vpc                                fc-cdk/toolkit/tests/cli.rs:66
    │     └─ Resource  AWS::EC2::VPC         fc-cdk/toolkit/tests/cli.rs:67
    └─ Prod                                  fc-cdk/toolkit/tests/cli.rs:68
       ├─ Data         stack                 fc-cdk/toolkit/tests/cli.rs:69
       │  └─ Bucket    AWS::ECR::Repository  fc-cdk/toolkit/tests/cli.rs:70
       └─ Web          stack                 fc-cdk/toolkit/tests/cli.rs:72
          └─ Topic     AWS::SNS::Topic       fc-cdk/toolkit/tests/cli.rs:73
    ");
    let run = run(&["tree", "Network/Vcp"], |_| (), shop);
    assert_eq!(run.exit, Exit::Error);
    assert_snapshot!(run.err, @"
    error: there is no construct at `Network/Vcp`
    help: `Network` has Vpc
    ");
}

#[test]
fn mistakes_on_the_command_line_end_with_one() {
    for (arguments, message) in [
        (&["sinth"][..], "unrecognized subcommand 'sinth'"),
        (&["synth", "--ouput", "x"], "unexpected argument '--ouput' found"),
        (&["synth", "--format", "toml"], "invalid value 'toml'"),
        (&["synth", "--json", "-q"], "cannot be used with"),
        (&["list", "-c", "key"], "`--context key` has no `=`"),
        (&["list", "Nowhere"], "no stack is named `Nowhere`"),
        (&[], "no command is given"),
    ] {
        let run = run(arguments, |_| (), shop);
        assert_eq!((run.exit, run.out.as_str()), (Exit::Error, ""), "{arguments:?}");
        assert!(run.err.contains(message), "{arguments:?}: {}", run.err);
    }
}

#[test]
fn help_teaches() {
    let help = run(&["--help"], |_| (), shop);
    assert_eq!(help.exit, Exit::Ok);
    assert_snapshot!(help.out, @"
    A shop

    Usage: shop [OPTIONS] [COMMAND]

    Commands:
      synth           Turns the app into CloudFormation templates, and checks them [alias: synthesize]
      diff            Shows what deploying the app would change
      validate        Checks the app, or any template files
      list            Lists the stacks, each after those that it depends on [alias: ls]
      tree            Shows the construct tree, with resource types and source lines
      drift           Shows what was changed or deleted by hand in the deployed stacks, nested ones among them
      plan            Shows what deploying would do, and keeps it in a file for `deploy`
      deploy          Brings the stacks to what the app says
      destroy         Deletes the stacks, each before those that it needs
      rollback        Takes failed deployments back, and cancels one that goes on
      forecast        Asks the account what a deploy would fail by: taken names, missing roles, quotas…
      events          Shows what happened to the deployed stacks, nested ones among them, the newest last
      outputs         Shows the outputs of the deployed stacks
      import          Takes resources that exist into a stack, as they are
      orphan          Takes resources out of their stacks without deleting them
      publish-assets  Puts templates and assets into the bucket of the bootstrapping, and deploys nothing
      bootstrap       Makes what deployments into an account and region share: a bucket, a repository, roles
      schema          Shows what AWS's specification says of a resource type
      explain         Explains a finding or an error: why it matters, and what to do
      context         Shows the context values of the app and where they come from
      doctor          Reports on the environment: the app, the assembly, credentials, the bootstrap stack
      completions     Prints a script that completes commands, flags and stacks in a shell

    Options:
      -c, --context <KEY=VALUE>  Sets a context value that the app may read
          --color <WHEN>         Colors the output: auto (on a terminal), always, never
      -h, --help                 Print help

    Exit codes: 0 done, 1 error, 2 differences, 3 refused by a guard, 4 deployment failed and rolled back,
    5 deployment failed and needs attention.

    `shop COMMAND --help` explains a command, with examples.
    ");
    assert_snapshot!(run(&["synth", "--help"], |_| (), shop).out, @"
    Turns the app into CloudFormation templates, and checks them.

    Writes the cloud assembly, which `cdk` and CI read, and prints a table of what is in it;
    with STACKS, prints their templates instead. Needs no network and no credentials.
    If anything is wrong, all of it is printed, and nothing is written.

    Usage: shop synth [OPTIONS] [STACKS]...

    Arguments:
      [STACKS]...
              Prints the templates of these stacks, such as `Network` or `Prod/*`

    Options:
      -c, --context <KEY=VALUE>
              Sets a context value that the app may read

      -o, --output <DIR>
              Where to write the assembly [default: `CDK_OUTDIR`, else cdk.out]

          --color <WHEN>
              Colors the output: auto (on a terminal), always, never

      -f, --format <FORMAT>
              How to print templates: json (default) or yaml

      -q, --quiet
              Prints nothing unless something is wrong

          --strict
              Takes warnings for errors

          --accept-ids
              Accepts the logical ids of what holds data, as they are now

          --json
              Prints the report as JSON

      -h, --help
              Print help (see a summary with '-h')

    Examples:
      shop synth                            # all stacks into cdk.out, and a table of them
      shop synth Network                    # the template of one stack
      shop synth 'Prod/*' --format yaml     # those of several, as YAML
      shop synth --json                     # the table and all findings, for scripts
      cdk deploy --app 'shop synth -q'  # deploy with the AWS CDK's command line
    ");
}

#[test]
fn completions_know_the_commands() {
    let run = run(&["completions", "bash"], |_| (), shop);
    assert_eq!(run.exit, Exit::Ok);
    assert!(run.out.contains("synth") && run.out.contains("--output"), "{}", run.out);
}

#[test]
fn completions_know_the_stacks() {
    let script = |shell| run(&["completions", shell], |_| (), shop).out;
    let sandbox = Sandbox::new("completions");
    let file = sandbox.0.join("shop.bash");
    // In place of the app, something that lists two stacks.
    let app = "shop() { [ \"$1\" = list ] && printf 'Network\\nProd/Data\\n'; }";
    let ask = r#"for line in 'shop deploy N' 'shop deploy Network Prod/' 'shop deploy --re' 'shop deploy --region N' 'shop schema N'; do
        COMP_WORDS=($line); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
        _shop_with_stacks shop "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        echo $line: ${COMPREPLY[*]}
    done"#;
    fs::write(&file, format!("{app}\n{}\n{ask}\n", script("bash"))).unwrap();
    // Where there is no bash, nobody completes in it.
    if let Ok(answer) = process::Command::new("bash").arg(&file).current_dir(&sandbox.0).output() {
        let out = String::from_utf8_lossy(&answer.stdout).into_owned();
        assert_snapshot!(out, @"
        shop deploy N: Network
        shop deploy Network Prod/: Prod/Data
        shop deploy --re: --require-approval --revert-drift --recover --region
        shop deploy --region N:
        shop schema N:
        ");
    }
    let zsh = script("zsh");
    assert!(zsh.contains("compadd -- ${(f)\"$(shop list 2>/dev/null)\"}"), "{zsh}");
    assert!(zsh.contains("such as `Network` or `Prod/*`:_shop_stacks'"), "{zsh}");
    assert!(script("fish").ends_with("-f -a \"(shop list 2>/dev/null)\"\n"));
}

fn by_context(context: &Context) -> App {
    let app = App::new().with_environment(context.environment());
    let name = context.value("name").and_then(|name| name.as_str()).unwrap_or("Default");
    Stack::new(&app, name).raw_resource("Topic", "AWS::SNS::Topic", json!({}));
    app
}

#[test]
fn context_comes_from_flags_and_from_the_cdk_cli() {
    let as_cdk = |variables: &mut Variables| {
        variables.context = Some(r#"{"name":"FromCdk"}"#.to_owned());
        variables.default_account = Some("123456789012".to_owned());
        variables.default_region = Some("eu-west-1".to_owned());
    };
    assert_snapshot!(run(&["list", "--long"], as_cdk, by_context).out, @"
    Stack    Name     Environment             Depends on
    FromCdk  FromCdk  123456789012/eu-west-1
    ");
    assert_eq!(run(&["list", "-c", "name=FromFlag"], as_cdk, by_context).out, "FromFlag\n");
    assert_eq!(run(&["list"], |_| (), by_context).out, "Default\n");
    let broken = |variables: &mut Variables| variables.context = Some("[]".to_owned());
    assert_eq!(
        run(&["list"], broken, by_context).err,
        "error[bad-context]: the context in `CDK_CONTEXT_JSON` is a list, where an object is expected\n\
         help: correct the file or the variable that is named\n"
    );
}

#[test]
fn apps_add_flags_and_commands() {
    let cli = || {
        let count = clap::Command::new("count").about("Counts the stacks");
        let revision = clap::Arg::new("revision").long("revision").value_name("VERSION");
        Cli::new("shop").arg(revision).command(count, |session| {
            let synthesis = session.synthesize_or_report()?;
            let number = synthesis.assembly().stacks().len();
            session.terminal().line(number)?;
            Ok(Exit::Differences)
        })
    };
    let build = |context: &Context| match context.arg::<String>("revision").map(String::as_str) {
        None | Some("v1.0") => Ok(shop(context)),
        Some(other) => Err(Error::new(format!("there is no revision `{other}`"))),
    };
    let run = |arguments: &[&str]| {
        let (mut terminal, captured) = Terminal::captured();
        let exit = cli().run_with(arguments, &Variables::default(), &mut terminal, build);
        (exit, captured.out(), captured.err())
    };
    assert_eq!(run(&["count"]), (Exit::Differences, "3\n".to_owned(), String::new()));
    assert_eq!(run(&["--revision", "v1.0", "list"]).1, run(&["list", "--revision", "v1.0"]).1);
    assert_eq!(
        run(&["synth", "--revision", "v9"]),
        (Exit::Error, String::new(), "error: there is no revision `v9`\n".to_owned())
    );
}

#[test]
fn a_rule_is_explained() {
    let all = run(&["explain"], |_| (), shop);
    assert_eq!(all.exit, Exit::Ok);
    assert!(all.out.contains("cidr-overlap"), "{}", all.out);
    let one = run(&["explain", "[cidr-overlap]"], |_| (), shop);
    assert_eq!(one.exit, Exit::Ok);
    assert_snapshot!(one.out, @"
    error[cidr-overlap]: two subnets of one VPC share addresses

    EC2 refuses to create the second one.

    fix: give each subnet a range of its own
    docs: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    ");
    let json = run(&["explain", "empty-id", "--json"], |_| (), shop);
    assert!(json.out.contains("\n \"code\": \"empty-id\",\n"), "{}", json.out);
    let unknown = run(&["explain", "cidr-overlaps"], |_| (), shop);
    assert_eq!(unknown.exit, Exit::Error);
    assert_snapshot!(unknown.err, @"
    error: there is no rule `cidr-overlaps`
    help: did you mean `cidr-overlap`?
    ");
}

mod diff; // what deploying would change; last, for the lines above are named in snapshots
mod validate; // the app, and any template files
mod reference; // what people look up
mod revisions; // an app as of several revisions
mod report; // many findings at once
