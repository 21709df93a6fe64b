//! What need not be said again, and what is allowed.

use fc_cdk_core::{Allowed, Diagnostic, Severity, codes};

/// Whether a finding of our own says the same of the same place. What a Guard file asks for is always its own.
///
/// The same place is the same resource and property, or one that is a step further inside if the other finding names that step.
pub(crate) fn is_said<'a>(
    theirs: &Diagnostic,
    mut ours: impl Iterator<Item = &'a Diagnostic>,
) -> bool {
    let is_of_engine = theirs.code.starts_with(codes::AWS_RULE);
    is_of_engine
        && ours.any(|ours| {
            (ours.severity != Severity::Info || is_note_of_it(ours, theirs))
                && ours.logical_id == theirs.logical_id
                && is_same_place(ours, theirs)
                || is_same_cycle(ours, theirs)
                || is_same_target(ours, theirs)
        })
}

/// A note of ours is as good as a warning of theirs, but only about the very same property.
fn is_note_of_it(ours: &Diagnostic, theirs: &Diagnostic) -> bool {
    theirs.severity != Severity::Error
        && ours.property.is_some()
        && ours.property == theirs.property
}

fn is_same_place(ours: &Diagnostic, theirs: &Diagnostic) -> bool {
    let (ours_at, theirs_at) = (path(ours), path(theirs));
    ours_at == theirs_at
        || last_step(theirs_at, ours_at).is_some_and(|step| names(&ours.message, step))
        || last_step(ours_at, theirs_at).is_some_and(|step| names(&theirs.message, step))
}

/// Whether a message has a word, and not only as part of another one.
fn names(message: &str, word: &str) -> bool {
    message.match_indices(word).any(|(start, found)| {
        let before = message[..start].chars().next_back();
        let after = message[start + found.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// We report a cycle once, the engine for each resource in it.
fn is_same_cycle(ours: &Diagnostic, theirs: &Diagnostic) -> bool {
    let Some(id) = &theirs.logical_id else { return false };
    ours.code == codes::RESOURCE_CYCLE.code
        && theirs.code == "aws:F3004"
        && ours.message.contains(&format!("`{id}`"))
}

/// Of `Fn::GetAtt` of a resource that is not there, the engine names the resource and not the property.
fn is_same_target(ours: &Diagnostic, theirs: &Diagnostic) -> bool {
    let Some(target) = theirs.message.split('\'').nth(1) else { return false };
    ours.code == codes::DANGLING_REFERENCE.code
        && theirs.code == "aws:F1020"
        && ours.logical_id == theirs.logical_id
        && ours.message.contains(&format!("`{target}`"))
}

fn path(finding: &Diagnostic) -> &str {
    finding.property.as_deref().unwrap_or_default()
}

/// The step by which one path is longer than the other.
fn last_step<'a>(long: &'a str, short: &str) -> Option<&'a str> {
    let rest = long.strip_prefix(short)?;
    let step = if short.is_empty() { rest } else { rest.strip_prefix('.')? };
    (!step.is_empty() && !step.contains('.')).then_some(step)
}

/// Takes out what the app allows. Of the allowances for rules that are not ours, which synth passes on, those remain that were for
/// nothing: as a finding where `knows` says that the rule was looked at.
pub(crate) fn allow(
    found: Vec<Diagnostic>,
    passed_on: &[&Allowed],
    knows: &dyn Fn(&str) -> bool,
    is_asked_for: &dyn Fn(&str) -> bool,
) -> (Vec<Diagnostic>, Vec<Allowed>) {
    let mut allowed = Vec::new();
    let mut used = vec![false; passed_on.len()];
    let mut kept = Vec::new();
    for finding in found {
        let mut reason = None;
        for (allowance, used) in passed_on.iter().zip(&mut used) {
            let scope = &allowance.diagnostic.path;
            let within = scope.is_empty()
                || finding
                    .path
                    .strip_prefix(scope.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            if within && finding.code == allowance.diagnostic.code {
                *used = true;
                reason = Some(allowance.reason.clone());
            }
        }
        match reason {
            Some(reason) => allowed.push(Allowed { diagnostic: finding, reason }),
            None => kept.push(finding),
        }
    }
    for (allowance, used) in passed_on.iter().zip(used) {
        let passed_on = &allowance.diagnostic;
        if used || !is_asked_for(&passed_on.path) {
            continue;
        }
        if !knows(&passed_on.code) {
            allowed.push((*allowance).clone());
            continue;
        }
        let message = format!("`{}` is allowed here, but nothing needs it", passed_on.code);
        let mut finding = codes::UNUSED_ALLOW.finding(message);
        finding.path = passed_on.path.clone();
        finding.location = passed_on.location;
        kept.push(finding.note(format!("the reason given is: {}", allowance.reason), None));
    }
    (kept, allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(code: &str, id: &str, property: &str, message: &str) -> Diagnostic {
        let mut finding = Diagnostic::of_tool(Severity::Error, code, message);
        finding.logical_id = Some(id.into()).filter(|_| !id.is_empty());
        finding.property = Some(property.to_owned()).filter(|property| !property.is_empty());
        finding.path = format!("Shop/{id}").into();
        finding
    }

    #[test]
    fn what_we_have_said_of_a_place_is_not_said_again() {
        let ours = [
            finding("illegal-value", "Queue", "DelaySeconds", "901 is not allowed"),
            finding("unknown-property", "Queue", "Tags.0", "a tag has no `Valeu`"),
            finding("dangling-reference", "Queue", "DependsOn", "`DependsOn` of `Nothing`"),
            finding("dangling-reference", "Queue", "Name", "`Fn::GetAtt` of `Gone`"),
            finding("resource-cycle", "A", "", "resources need each other: `A` → `B` → `A`"),
        ];
        let said = |code, id, property, message| {
            is_said(&finding(code, id, property, message), ours.iter())
        };
        assert!(said("aws:F3034", "Queue", "DelaySeconds", "901 is greater than 900"));
        assert!(said("aws:F3002", "Queue", "Tags.0.Valeu", "'Valeu' was unexpected"));
        assert!(said("aws:E3005", "Queue", "", "DependsOn target 'Nothing' does not exist"));
        assert!(said("aws:F3004", "B", "", "Circular dependency"));
        assert!(said("aws:F1020", "Queue", "", "references non-existent resource 'Gone'"));
        assert!(!said("aws:F1020", "Queue", "", "references non-existent resource 'Other'"));
        assert!(!said("aws:F3003", "Queue", "", "'QueueName' is a required property"));
        assert!(!said("aws:F3034", "Other", "DelaySeconds", "901 is greater than 900"));
        let mut note = finding("unused", "Queue", "QueueName", "there is nothing to replace");
        note.severity = Severity::Info;
        let mut warning = finding("aws:W1020", "Queue", "QueueName", "Fn::Sub isn't needed");
        assert!(!is_said(&warning, [&note].into_iter()));
        warning.severity = Severity::Warning;
        assert!(is_said(&warning, [&note].into_iter()));
        assert!(!said("guard:short", "Queue", "DelaySeconds", "901 is too long"));
        assert!(!said("aws:F3004", "C", "", "Circular dependency"));
    }

    #[test]
    fn allowances_reach_what_is_below_them_and_must_be_of_use() {
        let allowance = |code: &str, path: &str| {
            let mut diagnostic = Diagnostic::of_tool(Severity::Info, code, "is told");
            diagnostic.path = path.into();
            Allowed { diagnostic, reason: "for a reason".to_owned() }
        };
        let all = [
            allowance("aws:W1", "Shop/Queue"),
            allowance("aws:W2", "Shop"),
            allowance("aws:W3", "Shop"),
            allowance("guard:unread", "Shop"),
        ];
        let all: Vec<&Allowed> = all.iter().collect();
        let found = vec![
            finding("aws:W1", "Queue", "", "one"),
            finding("aws:W1", "Queues", "", "two"),
            finding("aws:W2", "Topic", "", "three"),
        ];
        let knows = |code: &str| code.starts_with("aws:");
        let (kept, allowed) = allow(found, &all, &knows, &|_| true);
        let messages: Vec<&str> = kept.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, ["two", "`aws:W3` is allowed here, but nothing needs it"]);
        let codes: Vec<&str> = allowed.iter().map(|it| it.diagnostic.code.as_str()).collect();
        assert_eq!(codes, ["aws:W1", "aws:W2", "guard:unread"]);
    }
}
