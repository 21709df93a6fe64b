//! Outputs that go while somebody reads them: who goes first, what is kept for one more deployment, and what is refused.

use fc_cdk_core::{Map, Node, Template, sha256_hex};

use super::schedule::reaches;

/// A value of another stack that a template reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// `Fn::GetStackOutput`: the stack's name and the output's.
    Weak(String, String),
    /// `Fn::ImportValue`: the name of the export.
    Strong(String),
}

/// All values of other stacks that a template reads, as far as their names are written there.
pub(crate) fn reads(template: &Template) -> Vec<Read> {
    let mut found = Vec::new();
    template.sections().iter().for_each(|(_, section)| walk(section, &mut found));
    found
}

fn walk(node: &Node, found: &mut Vec<Read>) {
    match node {
        Node::List(items) => items.iter().for_each(|item| walk(item, found)),
        Node::Map(map) => {
            for (key, value) in map.iter() {
                let text = |name: &str| value.get(name).and_then(Node::as_str).map(str::to_owned);
                let read = match key.as_str() {
                    "Fn::GetStackOutput" => text("StackName")
                        .zip(text("OutputName"))
                        .map(|(stack, output)| Read::Weak(stack, output)),
                    "Fn::ImportValue" => value.as_str().map(|name| Read::Strong(name.to_owned())),
                    _ => None,
                };
                found.extend(read.filter(|read| !found.contains(read)));
                walk(value, found);
            }
        }
        _ => {}
    }
}

/// An output that has another value since this deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChangedOutput {
    /// The stack's name in CloudFormation.
    pub(crate) stack: String,
    pub(crate) output: String,
    /// The new value.
    pub(crate) value: String,
}

/// The outputs that the deployed template has and the new one has not, or has under another export: name and export.
pub(crate) fn gone(deployed: &Template, new: &Template) -> Vec<(String, Option<Node>)> {
    let export = |output: &Map| output.get("Export").and_then(|export| export.get("Name")).cloned();
    let after =
        |name: &str| new.outputs().find(|(other, _)| *other == name).map(|(_, it)| export(it));
    let gone = deployed.outputs().filter_map(|(name, output)| {
        let before = export(output);
        match after(name) {
            Some(after) if before.is_none() || before == after => None,
            _ => Some((name.to_string(), before)),
        }
    });
    gone.collect()
}

/// A deployed stack that reads an output that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reader {
    /// What people call it.
    pub(crate) name: String,
    /// Its place among the stacks of this deployment; `None` where it is not deployed now.
    pub(crate) index: Option<usize>,
    /// Whether it reads it by an import, which CloudFormation guards.
    pub(crate) strong: bool,
    /// Whether its new template still does.
    pub(crate) still: bool,
}

/// What is done about an output that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The readers with these indices are deployed first.
    After(Vec<usize>),
    /// It stays for one more deployment.
    Keep,
    /// It is refused, because of this reader.
    Refuse(String),
}

/// Decides about an output of the stack `producer`, which goes while these read it.
pub(crate) fn decide(producer: usize, readers: &[Reader], needs: &[Vec<usize>]) -> Decision {
    let mut after = Vec::new();
    let mut keep = false;
    for reader in readers {
        match reader.index {
            Some(index)
                if index != producer && !reader.still && !reaches(needs, index, producer) =>
            {
                after.push(index);
            }
            Some(_) => keep = true,
            None if reader.strong => keep = true,
            // Nothing but this tool guards it, and to keep it would last for ever.
            None => return Decision::Refuse(reader.name.clone()),
        }
    }
    if keep { Decision::Keep } else { Decision::After(after) }
}

/// Puts an output of the deployed template into the new one, with all that it needs and that is not there any more.
pub(crate) fn keep(output: &str, deployed: &Template, new: &mut Template) {
    let Some(entry) = deployed.section("Outputs").and_then(|outputs| outputs.get(output)) else {
        return;
    };
    let mut open = vec![("Outputs".to_owned(), output.to_owned(), entry.clone())];
    while let Some((section, name, entry)) = open.pop() {
        let mut texts = Vec::new();
        words(&entry, &mut texts);
        new.insert(&section, name, entry);
        for section in ["Resources", "Parameters", "Conditions", "Mappings"] {
            for (name, entry) in deployed.section(section).into_iter().flat_map(Map::iter) {
                let there = new.section(section).is_some_and(|entries| entries.contains_key(name));
                let waiting = open.iter().any(|(of, other, _)| of == section && other == name);
                if !there && !waiting && texts.iter().any(|text| text == name) {
                    open.push((section.to_owned(), name.to_string(), entry.clone()));
                }
            }
        }
    }
}

/// Under this key of `Metadata` it is noted that a value of another stack has changed: the template alone does not say so, and CloudFormation
/// would see no change.
const STAMP: &str = "fc-cdk:inputs";

/// Notes the new values where they are read.
pub(crate) fn stamp(template: &mut Template, changed: &[ChangedOutput]) {
    let hash = |changed: Vec<&ChangedOutput>| {
        let values: Vec<String> =
            changed.iter().map(|it| format!("{}.{}={}", it.stack, it.output, it.value)).collect();
        sha256_hex(values.join("\n").as_bytes()).chars().take(16).collect::<String>()
    };
    let read_in = |node: &Node| {
        let mut reads = Vec::new();
        walk(node, &mut reads);
        let is_read =
            |it: &&ChangedOutput| reads.contains(&Read::Weak(it.stack.clone(), it.output.clone()));
        changed.iter().filter(is_read).collect::<Vec<_>>()
    };
    let resources = template.section("Resources").cloned().unwrap_or_default();
    let mut stamped = false;
    for (id, mut resource) in resources {
        let read = read_in(&resource);
        if let (false, Some(body)) = (read.is_empty(), resource.as_map_mut())
            && let Node::Map(metadata) =
                body.get_or_insert_with("Metadata", || Node::Map(Map::new()))
        {
            metadata.insert(STAMP, hash(read));
            template.insert("Resources", id, resource);
            stamped = true;
        }
    }
    if !stamped {
        template.insert("Metadata", STAMP, hash(changed.iter().collect()));
    }
}

/// Takes such notes out of a deployed template, which is then the one of the app.
pub(crate) fn unstamp(template: &mut Template) {
    if let Some(Node::Map(metadata)) = template.sections_mut().get_mut("Metadata") {
        metadata.remove(STAMP);
    }
    let resources = template.section("Resources").cloned().unwrap_or_default();
    for (id, mut resource) in resources {
        let Some(body) = resource.as_map_mut() else { continue };
        let Some(Node::Map(metadata)) = body.get_mut("Metadata") else { continue };
        if metadata.remove(STAMP).is_some() {
            if metadata.is_empty() {
                body.remove("Metadata");
            }
            template.insert("Resources", id, resource);
        }
    }
}

/// The names that a value may refer to: its strings, and what stands in them before a dot or within `${}`.
fn words(node: &Node, found: &mut Vec<String>) {
    match node {
        Node::Str(text) => {
            found.push(text.to_string());
            found.extend(text.split_once('.').map(|(head, _)| head.to_owned()));
            for part in text.split("${").skip(1) {
                let name = part.split(['}', '.']).next().unwrap_or_default();
                found.push(name.trim_start_matches('!').to_owned());
            }
        }
        Node::List(items) => items.iter().for_each(|item| words(item, found)),
        Node::Map(map) => map.iter().for_each(|(_, value)| words(value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Template {
        Template::parse(text).unwrap()
    }

    #[test]
    fn reads_are_found_wherever_they_stand() {
        let template = template(
            r#"{"Resources": {"A": {"Type": "T", "Properties": {
                "X": {"Fn::Split": ["||", {"Fn::GetStackOutput": {"StackName": "Net", "OutputName": "Ids"}}]},
                "Y": [{"Fn::ImportValue": "Net:Vpc"}, {"Fn::ImportValue": {"Fn::Sub": "${X}:Y"}}]
            }}}}"#,
        );
        assert_eq!(
            reads(&template),
            [Read::Weak("Net".into(), "Ids".into()), Read::Strong("Net:Vpc".into())]
        );
    }

    #[test]
    fn outputs_go_by_name_or_by_export() {
        let old = template(
            r#"{"Outputs": {"A": {"Value": 1}, "B": {"Value": 1, "Export": {"Name": "b"}}, "C": {"Value": 1, "Export": {"Name": "c"}}}}"#,
        );
        let new = template(
            r#"{"Outputs": {"B": {"Value": 2, "Export": {"Name": "other"}}, "C": {"Value": 2, "Export": {"Name": "c"}}}}"#,
        );
        let gone: Vec<String> = gone(&old, &new).into_iter().map(|(name, _)| name).collect();
        assert_eq!(gone, ["A", "B"]);
    }

    fn reader(index: Option<usize>, strong: bool, still: bool) -> Reader {
        Reader { name: "Reader".into(), index, strong, still }
    }

    #[test]
    fn whoever_reads_goes_first_where_that_is_possible() {
        // 1 reads 0; in the new app, 1 does not need 0 any more.
        let free = [vec![], vec![]];
        assert_eq!(decide(0, &[reader(Some(1), true, false)], &free), Decision::After(vec![1]));
        // It still needs 0 for something else.
        let bound = [vec![], vec![0]];
        assert_eq!(decide(0, &[reader(Some(1), false, false)], &bound), Decision::Keep);
        // It is not deployed now.
        assert_eq!(decide(0, &[reader(None, true, false)], &free), Decision::Keep);
        assert_eq!(
            decide(0, &[reader(None, false, true)], &free),
            Decision::Refuse("Reader".into())
        );
        assert_eq!(decide(0, &[], &free), Decision::After(vec![]));
    }

    #[test]
    fn what_is_kept_brings_what_it_needs() {
        let deployed = template(
            r#"{"Conditions": {"IsProd": {"Fn::Equals": ["a", "a"]}},
                "Resources": {
                    "Queue": {"Type": "AWS::SQS::Queue", "Condition": "IsProd", "Properties": {"KmsMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}},
                    "Key": {"Type": "AWS::KMS::Key"}, "Other": {"Type": "AWS::SNS::Topic"}},
                "Outputs": {"Url": {"Value": {"Fn::Sub": "https://${Queue.QueueUrl}"}}}}"#,
        );
        let mut new = template(r#"{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}"#);
        keep("Url", &deployed, &mut new);
        let mut ids: Vec<&str> = new.resource_ids().map(|id| id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["Key", "Queue", "Topic"]);
        assert!(new.section("Conditions").unwrap().contains_key("IsProd"));
        assert!(new.section("Outputs").unwrap().contains_key("Url"));
    }

    #[test]
    fn a_changed_value_is_noted_where_it_is_read_and_the_note_comes_off_again() {
        let text = r#"{"Resources": {
            "A": {"Type": "T", "Properties": {"X": {"Fn::GetStackOutput": {"StackName": "Net", "OutputName": "Id"}}}},
            "B": {"Type": "T", "Metadata": {"k": 1}}}}"#;
        let changed = |value: &str| ChangedOutput {
            stack: "Net".into(),
            output: "Id".into(),
            value: value.into(),
        };
        let original = template(text);
        let mut stamped = original.clone();
        stamp(&mut stamped, &[changed("one")]);
        assert!(stamped.resource("A").unwrap().body().get("Metadata").is_some());
        assert_eq!(stamped.resource("B"), original.resource("B"));
        let mut other = original.clone();
        stamp(&mut other, &[changed("two")]);
        assert_ne!(stamped, other);
        unstamp(&mut stamped);
        assert_eq!(stamped, original);
    }
}
