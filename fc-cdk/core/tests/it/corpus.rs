//! Real templates: read, and written back with the same meaning.
//!
//! They are other people's, and no part of this repository: `FC_CORPUS` names the archive, or else it is looked for beside the
//! repository. Without it there is nothing to test, and a line says so.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "these tests read other people's files, and unpack them with `tar`"
)]
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "tests fail by panicking, and say what they counted"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use fc_cdk_core::{policy, template::Template};

/// The templates as (name, text), or `None` where there is no corpus.
pub(crate) fn corpus() -> Option<&'static [(String, String)]> {
    static CORPUS: OnceLock<Option<Vec<(String, String)>>> = OnceLock::new();
    CORPUS.get_or_init(load).as_deref()
}

fn load() -> Option<Vec<(String, String)>> {
    let beside = "../../../shared/corpus/templates.tar.xz";
    let archive = std::env::var_os("FC_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(beside), PathBuf::from);
    if !archive.exists() {
        println!("skipped: no corpus at {} (FC_CORPUS names it)", archive.display());
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for the corpus");
    let mut tar = Command::new("tar");
    let status = tar.arg("-xJf").arg(&archive).arg("-C").arg(&folder).status().expect("tar runs");
    assert!(status.success(), "tar cannot unpack {}", archive.display());
    let mut templates = Vec::new();
    collect(&folder, &mut templates);
    templates.sort();
    assert!(!templates.is_empty(), "no template in {}", archive.display());
    Some(templates)
}

fn collect(folder: &Path, templates: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect(&path, templates);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let text = fs::read_to_string(&path).expect("a readable template");
            templates.push((path.display().to_string(), text));
        }
    }
}

/// What serde_json writes, indented by one space.
fn indented(template: &Template) -> String {
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, formatter);
    serde::Serialize::serialize(template, &mut serializer).expect("JSON");
    String::from_utf8(text).expect("UTF-8")
}

#[test]
fn json_comes_back_equal() {
    let Some(corpus) = corpus() else { return };
    let mut resources = 0;
    for (name, text) in corpus {
        let template = Template::parse_json(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        resources += template.resources().count();
        assert_eq!(template.to_json(), serde_json::to_string(&template).expect("JSON"), "{name}");
        assert_eq!(template.to_json_pretty(), indented(&template), "{name}");
        let expected: serde_json::Value = serde_json::from_str(text).expect("JSON");
        for written in [template.to_json(), template.to_json_pretty()] {
            let found: serde_json::Value = serde_json::from_str(&written).expect("JSON");
            assert_eq!(found, expected, "{name}");
            assert_eq!(
                Template::parse(&written).expect("a template").to_json(),
                template.to_json(),
                "{name}"
            );
        }
    }
    println!("{} templates with {resources} resources came back equal", corpus.len());
}

#[cfg(feature = "yaml")]
#[test]
fn yaml_comes_back_equal() {
    use fc_cdk_core::template::YamlStyle;

    let Some(corpus) = corpus() else { return };
    for (name, text) in corpus {
        let json = Template::parse_json(text).expect("a template").to_json();
        let template = Template::parse_json(&json).expect("a template");
        for style in [YamlStyle::Short, YamlStyle::Long] {
            let yaml = template.to_yaml(style);
            match Template::parse(&yaml) {
                Ok(found) => assert_eq!(found.to_json(), json, "{name}, {style:?}"),
                Err(error) => panic!("{name}, {style:?}: {error}\n{yaml}"),
            }
        }
    }
    println!("{} templates came back equal from YAML, in both styles", corpus.len());
}

/// Templates with policies that AWS does refuse, by their names' beginnings.
const REFUSED_POLICIES: [&str; 5] = [
    "doc_source_aws-resource-sso-permissionset", // a placeholder for a policy
    "doc_source_conditions-section-structure",   // a placeholder for a policy
    "test_fixtures_templates_good_resources_iam_policy.", // a resource that is no ARN
    "test_fixtures_templates_good_resources_properties_list_duplicates", // a trust policy without statements
    "tests_examples_output_EFS", // a trust policy with resources and without principals
];

/// Policies that AWS takes are not objected to.
#[test]
fn real_policies_are_found_well_formed() {
    let Some(corpus) = corpus() else { return };
    let (mut policies, mut findings) = (0, Vec::new());
    for (name, text) in corpus {
        let file = name.rsplit('/').next().unwrap_or(name);
        if REFUSED_POLICIES.iter().any(|refused| file.starts_with(refused)) {
            continue;
        }
        let template = Template::parse_json(text).expect("a template");
        for resource in template.resources() {
            let Some(properties) = resource.properties() else { continue };
            let found = policy::check_resource(resource.type_name(), properties);
            policies += usize::from(properties.iter().any(|(key, _)| key.contains("Polic")));
            let place = format!("{name} {}", resource.logical_id());
            findings.extend(found.iter().map(|finding| format!("{place}: {finding}")));
        }
    }
    println!("{policies} resources with policies, {} findings", findings.len());
    assert_eq!(findings, Vec::<String>::new());
}

/// Positions name every value there is.
#[test]
fn every_value_has_a_position() {
    fn check(node: &fc_cdk_core::Node, pointer: &str, lookup: &dyn Fn(&str)) {
        lookup(pointer);
        if let Some(map) = node.as_map() {
            for (key, value) in map.iter() {
                let step = key.replace('~', "~0").replace('/', "~1");
                check(value, &format!("{pointer}/{step}"), lookup);
            }
        }
        for (index, item) in node.as_list().unwrap_or_default().iter().enumerate() {
            check(item, &format!("{pointer}/{index}"), lookup);
        }
    }
    let Some(corpus) = corpus() else { return };
    for (name, text) in corpus.iter().step_by(10) {
        let (template, positions) = Template::parse_with_positions(text).expect("a template");
        for (section, body) in template.sections().iter() {
            check(body, &format!("/{section}"), &|pointer| {
                assert!(positions.get(pointer).is_some(), "{name}: {pointer} has no position");
            });
        }
    }
}

/// Broken text gives an error or another template, never a panic; where serde_json reads JSON, so do we, and the same.
#[test]
fn damaged_text_never_panics() {
    let Some(corpus) = corpus() else { return };
    let mut state = 0x2545_f491_4f6c_dd1d_u64; // xorshift: the same damage on every run
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    let (mut read, mut refused) = (0, 0);
    for (name, text) in corpus.iter().filter(|(_, text)| text.len() < 20_000).step_by(9) {
        for _ in 0..4 {
            let mut bytes = text.clone().into_bytes();
            let at = random(bytes.len());
            match random(4) {
                0 => bytes.truncate(at),
                1 => bytes[at] = b"{}[]\",:\\0-.eE\n\xff\x01"[random(16)],
                2 => {
                    bytes.remove(at);
                }
                _ => bytes.insert(at, b"{}[]\",:\\09-.e*&!|>#"[random(19)]),
            }
            let theirs = serde_json::from_slice::<serde_json::Value>(&bytes);
            match (Template::parse_bytes(&bytes), theirs) {
                (Ok(ours), Ok(theirs)) if bytes.starts_with(b"{") => {
                    read += 1;
                    let ours: serde_json::Value =
                        serde_json::from_str(&ours.to_json()).expect("JSON");
                    assert_eq!(ours, theirs, "{name}");
                }
                (Err(error), Ok(theirs)) if theirs.is_object() => {
                    assert!(error.message().contains("is here twice"), "{name}: {error}");
                }
                (Ok(_), Err(error)) if bytes.starts_with(b"{") => panic!("{name}: {error}"),
                _ => refused += 1,
            }
            #[cfg(feature = "yaml")]
            let _ = std::str::from_utf8(&bytes).map(Template::parse_yaml);
        }
    }
    println!("damaged templates: {read} read as serde_json reads them, {refused} refused");
}
