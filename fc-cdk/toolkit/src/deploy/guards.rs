//! What is refused unless somebody says that it is meant: loss of data, and more permissions than before.

use fc_cdk_core::diff::{DataLoss, Impact, ResourceChange, StackDiff};

use super::options::Approval;
use crate::aws::cloudformation::SetChange;

/// A loss of data that nobody has allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Loss {
    /// What `--allow-data-loss` takes.
    pub(crate) path: String,
    pub(crate) type_name: String,
    /// What happens: "is replaced (BucketName)".
    pub(crate) what: String,
    pub(crate) source: Option<String>,
}

impl Loss {
    /// For people: one line.
    pub(crate) fn text(&self) -> String {
        let source = self.source.as_deref().map(|it| format!(" ({it})")).unwrap_or_default();
        format!("`{}` ({}) {}{source}", self.path, self.type_name, self.what)
    }
}

/// What a stack would lose by a deployment, without what is allowed.
pub(crate) fn losses(diff: &StackDiff, allowed: &[String]) -> Vec<Loss> {
    let changes = diff.template.resources.iter();
    let lost = changes.filter(|change| change.data_loss >= DataLoss::Possible);
    let lost =
        lost.filter(|change| !names(&diff.name, change).iter().any(|name| allowed.contains(name)));
    lost.map(|change| loss(&diff.name, change)).collect()
}

/// All that a resource can be called.
fn names(stack: &str, change: &ResourceChange) -> Vec<String> {
    let ids = [Some(change.logical_id.as_str()), change.old_logical_id.as_deref()];
    let mut names: Vec<String> =
        ids.into_iter().flatten().map(|id| format!("{stack}/{id}")).collect();
    for path in [&change.construct_path, &change.old_construct_path].into_iter().flatten() {
        names.push(path.clone());
        names.extend(path.strip_suffix("/Resource").map(str::to_owned));
    }
    names
}

fn loss(stack: &str, change: &ResourceChange) -> Loss {
    let path =
        change.construct_path.clone().unwrap_or_else(|| format!("{stack}/{}", change.logical_id));
    let because: Vec<&str> = change.forced_by().collect();
    let because = match because.as_slice() {
        [] => String::new(),
        properties => format!(" because of {}", properties.join(", ")),
    };
    let what = match change.impact {
        Impact::Remove => "is removed, and its data with it".to_owned(),
        Impact::Rename => "is made anew under another logical id, and its data is lost".to_owned(),
        Impact::MayReplace => format!("may be replaced{because}, and its data lost"),
        _ => format!("is replaced{because}, and its data is lost"),
    };
    Loss {
        path,
        type_name: change.type_name.to_string(),
        what,
        source: change.source.map(|location| location.to_string()),
    }
}

/// What a change set says beyond the templates: what holds data and is replaced and deleted, by AWS's own word.
pub(crate) fn losses_of_set(
    stack: &str,
    changes: &[SetChange],
    is_stateful: &dyn Fn(&str) -> bool,
    path_of: &dyn Fn(&str) -> Option<String>,
    allowed: &[String],
) -> Vec<Loss> {
    let replaced = changes.iter().filter(|change| {
        change.action == "Modify"
            && change.replacement == "True"
            && matches!(change.policy_action.as_deref(), Some("ReplaceAndDelete" | "Delete"))
            && is_stateful(&change.type_name)
    });
    let losses = replaced.map(|change| {
        let by_id = format!("{stack}/{}", change.logical_id);
        let path = path_of(&change.logical_id).unwrap_or_else(|| by_id.clone());
        if allowed.contains(&by_id) || allowed.contains(&path) {
            return None;
        }
        let because = change.properties.join(", ");
        let what =
            format!("is replaced, as CloudFormation says, because of {because}; its data is lost");
        Some(Loss { path, type_name: change.type_name.clone(), what, source: None })
    });
    losses.flatten().collect()
}

/// Whether somebody has to say yes.
pub(crate) fn needs_approval(diff: &StackDiff, approval: Approval) -> bool {
    match approval {
        Approval::Never => false,
        Approval::Broadening => diff.template.summary().broadened > 0,
        Approval::AnyChange => diff.change.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use fc_cdk_core::{
        Template,
        diff::{StackSide, diff_stacks},
    };

    use super::*;

    fn compare(old: &str, new: &str) -> StackDiff {
        let (old, new) = (Template::parse(old).unwrap(), Template::parse(new).unwrap());
        let sides = (StackSide::of_template("Data", &old), StackSide::of_template("Data", &new));
        diff_stacks(&[sides.0], &[sides.1], &fc_cdk_aws::resource_type).remove(0)
    }

    const BUCKET: &str = r#"{"Resources": {"Files": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Delete", "Properties": {"BucketName": "a"}}}}"#;

    #[test]
    fn removal_and_replacement_of_data_is_a_loss_unless_it_is_named() {
        let gone = compare(BUCKET, r#"{"Resources": {}}"#);
        let lost = losses(&gone, &[]);
        assert_eq!(lost.len(), 1);
        assert_eq!(
            lost[0].text(),
            "`Data/Files` (AWS::S3::Bucket) is removed, and its data with it"
        );
        assert!(losses(&gone, &["Data/Files".to_owned()]).is_empty());
        assert_eq!(losses(&gone, &["Data/Other".to_owned()]).len(), 1);

        let replaced = compare(BUCKET, &BUCKET.replace("\"a\"", "\"b\""));
        assert_eq!(
            losses(&replaced, &[])[0].what,
            "is replaced because of BucketName, and its data is lost"
        );
    }

    #[test]
    fn what_is_retained_or_holds_nothing_is_no_loss() {
        let retained = BUCKET.replace("\"Delete\"", "\"Retain\"");
        assert!(losses(&compare(&retained, r#"{"Resources": {}}"#), &[]).is_empty());
        let topic = r#"{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}"#;
        assert!(losses(&compare(topic, r#"{"Resources": {}}"#), &[]).is_empty());
    }

    #[test]
    fn the_word_of_the_change_set_counts_too() {
        let change = SetChange {
            logical_id: "Files".to_owned(),
            physical_id: None,
            type_name: "AWS::S3::Bucket".to_owned(),
            action: "Modify".to_owned(),
            replacement: "True".to_owned(),
            policy_action: Some("ReplaceAndDelete".to_owned()),
            properties: vec!["BucketName".to_owned()],
            nested: None,
        };
        let stateful = |name: &str| name == "AWS::S3::Bucket";
        let check = |change: &SetChange, allowed: &[String]| {
            losses_of_set("Data", std::slice::from_ref(change), &stateful, &|_| None, allowed).len()
        };
        assert_eq!(check(&change, &[]), 1);
        assert_eq!(check(&change, &["Data/Files".to_owned()]), 0);
        let kept =
            SetChange { policy_action: Some("ReplaceAndRetain".to_owned()), ..change.clone() };
        assert_eq!(check(&kept, &[]), 0);
        let other = SetChange { type_name: "AWS::SNS::Topic".to_owned(), ..change };
        assert_eq!(check(&other, &[]), 0);
    }

    #[test]
    fn more_permissions_need_a_yes() {
        let old = r#"{"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}}}}"#;
        let new = r#"{"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []},
            "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}}]}}}}"#;
        let more = compare(old, new);
        assert!(needs_approval(&more, Approval::Broadening));
        assert!(!needs_approval(&more, Approval::Never));
        let less = compare(new, old);
        assert!(!needs_approval(&less, Approval::Broadening));
        assert!(needs_approval(&less, Approval::AnyChange));
    }
}
