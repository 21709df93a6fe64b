//! CloudFormation's own answer: a change set that is never executed.

use std::cmp::Reverse;

use fc_cdk_core::{
    StackArtifact,
    diff::{DataLoss, Impact, ResourceChange, StackDiff},
};

use crate::{
    aws::{
        Target,
        cloudformation::{SetChange, StackInfo},
    },
    deploy::{
        apply::{Applied, apply, change_to},
        change_set,
    },
    error::Error,
    terminal::Terminal,
};

/// What CloudFormation says that a new template does to a stack; the change set is deleted again.
pub(super) async fn ask(
    target: &Target,
    stack: &StackArtifact,
    deployed: &StackInfo,
    terminal: &mut Terminal,
) -> Result<Vec<SetChange>, Error> {
    let name = stack.stack_name();
    let mut new = change_to(target, name, Some(deployed), stack.template(), "diff").await?;
    let tags = stack.tags().iter().map(|(key, value)| (key.to_string(), value.to_string()));
    new.stack.tags = tags.collect();
    let made = match apply(target, &new, &[], false, terminal).await? {
        Applied::Made(id) => id,
        Applied::Done(_) | Applied::Unchanged => return Ok(Vec::new()),
    };
    let set = target.cloudformation().change_set(name, &made).await?;
    change_set::delete(target, name, &made).await?;
    Ok(set.map(|set| set.changes).unwrap_or_default())
}

/// Takes CloudFormation's answer into a comparison: what was open is decided, and where they differ it is said.
pub(super) fn refine(diff: &mut StackDiff, changes: &[SetChange]) {
    for resource in &mut diff.template.resources {
        let theirs = changes.iter().find(|change| change.logical_id == resource.logical_id);
        match theirs.and_then(impact_of) {
            Some(theirs)
                if resource.impact == Impact::MayReplace && theirs != Impact::MayReplace =>
            {
                resource.impact = theirs;
                if theirs == Impact::Update {
                    resource.data_loss = DataLoss::No;
                }
                resource.notes.push(format!("the change set says that it is {}", theirs.label()));
            }
            Some(theirs) if !agree(resource.impact, theirs) => {
                let (ours, theirs) = (resource.impact.label(), theirs.label());
                resource
                    .notes
                    .push(format!("the templates say {ours}, the change set says {theirs}"));
            }
            None if needs_change(resource.impact) => {
                resource.notes.push("the change set has no change of it".to_owned());
            }
            _ => {}
        }
    }
    for change in changes {
        let known = diff.template.resources.iter().any(|it| {
            it.logical_id == change.logical_id
                || it.old_logical_id.as_deref() == Some(&change.logical_id)
        });
        if let (false, Some(impact)) = (known, impact_of(change)) {
            diff.template.resources.push(unseen(change, impact));
        }
    }
    diff.template.resources.sort_by_key(|change| Reverse(change.impact));
    if !diff.template.is_empty() && diff.change.is_none() {
        diff.change = Some(fc_cdk_core::diff::Change::Changed);
    }
}

/// A change that the templates do not show, such as one of a parameter's or another stack's value.
fn unseen(change: &SetChange, impact: Impact) -> ResourceChange {
    let what = match change.properties.as_slice() {
        [] => String::new(),
        properties => format!(" ({})", properties.join(", ")),
    };
    ResourceChange {
        logical_id: change.logical_id.as_str().into(),
        old_logical_id: None,
        type_name: change.type_name.as_str().into(),
        impact,
        properties: Vec::new(),
        attributes: Vec::new(),
        data_loss: DataLoss::No,
        known_type: true,
        notes: vec![format!("only the change set says so{what}")],
        construct_path: None,
        old_construct_path: None,
        source: None,
    }
}

/// What a change of a change set does to a resource.
fn impact_of(change: &SetChange) -> Option<Impact> {
    let keeps = change.policy_action.as_deref() == Some("Retain");
    Some(match (change.action.as_str(), change.replacement.as_str()) {
        ("Add" | "Import", _) => Impact::Add,
        ("Remove", _) if keeps => Impact::Orphan,
        ("Remove", _) => Impact::Remove,
        ("Modify", "True") => Impact::Replace,
        ("Modify", "Conditional") => Impact::MayReplace,
        ("Modify", _) => Impact::Update,
        // `Dynamic`: it depends on a nested stack, which has a change set of its own.
        _ => return None,
    })
}

fn agree(ours: Impact, theirs: Impact) -> bool {
    match (ours, theirs) {
        (Impact::Attributes | Impact::Moved, Impact::Update) => true,
        // A rename is an addition beside a removal.
        (Impact::Rename, Impact::Add) => true,
        (ours, theirs) => ours == theirs,
    }
}

/// Whether something happens to the resource itself.
fn needs_change(impact: Impact) -> bool {
    !matches!(impact, Impact::Moved | Impact::Attributes)
}

#[cfg(test)]
mod tests {
    use fc_cdk_core::{
        Template,
        diff::{StackSide, diff_stacks},
    };

    use super::*;

    fn change(logical_id: &str, action: &str, replacement: &str) -> SetChange {
        SetChange {
            logical_id: logical_id.to_owned(),
            physical_id: None,
            type_name: "AWS::SNS::Topic".to_owned(),
            action: action.to_owned(),
            replacement: replacement.to_owned(),
            policy_action: None,
            properties: vec!["TopicName".to_owned()],
            nested: None,
        }
    }

    #[test]
    fn open_questions_are_decided_and_contradictions_told() {
        let topic = |name: &str| {
            format!(r#"{{"Type":"AWS::SNS::Topic","Properties":{{"TopicName":"{name}"}}}}"#)
        };
        let template = |name: &str| {
            let (a, b) = (topic(name), topic(name));
            Template::parse(&format!(r#"{{"Resources":{{"A":{a},"B":{b}}}}}"#)).unwrap()
        };
        let (old, new) = (template("old"), template("new"));
        let sides = |template| [StackSide::of_template("Shop", template)];
        // Of unknown types every change may replace.
        let mut diff = diff_stacks(&sides(&old), &sides(&new), &|_| None).remove(0);
        refine(&mut diff, &[change("A", "Modify", "True"), change("C", "Modify", "False")]);
        let found = diff.template.resources.iter();
        let found: Vec<String> = found
            .map(|it| format!("{} {}: {}", it.logical_id, it.impact.label(), it.notes.join("; ")))
            .collect();
        assert_eq!(
            found,
            [
                "A replaced: the change set says that it is replaced",
                "B may be replaced: the change set has no change of it",
                "C updated: only the change set says so (TopicName)",
            ]
        );
    }
}
