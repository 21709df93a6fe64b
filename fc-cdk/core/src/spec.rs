//! What AWS's specification says of a resource type, as static tables that the generated types carry.

/// One resource type of CloudFormation.
#[derive(Debug)]
pub struct ResourceSpec {
    /// The CloudFormation name, such as `AWS::S3::Bucket`.
    pub type_name: &'static str,
    /// How its tags are written; `None` where it has none.
    pub tags: Option<TagSpec>,
    /// Whether deleting it loses data.
    pub stateful: bool,
}

/// Where and how a resource type takes its tags.
#[derive(Clone, Copy, Debug)]
pub struct TagSpec {
    /// The property, usually `Tags`.
    pub property: &'static str,
    /// The form of its value.
    pub format: TagFormat,
}

/// The forms that tags take in templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagFormat {
    /// `[{ "Key": …, "Value": … }]`.
    List,
    /// `{ "key": "value" }`.
    Map,
    /// `[{ "Key": …, "Value": …, "PropagateAtLaunch": true }]` of Auto Scaling groups.
    AutoScalingGroup,
    /// `[{ "TagKey": …, "TagValue": … }]`.
    TagKeyValue,
}
