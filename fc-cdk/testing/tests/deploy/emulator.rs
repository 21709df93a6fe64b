use std::time::{Duration, Instant};

use fc_cdk_core::{Node, json};
use fc_cdk_testing::deploy::{Account, Emulator, Operation, ResourceFault};

fn template(resources: Node, outputs: Node) -> String {
    json!({ "Resources": resources, "Outputs": outputs }).to_json()
}

/// Waits until a stack is no longer in progress, and tells its status; empty where it is gone.
fn settled(account: &Account<'_>, stack: &str) -> String {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let status = account.stack(stack).unwrap().map(|stack| stack.status).unwrap_or_default();
        if !status.ends_with("IN_PROGRESS") || Instant::now() > end {
            return status;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn deploy(account: &Account<'_>, action: &str, template: &str) -> String {
    account.call(action, &[("StackName", "Net"), ("TemplateBody", template)]).unwrap();
    settled(account, "Net")
}

fn address(zone: &str) -> String {
    let resources = json!({
        "Address": {
            "Type": "AWS::EC2::EIP",
            "Properties": { "Domain": "vpc", "NetworkBorderGroup": zone, "Tags": [{ "Key": "a", "Value": zone }] },
        },
        "Topic": { "Type": "AWS::SNS::Topic" },
    });
    let outputs = json!({
        "Address": { "Value": { "Ref": "Address" } },
        "Allocation": { "Value": { "Fn::GetAtt": ["Address", "AllocationId"] } },
    });
    template(resources, outputs)
}

#[test]
fn a_type_that_is_lacking_gets_a_stand_in() {
    let Some(emulator) = Emulator::for_tests(fc_cdk_aws::resource_type) else { return };
    let account = emulator.new_account();
    assert_eq!(deploy(&account, "CreateStack", &address("one")), "CREATE_COMPLETE");
    let outputs = account.stack("Net").unwrap().unwrap().outputs;
    assert!(outputs["Address"].starts_with("198.51.100."), "{outputs:?}");
    assert!(outputs["Allocation"].starts_with(&outputs["Address"]), "{outputs:?}");
    assert!(emulator.stand_ins().contains(&"AWS::EC2::EIP".to_owned()));
    assert!(!emulator.stand_ins().contains(&"AWS::SNS::Topic".to_owned()));

    // A property of which the specification says that it replaces the resource.
    assert_eq!(deploy(&account, "UpdateStack", &address("two")), "UPDATE_COMPLETE");
    let replaced = account.stack("Net").unwrap().unwrap().outputs;
    assert_ne!(replaced["Address"], outputs["Address"]);
    let events = account.events("Net").unwrap();
    let replacing = "Requested update requires the creation of a new physical resource";
    assert!(events.iter().any(|event| event.reason.starts_with(replacing)), "{events:#?}");

    account.call("DeleteStack", &[("StackName", "Net")]).unwrap();
    assert_eq!(settled(&account, "Net"), "");
}

#[test]
fn a_type_that_nobody_knows_is_refused() {
    let Some(emulator) = Emulator::for_tests(fc_cdk_aws::resource_type) else { return };
    let account = emulator.new_account();
    let resources = json!({ "Thing": { "Type": "AWS::EC2::Nonsense" } });
    let body = template(resources, json!({}));
    let refused = account.call("CreateStack", &[("StackName", "Net"), ("TemplateBody", &body)]);
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("Unrecognized resource types: [AWS::EC2::Nonsense]"), "{message}");
}

#[test]
fn accounts_and_regions_do_not_see_each_other() {
    let Some(emulator) = Emulator::for_tests(fc_cdk_aws::resource_type) else { return };
    let (one, other) = (emulator.new_account(), emulator.new_account());
    deploy(&one, "CreateStack", &address("one"));
    assert_eq!(one.stacks().unwrap().len(), 1);
    assert_eq!(other.stacks().unwrap().len(), 0);
    assert_eq!(one.in_region("us-east-1").stacks().unwrap().len(), 0);
}

#[test]
fn an_operation_on_a_resource_fails_on_request() {
    let Some(emulator) = Emulator::for_tests(fc_cdk_aws::resource_type) else { return };
    let account = emulator.new_account();
    account
        .fault(&ResourceFault::fails(Operation::Create, "Topic", "no more topics").times(1))
        .unwrap();
    assert_eq!(deploy(&account, "CreateStack", &address("one")), "ROLLBACK_COMPLETE");
    let events = account.events("Net").unwrap();
    let failed: Vec<_> = events.iter().filter(|event| event.status == "CREATE_FAILED").collect();
    assert_eq!(failed[0].logical_id, "Topic");
    assert!(failed[0].reason.contains("no more topics"), "{failed:?}");

    // The update fails, and so does its rollback.
    account.call("DeleteStack", &[("StackName", "Net")]).unwrap();
    assert_eq!(settled(&account, "Net"), "");
    let named = |name: &str, value: &str| {
        let topic = json!({ "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": name } });
        let address = json!({
            "Type": "AWS::EC2::EIP", "DependsOn": "Topic",
            "Properties": { "Tags": [{ "Key": "a", "Value": value }] },
        });
        template(json!({ "Topic": topic, "Address": address }), json!({}))
    };
    assert_eq!(deploy(&account, "CreateStack", &named("a", "1")), "CREATE_COMPLETE");
    account.fault(&ResourceFault::fails(Operation::Update, "Address", "no")).unwrap();
    account.fault(&ResourceFault::fails(Operation::Update, "Topic", "neither").after(1)).unwrap();
    assert_eq!(deploy(&account, "UpdateStack", &named("b", "2")), "UPDATE_ROLLBACK_FAILED");

    account.clear_faults().unwrap();
    account.call("ContinueUpdateRollback", &[("StackName", "Net")]).unwrap();
    assert_eq!(settled(&account, "Net"), "UPDATE_ROLLBACK_COMPLETE");
}

#[test]
fn an_operation_waits_until_it_is_let_go() {
    let Some(emulator) = Emulator::for_tests(fc_cdk_aws::resource_type) else { return };
    let account = emulator.new_account();
    let hour = Duration::from_secs(3600);
    account.fault(&ResourceFault::waits(Operation::Create, "Topic", hour)).unwrap();
    let parameters = [("StackName", "Net"), ("TemplateBody", &address("one"))];
    account.call("CreateStack", &parameters).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    // The emulator goes on for others.
    let other = emulator.new_account();
    assert_eq!(deploy(&other, "CreateStack", &address("one")), "CREATE_COMPLETE");
    assert_eq!(account.stack("Net").unwrap().unwrap().status, "CREATE_IN_PROGRESS");
    account.clear_faults().unwrap();
    assert_eq!(settled(&account, "Net"), "CREATE_COMPLETE");
}

#[test]
fn objects_and_templates_come_back() {
    let Some(emulator) = Emulator::for_tests(fc_cdk_aws::resource_type) else { return };
    let account = emulator.new_account();
    let bucket =
        json!({ "Type": "AWS::S3::Bucket", "Properties": { "BucketName": "photos-of-cats" } });
    let body = template(json!({ "Photos": bucket }), json!({}));
    assert_eq!(deploy(&account, "CreateStack", &body), "CREATE_COMPLETE");
    account.put_object("photos-of-cats", "a/b.txt", b"meow").unwrap();
    assert_eq!(account.object_body("photos-of-cats", "a/b.txt").unwrap(), b"meow");
    assert!(account.object_body("photos-of-cats", "c").is_err());
    assert_eq!(account.template("Net").unwrap().to_json(), body);
    let resources = account.resources("Net").unwrap();
    assert_eq!(resources[0].physical_id, "photos-of-cats");
}
