//! What deploying a new template in place of an old one does, as far as the templates tell.
//!
//! [`diff`] compares two templates, [`diff_stacks`] all stacks of two sets. Both are pure: they ask neither AWS nor the clock.
//!
//! - Values are compared by what they mean, not by how they are written: the order of keys, tags and policy statements,
//!   `80` and `"80"`, `Fn::Join` and `Fn::Sub`, one item and a list of it in policies make no difference.
//! - Whether a change replaces a resource comes from AWS's specification of its type ([`ResourceSpec::replacement`]), and says
//!   [may be](Impact::MayReplace) where that depends on what only AWS knows, or where nothing is known of the type.
//! - What a change brings about elsewhere is followed: values that come from a replaced resource, from a mapping, a condition or the
//!   default of a parameter, and from one stack to the next.
//! - Permissions and rules of security groups are compared across the whole template, so that one that only moves between policies is
//!   no change, and one that lets somebody do more is marked.
//! - Removal and replacement of what holds data is marked, unless a policy retains it.
//!
//! ```
//! use fc_cdk_core::{Template, diff::{Impact, diff}};
//! let old = Template::parse(r#"{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}"#)?;
//! let new = Template::parse(r#"{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}"#)?;
//! // In an app: `&fc_cdk::aws::resource_type`.
//! let changes = diff(&old, &new, &|_type_name| None);
//! let impacts: Vec<_> = changes.resources.iter().map(|it| (it.logical_id.as_str(), it.impact)).collect();
//! assert_eq!(impacts, [("Topic", Impact::Remove), ("Queue", Impact::Add)]);
//! # Ok::<(), fc_cdk_core::template::ParseError>(())
//! ```
//!
//! What only a change set can tell (the values of parameters and functions, resources changed by hand) is not in here.

mod model; // what a comparison finds
mod text; // strings in one form
mod tags; // lists in templates, sets in meaning
mod policy; // policies likewise
mod equal; // whether two values mean the same
mod values; // where two values differ
mod references; // who mentions what
mod renames; // the same under another logical id
mod resources; // what happens to each resource
mod knock_on; // what follows from that elsewhere
mod entries; // outputs, parameters and the like
mod iam; // permissions
mod security_groups; // rules
mod stacks; // sets of templates
mod json; // the report as JSON

use std::cmp::Reverse;

use self::knock_on::{ForeignOutput, KnockOn};
pub use self::{
    json::SCHEMA_VERSION,
    model::{
        Change, DataLoss, EntryChange, Impact, PropertyChange, ResourceChange, RuleChange,
        StatementChange,
    },
    stacks::{StackDiff, StackSide, diff_stacks},
    text::show,
};
use crate::{spec::ResourceSpec, template::Template};

/// What AWS's specification says of a type, by its name; `None` where it is not known.
pub type Types<'a> = &'a dyn Fn(&str) -> Option<ResourceSpec>;

/// How two templates differ.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemplateDiff {
    /// Resources, the worst impact first, else in the order of the templates.
    pub resources: Vec<ResourceChange>,
    /// What is beside the resources: outputs, parameters, mappings, conditions…
    pub entries: Vec<EntryChange>,
    /// Permissions that come and go.
    pub statements: Vec<StatementChange>,
    /// Rules of security groups that come and go.
    pub rules: Vec<RuleChange>,
}

/// How often there is what, for a first look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many resources have which impact, the worst first; only what there is.
    pub impacts: Vec<(Impact, usize)>,
    /// How many resources lose data, for sure or possibly.
    pub data_loss: usize,
    /// How many permissions and rules let somebody do more.
    pub broadened: usize,
    /// How many changes there are beside the resources.
    pub entries: usize,
}

impl Summary {
    /// The worst that happens to a resource.
    pub fn worst(&self) -> Option<Impact> {
        self.impacts.first().map(|(impact, _)| *impact)
    }

    /// Adds the counts of another one.
    pub fn add(&mut self, other: &Summary) {
        for (impact, count) in &other.impacts {
            match self.impacts.iter_mut().find(|(known, _)| known == impact) {
                Some((_, sum)) => *sum += count,
                None => self.impacts.push((*impact, *count)),
            }
        }
        self.impacts.sort_by_key(|(impact, _)| Reverse(*impact));
        self.data_loss += other.data_loss;
        self.broadened += other.broadened;
        self.entries += other.entries;
    }
}

impl TemplateDiff {
    /// Whether the templates mean the same.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty()
            && self.entries.is_empty()
            && self.statements.is_empty()
            && self.rules.is_empty()
    }

    /// How often there is what.
    pub fn summary(&self) -> Summary {
        let count = |impact| self.resources.iter().filter(|it| it.impact == impact).count();
        let impacts = Impact::ALL.into_iter().rev().map(|impact| (impact, count(impact)));
        let loses = |it: &&ResourceChange| it.data_loss >= DataLoss::Possible;
        Summary {
            impacts: impacts.filter(|(_, count)| *count > 0).collect(),
            data_loss: self.resources.iter().filter(loses).count(),
            broadened: self.statements.iter().filter(|it| it.broadens).count()
                + self.rules.iter().filter(|it| it.broadens).count(),
            entries: self.entries.len(),
        }
    }
}

/// Compares two templates.
pub fn diff(old: &Template, new: &Template, types: Types<'_>) -> TemplateDiff {
    diff_with(old, new, types, &[])
}

/// Compares two templates, given the outputs of other stacks that change.
fn diff_with(
    old: &Template,
    new: &Template,
    types: Types<'_>,
    foreign: &[ForeignOutput],
) -> TemplateDiff {
    if old == new && foreign.is_empty() {
        return TemplateDiff::default();
    }
    let (old_ids, new_ids) = (resources::by_id(old), resources::by_id(new));
    let renames = renames::Renames::find((old, &old_ids), (new, &new_ids));
    let is_resource = |id: &str| old_ids.contains_key(id) || new_ids.contains_key(id);
    let mut entries = entries::compare(old, new, &is_resource);
    let mut resources = resources::compare((old, &old_ids), (new, &new_ids), types, &renames);
    let knock_on = KnockOn { old, new, old_ids: &old_ids, new_ids: &new_ids, types, foreign };
    knock_on.run(&mut resources, &mut entries);
    resources.sort_by_key(|change| Reverse(change.impact));
    entries.sort_by_key(|entry| entries::rank(&entry.section));
    TemplateDiff {
        resources,
        entries,
        statements: iam::compare((old, &old_ids), (new, &new_ids), &renames),
        rules: security_groups::compare(old, new, &renames),
    }
}
