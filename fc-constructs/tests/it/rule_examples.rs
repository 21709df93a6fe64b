//! Apps that break a rule, and the same put right: for the rules that need an app rather than a template. Read by the generator of
//! the documentation, function by function.

use fc_cdk_aws::{codecommit, s3};
use fc_cdk_core::{
    App, Assembly, Asset, Environment, IdsLock, Output, Scope, Stack, SynthOptions, json, moved,
};

type Build = fn() -> Assembly;

/// The code, what breaks the rule, and what does not.
macro_rules! examples {
    ($($code:literal $fails:ident $passes:ident;)*) => { &[$(($code, $fails, $passes)),*] };
}
use examples;

mod networks; // rules of networks, DNS and the edge
mod constructs; // rules of other constructs

/// Builds into a stack or a construct.
pub(crate) type BuildInto = fn(&Scope);

/// What constructs refuse: the code, what breaks the rule, and what does not.
pub(crate) fn of_constructs() -> impl Iterator<Item = &'static (&'static str, BuildInto, BuildInto)>
{
    networks::ALL.iter().chain(constructs::ALL)
}

pub(crate) const ALL: &[(&str, Build, Build)] = examples! {
    "empty-id" empty_id_fails empty_id_passes;
    "duplicate-id" duplicate_id_fails duplicate_id_passes;
    "duplicate-logical-id" duplicate_logical_id_fails duplicate_logical_id_passes;
    "bad-logical-id" bad_logical_id_fails bad_logical_id_passes;
    "bad-stack-name" bad_stack_name_fails bad_stack_name_passes;
    "allow-without-reason" allow_without_reason_fails allow_without_reason_passes;
    "unused-allow" unused_allow_fails unused_allow_passes;
    "outside-stack" outside_stack_fails outside_stack_passes;
    "unresolvable-reference" unresolvable_reference_fails unresolvable_reference_passes;
    "stack-cycle" stack_cycle_fails stack_cycle_passes;
    "resource-cycle" resource_cycle_fails resource_cycle_passes;
    "bad-move" bad_move_fails bad_move_passes;
    "stateful-id-lost" stateful_id_lost_fails stateful_id_lost_passes;
    "unreadable-asset" unreadable_asset_fails unreadable_asset_passes;
    "bad-override" bad_override_fails bad_override_passes;
    "empty-stack" empty_stack_fails empty_stack_passes;
    "dangling-reference" dangling_reference_fails dangling_reference_passes;
    "missing-transform" missing_transform_fails missing_transform_passes;
    "duplicate-export" duplicate_export_fails duplicate_export_passes;
    "duplicate-physical-name" duplicate_physical_name_fails duplicate_physical_name_passes;
    "type-not-in-region" type_not_in_region_fails type_not_in_region_passes;
};

fn topic(scope: &Scope, id: &str) -> fc_cdk_core::Resource {
    scope.raw_resource(id, "AWS::SNS::Topic", json!({}))
}

fn empty_id_fails() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    topic(&stack, "");
    app.synth()
}

fn empty_id_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    topic(&stack, "Orders");
    app.synth()
}

fn duplicate_id_fails() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    topic(&stack, "Orders");
    topic(&stack, "Orders");
    app.synth()
}

fn duplicate_id_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    topic(&stack, "Orders");
    topic(&stack.scope("Returns"), "Orders");
    app.synth()
}

fn duplicate_logical_id_fails() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    topic(&stack, "Orders");
    topic(&stack, "Returns").override_logical_id("Orders");
    app.synth()
}

fn duplicate_logical_id_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    topic(&stack, "Orders");
    topic(&stack, "Returns");
    app.synth()
}

fn bad_logical_id_fails() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    topic(&stack, "Orders").override_logical_id("orders-topic");
    app.synth()
}

fn bad_logical_id_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    topic(&stack, "Orders").override_logical_id("OrdersTopic");
    app.synth()
}

fn bad_stack_name_fails() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "9Lives");
    topic(&stack, "Orders");
    app.synth()
}

fn bad_stack_name_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "NineLives");
    topic(&stack, "Orders");
    app.synth()
}

fn allow_without_reason_fails() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    stack.raw_resource("Orders", "AWS::S3::Bucket", json!({}));
    stack.allow("public-bucket", "");
    app.synth()
}

fn allow_without_reason_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    stack.raw_resource("Orders", "AWS::S3::Bucket", json!({}));
    stack.allow("public-bucket", "the account blocks public access to all buckets");
    app.synth()
}

fn unused_allow_fails() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    topic(&stack, "Orders");
    stack.allow("public-bucket", "the account blocks public access to all buckets");
    app.synth()
}

fn unused_allow_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    topic(&stack, "Orders");
    app.synth()
}

fn outside_stack_fails() -> Assembly {
    let app = App::new();
    topic(&app, "Orders");
    app.synth()
}

fn outside_stack_passes() -> Assembly {
    let app = App::new();
    topic(&Stack::new(&app, "Shop"), "Orders");
    app.synth()
}

fn unresolvable_reference_fails() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let other = App::new();
    let orders = topic(&Stack::new(&other, "Other"), "Orders");
    Output::new(&stack, "Name", orders.ref_value::<String>());
    topic(&stack, "Returns");
    app.synth()
}

fn unresolvable_reference_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let orders = topic(&stack, "Orders");
    Output::new(&stack, "Name", orders.ref_value::<String>());
    app.synth()
}

fn stack_cycle_fails() -> Assembly {
    let app = App::new();
    let (a, b) = (Stack::new(&app, "A"), Stack::new(&app, "B"));
    let (in_a, in_b) = (topic(&a, "Topic"), topic(&b, "Topic"));
    Output::new(&a, "Other", in_b.ref_value::<String>());
    Output::new(&b, "Other", in_a.ref_value::<String>());
    app.synth()
}

fn stack_cycle_passes() -> Assembly {
    let app = App::new();
    let (a, b) = (Stack::new(&app, "A"), Stack::new(&app, "B"));
    let in_a = topic(&a, "Topic");
    topic(&b, "Topic");
    Output::new(&b, "Other", in_a.ref_value::<String>());
    app.synth()
}

fn resource_cycle_fails() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let (a, b) = (topic(&stack, "A"), topic(&stack, "B"));
    a.depends_on(&b);
    b.depends_on(&a);
    app.synth()
}

fn resource_cycle_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let (a, b) = (topic(&stack, "A"), topic(&stack, "B"));
    a.depends_on(&b);
    app.synth()
}

fn bad_move_fails() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    topic(&stack, "Orders");
    moved!(stack, "Was" => "Nowhere");
    app.synth()
}

fn bad_move_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    topic(&stack.scope("New"), "Orders");
    moved!(stack, "Old" => "New");
    app.synth()
}

fn stateful_id_lost_fails() -> Assembly {
    let app = App::new();
    s3::Bucket::new().build(&Stack::new(&app, "Shop"), "Returns");
    synth_after_orders(&app)
}

fn stateful_id_lost_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    s3::Bucket::new().build(&stack, "Returns");
    stack.allow("public-bucket", "the account blocks public access to all buckets");
    moved!(stack, "Orders" => "Returns");
    synth_after_orders(&app)
}

/// Synthesizes after the bucket `Orders` has been accepted.
fn synth_after_orders(app: &App) -> Assembly {
    let before = App::new();
    s3::Bucket::new().build(&Stack::new(&before, "Shop"), "Orders");
    let mut options = SynthOptions::default();
    options.set_ids_lock(IdsLock::of(&before.synth()));
    app.synth_with(&options)
}

fn unreadable_asset_fails() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let code = Asset::file(&stack, "Code", "no/such/file.zip");
    Output::new(&stack, "Key", code.object_key());
    topic(&stack, "Orders");
    app.synth()
}

fn unreadable_asset_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    topic(&stack, "Orders");
    app.synth()
}

fn bad_override_fails() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let orders = stack.raw_resource("Orders", "AWS::SNS::Topic", json!({ "TopicName": "orders" }));
    orders.add_override("Properties.TopicName.0", "x");
    app.synth()
}

fn bad_override_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let orders = stack.raw_resource("Orders", "AWS::SNS::Topic", json!({ "TopicName": "orders" }));
    orders.add_override("Properties.TopicName", "x");
    app.synth()
}

fn empty_stack_fails() -> Assembly {
    let app = App::new();
    Stack::new(&app, "Shop");
    app.synth()
}

fn empty_stack_passes() -> Assembly {
    let app = App::new();
    topic(&Stack::new(&app, "Shop"), "Orders");
    app.synth()
}

fn dangling_reference_fails() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    stack.raw_resource("Mail", "AWS::SNS::Topic", json!({ "TopicName": { "Ref": "Name" } }));
    app.synth()
}

fn dangling_reference_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    stack.raw_resource(
        "Mail",
        "AWS::SNS::Topic",
        json!({ "TopicName": { "Ref": "AWS::StackName" } }),
    );
    app.synth()
}

fn missing_transform_fails() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    stack.raw_resource("Count", "Custom::Count", json!({ "Of": { "Fn::Length": [1, 2] } }));
    app.synth()
}

fn missing_transform_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    stack.language_extensions();
    stack.raw_resource("Count", "Custom::Count", json!({ "Of": { "Fn::Length": [1, 2] } }));
    app.synth()
}

fn duplicate_export_fails() -> Assembly {
    let app = App::new();
    for name in ["A", "B"] {
        let stack = Stack::new(&app, name);
        let orders = topic(&stack, "Orders");
        Output::new(&stack, "Name", orders.ref_value::<String>()).export_name("orders");
    }
    app.synth()
}

fn duplicate_export_passes() -> Assembly {
    let app = App::new();
    for name in ["A", "B"] {
        let stack = Stack::new(&app, name);
        let orders = topic(&stack, "Orders");
        Output::new(&stack, "Name", orders.ref_value::<String>())
            .export_name(format!("{name}-orders"));
    }
    app.synth()
}

fn duplicate_physical_name_fails() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    for id in ["A", "B"] {
        stack.raw_resource(id, "AWS::SNS::Topic", json!({ "TopicName": "orders" }));
    }
    app.synth()
}

fn duplicate_physical_name_passes() -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    for id in ["A", "B"] {
        topic(&stack, id);
    }
    app.synth()
}

fn type_not_in_region_fails() -> Assembly {
    let app = App::new().with_environment(Environment::region("af-south-1"));
    let stack = Stack::new(&app, "Shop");
    codecommit::Repository::new().repository_name("shop").build(&stack, "Code");
    app.synth()
}

fn type_not_in_region_passes() -> Assembly {
    let app = App::new().with_environment(Environment::region("us-east-1"));
    let stack = Stack::new(&app, "Shop");
    codecommit::Repository::new().repository_name("shop").build(&stack, "Code");
    app.synth()
}
