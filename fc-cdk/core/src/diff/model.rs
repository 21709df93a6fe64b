//! What a comparison finds.

use smol_str::SmolStr;

use crate::{diagnostic::SourceLocation, node::Node, spec::Replacement};

/// What deploying the new template does to a resource; the worst comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// Nothing: only its place in the app is another one, and it keeps its logical id.
    Moved,
    /// Nothing to itself: only what CloudFormation keeps beside it changes, such as `Metadata`, `DependsOn` or its policies.
    Attributes,
    /// It is made.
    Add,
    /// It is updated in place.
    Update,
    /// It leaves the stack and stays in the account.
    Orphan,
    /// It is updated or replaced: that depends on values that only AWS knows, on other properties, or on facts that are not known
    /// of its type.
    MayReplace,
    /// It has another logical id and is else the same: it is made anew, and the old one removed.
    Rename,
    /// It is made anew, and the old one removed.
    Replace,
    /// It is removed.
    Remove,
}

impl Impact {
    /// All of them, the worst last.
    pub const ALL: [Impact; 9] = [
        Impact::Moved,
        Impact::Attributes,
        Impact::Add,
        Impact::Update,
        Impact::Orphan,
        Impact::MayReplace,
        Impact::Rename,
        Impact::Replace,
        Impact::Remove,
    ];

    /// The name in JSON, such as `may-replace`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Impact::Moved => "moved",
            Impact::Attributes => "attributes",
            Impact::Add => "add",
            Impact::Update => "update",
            Impact::Orphan => "orphan",
            Impact::MayReplace => "may-replace",
            Impact::Rename => "rename",
            Impact::Replace => "replace",
            Impact::Remove => "remove",
        }
    }

    /// What happens, for people: `may be replaced`.
    pub const fn label(self) -> &'static str {
        match self {
            Impact::Moved => "moved",
            Impact::Attributes => "attributes only",
            Impact::Add => "added",
            Impact::Update => "updated",
            Impact::Orphan => "orphaned",
            Impact::MayReplace => "may be replaced",
            Impact::Rename => "renamed",
            Impact::Replace => "replaced",
            Impact::Remove => "removed",
        }
    }

    /// One character: `+` comes, `-` goes, `~` changes, `±` is made anew, `?` may be, `>` moves.
    pub const fn sign(self) -> char {
        match self {
            Impact::Moved => '>',
            Impact::Attributes | Impact::Update => '~',
            Impact::Add => '+',
            Impact::Orphan | Impact::Remove => '-',
            Impact::MayReplace => '?',
            Impact::Rename | Impact::Replace => '±',
        }
    }
}

/// Whether a change loses what a resource holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataLoss {
    /// No.
    #[default]
    No,
    /// CloudFormation takes a last snapshot of it.
    Snapshot,
    /// If it is replaced or removed.
    Possible,
    /// Yes.
    Certain,
}

impl DataLoss {
    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            DataLoss::No => "no",
            DataLoss::Snapshot => "snapshot",
            DataLoss::Possible => "possible",
            DataLoss::Certain => "certain",
        }
    }
}

/// A change of one property, or of a value below one.
#[derive(Clone, Debug, PartialEq)]
pub struct PropertyChange {
    /// Where, such as `LifecycleConfiguration.Rules.0.Status` or `Tags[env]`. Items of lists count from 0: in the new list, or for
    /// what is gone, in the old one.
    pub path: String,
    /// What was there.
    pub old: Option<Node>,
    /// What is there now.
    pub new: Option<Node>,
    /// Whether the change replaces the resource.
    pub replacement: Replacement,
    /// Why the value changes though the template says the same, such as "`Key` is replaced".
    pub cause: Option<String>,
}

/// What happens to a resource, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceChange {
    /// The logical id: the new one, or of what is removed the old one.
    pub logical_id: SmolStr,
    /// The logical id before, where it is another one.
    pub old_logical_id: Option<SmolStr>,
    /// The CloudFormation type, such as `AWS::S3::Bucket`.
    pub type_name: SmolStr,
    /// What happens.
    pub impact: Impact,
    /// The properties that change. None for what is added, removed or renamed as a whole.
    pub properties: Vec<PropertyChange>,
    /// What changes beside the properties: `Type`, `DependsOn`, `Metadata`, `Condition`, policies.
    pub attributes: Vec<PropertyChange>,
    /// Whether data is lost.
    pub data_loss: DataLoss,
    /// Whether AWS's specification of the type is known here. If not, any change may replace the resource.
    pub known_type: bool,
    /// What else there is to know, for people.
    pub notes: Vec<String>,
    /// The path of its construct, such as `Network/Vpc/Resource`, where that is known.
    pub construct_path: Option<String>,
    /// The path of its construct before, where it is another one.
    pub old_construct_path: Option<String>,
    /// The source line that makes it, where that is known.
    pub source: Option<SourceLocation>,
}

impl ResourceChange {
    /// The paths of the properties for which the resource is replaced, or may be.
    pub fn forced_by(&self) -> impl Iterator<Item = &str> {
        let wanted = match self.impact {
            Impact::Replace => Some(Replacement::Yes),
            Impact::MayReplace => Some(Replacement::Maybe),
            _ => None,
        };
        let all = self.attributes.iter().chain(&self.properties);
        all.filter(move |change| Some(change.replacement) == wanted)
            .map(|change| change.path.as_str())
    }
}

/// Whether something came, went or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It is gone.
    Removed,
    /// It is new.
    Added,
    /// It is another one.
    Changed,
}

impl Change {
    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Change::Added => "added",
            Change::Removed => "removed",
            Change::Changed => "changed",
        }
    }

    /// `+`, `-` or `~`.
    pub const fn sign(self) -> char {
        match self {
            Change::Added => '+',
            Change::Removed => '-',
            Change::Changed => '~',
        }
    }
}

/// A change outside of the resources: an output, a parameter, a mapping, the description…
#[derive(Clone, Debug, PartialEq)]
pub struct EntryChange {
    /// The section, such as `Outputs`; `Stack` for what is no part of the template, such as termination protection.
    pub section: SmolStr,
    /// The entry's name; `None` for a section that is one value, such as `Description`.
    pub name: Option<SmolStr>,
    /// What happens.
    pub change: Change,
    /// What changes within; of what is added or removed, the whole.
    pub values: Vec<PropertyChange>,
    /// What else there is to know, for people.
    pub notes: Vec<String>,
}

/// A permission that comes or goes, in IAM's terms.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatementChange {
    /// [`Added`](Change::Added) or [`Removed`](Change::Removed).
    pub change: Change,
    /// The resource of the template whose policy says it.
    pub logical_id: SmolStr,
    /// `Allow` or `Deny`.
    pub effect: String,
    /// The actions; one that starts with `not ` stands for all others.
    pub actions: Vec<String>,
    /// On what, as ARNs or logical ids; one that starts with `not ` stands for all others.
    pub resources: Vec<String>,
    /// Who, such as `AWS:${Role.Arn}`, `Service:ec2.amazonaws.com`, or the logical id of a role.
    pub principals: Vec<String>,
    /// When, as compact JSON; empty where always.
    pub condition: String,
    /// Whether somebody can do more after this change than before.
    pub broadens: bool,
}

/// A rule of a security group that comes or goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleChange {
    /// [`Added`](Change::Added) or [`Removed`](Change::Removed).
    pub change: Change,
    /// The group: its logical id, or an expression.
    pub group: String,
    /// Whether the rule is about traffic that comes in; else about what goes out.
    pub ingress: bool,
    /// `tcp`, `udp`, `icmp`, `all`, …
    pub protocol: String,
    /// `443`, `1024-65535`, `all`.
    pub ports: String,
    /// From or to whom: a range of addresses, a group, a prefix list.
    pub peer: String,
    /// What the rule says of itself.
    pub description: String,
    /// Whether more traffic passes after this change than before.
    pub broadens: bool,
    /// Whether the peer is everybody.
    pub world: bool,
}
