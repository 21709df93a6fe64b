//! Whatever the bytes are, reading ends in a template or in an error with a place, and the checks come to an end.
//!
//! The same as `cargo xtask fuzz` holds, over fewer inputs and without a tool of its own.

use std::fmt::Write as _;

use fc_cdk_core::{Node, Template};

#[expect(
    clippy::expect_used,
    unreachable_pub,
    reason = "it fails by panicking, and is a crate elsewhere"
)]
#[path = "../../fuzz/src/lib.rs"]
mod holds;

/// A template with a bit of everything.
const SEED: &str = r#"{
  "Parameters": {"Size": {"Type": "Number", "Default": 1, "MinValue": -0.5e3}},
  "Conditions": {"Big": {"Fn::Equals": [{"Ref": "Size"}, "2"]}},
  "Mappings": {"Zones": {"ap-northeast-1": {"First": "a\u0062\ud83d\ude00"}}},
  "Resources": {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Subnet": {"Type": "AWS::EC2::Subnet", "DependsOn": ["Vpc"], "Properties": {
      "VpcId": {"Ref": "Vpc"}, "CidrBlock": {"Fn::Select": [0, {"Fn::Cidr": ["10.0.0.0/16", 4, "8"]}]},
      "AvailabilityZone": {"Fn::FindInMap": ["Zones", {"Ref": "AWS::Region"}, "First"]}}},
    "Role": {"Type": "AWS::IAM::Role", "Condition": "Big", "Properties": {"AssumeRolePolicyDocument": {
      "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
      "Principal": {"Service": {"Fn::Sub": "ec2.${AWS::URLSuffix}"}}, "Condition": {"Bool": {"aws:SecureTransport": true}}}]}}},
    "Bucket": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {"BucketName": {"Fn::Join": ["-", ["a", {"Ref": "Size"}]]},
      "LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": 30}]}}}
  },
  "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Bucket", "Arn"]}, "Export": {"Name": "bucket"}}}
}"#;

/// What templates are made of, to put in wrong places.
const WORDS: [&str; 24] = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\u",
    "null",
    "-1e999",
    "1e-400",
    "\"Ref\"",
    "{\"Ref\": []}",
    "{\"Fn::GetAtt\": \"Bucket\"}",
    "{\"Fn::Sub\": \"${\"}",
    "\"Fn::If\"",
    "{\"Fn::Cidr\": [\"::/0\", 999999999, 200]}",
    "10.0.0.0/99",
    "\u{feff}",
    "\u{0}",
    "&a",
    "*a",
    "!Sub ",
    "<<: ",
];

/// A generator of numbers that is the same everywhere: xorshift, <https://www.jstatsoft.org/article/view/v008i14>.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).unwrap_or_default()
    }
}

/// The seed with some bytes changed, taken out, doubled, or replaced by a word.
fn mutated(seed: &str, numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = seed.as_bytes().to_vec();
    for _ in 0..=numbers.below(4) {
        let start = numbers.below(bytes.len());
        let end = (start + numbers.below(40)).min(bytes.len());
        match numbers.below(4) {
            0 => {
                if let Some(byte) = bytes.get_mut(start) {
                    *byte = numbers.below(256).to_le_bytes()[0];
                }
            }
            1 => drop(bytes.drain(start..end)),
            2 => {
                let copy = bytes.get(start..end).unwrap_or_default().to_vec();
                bytes.splice(start..start, copy);
            }
            _ => {
                let word = WORDS[numbers.below(WORDS.len())];
                bytes.splice(start..end.min(start + 8), word.bytes());
            }
        }
    }
    bytes
}

#[test]
fn mutated_text_is_read_or_refused() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for _ in 0..4_000 {
        holds::json(&mutated(SEED, &mut numbers));
    }
}

/// Puts a value that does not belong there in some place below a node.
#[expect(clippy::unwrap_used, reason = "the values are JSON")]
fn misplace(node: &mut Node, numbers: &mut Numbers) {
    const VALUES: [&str; 16] = [
        "null",
        "true",
        "-1",
        "0.5",
        "9007199254740993",
        "\"\"",
        "\"${\"",
        "\"10.0.0.0/99\"",
        "[]",
        "{}",
        "[null, [{}]]",
        r#"{"Ref": []}"#,
        r#"{"Ref": "Subnet"}"#,
        r#"{"Fn::GetAtt": "Bucket"}"#,
        r#"{"Fn::If": ["Big", {"Ref": "AWS::NoValue"}]}"#,
        r#"{"Fn::Cidr": ["::/0", 99999, 200]}"#,
    ];
    let children = match node {
        Node::List(items) => items.len(),
        Node::Map(map) => map.len(),
        _ => 0,
    };
    let chosen = numbers.below(children + 1);
    match node {
        Node::List(items) if chosen < children => misplace(&mut items[chosen], numbers),
        Node::Map(map) if chosen < children => {
            if let Some((_, child)) = map.iter_mut().nth(chosen) {
                misplace(child, numbers);
            }
        }
        _ => *node = Node::parse_json(VALUES[numbers.below(VALUES.len())]).unwrap(),
    }
}

#[test]
fn checks_come_to_an_end_whatever_stands_where() {
    let seed = Node::parse_json(SEED).unwrap();
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for _ in 0..4_000 {
        let mut root = seed.clone();
        for _ in 0..=numbers.below(3) {
            misplace(&mut root, &mut numbers);
        }
        let text = root.to_json();
        holds::checks(text.as_bytes(), |_| None);
        holds::differences(text.as_bytes(), |_| None);
    }
}

#[cfg(feature = "yaml")]
#[test]
fn mutated_yaml_is_read_or_refused() {
    let template = Template::parse(SEED).unwrap();
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    for style in [fc_cdk_core::template::YamlStyle::Short, fc_cdk_core::template::YamlStyle::Long] {
        let seed = template.to_yaml(style);
        for _ in 0..1_500 {
            holds::yaml(&mutated(&seed, &mut numbers));
        }
    }
}

#[test]
fn what_goes_wrong_has_its_place() {
    let text = |text: &str| {
        Template::parse_bytes(text.as_bytes()).map(drop).map_err(|error| error.to_string())
    };
    let lists = format!("{{\"A\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(text(&lists), Err("line 1, column 134: nested deeper than 128 levels".into()));
    let maps = "{\"A\":".repeat(100_000);
    assert!(text(&maps).unwrap_err().ends_with("nested deeper than 128 levels"));
    assert_eq!(
        text("{\"A\": 1,\n \"A\": 2}"),
        Err("line 2, column 2: key `A` is here twice; first at line 1, column 2".into())
    );
    let bytes = Template::parse_bytes(b"{\"A\":\n \"\xff\"}").unwrap_err();
    assert_eq!(bytes.to_string(), "line 2, column 3: this is no UTF-8 text");
}

#[test]
fn a_text_of_a_megabyte_and_many_keys_are_no_trouble() {
    let long = "x".repeat(1 << 20);
    let template = Template::parse(&format!("{{\"Description\": \"{long}\"}}")).unwrap();
    assert_eq!(
        template.sections().get("Description").and_then(|text| text.as_str()).map(str::len),
        Some(1 << 20)
    );
    let mut many = String::from("{\"Metadata\": {");
    for index in 0..50_000 {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(many, "{comma}\"K{index}\": {index}");
    }
    many.push_str("}}");
    assert_eq!(
        Template::parse(&many).unwrap().section("Metadata").map(|map| map.len()),
        Some(50_000)
    );
}

#[cfg(feature = "yaml")]
#[test]
fn long_keys_are_read_back_from_yaml_also_where_escapes_make_them_long() {
    for key in ["k".repeat(2_000), "\u{1}".repeat(300), "'\"".repeat(240)] {
        let template = format!("{{{}: 1}}", Node::from(key.as_str()).to_json());
        holds::yaml(template.as_bytes());
        assert!(Template::parse(&template).is_ok());
    }
}
