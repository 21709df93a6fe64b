use super::*;
use crate::json;

/// The error that reading `text` gives.
#[track_caller]
fn error(text: &str) -> String {
    match Template::parse(text) {
        Ok(template) => panic!("`{text}` was read as {}", template.to_json()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn json_is_read_as_it_is() {
    let text = r#" {"b": [1, -2, 2.50, 1e3, true, false, null, {}, []], "a": "\u00e9\ud83d\ude00\n\"\/", "": {"x": "ü"}} "#;
    let node = Node::parse_json(text).unwrap();
    let expected = json!({ "b": [1, -2, 2.5, 1000.0, true, false, null, {}, []], "a": "é😀\n\"/", "": { "x": "ü" } });
    assert_eq!(node, expected);
}

#[test]
fn json_numbers_lose_no_digit() {
    let read = |text: &str| Node::parse_json(text);
    assert_eq!(read("9223372036854775807"), Ok(Node::Int(i64::MAX)));
    assert_eq!(read("-9223372036854775808"), Ok(Node::Int(i64::MIN)));
    // 2^63 is exact as a float, the number after it is not.
    assert_eq!(read("9223372036854775808"), Ok(Node::Float(9_223_372_036_854_775_808.0)));
    assert!(read("9223372036854775809").is_err());
    assert_eq!(read("1.7976931348623157e308"), Ok(Node::Float(f64::MAX)));
    let error = read("[1e400]").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 1, column 2: number 1e400 is too large to be kept exactly; write it as a string"
    );
}

#[test]
fn json_errors_say_where() {
    let check = |text: &str, expected: &str| assert_eq!(error(text), expected);
    check("{\n  \"a\": tru\n}", "line 2, column 8: expected a value, found `t`");
    check("{\"ü\": 1,}", "line 1, column 9: expected a key in double quotes, found `}`");
    check("{\"a\": 1", "line 1, column 8: expected `,` or `}`, found the end of the text");
    check("{\"a\": \"b", "line 1, column 7: this string has no end");
    check("{\"a\": \"b\nc\"}", "line 1, column 9: expected an escape such as `\\n`, found `\\n`");
    check("{\"a\": \"\\ud800\"}", "line 1, column 8: half of a surrogate pair is no character");
    check("{\"a\": 012}", "line 1, column 7: a number must not begin with 0");
    check("{} {}", "line 1, column 4: expected the end of the text, found `{`");
    check(
        "{\"Resources\": {\n\"A\": 1,\n\"B\": 2,\n \"A\": 3}}",
        "line 4, column 2: key `A` is here twice; first at line 2, column 1",
    );
    let error = Template::parse_bytes(b"{\n\"a\xff\": 1}").unwrap_err();
    assert_eq!(error.to_string(), "line 2, column 3: this is no UTF-8 text");
    let error = Template::parse_json("[]").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 1, column 1: a template is an object of sections, not a list"
    );
}

#[test]
fn duplicates_are_found_in_large_objects_too() {
    let entries: Vec<String> = (0..1000).map(|i| format!("\"key{i}\": {i}")).collect();
    let text = format!("{{{},\n\"key500\": 1}}", entries.join(",\n"));
    assert_eq!(
        error(&text),
        "line 1001, column 1: key `key500` is here twice; first at line 501, column 1"
    );
}

#[test]
fn nesting_is_limited() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Node::parse_json(&nested(128)).is_ok());
    let error = Node::parse_json(&nested(129)).unwrap_err();
    assert_eq!(error.to_string(), "line 1, column 129: nested deeper than 128 levels");
    assert!(Node::parse_json(&"[{\"a\":".repeat(500_000)).is_err());
}

#[test]
fn positions_are_those_of_keys_and_items() {
    let text = "{\n \"Resources\": {\n  \"A/b\": {\"Tags\": [\n   1,\n   {\"Key\": 2}]}}}";
    let (_, positions) = Template::parse_with_positions(text).unwrap();
    let at = |pointer: &str| positions.get(pointer).map(|p| (p.line, p.column));
    assert_eq!(at("/Resources/A~1b"), Some((3, 3)));
    assert_eq!(at("/Resources/A~1b/Tags/1"), Some((5, 4)));
    assert_eq!(at("/Resources/A~1b/Tags/1/Key"), Some((5, 5)));
    assert_eq!(at("/Resources/A~1b/Tags/2"), None);
    let nearest = positions.nearest("/Resources/A~1b/Tags/2/Value");
    assert_eq!((nearest.line, nearest.column), (3, 11));
}

#[test]
fn sections_are_written_in_one_order() {
    let mut template =
        Template::parse(r#"{"Outputs": {}, "Zone": 1, "Resources": {}, "Description": "d"}"#)
            .unwrap();
    assert_eq!(template.to_json(), r#"{"Description":"d","Resources":{},"Outputs":{},"Zone":1}"#);
    template.insert("Parameters", "P", json!({ "Type": "String" }));
    assert_eq!(
        template.to_yaml(YamlStyle::Short),
        "Description: d\nParameters:\n  P:\n    Type: String\nResources: {}\nOutputs: {}\nZone: 1\n"
    );
}

#[test]
fn resources_are_found_by_id_and_path() {
    let template = Template::parse_json(
        r#"{"Resources": {
            "A": {"Type": "T", "DependsOn": "B", "Properties": {"Tags": [{"Key": "k"}]}, "Metadata": {"aws:cdk:path": "S/A"}},
            "Fn::ForEach::Loop": ["x", ["a"], {}],
            "B": {"Type": "T", "DependsOn": ["C", "D"]}
        }, "Outputs": {"O": {"Value": 1}}}"#,
    )
    .unwrap();
    assert_eq!(template.resource_ids().collect::<Vec<_>>(), ["A", "B"]);
    let a = template.resource("A").unwrap();
    assert_eq!(a.property("Tags.0.Key"), Some(&"k".into()));
    assert_eq!(a.construct_path(), Some("S/A"));
    assert_eq!(a.depends_on().collect::<Vec<_>>(), ["B"]);
    let b = template.resource("B").unwrap();
    assert_eq!(b.depends_on().collect::<Vec<_>>(), ["C", "D"]);
    assert_eq!(b.properties(), None);
    assert_eq!(template.outputs().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["O"]);
}

#[test]
fn yaml_is_written_for_people() {
    let node = json!({
        "Script": "#!/bin/sh\n\necho hi  \n",
        "NoBreak": "a\nb",
        "Breaks": "a\n\n",
        "Quoted": ["yes", "no", "1.0", "2012-10-17", "012", "", " x", "a: b", "a #b", "- a", "*", "it's", "'\"", "a\tb\r", "\u{85}", "null", "y", "arn:aws:s3:::b/*", "@x", "!x", "a:"],
        "Plain": [1, 1.5, true, null, "text with spaces", "/path", "$x", "é"],
        "Ref": { "Ref": "Bucket" },
        "Att": [{ "Fn::GetAtt": ["Bucket", "Arn"] }, { "Fn::GetAtt": ["A.B", "Arn"] }, { "Fn::GetAtt": "A.B" }],
        "Nested": { "Fn::Base64": { "Fn::Sub": "${A}\n" } },
        "Join": { "Fn::Join": [",", [{ "Ref": "A" }, "b"]] },
        "List": [[1, [2]], [], {}, [{ "a": { "b": 1 }, "c": [3] }]],
        "10": "x"
    });
    let expected = r##"Script: |
  #!/bin/sh

  echo hi  
NoBreak: |-
  a
  b
Breaks: |+
  a

Quoted:
  - 'yes'
  - 'no'
  - '1.0'
  - '2012-10-17'
  - '012'
  - ''
  - ' x'
  - 'a: b'
  - 'a #b'
  - '- a'
  - '*'
  - it's
  - '''"'
  - "a\tb\r"
  - "\u0085"
  - 'null'
  - 'y'
  - arn:aws:s3:::b/*
  - '@x'
  - '!x'
  - 'a:'
Plain:
  - 1
  - 1.5
  - true
  - null
  - text with spaces
  - /path
  - $x
  - 'é'
Ref: !Ref Bucket
Att:
  - !GetAtt Bucket.Arn
  - !GetAtt
    - A.B
    - Arn
  - Fn::GetAtt: A.B
Nested:
  Fn::Base64: !Sub |
    ${A}
Join: !Join
  - ','
  - - !Ref A
    - b
List:
  - - 1
    - - 2
  - []
  - {}
  - - a:
        b: 1
      c:
        - 3
'10': x
"##;
    assert_eq!(node.to_yaml(YamlStyle::Short), expected);
    let long = json!({ "a": { "Ref": "B" } });
    assert_eq!(long.to_yaml(YamlStyle::Long), "a:\n  Ref: B\n");
    #[cfg(feature = "yaml")]
    assert_eq!(Node::parse_yaml(expected).unwrap(), node);
}

#[cfg(not(feature = "yaml"))]
#[test]
fn without_the_feature_yaml_is_refused_with_the_remedy() {
    assert!(error("Resources: {}").contains("cargo feature `yaml`"));
}

#[cfg(feature = "yaml")]
mod yaml {
    use super::*;

    #[track_caller]
    fn check(yaml: &str, expected: Node) {
        match Node::parse_yaml(yaml) {
            Ok(node) => assert_eq!(node, expected, "{yaml}"),
            Err(error) => panic!("{yaml}: {error}"),
        }
    }

    #[test]
    fn short_forms_become_long() {
        check("!Ref X", json!({ "Ref": "X" }));
        check("!Condition X", json!({ "Condition": "X" }));
        check("!GetAtt A.B.C", json!({ "Fn::GetAtt": ["A", "B.C"] }));
        check("!GetAtt [A, B]", json!({ "Fn::GetAtt": ["A", "B"] }));
        check("!GetAZs ''", json!({ "Fn::GetAZs": "" }));
        check(
            "!Sub ['${a}', {a: !Ref B}]",
            json!({ "Fn::Sub": ["${a}", { "a": { "Ref": "B" } }] }),
        );
        check(
            "a: !If [C, 1, !Ref AWS::NoValue]",
            json!({ "a": { "Fn::If": ["C", 1, { "Ref": "AWS::NoValue" }] } }),
        );
        check("Fn::Base64: !Sub |\n  x\n", json!({ "Fn::Base64": { "Fn::Sub": "x\n" } }));
        check(
            "!Transform {Name: AWS::Include, Parameters: {Location: x}}",
            json!({ "Fn::Transform": { "Name": "AWS::Include", "Parameters": { "Location": "x" } } }),
        );
        check("!Select\n- 0\n- !GetAZs\n", json!({ "Fn::Select": [0, { "Fn::GetAZs": "" }] }));
    }

    #[test]
    fn plain_text_is_read_as_cloudformation_does() {
        check("[yes, No, ON, off, true, False]", json!([true, false, true, false, true, false]));
        check(
            "[y, n, 'yes', !!str yes, ! yes, tRUE]",
            json!(["y", "n", "yes", "yes", "yes", "tRUE"]),
        );
        check("[null, ~, '', {a: }]", json!([null, null, "", { "a": null }]));
        check("[1, -5, 1.5, 0]", json!([1, -5, 1.5, 0]));
        check(
            "[012345678901, 0123, 1.10, 8.0, 0x1F, 1_000, 22:22, 2012-10-17, 1e3, +1, .5, 99999999999999999999]",
            json!([
                "012345678901",
                "0123",
                "1.10",
                8.0,
                "0x1F",
                "1_000",
                "22:22",
                "2012-10-17",
                "1e3",
                "+1",
                ".5",
                "99999999999999999999"
            ]),
        );
        check("123456789012: x\nyes: 1", json!({ "123456789012": "x", "yes": 1 }));
        check("a: |\n  x\n  y\nb: >-\n  x\n  y\n", json!({ "a": "x\ny\n", "b": "x y" }));
        check("[!!int 5, !!float 5, !!bool yes]", json!([5, 5, true]));
        check("&anchor a: &other 1", json!({ "a": 1 }));
        check("{! a: 1, !!str yes: 2, ! 'b': 3}", json!({ "a": 1, "yes": 2, "b": 3 }));
    }

    #[test]
    fn aliases_and_merge_keys_are_written_out() {
        check(
            "a: &x [1, !Ref B]\nb: *x",
            json!({ "a": [1, { "Ref": "B" }], "b": [1, { "Ref": "B" }] }),
        );
        check(
            "a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3}\nc:\n  <<: [*x, {m: 4, k: 5}]\n",
            json!({ "a": { "k": 1, "l": 2 }, "b": { "l": 3, "k": 1 }, "c": { "k": 1, "l": 2, "m": 4 } }),
        );
        check("a: &x 1\nb: &x 2\nc: *x", json!({ "a": 1, "b": 2, "c": 2 }));
        check("a: {'<<': 1}", json!({ "a": { "<<": 1 } }));
        let at = |text| Template::parse_with_positions(text).unwrap().1.alias().map(|at| at.line);
        assert_eq!(at("a: &x 1\nb: *x\nc: *x"), Some(2));
        assert_eq!(at("a: 1\nb:\n  <<: {c: 1}"), Some(3));
        assert_eq!(at("a: &x 1"), None);
    }

    #[test]
    fn aliases_of_aliases_come_to_an_end() {
        let mut laughs = "a0: &a0 [x]\n".to_owned();
        for level in 1..30 {
            let below = level - 1;
            laughs += &format!("a{level}: &a{level} [*a{below}, *a{below}]\n");
        }
        assert!(error(&laughs).ends_with("the aliases come to more than a template holds"));
        let mut deep = "a0: &a0 [x]\n".to_owned();
        for level in 1..130 {
            deep += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
        }
        assert!(error(&deep).ends_with("nested deeper than 128 levels"));
    }

    #[test]
    fn errors_say_where() {
        let check = |text: &str, expected: &str| assert_eq!(error(text), expected);
        check(
            "a: 1\nb: 2\na: 3",
            "line 3, column 1: key `a` is here twice; first at line 1, column 1",
        );
        check("a: &x [*x]", "line 1, column 8: this alias is a part of what it stands for");
        check(
            "a:\n  <<: [{b: 1}, 2]",
            "line 2, column 7: what is merged is an object, not a number",
        );
        check("[a]: 1", "line 1, column 1: a key has to be plain text");
        check(
            "a: !!binary YQ==",
            "line 1, column 4: CloudFormation does not take the tag `!!binary`",
        );
        check("a: !!int x", "line 1, column 4: the tag `!!int` does not fit `x`");
        check(
            "a: 1\n---\nb: 2",
            "line 2, column 1: a second document begins here; a template is one",
        );
        check("", "line 1, column 1: the text is empty");
        check("- a", "line 1, column 1: a template is an object of sections, not a list");
        check("a: [1", "line 2, column 1: while parsing a flow sequence, expected ',' or ']'");
        let deep = format!("a: {}", "[".repeat(129));
        check(&deep, "line 1, column 131: nested deeper than 128 levels");
        assert!(Node::parse_yaml(&"[".repeat(1_000_000)).is_err());
        assert!(Node::parse_yaml(&"- ".repeat(1_000_000)).is_err());
    }

    #[test]
    fn positions_are_those_of_keys_and_items() {
        let text = "Resources:\n  A:\n    Tags:\n      - Key: 1\n      - !GetAtt A.B\n    Name: !Sub\n      - x\n      - {}\n";
        let (_, positions) = Template::parse_with_positions(text).unwrap();
        let at = |pointer: &str| positions.get(pointer).map(|p| (p.line, p.column));
        assert_eq!(at("/Resources/A"), Some((2, 3)));
        assert_eq!(at("/Resources/A/Tags/0"), Some((4, 9)));
        assert_eq!(at("/Resources/A/Tags/0/Key"), Some((4, 9)));
        assert_eq!(at("/Resources/A/Tags/1"), Some((5, 9)));
        assert_eq!(at("/Resources/A/Name/Fn::Sub/0"), Some((7, 9)));
    }
}
