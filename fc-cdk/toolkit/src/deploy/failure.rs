//! [`Failure`]: why a deployment failed: the first cause first, with the construct, its line, and what to do.

mod advice; // what to do about what AWS says

use fc_cdk_core::{Map, Node, StackArtifact, rules::Rule};

use super::{event_line, status::StackStatus};
use crate::{
    aws::cloudformation::{StackEvent, ValidationEvent},
    codes,
    error::Exit,
    terminal::Paint,
};

/// What is said of resources that did not fail by themselves.
const FOLLOWS: [&str; 5] = [
    "Resource creation cancelled",
    "Resource update cancelled",
    "Resource deletion cancelled",
    "The following resource(s) failed",
    "Embedded stack ",
];

/// One thing that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cause {
    pub(crate) logical_id: String,
    pub(crate) type_name: String,
    /// Such as `CREATE_FAILED`, or the name of a check.
    pub(crate) status: String,
    /// What AWS says.
    pub(crate) reason: String,
    /// The stack nested in the one that is deployed, in which it is.
    pub(crate) nested: Option<String>,
    /// The construct.
    pub(crate) path: Option<String>,
    /// The user's line.
    pub(crate) source: Option<String>,
}

/// Why a stack was not deployed.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// What kind it is; none of what AWS refuses for a reason of its own.
    pub(crate) rule: Option<&'static Rule>,
    /// What people call the stack; empty where it is not about one.
    pub(crate) stack: String,
    pub(crate) message: Box<str>,
    /// The first one first.
    pub(crate) causes: Vec<Cause>,
    /// What is in the account and of no stack any more: its policy keeps it.
    pub(crate) kept: Box<[Kept]>,
    /// What to do about the cause.
    pub(crate) help: Option<String>,
    /// The state in which the stack is left, where a command goes on from it.
    pub(crate) left_in: Option<StackStatus>,
    pub(crate) exit: Exit,
}

/// A resource that was made, and kept when the rest was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) type_name: String,
    pub(crate) physical_id: String,
    /// The construct, else the logical id.
    pub(crate) path: String,
}

impl Failure {
    /// One without causes in the stack itself.
    pub(crate) fn new(
        rule: &'static Rule,
        stack: &str,
        message: impl Into<String>,
        exit: Exit,
    ) -> Failure {
        Failure { rule: Some(rule), ..Failure::bare(stack, message, exit) }
    }

    fn bare(stack: &str, message: impl Into<String>, exit: Exit) -> Failure {
        let (stack, message) = (stack.to_owned(), message.into().into_boxed_str());
        let (causes, kept) = (Vec::new(), Box::default());
        Failure { rule: None, stack, message, causes, kept, help: None, left_in: None, exit }
    }

    /// The same with what to do about it.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Failure {
        self.help = Some(help.into());
        self
    }

    /// An error on the way.
    pub(crate) fn of_error(stack: &str, error: crate::error::Error) -> Failure {
        let exit = error.exit_code();
        let help = error.help_text().map(str::to_owned);
        Failure { rule: error.rule(), help, ..Failure::bare(stack, error.to_string(), exit) }
    }

    /// An operation that ended in a state that it was not to end in.
    pub(crate) fn of_operation(
        stack: &str,
        artifacts: &[&StackArtifact],
        status: StackStatus,
        events: &[StackEvent],
    ) -> Failure {
        let exit = if status.is_rolled_back() { Exit::RolledBack } else { Exit::NeedsAttention };
        let rule =
            if status.is_rolled_back() { codes::ROLLED_BACK } else { codes::NEEDS_ATTENTION };
        let mut causes = causes(artifacts, events);
        let help = causes.first().and_then(|cause| advice::about(&cause.reason));
        causes.dedup();
        Failure {
            rule: Some(rule),
            stack: stack.to_owned(),
            message: format!("the stack is in the state {status}: {}", status.meaning()).into(),
            causes,
            // What a failed update left is its stack's still.
            kept: if status == StackStatus::RollbackComplete {
                kept(artifacts, events)
            } else {
                Box::default()
            },
            help: help.map(str::to_owned),
            left_in: None,
            exit,
        }
    }

    /// The same with the command that goes on from the state in which the stack was left.
    pub(crate) fn then(mut self, status: StackStatus) -> Failure {
        self.left_in = Some(status);
        self
    }

    /// How to go on.
    fn next(&self) -> Option<String> {
        advice::next(&self.stack, self.left_in?)
    }

    /// What early validation found.
    pub(crate) fn of_validation(
        stack: &str,
        artifact: &StackArtifact,
        events: &[ValidationEvent],
    ) -> Failure {
        let causes = validation_causes(artifact, events);
        let help = causes.first().and_then(advice_of);
        Failure {
            rule: Some(codes::NOT_ACCEPTED),
            stack: stack.to_owned(),
            message: "CloudFormation does not accept the template; nothing has been changed".into(),
            help: help.map(str::to_owned),
            left_in: None,
            causes,
            kept: Box::default(),
            exit: Exit::Error,
        }
    }

    /// The same with what early validation says in place of that it says something.
    pub(crate) fn with_validation(
        mut self,
        artifact: &StackArtifact,
        events: &[ValidationEvent],
    ) -> Failure {
        let causes = validation_causes(artifact, events);
        if !causes.is_empty() {
            self.help = causes.first().and_then(advice_of).map(str::to_owned);
            self.causes = causes;
        }
        self
    }

    /// For people: several lines, without a line break at the end.
    pub(crate) fn text(&self, paint: Paint) -> String {
        let code = self.rule.map(|rule| format!("[{rule}]")).unwrap_or_default();
        let head = format!("{}{}", paint.red(format_args!("error{code}")), paint.bold(":"));
        let mut lines = vec![match self.stack.as_str() {
            "" => format!("{head} {}", self.message),
            stack => format!("{head} `{stack}`: {}", self.message),
        }];
        let mut causes = self.causes.iter();
        if let Some(first) = causes.next() {
            let title = if self.causes.len() > 1 { "first cause" } else { "cause" };
            let name = first.path.as_deref().unwrap_or(&first.logical_id);
            let mut facts = vec![first.type_name.as_str(), first.status.as_str()];
            facts.retain(|fact| !fact.is_empty());
            lines.push(format!("  {}: {} ({})", paint.bold(title), name, facts.join(", ")));
            if let Some(source) = &first.source {
                lines.push(format!("    --> {source}"));
            }
            lines.push(format!("    {}", advice::plain(&first.reason)));
        }
        match causes.len() {
            0 => {}
            more => {
                const SHOWN: usize = 3;
                lines.push(format!("  {more} more failed after that:"));
                for cause in causes.clone().take(SHOWN) {
                    let name = cause.path.as_deref().unwrap_or(&cause.logical_id);
                    lines.push(format!("    {name}: {}", advice::plain(&cause.reason)));
                }
                if more > SHOWN {
                    lines.push(format!("    …: `events --failures {}` shows all", self.stack));
                }
            }
        }
        if !self.kept.is_empty() {
            lines.push("  made, kept by its policy, and of no stack now:".to_owned());
            for kept in &*self.kept {
                let Kept { path, type_name, physical_id } = kept;
                lines.push(format!("    {path} ({type_name}) `{physical_id}`"));
            }
            lines.push("    delete what holds nothing, or take it over by `import`".to_owned());
        }
        if let Some(help) = &self.help {
            lines.push(format!("  {}: {help}", paint.bold("help")));
        }
        if let Some(next) = self.next() {
            lines.push(format!("  {}: {next}", paint.bold("next")));
        }
        lines.join("\n")
    }

    /// For programs.
    pub(crate) fn to_json(&self) -> Node {
        let causes = self.causes.iter().map(|cause| {
            let mut map = Map::new();
            map.insert("logicalId", cause.logical_id.as_str());
            map.insert("type", cause.type_name.as_str());
            map.insert("status", cause.status.as_str());
            map.insert("reason", cause.reason.as_str());
            if let Some(path) = &cause.path {
                map.insert("path", path.as_str());
            }
            if let Some(source) = &cause.source {
                map.insert("source", source.as_str());
            }
            Node::Map(map)
        });
        let mut map = Map::new();
        if let Some(rule) = self.rule {
            map.insert("code", rule.code);
        }
        map.insert("stack", self.stack.as_str());
        map.insert("message", &*self.message);
        map.insert("causes", causes.collect::<Vec<_>>());
        let kept = self.kept.iter().map(|kept| {
            let map = Map::new().with("path", kept.path.as_str());
            let map = map.with("type", kept.type_name.as_str());
            Node::Map(map.with("physicalId", kept.physical_id.as_str()))
        });
        map.insert("kept", kept.collect::<Vec<_>>());
        if let Some(help) = &self.help {
            map.insert("help", help.as_str());
        }
        if let Some(next) = self.next() {
            map.insert("next", next);
        }
        map.insert("exit", self.exit as i64);
        Node::Map(map)
    }
}

/// What early validation found, without what it only warns of.
fn validation_causes(artifact: &StackArtifact, events: &[ValidationEvent]) -> Vec<Cause> {
    let causes = events.iter().filter(|event| !event.warns).map(|event| {
        let in_path = event.path.as_deref().and_then(|path| path.strip_prefix("/Resources/"));
        let id = in_path.and_then(|path| path.split('/').next()).or(event.logical_id.as_deref());
        let logical_id = id.unwrap_or_default();
        let source = artifact.source_of(logical_id);
        let at = event.path.as_deref().map(|path| format!(" at `{path}`")).unwrap_or_default();
        let reason = event.reason.as_deref().unwrap_or("no reason is given");
        Cause {
            logical_id: logical_id.to_owned(),
            type_name: event.type_name.clone().unwrap_or_default(),
            status: event.name.clone(),
            reason: format!("{reason}{at}"),
            nested: None,
            path: source.map(|(path, _)| path.to_owned()),
            source: source.map(|(_, location)| location.to_string()),
        }
    });
    causes.collect()
}

/// What to do about a cause.
fn advice_of(cause: &Cause) -> Option<&'static str> {
    match cause.status.as_str() {
        "NAME_CONFLICT_VALIDATION" => Some(
            "something of this name exists already: take it over by `--import-existing-resources`, or name it otherwise",
        ),
        _ => advice::about(&cause.reason),
    }
}

/// What failed by itself, the first one first. Events come in the order in which they happened.
fn causes(artifacts: &[&StackArtifact], events: &[StackEvent]) -> Vec<Cause> {
    let failed = |event: &&StackEvent| event.is_failure() && event.reason.is_some();
    let by_itself = |event: &&StackEvent| {
        let reason = event.reason.as_deref().unwrap_or_default();
        !FOLLOWS.iter().any(|text| reason.contains(text))
    };
    let of_resources = events.iter().filter(failed).filter(|event| !event.is_of_stack());
    let mut causes: Vec<&StackEvent> = of_resources.filter(by_itself).collect();
    // What failed within a nested stack says more than that this stack failed.
    let inner: Vec<&str> = causes.iter().map(|event| event.stack_id.as_str()).collect();
    causes.retain(|event| event.nested_stack().is_none_or(|id| !inner.contains(&id)));
    if causes.is_empty() {
        // The stack itself may say why, such as that a role cannot be taken.
        let of_stack = events.iter().filter(|event| event.is_of_stack() && event.reason.is_some());
        let said = of_stack.filter(|event| {
            event.is_failure()
                || event.status.contains("ROLLBACK")
                || event.status.contains("DELETE")
        });
        causes = said.filter(by_itself).filter(|event| !is_routine(event)).collect();
    }
    let causes = causes.into_iter().map(|event| {
        let found = event_line::source(artifacts, event);
        Cause {
            logical_id: event.logical_id.clone(),
            type_name: event.type_name.clone(),
            status: event.status.clone(),
            reason: event.reason.clone().unwrap_or_default(),
            nested: artifacts
                .first()
                .filter(|own| own.stack_name() != event.stack_name)
                .map(|_| event.stack_name.clone()),
            path: found.as_ref().map(|(path, _)| path.clone()),
            source: found.map(|(_, location)| location),
        }
    });
    causes.collect()
}

/// What deletion left out, where the stack that had it holds nothing any more.
fn kept(artifacts: &[&StackArtifact], events: &[StackEvent]) -> Box<[Kept]> {
    let skipped = events.iter().filter(|event| event.status == "DELETE_SKIPPED");
    let kept = skipped.filter_map(|event| {
        let path = event_line::source(artifacts, event).map(|(path, _)| path);
        Some(Kept {
            type_name: event.type_name.clone(),
            physical_id: event.physical_id.clone().filter(|id| !id.is_empty())?,
            path: path.unwrap_or_else(|| event.logical_id.clone()),
        })
    });
    kept.collect()
}

fn is_routine(event: &StackEvent) -> bool {
    let reason = event.reason.as_deref().unwrap_or_default();
    ["User Initiated", "Rollback requested by user", "user initiated"]
        .iter()
        .any(|text| reason.contains(text))
        && !event.is_failure()
}

#[cfg(test)]
mod tests {
    use fc_cdk_core::{App, Stack, json};

    use super::*;
    use crate::terminal::Terminal;

    fn event(id: &str, status: &str, reason: &str) -> StackEvent {
        StackEvent {
            stack_id: "arn:stack".to_owned(),
            stack_name: "Network".to_owned(),
            logical_id: id.to_owned(),
            type_name: if id == "Network" {
                "AWS::CloudFormation::Stack"
            } else {
                "AWS::SNS::Topic"
            }
            .to_owned(),
            physical_id: (id == "Network").then(|| "arn:stack".to_owned()),
            status: status.to_owned(),
            reason: Some(reason.to_owned()).filter(|reason| !reason.is_empty()),
            ..StackEvent::default()
        }
    }

    #[test]
    fn the_first_cause_comes_first_with_its_line() {
        let app = App::new();
        let stack = Stack::new(&app, "Network");
        stack.raw_resource("Topic", "AWS::SNS::Topic", json!({}));
        let assembly = app.synth();
        let artifact = assembly.stack("Network").unwrap();
        let events = [
            event("Topic", "CREATE_IN_PROGRESS", ""),
            event("Other", "CREATE_FAILED", "Resource creation cancelled"),
            event("Topic", "CREATE_FAILED", "orders already exists in stack arn:other"),
            event("Third", "CREATE_FAILED", "Access Denied"),
            StackEvent {
                physical_id: Some("arn:aws:sns:topic".to_owned()),
                ..event("Topic", "DELETE_SKIPPED", "")
            },
            event(
                "Network",
                "ROLLBACK_IN_PROGRESS",
                "The following resource(s) failed to create: [Topic].",
            ),
        ];
        let failure =
            Failure::of_operation("Network", &[artifact], StackStatus::RollbackComplete, &events)
                .then(StackStatus::RollbackComplete);
        assert_eq!(failure.exit, Exit::RolledBack);
        let (terminal, _) = Terminal::captured();
        let text = failure.text(terminal.err_paint());
        let line = text.lines().nth(2).unwrap();
        assert!(line.starts_with("    --> fc-cdk/toolkit/src/deploy/failure.rs:"), "{line}");
        let text = text.replace(line, "    --> (line)");
        insta::assert_snapshot!(text, @"
        error[rolled-back]: `Network`: the stack is in the state ROLLBACK_COMPLETE: making it failed, and what was made is deleted
          first cause: Network/Topic (AWS::SNS::Topic, CREATE_FAILED)
            --> (line)
            orders already exists in stack arn:other
          1 more failed after that:
            Third: Access Denied
          made, kept by its policy, and of no stack now:
            Network/Topic (AWS::SNS::Topic) `arn:aws:sns:topic`
            delete what holds nothing, or take it over by `import`
          help: something of this name exists already: take it over by `--import-existing-resources`, name it otherwise, or delete it if it is left from a deployment before
          next: once the cause is mended, `deploy Network` tries it again
        ");
    }

    #[test]
    fn what_the_stack_itself_says_counts_where_no_resource_failed() {
        let events = [event("Network", "ROLLBACK_IN_PROGRESS", "Role arn:x cannot be assumed")];
        let failure = Failure::of_operation("Network", &[], StackStatus::UpdateFailed, &events);
        assert_eq!(failure.causes[0].reason, "Role arn:x cannot be assumed");
        assert_eq!(failure.exit, Exit::NeedsAttention);
        assert_eq!(failure.help, None);
        let failure = failure.then(StackStatus::UpdateFailed);
        assert!(failure.next().unwrap().contains("`deploy Network` goes on"));
    }

    #[test]
    fn early_validation_names_the_property() {
        let app = App::new();
        let stack = Stack::new(&app, "Network");
        stack.raw_resource("Topic", "AWS::SNS::Topic", json!({}));
        let assembly = app.synth();
        let event = ValidationEvent {
            name: "NAME_CONFLICT_VALIDATION".to_owned(),
            logical_id: None,
            type_name: None,
            path: Some("/Resources/Topic/Properties/TopicName".to_owned()),
            reason: Some("the name is taken".to_owned()),
            warns: false,
        };
        let failure =
            Failure::of_validation("Network", assembly.stack("Network").unwrap(), &[event]);
        assert_eq!(failure.causes[0].path.as_deref(), Some("Network/Topic"));
        assert!(failure.causes[0].source.as_deref().unwrap().contains("failure.rs"));
        assert!(failure.help.unwrap().contains("--import-existing-resources"));
    }
}
