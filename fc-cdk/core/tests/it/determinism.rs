use fc_cdk_core::{App, Asset, Stack, Stage, SynthOptions, json};

use crate::topic;

fn build() -> App {
    let app = App::new();
    for stage in ["Beta", "Prod"] {
        let stage = Stage::new(&app, stage);
        let (data, web) = (Stack::new(&stage, "Data"), Stack::new(&stage, "Web"));
        let topics: Vec<_> =
            (0..20).map(|number| topic(&data, &format!("Topic{number}"))).collect();
        let arns: Vec<_> = topics.iter().map(|topic| topic.ref_value::<String>()).collect();
        let page = Asset::content(&web, "Page", "hello", "html");
        web.raw_resource("Out", "Custom::Out", json!({ "Arns": arns, "Page": page.object_key() }));
        app.tag("team", "shop");
    }
    app
}

#[test]
fn the_same_app_gives_the_same_files() {
    assert_eq!(build().synth().files(), build().synth().files());
}

#[test]
fn synth_can_be_repeated() {
    let app = build();
    assert_eq!(app.synth().files(), app.synth().files());
}

#[test]
fn an_app_that_is_used_up_gives_the_same_files() {
    let app = build();
    let files = app.synth().files();
    assert_eq!(app.into_assembly(&SynthOptions::default()).files(), files);
}
