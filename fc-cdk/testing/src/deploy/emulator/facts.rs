//! What a stand-in has to know of its type.

use fc_cdk_core::{
    Node, json,
    spec::{Kind, ResourceSpec, TagFormat},
};

/// As JSON, for the launcher.
pub(super) fn of(spec: ResourceSpec) -> String {
    let texts =
        |texts: &mut dyn Iterator<Item = &'static str>| Node::List(texts.map(Node::from).collect());
    let lists = &mut spec
        .attributes()
        .filter(|(_, kind)| matches!(kind, Kind::List(_)))
        .map(|(name, _)| name);
    let reference = spec.reference().unwrap_or("Id");
    let tags = spec.tags().and_then(|tags| match tags.format {
        TagFormat::List => Some((tags.property, "list")),
        TagFormat::Map => Some((tags.property, "map")),
        TagFormat::AutoScalingGroup | TagFormat::TagKeyValue => None,
    });
    let tags = tags.map_or(Node::Null, |(property, format)| json!([property, format]));
    let facts = json!({
        "type": spec.type_name(),
        "reference": reference,
        "reference_is_arn": (reference.ends_with("Arn") || reference == "ARN"),
        "attributes": (texts(&mut spec.attributes().map(|(name, _)| name))),
        "lists": (texts(lists)),
        "replaces": (texts(&mut spec.replaces())),
        "tags": tags,
    });
    facts.to_json()
}

#[cfg(test)]
mod tests {
    #[test]
    fn facts_are_those_of_the_specification() {
        let facts = super::of(fc_cdk_aws::resource_type("AWS::EC2::EIP").unwrap());
        insta::assert_snapshot!(facts, @r#"{"type":"AWS::EC2::EIP","reference":"PublicIp","reference_is_arn":false,"attributes":["AllocationId","PublicIp"],"lists":[],"replaces":["Address","Domain","IpamPoolId","NetworkBorderGroup","TransferAddress"],"tags":["Tags","list"]}"#);
    }
}
