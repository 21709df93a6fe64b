//! The model that the two sources are merged into, and that the writers read.

use std::collections::{BTreeMap, BTreeSet};

/// All of it.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) resources: BTreeMap<String, Resource>,
    pub(crate) shapes: Vec<Shape>,
    /// What the sources disagree on, as `TYPE.PROPERTY: what`.
    pub(crate) disagreements: BTreeSet<String>,
}

/// A resource type.
#[derive(Default)]
pub(crate) struct Resource {
    pub(crate) type_name: String,
    pub(crate) properties: Vec<Property>,
    pub(crate) attributes: Vec<Attribute>,
    /// The property or attribute that `Ref` returns; `None` where it is none of one name.
    pub(crate) reference: Option<String>,
    pub(crate) primary_identifier: Vec<String>,
    pub(crate) replaces: BTreeSet<String>,
    pub(crate) may_replace: BTreeSet<String>,
    pub(crate) read_only: BTreeSet<String>,
    pub(crate) write_only: BTreeSet<String>,
    pub(crate) deprecated: BTreeSet<String>,
    pub(crate) tags: Option<(String, String)>,
    pub(crate) stateful: bool,
    /// Whether AWS has shut down its service.
    pub(crate) shut_down: bool,
    pub(crate) arn: Option<String>,
    pub(crate) groups: Groups,
    pub(crate) regions: BTreeSet<String>,
    pub(crate) handlers: BTreeMap<String, Vec<String>>,
    pub(crate) rules: Vec<Rule>,
    /// Whether it takes properties of any name.
    pub(crate) open: bool,
}

/// A rule over several properties, or about values by region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// Where the object or value is that it is about, such as `BlockDeviceMappings/*/Ebs`.
    pub(crate) path: String,
    /// A JSON schema, or a table of [`super::offers`].
    pub(crate) text: String,
    /// Whether AWS may take what breaks it.
    pub(crate) is_advice: bool,
}

/// A nested type, of one resource type; shared ones are found later.
pub(crate) struct Shape {
    pub(crate) resource: String,
    pub(crate) name: String,
    pub(crate) properties: Vec<Property>,
    pub(crate) groups: Groups,
}

/// A property of a resource type or nested type.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) key: String,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    pub(crate) default: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) facts: Facts,
    /// The ids that it takes, of the value itself or of the items of a list or map.
    pub(crate) targets: BTreeSet<Target>,
}

/// What `Fn::GetAtt` offers.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) targets: BTreeSet<Target>,
}

/// The identifier of a resource type that a property refers to: type name and property or attribute.
pub(crate) type Target = (String, String);

/// The kind of a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    String,
    Integer,
    Number,
    Boolean,
    Json,
    /// The `{ Key, Value }` pair that most services share.
    Tag,
    /// A string with these values.
    Enum(Vec<String>),
    /// An index into [`Model::shapes`].
    Shape(usize),
    List(Box<Kind>),
    Map(Box<Kind>),
}

impl Kind {
    /// The kind of a list's or map's items, all the way in.
    pub(crate) fn leaf(&self) -> &Kind {
        match self {
            Kind::List(item) | Kind::Map(item) => item.leaf(),
            kind => kind,
        }
    }

    pub(crate) fn leaf_mut(&mut self) -> &mut Kind {
        match self {
            Kind::List(item) | Kind::Map(item) => item.leaf_mut(),
            kind => kind,
        }
    }
}

/// What a literal has to satisfy.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) min_length: Option<i64>,
    pub(crate) max_length: Option<i64>,
    pub(crate) minimum: Option<f64>,
    pub(crate) maximum: Option<f64>,
    pub(crate) multiple_of: Option<f64>,
    pub(crate) pattern: Option<String>,
    /// What kind of identifier it is, such as `AWS::EC2::Subnet.Id`.
    pub(crate) format: Option<String>,
    pub(crate) min_items: Option<i64>,
    pub(crate) max_items: Option<i64>,
    pub(crate) unique: bool,
    /// Numbers that are allowed, of an integer with an enumeration.
    pub(crate) numbers: Vec<i64>,
    /// The only texts that are allowed, in any case: they are no enumeration in Rust.
    pub(crate) choices: Vec<String>,
    /// Whether JSON is no list.
    pub(crate) no_list: bool,
    /// How many entries an object or map has.
    pub(crate) min_properties: Option<i64>,
    pub(crate) max_properties: Option<i64>,
    /// The keys by which the objects of a list have to differ.
    pub(crate) unique_keys: Vec<String>,
    pub(crate) items: Option<Box<Facts>>,
}

/// Rules over the properties of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Groups {
    /// Exactly one of these.
    pub(crate) one_of: Vec<Vec<String>>,
    /// At least one of these.
    pub(crate) any_of: Vec<Vec<String>>,
    /// With the first, none of the others.
    pub(crate) excludes: Vec<(String, Vec<String>)>,
    /// With the first, all of the others.
    pub(crate) needs: Vec<(String, Vec<String>)>,
}
