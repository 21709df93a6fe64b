use std::panic::Location;

use fc_cdk_core::{
    App, Assembly, IdsLock, Map, Resource, Scope, Stack, SynthOptions, json, moved, spec::Table,
};

use crate::messages;

static DYNAMODB: Table = Table::new(include_bytes!("../../../aws/src/services/dynamodb.bin"), &[]);

/// A table of data, as a generated builder makes it.
#[track_caller]
fn orders(scope: &Scope) {
    let location = Location::caller().into();
    Resource::add(scope, "Orders", "AWS::DynamoDB::Table", Some(&DYNAMODB), Map::new(), location)
        .set_property(
            "AttributeDefinitions",
            json!([{ "AttributeName": "id", "AttributeType": "S" }]),
        )
        .set_property("KeySchema", json!([{ "AttributeName": "id", "KeyType": "HASH" }]))
        .set_property("BillingMode", "PAY_PER_REQUEST");
}

/// Synthesizes with the ids of the first version of the app.
fn synth(app: &App) -> Assembly {
    let first = App::new();
    orders(&Stack::new(&first, "Shop"));
    let written = IdsLock::of(&first.synth()).to_string();
    let mut options = SynthOptions::default();
    options.set_ids_lock(IdsLock::parse(&written).expect("what was written can be read"));
    app.synth_with(&options)
}

#[test]
fn the_lock_file_names_what_holds_data() {
    let app = App::new();
    orders(&Stack::new(&app, "Shop"));
    let lock = IdsLock::of(&app.synth());
    insta::assert_snapshot!(lock, @"
    # Logical ids of what holds data: stack, logical id, type, path. Checked by synth; accept a change with `synth --accept-ids`.
    Shop	Orders	AWS::DynamoDB::Table	Shop/Orders
    ");
    assert_eq!(IdsLock::parse(&lock.to_string()), Ok(lock));
    assert_eq!(messages(&synth(&app)), "");
}

#[test]
fn a_construct_that_moved_without_a_word_is_an_error() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    orders(&stack.scope("Data"));
    insta::assert_snapshot!(messages(&synth(&app)), @r#"
    error[stateful-id-lost]: `Shop/Orders`: this AWS::DynamoDB::Table holds data and was `Orders` in the stack `Shop`, and nothing has that id any more: a deployment would delete it, or leave it behind
      --> fc-cdk/core/tests/it/ids.rs:50:17
      help: if the construct moved, say `moved!(stack, "Old/Path" => "New/Path")`; if it may go, say `stack.removed("Path")` and accept the ids with `synth --accept-ids`
    "#);
}

#[test]
fn moved_and_removed_say_that_it_is_meant() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    orders(&stack.scope("Data"));
    moved!(stack, "Orders" => "Data/Orders");
    assert_eq!(messages(&synth(&app)), "");

    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    crate::topic(&stack, "Other");
    stack.removed("Orders");
    assert_eq!(messages(&synth(&app)), "");
}

#[test]
fn a_broken_lock_file_names_its_line() {
    assert_eq!(
        IdsLock::parse("# header\na\tb\n"),
        Err("line 2 has 2 columns, not stack, logical id, type and path separated by tabs".into())
    );
}
