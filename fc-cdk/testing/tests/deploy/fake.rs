use fc_cdk_testing::deploy::{
    ChangeSetOutcome, Element, FakeCloudFormation, FakeStack, Scenario, Validation,
};

const TOPIC: &str = r#"{"Resources":{"Topic":{"Type":"AWS::SNS::Topic"}}}"#;
const ROLE: &str = r#"{"Resources":{"Role":{"Type":"AWS::IAM::Role"}}}"#;
const NOTHING: &str = r#"{"Resources":{}}"#;

/// Makes a change set; what is refused is the code with the message.
fn plan(fake: &FakeCloudFormation, kind: &str, template: &str) -> Result<(), String> {
    let parameters = [
        ("StackName", "Orders"),
        ("ChangeSetName", "one"),
        ("ChangeSetType", kind),
        ("TemplateBody", template),
    ];
    fake.call("CreateChangeSet", &parameters).map(drop).map_err(|error| error.to_string())
}

fn execute(fake: &FakeCloudFormation) -> Result<(), String> {
    let parameters = [("StackName", "Orders"), ("ChangeSetName", "one")];
    fake.call("ExecuteChangeSet", &parameters).map(drop).map_err(|error| error.to_string())
}

/// Looks until nothing goes on any more: statuses and ids, the oldest first.
fn events(fake: &FakeCloudFormation) -> Vec<String> {
    let mut last = Vec::new();
    loop {
        let reply = fake.call("DescribeStackEvents", &[("StackName", "Orders")]);
        let Ok(reply) = reply else { return last };
        let events = reply.find("StackEvents").unwrap().children.iter().rev();
        let text = |event: &Element| {
            format!("{} {}", event.text_of("ResourceStatus"), event.text_of("LogicalResourceId"))
        };
        let now: Vec<String> = events.map(text).collect();
        if now == last {
            return last;
        }
        last = now;
    }
}

#[test]
fn what_is_not_written_down_goes_well() {
    let fake = FakeCloudFormation::play(Scenario::new()).unwrap();
    assert_eq!(plan(&fake, "CREATE", TOPIC), Ok(()));
    assert_eq!(fake.status("Orders").as_deref(), Some("REVIEW_IN_PROGRESS"));
    assert_eq!(execute(&fake), Ok(()));
    let expected = [
        "REVIEW_IN_PROGRESS Orders",
        "CREATE_IN_PROGRESS Orders",
        "CREATE_IN_PROGRESS Topic",
        "CREATE_COMPLETE Topic",
        "CREATE_COMPLETE Orders",
    ];
    assert_eq!(events(&fake), expected);
    assert_eq!(fake.template("Orders").as_deref(), Some(TOPIC));
    assert_eq!(plan(&fake, "UPDATE", TOPIC), Ok(()));
    let set = fake.call("DescribeChangeSet", &[("StackName", "Orders"), ("ChangeSetName", "one")]);
    let reason = set.unwrap().find("StatusReason").unwrap().text.clone();
    assert!(reason.contains("didn't contain changes"), "{reason}");
    fake.call("DeleteStack", &[("StackName", "Orders")]).unwrap();
    events(&fake);
    assert_eq!(fake.status("Orders"), None);
}

#[test]
fn what_is_written_down_happens() {
    let script = "
        UPDATE_IN_PROGRESS Orders
        UPDATE_FAILED Topic: Invalid parameter: DisplayName
        UPDATE_ROLLBACK_IN_PROGRESS Orders: The following resource(s) failed to update: [Topic].
        UPDATE_ROLLBACK_FAILED Orders
    ";
    let stack = FakeStack::new("Orders", "CREATE_COMPLETE").template(NOTHING);
    let scenario = Scenario::new().stack(stack).when_updated("Orders", script);
    let fake = FakeCloudFormation::play(scenario).unwrap();
    plan(&fake, "UPDATE", TOPIC).unwrap();
    execute(&fake).unwrap();
    assert_eq!(events(&fake).last().map(String::as_str), Some("UPDATE_ROLLBACK_FAILED Orders"));
    // It is what it was before.
    assert_eq!(fake.template("Orders").as_deref(), Some(NOTHING));
    let refused = plan(&fake, "UPDATE", TOPIC).unwrap_err();
    let expected = "is in UPDATE_ROLLBACK_FAILED state and can not be updated.";
    assert!(refused.ends_with(expected), "{refused}");
    fake.call("ContinueUpdateRollback", &[("StackName", "Orders")]).unwrap();
    events(&fake);
    assert_eq!(fake.status("Orders").as_deref(), Some("UPDATE_ROLLBACK_COMPLETE"));
}

#[test]
fn the_rules_of_cloudformation_hold() {
    let exports = r#"{"Resources":{},"Outputs":{"Out":{"Value":"v","Export":{"Name":"out"}}}}"#;
    let base = FakeStack::new("Base", "CREATE_COMPLETE").template(exports);
    let scenario = Scenario::new()
        .stack(FakeStack::new("Orders", "ROLLBACK_COMPLETE").protected())
        .stack(base.output("Out", "v", Some("out")))
        .importer("out", "Consumer")
        .refuse("ListStacks", "Throttling", "Rate exceeded", 1);
    let fake = FakeCloudFormation::play(scenario).unwrap();
    let cases = [
        ("UPDATE", TOPIC, "state and can not be updated"),
        ("CREATE", TOPIC, "already exists and cannot be created again"),
        (
            "UPDATE",
            ROLE,
            "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_NAMED_IAM]",
        ),
    ];
    for (kind, template, message) in cases {
        let refused = plan(&fake, kind, template).unwrap_err();
        assert!(refused.contains(message), "{refused}");
    }
    let refused = fake.call("DeleteStack", &[("StackName", "Orders")]).unwrap_err().to_string();
    assert!(refused.contains("TerminationProtection is enabled"), "{refused}");
    let throttled = fake.call("ListStacks", &[]).unwrap_err().to_string();
    assert_eq!(throttled, "ListStacks: Throttling: Rate exceeded");
    assert!(fake.call("ListStacks", &[]).is_ok());

    fake.call("UpdateStack", &[("StackName", "Base"), ("TemplateBody", TOPIC)]).unwrap();
    fake.call("DescribeStacks", &[("StackName", "Base")]).unwrap();
    let events = fake.call("DescribeStackEvents", &[("StackName", "Base")]).unwrap();
    let events = events.find("StackEvents").unwrap().children.iter();
    let reasons: Vec<&str> = events.map(|event| event.text_of("ResourceStatusReason")).collect();
    let expected = "Cannot delete export out as it is in use by Consumer.";
    assert!(reasons.contains(&expected), "{reasons:?}");
    assert_eq!(fake.status("Base").as_deref(), Some("UPDATE_ROLLBACK_COMPLETE"));
}

#[test]
fn change_sets_end_as_written_down() {
    let found = Validation {
        name: "NAME_CONFLICT_VALIDATION".to_owned(),
        path: "/Resources/Topic".to_owned(),
        reason: "it exists".to_owned(),
    };
    let scenario = Scenario::new()
        .stack(FakeStack::new("Orders", "CREATE_COMPLETE").template(NOTHING))
        .change_set("Orders", ChangeSetOutcome::Invalid(vec![found]))
        .change_set("Orders", ChangeSetOutcome::Obsolete);
    let fake = FakeCloudFormation::play(scenario).unwrap();
    let set = [("StackName", "Orders"), ("ChangeSetName", "one")];
    plan(&fake, "UPDATE", TOPIC).unwrap();
    let events = fake.call("DescribeEvents", &set).unwrap();
    assert_eq!(events.find("ValidationPath").unwrap().text, "/Resources/Topic");
    assert!(plan(&fake, "UPDATE", TOPIC).unwrap_err().contains("AlreadyExistsException"));
    fake.call("DeleteChangeSet", &set).unwrap();
    plan(&fake, "UPDATE", TOPIC).unwrap();
    let refused = execute(&fake).unwrap_err();
    assert!(refused.contains("InvalidChangeSetStatus"), "{refused}");
    assert!(refused.contains("[OBSOLETE]"), "{refused}");
}
