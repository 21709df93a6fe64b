//! Differences for people: on a terminal, and as Markdown.

mod markdown;
mod terminal;

use fc_cdk_core::{
    Node,
    diff::{
        DataLoss, Impact, PropertyChange, ResourceChange, StackDiff, StatementChange, Summary, show,
    },
    spec::Replacement,
};

pub(crate) use self::{markdown::markdown, terminal::terminal};
use crate::table::count;

/// The differences of some stacks.
pub(crate) struct Report<'a> {
    pub(crate) stacks: &'a [StackDiff],
}

impl Report<'_> {
    /// Whether there is any difference.
    pub(crate) fn differs(&self) -> bool {
        self.stacks.iter().any(|stack| stack.change.is_some())
    }

    /// The stacks of which there is something to tell.
    fn told(&self) -> impl Iterator<Item = &StackDiff> {
        self.stacks.iter().filter(|stack| stack.change.is_some() || !stack.template.is_empty())
    }

    fn summary(&self) -> Summary {
        let mut sum = Summary::default();
        self.stacks.iter().for_each(|stack| sum.add(&stack.template.summary()));
        sum
    }

    /// "2 of 3 stacks differ: 1 replaced, 2 updated; 1 loses data; 2 permissions or rules let somebody do more".
    fn headline(&self) -> String {
        let changed = self.stacks.iter().filter(|stack| stack.change.is_some()).count();
        let all = self.stacks.len();
        let summary = self.summary();
        if changed == 0 {
            let text = match all {
                1 => "the stack does not differ".to_owned(),
                all => format!("none of {} differs", count(all, "stack")),
            };
            let moved: usize = summary.impacts.iter().map(|(_, number)| number).sum();
            return if moved > 0 { format!("{text}; {moved} moved in the app") } else { text };
        }
        let mut facts: Vec<String> = Vec::new();
        let impacts = summary.impacts.iter();
        let impacts: Vec<String> =
            impacts.map(|(impact, n)| format!("{n} {}", impact.label())).collect();
        if !impacts.is_empty() {
            facts.push(impacts.join(", "));
        }
        if summary.entries > 0 {
            facts.push(format!("{} beside resources", count(summary.entries, "change")));
        }
        if summary.data_loss > 0 {
            let verb = if summary.data_loss == 1 { "loses" } else { "lose" };
            facts.push(format!("{} {verb} data", summary.data_loss));
        }
        if summary.broadened > 0 {
            let verb = if summary.broadened == 1 { "allows" } else { "allow" };
            facts.push(format!("{} {verb} more than before", count(summary.broadened, "rule")));
        }
        let verb = if changed == 1 { "differs" } else { "differ" };
        let stacks = match all {
            1 => "the stack".to_owned(),
            all => format!("{changed} of {}", count(all, "stack")),
        };
        format!("{stacks} {verb}: {}", facts.join("; "))
    }

    /// How many resources are of types that nobody told us about.
    fn unknown_types(&self) -> usize {
        let all = self.stacks.iter().flat_map(|stack| &stack.template.resources);
        all.filter(|change| {
            !change.known_type
                && change.impact >= Impact::MayReplace
                && change.type_name.starts_with("AWS::")
                && change.type_name != "AWS::CDK::Metadata"
        })
        .count()
    }
}

/// What happens to the data of a resource, if it is worth a word.
fn data_loss(change: &ResourceChange) -> Option<&'static str> {
    match change.data_loss {
        DataLoss::No => None,
        DataLoss::Snapshot => Some("its data stays in a snapshot only"),
        DataLoss::Possible => Some("its data may be lost"),
        DataLoss::Certain => Some("its data is lost"),
    }
}

/// What a property change does to the resource, if it is more than an update.
fn effect(change: &PropertyChange) -> Option<&'static str> {
    match change.replacement {
        Replacement::No => None,
        Replacement::Maybe => Some("may replace"),
        Replacement::Yes => Some("replaces"),
    }
}

/// Why a resource is replaced, or may be: "BucketName, Tags".
fn because(change: &ResourceChange) -> String {
    let mut paths: Vec<&str> = change.forced_by().collect();
    paths.dedup();
    paths.join(", ")
}

/// The old and the new value, each on one line.
fn values(change: &PropertyChange) -> (Option<String>, Option<String>) {
    const LONGEST: usize = 72;
    let text = |node: &Option<Node>| {
        node.as_ref().map(|node| match show(node) {
            empty if empty.is_empty() => "\"\"".to_owned(),
            text => text.replace('\n', "⏎"),
        })
    };
    let (old, new) = (text(&change.old), text(&change.new));
    // Of long texts that begin alike, only what comes from where they part.
    let common = match (&old, &new) {
        (Some(old), Some(new)) if old.chars().count().max(new.chars().count()) > LONGEST => {
            old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count()
        }
        _ => 0,
    };
    let cut = |text: String| {
        let skip = common.saturating_sub(16);
        let mut out = if skip > 0 { "…".to_owned() } else { String::new() };
        out.extend(text.chars().skip(skip).take(LONGEST));
        if text.chars().count() > skip + LONGEST {
            out.push('…');
        }
        out
    };
    (old.map(cut), new.map(cut))
}

/// `file:line` of the Rust line that makes a resource; empty where that is not known.
fn source(change: &ResourceChange) -> String {
    change.source.map(|source| format!("{}:{}", source.file, source.line)).unwrap_or_default()
}

/// "Allow", its actions, resources, principals and condition, as cells of a table.
fn cells(row: &StatementChange) -> [String; 5] {
    let list = |items: &[String]| match items {
        [first, second, third, rest @ ..] if rest.len() > 1 => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        items => items.join(", "),
    };
    [
        row.effect.clone(),
        list(&row.actions),
        list(&row.resources),
        list(&row.principals),
        row.condition.clone(),
    ]
}
