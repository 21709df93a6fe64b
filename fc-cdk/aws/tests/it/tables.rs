//! What the run-time tables say of a few well-known types.

use fc_cdk_aws::resource_type;
use fc_cdk_core::{
    json,
    spec::{Checker, Kind, Replacement, ResourceSpec, TagFormat},
};

fn spec(type_name: &str) -> ResourceSpec {
    resource_type(type_name).unwrap_or_else(|| panic!("{type_name} is not known"))
}

#[test]
fn a_bucket_is_stateful_and_replaced_with_its_name() {
    let bucket = spec("AWS::S3::Bucket");
    assert!(bucket.is_stateful());
    assert_eq!(bucket.replacement("BucketName"), Replacement::Yes);
    assert_eq!(bucket.replacement("VersioningConfiguration/Status"), Replacement::No);
    assert_eq!(bucket.reference(), Some("BucketName"));
    assert_eq!(bucket.arn_template(), Some("arn:${Partition}:s3:::${BucketName}"));
    assert!(bucket.regions().any(|region| region == "ap-northeast-1"));
    assert!(bucket.attributes().any(|(name, _)| name == "Arn"));
}

#[test]
fn tags_have_the_form_that_the_type_wants() {
    let format = |type_name| spec(type_name).tags().map(|tags| (tags.property, tags.format));
    assert_eq!(format("AWS::S3::Bucket"), Some(("Tags", TagFormat::List)));
    assert_eq!(
        format("AWS::AutoScaling::AutoScalingGroup"),
        Some(("Tags", TagFormat::AutoScalingGroup))
    );
    assert_eq!(format("AWS::IAM::RolePolicy"), None);
}

#[test]
fn properties_know_their_kind_and_limits() {
    let status = spec("AWS::S3::Bucket").properties().property("LifecycleConfiguration").and_then(
        |property| match property.kind() {
            Kind::Shape(lifecycle) => lifecycle.property("Rules"),
            _ => None,
        },
    );
    let rule = status.and_then(|rules| match rules.kind() {
        Kind::List(items) => Some(items.kind()),
        _ => None,
    });
    let Some(Kind::Shape(rule)) = rule else { panic!("{rule:?}") };
    let status = rule.property("Status");
    assert!(status.is_some_and(|status| status.is_required()));
    assert!(
        matches!(status.map(|status| status.kind()), Some(Kind::Choice(values)) if values.contains("Enabled"))
    );
    let subnet = spec("AWS::EC2::Instance")
        .properties()
        .property("SubnetId")
        .map(|property| property.kind());
    assert!(matches!(subnet, Some(Kind::Id(ids)) if ids.contains("AWS::EC2::Subnet.SubnetId")));
}

#[test]
fn the_keys_of_a_table_are_a_list_though_aws_takes_the_object_of_old() {
    let key = spec("AWS::DynamoDB::Table").properties().property("KeySchema");
    assert!(matches!(key.map(|key| key.kind()), Some(Kind::List(_))));
    let table = |keys| json!({ "BillingMode": "PAY_PER_REQUEST", "KeySchema": keys });
    let errors = |keys| {
        let properties = table(keys);
        let mut found = Vec::new();
        let properties = properties.as_map().unwrap();
        Checker::new().check(spec("AWS::DynamoDB::Table"), properties, &mut |finding| {
            found.push(finding.code.to_string());
        });
        found
    };
    assert_eq!(
        errors(json!({ "HashKeyElement": { "AttributeName": "id", "AttributeType": "S" } })),
        [""; 0]
    );
    assert_eq!(errors(json!([{ "AttributeName": "id" }])), ["missing-property"]);
}

#[test]
fn every_table_is_ordered_and_complete() {
    for (module, table) in fc_cdk_aws::tables() {
        for resource in table.resources() {
            let again = table.resource(resource.type_name()).map(ResourceSpec::type_name);
            assert_eq!(again, Some(resource.type_name()), "{module}");
            for property in resource.properties().properties() {
                assert!(
                    resource.properties().property(property.name()).is_some(),
                    "{} {property:?}",
                    resource.type_name()
                );
            }
        }
    }
}
