use std::fs;

use fc_cdk_core::{App, Node, Stack, json};
use fc_cdk_toolkit::Context;
use insta::assert_snapshot;

use super::{TEMPLATE, none, validate, validate_typed};
use crate::{Exit, Run, Sandbox};

const GOOD: &str = r#"{"Resources": {"Orders": {"Type": "AWS::SNS::Topic"}}}"#;

const BAD_YAML: &str = "\
Resources:
  Orders:
    Type: AWS::SQS::Queue
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      DelaySeconds: 901
";

/// A folder with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::new(name);
    for (path, text) in files {
        let path = sandbox.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    sandbox
}

/// The codes of the findings with the files that they are in.
fn codes(run: &Run) -> Vec<String> {
    let report = Node::parse_json(&run.out).unwrap();
    let findings = report.get("findings").and_then(Node::as_list).unwrap_or_default();
    let text = |finding: &Node, pointer: &str| {
        finding.pointer(pointer).and_then(Node::as_str).unwrap_or_default().replace("DIR/", "")
    };
    findings
        .iter()
        .map(|finding| format!("{} {}", text(finding, "/location/file"), text(finding, "/code")))
        .collect()
}

#[test]
fn a_folder_stands_for_the_templates_in_it() {
    let sandbox = folder(
        "validate-folder",
        &[
            ("a.json", GOOD),
            ("b/stack.template", TEMPLATE),
            ("b/broken.json", "{\"AWSTemplateFormatVersion\": }"),
            ("package.json", "{\"name\": \"shop\"}"),
            ("list.yaml", "- one\n- two\n"),
            ("notes.txt", "Resources"),
            ("node_modules/c.json", TEMPLATE),
            (".git/c.json", TEMPLATE),
        ],
    );
    let run = validate(&sandbox, &["{}/", "--json"], none);
    assert_eq!(run.exit, Exit::Error);
    let mut codes = codes(&run);
    codes.dedup();
    assert_eq!(
        codes,
        [
            "b/broken.json not-a-template",
            "b/stack.template stateful-without-policy",
            "b/stack.template dangling-reference",
            "b/stack.template illegal-value",
            "b/stack.template missing-property",
            "b/stack.template unknown-property",
            "b/stack.template resource-cycle",
            "b/stack.template dangling-reference",
        ]
    );
    assert_eq!(run.err, "2 files passed over, as no templates\n");
}

#[test]
fn a_folder_without_templates_is_an_error() {
    let sandbox = folder("validate-empty-folder", &[("package.json", "{\"name\": \"shop\"}")]);
    let run = validate(&sandbox, &["{}/"], none);
    assert_eq!(run.exit, Exit::Error);
    assert_snapshot!(run.err, @"
    error[no-template]: there is no template in `DIR/`
    help: name the files themselves to hear why
    ");
    let sandbox = folder("validate-no-files", &[("notes.txt", "nothing")]);
    let run = validate(&sandbox, &["{}/"], none);
    assert_eq!(run.exit, Exit::Error);
    assert_snapshot!(run.err, @"
    error[no-template]: there is no template in `DIR/`
    help: templates end in `.json`, `.yaml`, `.yml` or `.template`
    ");
}

#[test]
fn several_files_are_one_report() {
    let sandbox =
        folder("validate-several", &[("a.json", GOOD), ("b.json", TEMPLATE), ("c.json", "[1, 2]")]);
    let files = ["{}/a.json", "{}/b.json", "{}/c.json", "{}/missing.json", "--json"];
    let run = validate(&sandbox, &files, none);
    assert_eq!(run.exit, Exit::Error);
    let codes = codes(&run);
    assert_eq!(codes.len(), 9, "{codes:?}");
    assert_eq!(codes[7..], ["c.json not-a-template", "missing.json not-a-template"]);
}

#[test]
fn what_is_no_template_is_told_with_its_place() {
    let sandbox = folder("validate-odd", &[("empty.json", ""), ("other.json", "{\"name\": 1}")]);
    fs::write(sandbox.0.join("binary.json"), b"{\"a\": \xff\xfe\x00}").unwrap();
    let huge = fs::File::create(sandbox.0.join("huge.json")).unwrap();
    huge.set_len(17 << 20).unwrap();
    let told = |name: &str| validate(&sandbox, &[&format!("{{}}/{name}")], none).err;
    assert_snapshot!(told("empty.json"), @"
    error[not-a-template]: the text is empty
    --> DIR/empty.json:1:1
     = help: correct the text at this place
     = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html

    for more about a finding: `shop explain not-a-template`
    1 error
    ");
    assert_snapshot!(told("other.json"), @r#"
    error[empty-stack]: the stack has no resources, and CloudFormation does not take an empty one
     --> DIR/other.json:1:1
      |
    1 | {"name": 1}
      | ^
      |
      = property: Resources
      = help: add a resource, or drop the stack
      = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html

    error[bad-structure]: a template has no section `name`
     --> DIR/other.json:1:2
      |
    1 | {"name": 1}
      |  ^^^^^^
      |
      = property: name
      = help: see the page for what may stand where
      = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html

    for more about a finding: `shop explain bad-structure`
    2 errors
    "#);
    assert_snapshot!(told("binary.json"), @"
    error[not-a-template]: this is no UTF-8 text
    --> DIR/binary.json:1:7
     = help: correct the text at this place
     = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html

    for more about a finding: `shop explain not-a-template`
    1 error
    ");
    assert_snapshot!(told("huge.json"), @"
    error[limit-exceeded]: the template has 17825792 bytes, 1048576 are allowed
    --> DIR/huge.json:1:1
     = help: split the stack
     = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html

    for more about a finding: `shop explain limit-exceeded`
    1 error
    ");
}

#[test]
fn odd_texts_are_told_with_their_place() {
    let deep = format!("{{\"Resources\": {}1{}}}", "{\"a\": ".repeat(10_000), "}".repeat(10_000));
    let long = "x".repeat(1 << 20);
    let long = format!(
        "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: {long}\n"
    );
    let utf_16 = |text: &str| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xff, 0xfe].into_iter().chain(units).collect::<Vec<u8>>()
    };
    let check = |name: &str, bytes: &[u8], line: u32, says: &str| {
        let sandbox = Sandbox::new(&format!("validate-odd-{name}"));
        fs::create_dir_all(&sandbox.0).unwrap();
        fs::write(sandbox.0.join(name), bytes).unwrap();
        let run = validate(&sandbox, &[&format!("{{}}/{name}"), "--json"], none);
        assert_eq!(run.exit, Exit::Error, "{name}: {}", run.out);
        let report = Node::parse_json(&run.out).unwrap();
        let found = report.get("findings").and_then(Node::as_list).unwrap_or_default();
        let fits = |finding: &&Node| {
            let message = finding.get("message").and_then(Node::as_str).unwrap_or_default();
            let at = finding.pointer("/location/line").and_then(Node::as_int);
            message.contains(says) && at == Some(i64::from(line))
        };
        assert!(found.iter().find(fits).is_some(), "{name}: {}", run.out);
    };
    check("deep.json", deep.as_bytes(), 1, "nested deeper than 128 levels");
    check("long.yaml", long.as_bytes(), 5, "1048576 characters");
    check("utf16.json", &utf_16(GOOD), 1, "this is UTF-16 text; save it as UTF-8");
    check("crlf.yaml", BAD_YAML.replace('\n', "\r\n").as_bytes(), 7, "901 is too large");
    check("bom.yaml", format!("\u{feff}{BAD_YAML}").as_bytes(), 7, "901 is too large");
    let twice = "{\"Resources\": {\n \"A\": {},\n \"A\": {}}}";
    check("twice.json", twice.as_bytes(), 3, "key `A` is here twice; first at line 2, column 2");
    let twice = "Resources:\n  A: {}\n  B: {}\n  A: {}\n";
    check("twice.yaml", twice.as_bytes(), 4, "key `A` is here twice; first at line 2, column 3");
    check("tab.yaml", b"Resources:\n\tA: {}\n", 2, "tab");
    check("merge.yaml", b"X: &x {}\nResources:\n  A:\n    <<: *x\n", 4, "merge");
    let two = format!("---\n{BAD_YAML}---\n{BAD_YAML}");
    check("two.yaml", two.as_bytes(), 9, "a second document begins here");
}

#[test]
fn templates_of_stack_sets_are_checked_within_theirs() {
    let set = |body: &str| {
        format!(
            "Resources:\n  Set:\n    Type: AWS::CloudFormation::StackSet\n    Properties:\n      StackSetName: base\n      PermissionModel: SELF_MANAGED\n      TemplateBody: {body}"
        )
    };
    let block = BAD_YAML.lines().map(|line| format!("        {line}\n")).collect::<String>();
    let json = r#"{"Resources": {"Orders": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 901}}}}"#;
    let sandbox = folder(
        "validate-stack-sets",
        &[
            ("block.yaml", &set(&format!("|\n{block}"))),
            ("good.yaml", &set(&format!("'{GOOD}'\n"))),
            ("json.yaml", &set(&format!("'{json}'\n"))),
            ("none.yaml", &set("|\n        Resources:\n          A: {}\n          A: {}\n")),
        ],
    );
    let run = validate(&sandbox, &["{}/", "--json"], none);
    let report = Node::parse_json(&run.out).unwrap();
    let text = |node: &Node, pointer: &str| {
        node.pointer(pointer).and_then(Node::as_str).unwrap_or_default().replace("DIR/", "")
    };
    let number = |node: &Node, pointer: &str| node.pointer(pointer).and_then(Node::as_int);
    let findings = report.get("findings").and_then(Node::as_list).unwrap_or_default();
    let told: Vec<String> = findings
        .iter()
        .map(|it| {
            let line = number(it, "/location/line").unwrap_or_default();
            let column = number(it, "/location/column").unwrap_or_default();
            let [file, property, message] =
                ["/location/file", "/property", "/message"].map(|pointer| text(it, pointer));
            format!("{file}:{line}:{column} {property}: {message}")
        })
        .collect();
    assert_snapshot!(told.join("\n"), @"
    block.yaml:14:15 TemplateBody: in the template of the stack set, `Orders.DelaySeconds`: 901 is too large
    json.yaml:7:7 TemplateBody: in the template of the stack set, `Orders.DelaySeconds`: 901 is too large
    none.yaml:10:11 TemplateBody: in the template of the stack set: key `A` is here twice; first at line 2, column 3
    ");
}

#[test]
#[cfg(unix)]
fn folders_are_read_past_links_and_pipes() {
    use std::os::unix::fs::symlink;
    let sandbox = folder("validate-links", &[("a/one.yaml", BAD_YAML)]);
    symlink("..", sandbox.0.join("a/up")).unwrap();
    symlink("self.yaml", sandbox.0.join("a/self.yaml")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(sandbox.0.join("a/pipe.yaml")).status();
    assert!(made.is_ok_and(|status| status.success()));
    let run = validate(&sandbox, &["{}/a", "--json"], none);
    assert_eq!(codes(&run), ["a/one.yaml illegal-value", "a/self.yaml not-a-template"]);
}

/// An app with a stack that is called like a folder of this crate, in which tests run.
fn like_a_folder(_: &Context) -> App {
    let app = App::new();
    Stack::new(&app, "examples").raw_resource("Topic", "AWS::SNS::Topic", json!({}));
    app
}

#[test]
fn a_folder_is_meant_where_no_stack_has_its_name() {
    let sandbox = Sandbox::new("validate-bare-folder");
    let run = validate(&sandbox, &["examples"], none);
    assert!(run.err.contains("there is no template in `examples`"), "{}", run.err);
    let run = validate(&sandbox, &["examples"], like_a_folder);
    assert_eq!((run.exit, run.out.as_str()), (Exit::Ok, "nothing is wrong\n"), "{}", run.err);
}

#[test]
fn standard_input_is_shown_with_its_lines() {
    let sandbox = Sandbox::new("validate-stdin");
    let template =
        GOOD.replace("\"AWS::SNS::Topic\"", "\"AWS::SNS::Topic\", \"DependsOn\": \"No\"");
    let run = validate_typed(&sandbox, &["-"], &template, none);
    assert_eq!(run.exit, Exit::Error);
    assert_snapshot!(run.err, @r#"
    error[dangling-reference]: `DependsOn` of `No`, which is not a resource of the template
     --> <stdin>:1:54
      |
    1 | {"Resources": {"Orders": {"Type": "AWS::SNS::Topic", "DependsOn": "No"}}}
      |                                                      ^^^^^^^^^^^
      |
      = logical id: Orders
      = property: DependsOn
      = help: refer by handle, or correct the name; ids are case-sensitive
      = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

    for more about a finding: `shop explain dangling-reference`
    1 error
    "#);
}

#[test]
fn yaml_is_shown_with_its_lines() {
    let sandbox = folder("validate-yaml", &[("queue.yaml", BAD_YAML)]);
    let run = validate(&sandbox, &["{}/queue.yaml"], none);
    assert_eq!(run.exit, Exit::Error);
    assert_snapshot!(run.err, @"
    error[illegal-value]: 901 is too large
     --> DIR/queue.yaml:7:7
      |
    7 |       DelaySeconds: 901
      |       ^^^^^^^^^^^^^
      |
      = logical id: Orders
      = property: DelaySeconds
      = help: 0 to 900 is allowed
      = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html

    for more about a finding: `shop explain illegal-value`
    1 error
    ");
}

#[test]
#[cfg(not(feature = "validate"))]
fn a_build_without_the_engine_says_the_command_that_has_it() {
    let sandbox = folder("validate-no-engine", &[("a.json", GOOD)]);
    let run = validate(&sandbox, &["{}/a.json", "--rules", "mine.guard"], none);
    assert_eq!(run.exit, Exit::Error);
    assert_snapshot!(run.err, @"
    error[missing-feature]: this build of `shop` is without AWS's rules and Guard, so that it builds in seconds
    help: run the same with them: cargo run --bin shop --features fc-cdk/validate --ignore-rust-version -- validate DIR/a.json --rules mine.guard
    ");
}

#[test]
#[cfg(not(feature = "deploy"))]
fn a_build_without_a_client_says_the_command_that_has_one() {
    let sandbox = folder("validate-no-client", &[("a.json", GOOD)]);
    let run = validate(&sandbox, &["{}/a.json", "--online"], none);
    assert_eq!(run.exit, Exit::Error);
    assert!(
        run.err.contains("--features fc-cdk/deploy -- validate DIR/a.json --online"),
        "{}",
        run.err
    );
}
