//! What CloudFormation has to be allowed to do, by resource type; `permissions.txt` is written by `cargo xtask codegen`.

use fc_cdk_core::spec::Permissions;

/// The permissions that CloudFormation needs for the resources of a type, as the type's schema lists them; `None` for a type
/// that is not known or tells nothing. All services are in the table, whichever features are on.
///
/// ```
/// use fc_cdk_core::spec::Handler;
///
/// let topic = fc_cdk_aws::permissions("AWS::SNS::Topic");
/// let actions: Vec<String> = topic.into_iter().flat_map(|it| it.actions(&[Handler::Delete])).collect();
/// assert!(actions.contains(&"sns:DeleteTopic".to_owned()));
/// ```
pub fn permissions(type_name: &str) -> Option<Permissions> {
    let table = include_str!("permissions.txt");
    let mut lines = table.lines().filter_map(|line| line.split_once(' '));
    lines.find(|(name, _)| *name == type_name).map(|(_, line)| Permissions::new(line))
}
