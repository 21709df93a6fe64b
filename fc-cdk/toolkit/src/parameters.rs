//! Values of parameters: `--parameters [STACK:]NAME=VALUE`, and files of them in the forms that tools for CloudFormation read.

pub(crate) mod rules; // what their findings stand for
pub(crate) mod values; // what is wrong with them, and by them

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use fc_cdk_core::{Node, SourceLocation, template::Positions};

use crate::{error::Error, template_check::escaped, values::literal_text, variables::Secret};

/// The value of a parameter.
#[derive(Clone, Debug)]
pub(crate) struct ParameterValue {
    /// The stack that it is for; all that have such a parameter, where none is named.
    pub(crate) stack: Option<String>,
    pub(crate) name: String,
    /// None where what is deployed is kept.
    pub(crate) value: Option<Secret>,
    /// Where it stands, if in a file.
    pub(crate) location: Option<SourceLocation>,
}

impl ParameterValue {
    /// Whether it is for a stack that goes by these names.
    pub(crate) fn is_for(&self, names: &[&str]) -> bool {
        self.stack.as_deref().is_none_or(|stack| names.contains(&stack))
    }
}

/// The arguments of commands that take values of parameters.
pub(crate) fn args() -> [Arg; 2] {
    [
        Arg::new("parameters")
            .long("parameters")
            .value_name("[STACK:]NAME=VALUE")
            .action(ArgAction::Append)
            .help("The value of a parameter"),
        Arg::new("parameters-file")
            .long("parameters-file")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .action(ArgAction::Append)
            .help("A file with values of parameters, JSON or YAML: as of the AWS CLI, CodePipeline, or names with their values"),
    ]
}

/// The values that a command line gives, each after those that it takes the place of: files in their order, then `--parameters`.
///
/// # Errors
///
/// When a file cannot be read or has another form, or an argument has no `=`.
pub(crate) fn given(args: &ArgMatches) -> Result<Vec<ParameterValue>, Error> {
    let files = args.try_get_many::<PathBuf>("parameters-file").ok().flatten();
    let mut values = Vec::new();
    for file in files.into_iter().flatten() {
        values.append(&mut read(file)?);
    }
    let arguments = args.try_get_many::<String>("parameters").ok().flatten();
    for argument in arguments.into_iter().flatten() {
        values.push(parse(argument)?);
    }
    Ok(values)
}

/// The files that these values are from, to show lines of: with stars for the values that nobody shall see, and for those of which nobody
/// knows whether they are such. `names` says it of the parameters that there are.
pub(crate) fn texts(
    given: &[ParameterValue],
    names: &BTreeMap<String, bool>,
) -> Vec<(&'static str, String)> {
    let files: BTreeSet<&'static str> =
        given.iter().filter_map(|given| Some(given.location?.file)).collect();
    let shown = |file: &'static str| {
        let mut text = fs::read_to_string(file).ok()?;
        let of_file = given.iter().filter(|given| given.location.is_some_and(|at| at.file == file));
        let hidden = of_file.filter(|given| names.get(&given.name).is_none_or(|hidden| *hidden));
        for secret in hidden.filter_map(|given| given.value.as_ref()) {
            // As it is, and as it is written in JSON.
            let written = Node::from(secret.reveal()).to_json();
            for value in [secret.reveal(), written.trim_matches('"')] {
                if !value.is_empty() {
                    text = text.replace(value, &"*".repeat(value.chars().count()));
                }
            }
        }
        Some((file, text))
    };
    files.into_iter().filter_map(shown).collect()
}

/// `NAME=VALUE` or `STACK:NAME=VALUE`.
fn parse(text: &str) -> Result<ParameterValue, Error> {
    // The value may be a secret: it is not repeated in a message.
    let Some((name, value)) = text.split_once('=') else {
        return Err(Error::new("a value of `--parameters` has no `=`")
            .help("write `--parameters NAME=VALUE` or `--parameters STACK:NAME=VALUE`"));
    };
    let (stack, name) = named(name);
    Ok(ParameterValue { stack, name, value: Some(Secret::new(value)), location: None })
}

/// `NAME` or `STACK:NAME`.
fn named(text: &str) -> (Option<String>, String) {
    match text.rsplit_once(':') {
        Some((stack, name)) => (Some(stack.to_owned()), name.to_owned()),
        None => (None, text.to_owned()),
    }
}

fn read(path: &Path) -> Result<Vec<ParameterValue>, Error> {
    let bytes = fs::read(path).map_err(|error| Error::io("read", path, &error))?;
    // Findings carry the names of source files, which live as long as the program; so does this one.
    let file = Box::leak(path.display().to_string().into_boxed_str());
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::new(format!("`{file}` is no UTF-8 text")).help(FORMS))?;
    let (root, positions) = Node::parse_with_positions(&text).map_err(|error| {
        let (at, message) = (error.position(), error.message());
        Error::new(format!("{file}:{}:{}: {message}", at.line, at.column)).help(FORMS)
    })?;
    let mut reader = Reader { file, positions, values: Vec::new() };
    reader.root(&root)?;
    Ok(reader.values)
}

/// What a file may hold.
const FORMS: &str = r#"write `[{"ParameterKey": "Name", "ParameterValue": "value"}]`, `["Name=value"]`, `{"Parameters": {"Name": "value"}}`, or `{"Name": "value"}`, as JSON or YAML"#;

/// What files with parameters have beside them: template configurations of CodePipeline, rain and Git sync.
const BESIDE: [&str; 4] = ["Tags", "StackPolicy", "tags", "template-file-path"];

struct Reader {
    file: &'static str,
    positions: Positions,
    values: Vec<ParameterValue>,
}

impl Reader {
    fn root(&mut self, root: &Node) -> Result<(), Error> {
        match root {
            Node::List(items) => self.list(items, ""),
            Node::Map(map) => {
                for key in ["Parameters", "parameters"] {
                    match map.get(key) {
                        Some(Node::List(items)) => return self.list(items, &format!("/{key}")),
                        Some(Node::Map(_)) | None => {}
                        Some(other) => return Err(self.refuse(&format!("/{key}"), other)),
                    }
                    if let Some(Node::Map(inner)) = map.get(key) {
                        return inner.iter().try_for_each(|(name, value)| {
                            self.entry(name, value, &format!("/{key}/{}", escaped(name)))
                        });
                    }
                }
                if map.iter().all(|(key, _)| BESIDE.contains(&key.as_str())) {
                    return Ok(());
                }
                map.iter().try_for_each(|(name, value)| {
                    self.entry(name, value, &format!("/{}", escaped(name)))
                })
            }
            other => Err(self.refuse("", other)),
        }
    }

    /// The list of the AWS CLI.
    fn list(&mut self, items: &[Node], pointer: &str) -> Result<(), Error> {
        for (index, item) in items.iter().enumerate() {
            let pointer = format!("{pointer}/{index}");
            let text = |key: &str| item.get(key).and_then(Node::as_str);
            match (item, text("ParameterKey")) {
                (Node::Str(pair), _) => {
                    let Some((name, value)) = pair.split_once('=') else {
                        return Err(self.refuse(&pointer, item));
                    };
                    self.entry(name, &Node::from(value), &pointer)?;
                }
                (_, Some(name)) => match (item.get("ParameterValue"), item.get("UsePreviousValue"))
                {
                    (Some(value), _) => {
                        self.entry(name, value, &format!("{pointer}/ParameterValue"))?;
                    }
                    (None, Some(Node::Bool(true))) => self.push(name, None, &pointer),
                    (None, _) => return Err(self.refuse(&pointer, item)),
                },
                (_, None) => return Err(self.refuse(&pointer, item)),
            }
        }
        Ok(())
    }

    fn entry(&mut self, name: &str, value: &Node, pointer: &str) -> Result<(), Error> {
        let text = match value {
            Node::List(items) => {
                let texts: Option<Vec<String>> = items.iter().map(literal_text).collect();
                texts.map(|texts| texts.join(","))
            }
            other => literal_text(other),
        };
        let Some(text) = text else { return Err(self.refuse(pointer, value)) };
        self.push(name, Some(Secret::new(text)), pointer);
        Ok(())
    }

    fn push(&mut self, name: &str, value: Option<Secret>, pointer: &str) {
        let (stack, name) = named(name);
        let location = Some(self.location(pointer));
        self.values.push(ParameterValue { stack, name, value, location });
    }

    fn location(&self, pointer: &str) -> SourceLocation {
        let at = self.positions.nearest(pointer);
        SourceLocation { file: self.file, line: at.line, column: at.column }
    }

    /// What stands here is no value of a parameter. It may be a secret: it is not repeated.
    fn refuse(&self, pointer: &str, node: &Node) -> Error {
        let at = self.location(pointer);
        Error::new(format!("{at}: this is no value of a parameter, but {}", node.kind()))
            .help(FORMS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        let (root, positions) = Node::parse_with_positions(text).unwrap();
        let mut reader = Reader { file: "f", positions, values: Vec::new() };
        if let Err(error) = reader.root(&root) {
            return vec![error.to_string()];
        }
        let told = reader.values.iter().map(|it| {
            let value = it.value.as_ref().map_or("(kept)", Secret::reveal);
            let (stack, at) = (it.stack.as_deref().unwrap_or_default(), it.location.unwrap());
            format!("{stack} {}={value} {}:{}", it.name, at.line, at.column)
        });
        told.map(|told| told.trim().to_owned()).collect()
    }

    #[test]
    fn all_forms_are_read_with_their_places() {
        let cli = r#"[
  {"ParameterKey": "Stage", "ParameterValue": "prod"},
  {"ParameterKey": "Kept", "UsePreviousValue": true},
  "Count=3=4"
]"#;
        assert_eq!(values(cli), ["Stage=prod 2:29", "Kept=(kept) 3:3", "Count=3=4 4:3"]);
        let pipeline = "{\"Parameters\": {\n \"Stage\": \"prod\",\n \"Shop:Zones\": [\"a\", \"b\"]\n}, \"Tags\": {\"a\": \"b\"}}";
        assert_eq!(values(pipeline), ["Stage=prod 2:2", "Shop Zones=a,b 3:2"]);
        assert_eq!(values("{\"Stage\": \"prod\", \"Count\": 3, \"On\": true}").len(), 3);
        assert_eq!(values("{\"Parameters\": {}}"), [""; 0]);
        assert_eq!(values("{\"Tags\": {\"a\": \"b\"}}"), [""; 0]);
    }

    #[test]
    fn yaml_is_read_too() {
        let git_sync = "template-file-path: ./a.yaml\nparameters:\n  Stage: prod\n  Count: 3\n";
        assert_eq!(values(git_sync), ["Stage=prod 3:3", "Count=3 4:3"]);
        assert_eq!(values("- ParameterKey: Stage\n  ParameterValue: prod\n"), ["Stage=prod 2:3"]);
    }

    #[test]
    fn what_has_another_form_is_refused_at_its_place() {
        let no = "this is no value of a parameter, but an";
        assert_eq!(values("[{\"Key\": \"a\"}]"), [format!("f:1:2: {no} object")]);
        let function = "{\"Stage\": {\"Ref\": \"x\"}}";
        assert_eq!(values(function), [format!("f:1:2: {no} intrinsic function")]);
        assert_eq!(values("[\"hunter2\"]").len(), 1);
        assert!(!values("[\"hunter2\"]")[0].contains("hunter2"));
    }

    #[test]
    fn values_of_parameters_are_kept_from_messages() {
        let parsed = parse("Shop:Password=a=b").unwrap();
        assert_eq!((parsed.stack.as_deref(), parsed.name.as_str()), (Some("Shop"), "Password"));
        assert_eq!(parsed.value.as_ref().map(Secret::reveal), Some("a=b"));
        assert!(!format!("{parsed:?}").contains("a=b"));
        let error = parse("hunter2").unwrap_err();
        assert!(!error.to_string().contains("hunter2"));
    }
}
