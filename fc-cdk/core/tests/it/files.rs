use fc_cdk_core::{App, Asset, Environment, NestedStack, Stack, Stage, json, sha256_hex};

use crate::topic;

#[test]
fn an_assembly_has_the_files_that_the_cdk_cli_reads() {
    let app = App::new().with_environment(Environment::region("eu-west-1"));
    let data = Stack::new(&app, "Data").with_termination_protection();
    data.stack_tag("team", "shop");
    let arn = topic(&data, "Topic").ref_value::<String>();
    let stage = Stage::new(&app, "Prod");
    let web = Stack::new(&stage, "Web");
    let page = Asset::content(&web, "Page", "hello", "html");
    let nested = NestedStack::new(&web, "Inner");
    topic(&nested, "Topic");
    web.raw_resource(
        "Out",
        "Custom::Out",
        json!({ "Key": page.object_key(), "Bucket": page.bucket_name(), "Arn": arn }),
    );
    let assembly = app.synth();
    assert!(assembly.diagnostics().is_empty(), "{:?}", assembly.diagnostics());
    let files = assembly.files();
    let shown: String = files
        .iter()
        .map(|(path, bytes)| format!("--- {path}\n{}\n", String::from_utf8_lossy(bytes)))
        .collect();
    // Lines of this file may move; what matters is that they are there.
    let shown = shown.lines().map(|line| match line.find("files.rs:") {
        Some(at) => format!("{}files.rs:LINE", &line[..at]),
        None => line.to_owned(),
    });
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
    let staged: Vec<String> =
        assembly.staged_assets().into_iter().map(|asset| asset.path).collect();
    assert_eq!(
        staged,
        [
            "assembly-Prod/asset.2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824.html"
        ]
    );
}

#[test]
fn the_url_of_a_nested_template_names_what_is_in_its_file() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let nested = NestedStack::new(&stack, "Inner");
    // What is filled in last has to be in the hash, too.
    topic(&nested, "Second").depends_on(&topic(&nested, "First"));
    let assembly = app.synth();
    let inner = assembly.stack("Shop/Inner").expect("the nested stack");
    let hash = sha256_hex(inner.template_json().as_bytes());
    let outer = assembly.stack("Shop").expect("the stack").template_json();
    assert!(outer.contains(&hash), "{hash} is not in {outer}");
}

#[test]
fn the_construct_tree_is_that_of_its_file() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    topic(&stack.construct("Orders"), "Topic");
    topic(&stack, "Topic");
    let assembly = app.synth();
    let (_, file) = assembly.files().into_iter().find(|(path, _)| path == "tree.json").expect("it");
    assert_eq!(assembly.tree().to_json().into_bytes(), file);
    assert!(
        assembly.tree().pointer("/tree/children/Shop/children/Orders/children/Topic").is_some()
    );
}
