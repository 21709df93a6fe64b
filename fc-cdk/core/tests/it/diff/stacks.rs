use fc_cdk_core::{
    App, Stack,
    diff::{Change, Impact, StackDiff, StackSide, diff_stacks},
    json,
};

use super::{lines, template};

#[test]
fn stacks_are_paired_by_name() {
    let queue = template(json!({ "Q": { "Type": "AWS::SQS::Queue" } }));
    let topic = template(json!({ "T": { "Type": "AWS::SNS::Topic" } }));
    let side = |name, template| StackSide::of_template(name, template);
    let old = [side("Gone", &queue), side("Same", &queue), side("Changed", &queue)];
    let new = [side("Changed", &topic), side("New", &topic), side("Same", &queue)];
    let stacks = diff_stacks(&old, &new, &fc_cdk_aws::resource_type);
    let report: Vec<String> = stacks
        .iter()
        .map(|stack| {
            format!(
                "{} {:?} {}",
                stack.name,
                stack.change.map(Change::as_str),
                lines(&stack.template)
            )
        })
        .collect();
    assert_eq!(
        report.join("").replace('\n', ";"),
        "Changed Some(\"changed\") remove Q [certain];add T;New Some(\"added\") add T;Same None Gone Some(\"removed\") remove Q [certain];"
    );
    assert_eq!(stacks[0].template.summary().worst(), Some(Impact::Remove));
}

#[test]
fn an_app_tells_where_a_resource_is_made() {
    let build = |name: &str, protected: bool| {
        let app = App::new();
        let stack = Stack::new(&app, "Data");
        stack.raw_resource("Orders", "AWS::S3::Bucket", json!({ "BucketName": name }));
        let stack = if protected { stack.with_termination_protection() } else { stack };
        drop(stack);
        app.synth()
    };
    let (old, new) = (build("a", false), build("b", true));
    let sides = |assembly: &'_ fc_cdk_core::Assembly| {
        StackSide::of_artifact(&assembly.stacks()[0]).name.to_owned()
    };
    assert_eq!(sides(&old), "Data");
    let stacks = diff_stacks(
        &[StackSide::of_artifact(&old.stacks()[0])],
        &[StackSide::of_artifact(&new.stacks()[0])],
        &fc_cdk_aws::resource_type,
    );
    let change = &stacks[0].template.resources[0];
    assert_eq!(change.construct_path.as_deref(), Some("Data/Orders"));
    assert_eq!(change.source.map(|source| source.file), Some(file!()));
    let entry = &stacks[0].template.entries[0];
    assert_eq!(
        (entry.section.as_str(), entry.name.as_deref()),
        ("Stack", Some("TerminationProtection"))
    );
}

#[test]
fn the_report_is_json_of_a_fixed_form() {
    let bucket = |name: &str| {
        template(
            json!({ "B": { "Type": "AWS::S3::Bucket", "Properties": { "BucketName": name } } }),
        )
    };
    let (old, new) = (bucket("a"), bucket("b"));
    let stacks = diff_stacks(
        &[StackSide::of_template("S", &old)],
        &[StackSide::of_template("S", &new)],
        &fc_cdk_aws::resource_type,
    );
    insta::assert_snapshot!(StackDiff::report(&stacks).to_json_pretty(), @r#"
    {
     "schemaVersion": 1,
     "summary": {
      "worst": "replace",
      "impacts": {
       "replace": 1
      },
      "dataLoss": 1,
      "broadened": 0,
      "entries": 0
     },
     "stacks": [
      {
       "name": "S",
       "change": "changed",
       "summary": {
        "worst": "replace",
        "impacts": {
         "replace": 1
        },
        "dataLoss": 1,
        "broadened": 0,
        "entries": 0
       },
       "resources": [
        {
         "logicalId": "B",
         "type": "AWS::S3::Bucket",
         "impact": "replace",
         "forcedBy": [
          "BucketName"
         ],
         "dataLoss": "certain",
         "knownType": true,
         "properties": [
          {
           "path": "BucketName",
           "old": "a",
           "new": "b",
           "replacement": "yes"
          }
         ],
         "attributes": [],
         "notes": []
        }
       ],
       "entries": [],
       "statements": [],
       "rules": []
      }
     ]
    }
    "#);
}

#[test]
fn what_another_stack_gives_is_followed() {
    let build = |description: &str, strong: bool| {
        let app = App::new();
        let network = Stack::new(&app, "Network");
        let group = network.raw_resource(
            "Group",
            "AWS::EC2::SecurityGroup",
            json!({ "GroupDescription": description, "SecurityGroupEgress": [{ "IpProtocol": "-1", "CidrIp": "10.0.0.0/8" }] }),
        );
        let group = group.ref_value::<String>();
        let group = if strong { group.strong() } else { group };
        Stack::new(&app, "Servers").raw_resource(
            "Server",
            "AWS::EC2::Instance",
            json!({ "NetworkInterfaces": [{ "DeviceIndex": "0", "GroupSet": [group] }] }),
        );
        app.synth()
    };
    for strong in [false, true] {
        let (old, new) = (build("a", strong), build("b", strong));
        let old: Vec<_> = old.stacks().iter().map(StackSide::of_artifact).collect();
        let new: Vec<_> = new.stacks().iter().map(StackSide::of_artifact).collect();
        let stacks = diff_stacks(&old, &new, &fc_cdk_aws::resource_type);
        let servers = lines(&stacks[1].template);
        let (start, end) = servers.split_once(" (the output `").unwrap_or_default();
        assert_eq!(start, "replace Server: NetworkInterfaces.0.GroupSet.0!");
        assert!(end.ends_with("` of `Network` changes)\n"), "{servers}");
    }
}
