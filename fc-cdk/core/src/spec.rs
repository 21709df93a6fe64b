//! What AWS's specification says of resource types: compact tables, read where they lie.
//!
//! `cargo xtask codegen` writes one table per service. Nothing is parsed or allocated to use one: what is asked for is looked up in the
//! bytes, so a type that an app does not use costs nothing.

mod actions; // what IAM policies may name
mod check; // literals against the tables
mod formats; // identifiers of resources
mod load; // any resource through its type and back
mod offers; // what AWS offers where
mod pattern; // regular expressions of the tables
mod rules; // rules over several properties
mod pattern_parser; // reading them
mod permissions; // what handlers have to be allowed to do

use std::fmt;

pub use self::{
    actions::{Action, ActionService, ActionTable, ConditionKey, KeyKind},
    check::Checker,
    load::{Loaded, load},
    pattern::{is_supported, pattern_matches},
    permissions::{Handler, Permissions},
};
pub(crate) use self::{
    check::{Functions, is_sure},
    formats::expected as expected_id,
};
use crate::node::{Map, Node};

/// The table of one service.
pub struct Table {
    bytes: &'static [u8],
    regions: &'static [&'static str],
    actions: Option<&'static ActionTable>,
    /// Where each part begins, counted in words of four bytes.
    header: [u32; HEADER],
}

// The words of the header.
const HEADER: usize = 9;
const COUNT: usize = 1;
const RESOURCES: usize = 2;
const SHAPES: usize = 3;
const PROPERTIES: usize = 4;
const KINDS: usize = 5;
const LISTS: usize = 6;
const STRINGS: usize = 7;
const TEXT: usize = 8;

const RESOURCE_WORDS: usize = 17;
const SHAPE_WORDS: usize = 5;
const PROPERTY_WORDS: usize = 4;
const KIND_WORDS: usize = 2;
const NONE: u32 = u32::MAX;
const OPEN: u32 = 1 << 31;

impl Table {
    /// A table as the generator wrote it, and the names of the regions that it counts.
    pub const fn new(bytes: &'static [u8], regions: &'static [&'static str]) -> Table {
        let mut header = [0; HEADER];
        let mut index = 0;
        while index < HEADER && bytes.len() >= index * 4 + 4 {
            let at = index * 4;
            header[index] =
                u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
            index += 1;
        }
        Table { bytes, regions, actions: None, header }
    }

    /// The table with the actions of IAM, which go with every table so that policies can be checked wherever resources can.
    #[must_use]
    pub const fn with_actions(mut self, actions: &'static ActionTable) -> Table {
        self.actions = Some(actions);
        self
    }

    fn word(&self, index: usize) -> u32 {
        match self.bytes.get(index * 4..index * 4 + 4) {
            Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
            _ => 0,
        }
    }

    /// Word `field` of record `index` in the part that the header names.
    fn field(&self, part: usize, words: usize, index: u32, field: usize) -> u32 {
        self.word(self.header[part] as usize + index as usize * words + field)
    }

    fn text(&self, index: u32) -> &'static [u8] {
        let offsets = self.header[STRINGS] as usize + index as usize;
        let (start, end) = (self.word(offsets) as usize, self.word(offsets + 1) as usize);
        let text = self.header[TEXT] as usize * 4;
        self.bytes.get(text + start..text + end).unwrap_or_default()
    }

    fn str(&self, index: u32) -> &'static str {
        std::str::from_utf8(self.text(index)).unwrap_or_default()
    }

    fn list(&'static self, at: u32) -> List {
        let start = self.header[LISTS] as usize + at as usize;
        List { table: self, next: start + 1, left: self.word(start) }
    }

    /// The resource type of this CloudFormation name, if the service has it.
    pub fn resource(&'static self, type_name: &str) -> Option<ResourceSpec> {
        self.search(RESOURCES, RESOURCE_WORDS, 0, self.header[COUNT], type_name)
            .map(|index| ResourceSpec { table: self, index })
    }

    /// All resource types of the service, by name.
    pub fn resources(&'static self) -> impl ExactSizeIterator<Item = ResourceSpec> {
        (0..self.header[COUNT]).map(move |index| ResourceSpec { table: self, index })
    }

    /// Finds the record with this name; records begin with their name and are ordered by it.
    fn search(&self, part: usize, words: usize, first: u32, count: u32, name: &str) -> Option<u32> {
        let (mut low, mut high) = (first, first + count);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.text(self.field(part, words, middle, 0)).cmp(name.as_bytes()) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({} resource types)", self.header[COUNT])
    }
}

/// A list in a table, read word by word.
#[derive(Clone, Copy)]
struct List {
    table: &'static Table,
    next: usize,
    left: u32,
}

impl Iterator for List {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.left = self.left.checked_sub(1)?;
        self.next += 1;
        Some(self.table.word(self.next - 1))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

/// Texts of a table, such as the values of an enumeration.
#[derive(Clone, Copy)]
pub struct Texts(List);

impl Texts {
    /// Whether `text` is one of them.
    pub fn contains(self, text: &str) -> bool {
        let table = self.0.table;
        self.0.into_iter().any(|index| table.text(index) == text.as_bytes())
    }

    /// Whether `text` is one of them, but for capitals.
    pub fn contains_in_any_case(self, text: &str) -> bool {
        let table = self.0.table;
        self.0.into_iter().any(|index| table.text(index).eq_ignore_ascii_case(text.as_bytes()))
    }
}

impl Iterator for Texts {
    type Item = &'static str;

    fn next(&mut self) -> Option<&'static str> {
        self.0.next().map(|index| self.0.table.str(index))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Texts {}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}

/// One resource type of CloudFormation.
#[derive(Clone, Copy)]
pub struct ResourceSpec {
    table: &'static Table,
    index: u32,
}

impl ResourceSpec {
    fn field(self, field: usize) -> u32 {
        self.table.field(RESOURCES, RESOURCE_WORDS, self.index, field)
    }

    fn text(self, field: usize) -> Option<&'static str> {
        Some(self.field(field)).filter(|&index| index != NONE).map(|index| self.table.str(index))
    }

    fn texts(self, field: usize) -> Texts {
        Texts(self.table.list(self.field(field)))
    }

    /// The CloudFormation name, such as `AWS::S3::Bucket`.
    pub fn type_name(self) -> &'static str {
        self.text(0).unwrap_or_default()
    }

    /// The address of the type's page in the documentation of CloudFormation.
    pub fn docs_page(self) -> String {
        let mut page =
            "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource"
                .to_owned();
        for part in self.type_name().split("::").skip(1) {
            page.push('-');
            page.push_str(&part.to_ascii_lowercase());
        }
        page.push_str(".html");
        page
    }

    /// Its properties.
    pub fn properties(self) -> ShapeSpec {
        ShapeSpec { table: self.table, index: self.field(1) }
    }

    /// Whether deleting or replacing it loses data.
    pub fn is_stateful(self) -> bool {
        self.field(2) & 1 != 0
    }

    /// Whether AWS has shut down its service, so that there is no such resource any more.
    pub fn is_shut_down(self) -> bool {
        self.field(2) & 2 != 0
    }

    /// Where and how it takes tags; `None` where it has none.
    pub fn tags(self) -> Option<TagSpec> {
        let format = match self.field(4) {
            1 => TagFormat::List,
            2 => TagFormat::Map,
            3 => TagFormat::AutoScalingGroup,
            4 => TagFormat::TagKeyValue,
            _ => return None,
        };
        Some(TagSpec { property: self.text(3)?, format })
    }

    /// The property or attribute that `Ref` returns, if it is one.
    pub fn reference(self) -> Option<&'static str> {
        self.text(5)
    }

    /// The form of its ARN, such as `arn:${Partition}:s3:::${BucketName}`.
    pub fn arn_template(self) -> Option<&'static str> {
        self.text(6)
    }

    /// The actions that IAM policies name, of all services, where the table has them.
    pub fn actions(self) -> Option<&'static ActionTable> {
        self.table.actions
    }

    /// The regions that offer it.
    pub fn regions(self) -> impl Iterator<Item = &'static str> {
        let bits = u64::from(self.field(7)) | u64::from(self.field(8)) << 32;
        let names = self.table.regions.iter().enumerate();
        names.filter(move |(index, _)| bits >> index & 1 != 0).map(|(_, &name)| name)
    }

    /// Whether a region is known not to offer it. Of regions newer than the table nothing is known.
    pub fn is_missing_in(self, region: &str) -> bool {
        let bits = u64::from(self.field(7)) | u64::from(self.field(8)) << 32;
        let place = self.table.regions.iter().position(|name| *name == region);
        bits != 0 && place.is_some_and(|place| bits >> place & 1 == 0)
    }

    /// The properties and attributes that together identify it in its account and region.
    pub fn primary_identifier(self) -> Texts {
        self.texts(9)
    }

    /// The paths of properties, such as `Tags` or `Source/Bucket`, of which a change replaces the resource.
    pub fn replaces(self) -> Texts {
        self.texts(10)
    }

    /// The paths of properties of which some changes replace the resource.
    pub fn may_replace(self) -> Texts {
        self.texts(11)
    }

    /// The paths that only AWS sets.
    pub fn read_only(self) -> Texts {
        self.texts(12)
    }

    /// The paths that cannot be read back.
    pub fn write_only(self) -> Texts {
        self.texts(13)
    }

    /// The paths that AWS advises against.
    pub fn deprecated(self) -> Texts {
        self.texts(14)
    }

    /// What `Fn::GetAtt` gives, by name.
    pub fn attributes(self) -> impl Iterator<Item = (&'static str, Kind)> {
        let table = self.table;
        let mut list = table.list(self.field(15));
        std::iter::from_fn(move || Some((table.str(list.next()?), Kind::at(table, list.next()?))))
    }

    /// Rules over several properties.
    pub(crate) fn rules(self) -> impl Iterator<Item = RuleSpec> {
        let table = self.table;
        let mut list = table.list(self.field(16));
        std::iter::from_fn(move || {
            Some(RuleSpec {
                path: table.str(list.next()?),
                text: table.str(list.next()?),
                is_advice: list.next()? != 0,
            })
        })
    }

    /// Whether a change at a path (steps separated by `/`, list items by `*`) replaces the resource.
    pub fn replacement(self, path: &str) -> Replacement {
        let covers = |pattern: &str| {
            pattern == path
                || (path.len() > pattern.len()
                    && path.starts_with(pattern)
                    && path.as_bytes()[pattern.len()] == b'/')
                || (pattern.len() > path.len()
                    && pattern.starts_with(path)
                    && pattern.as_bytes()[path.len()] == b'/')
        };
        if self.replaces().any(covers) {
            Replacement::Yes
        } else if self.may_replace().any(covers) {
            Replacement::Maybe
        } else {
            Replacement::No
        }
    }
}

impl fmt::Debug for ResourceSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResourceSpec({})", self.type_name())
    }
}

/// A rule over several properties, or about values by region.
#[derive(Clone, Copy)]
pub(crate) struct RuleSpec {
    /// Where the object or value is that it is about, such as `BlockDeviceMappings/*/Ebs`.
    pub(crate) path: &'static str,
    /// A JSON schema, or a table of what is offered where.
    pub(crate) text: &'static str,
    /// Whether AWS may take what breaks it.
    pub(crate) is_advice: bool,
}

/// Whether an update of a property replaces the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Replacement {
    /// It is updated in place.
    No,
    /// It depends on the values, or on other properties.
    Maybe,
    /// A new resource is made, and the old one removed.
    Yes,
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

/// The properties of a resource type or of a nested type.
#[derive(Clone, Copy)]
pub struct ShapeSpec {
    table: &'static Table,
    index: u32,
}

impl ShapeSpec {
    fn field(self, field: usize) -> u32 {
        self.table.field(SHAPES, SHAPE_WORDS, self.index, field)
    }

    /// The name of the type in Rust.
    pub fn name(self) -> &'static str {
        self.table.str(self.field(0))
    }

    fn count(self) -> u32 {
        self.field(2) & !OPEN
    }

    /// Whether it takes properties of any name, as custom resources do.
    pub fn is_open(self) -> bool {
        self.field(2) & OPEN != 0
    }

    /// A property by its CloudFormation name.
    pub fn property(self, name: &str) -> Option<PropertySpec> {
        let index =
            self.table.search(PROPERTIES, PROPERTY_WORDS, self.field(1), self.count(), name)?;
        Some(PropertySpec { table: self.table, index })
    }

    /// All properties, by name.
    pub fn properties(self) -> impl ExactSizeIterator<Item = PropertySpec> {
        let (first, count) = (self.field(1), self.count());
        (first..first + count).map(move |index| PropertySpec { table: self.table, index })
    }

    /// The properties that have to be set.
    pub fn required(self) -> impl Iterator<Item = PropertySpec> {
        let table = self.table;
        table.list(self.field(4)).map(move |index| PropertySpec { table, index })
    }

    /// The rules over several properties.
    pub fn groups(self) -> impl Iterator<Item = Group> {
        let table = self.table;
        let mut list = table.list(self.field(3));
        std::iter::from_fn(move || {
            let (rule, members) = (list.next()?, Texts(table.list(list.next()?)));
            Some(match rule {
                1 => Group::OneOf(members),
                2 => Group::AnyOf(members),
                3 => Group::Excludes(members),
                _ => Group::Needs(members),
            })
        })
    }
}

impl fmt::Debug for ShapeSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShapeSpec({})", self.name())
    }
}

/// A rule over several properties of one object.
#[derive(Clone, Copy, Debug)]
pub enum Group {
    /// Exactly one of these.
    OneOf(Texts),
    /// At least one of these.
    AnyOf(Texts),
    /// With the first, none of the others.
    Excludes(Texts),
    /// With the first, all of the others.
    Needs(Texts),
}

/// One property.
#[derive(Clone, Copy)]
pub struct PropertySpec {
    table: &'static Table,
    index: u32,
}

impl PropertySpec {
    fn field(self, field: usize) -> u32 {
        self.table.field(PROPERTIES, PROPERTY_WORDS, self.index, field)
    }

    /// The CloudFormation name.
    pub fn name(self) -> &'static str {
        self.table.str(self.field(0))
    }

    /// Whether an object has it.
    pub(crate) fn is_in(self, map: &Map) -> bool {
        let name = self.table.text(self.field(0));
        map.keys().any(|key| key.as_bytes() == name)
    }

    /// What its value is.
    pub fn kind(self) -> Kind {
        Kind::at(self.table, self.field(1))
    }

    /// What literal values have to satisfy.
    pub fn facts(self) -> Facts {
        self.raw_facts().read()
    }

    pub(crate) fn raw_facts(self) -> RawFacts {
        RawFacts { table: self.table, at: self.field(2) }
    }

    /// Whether it has to be set.
    pub fn is_required(self) -> bool {
        self.field(3) & 1 != 0
    }

    /// Whether it takes a value that is not of its kind: the path of a local file that `aws cloudformation package` replaces, or the
    /// object that was the form of it once.
    pub(crate) fn takes_besides(self, value: &Node) -> bool {
        let flags = self.field(3);
        match value {
            Node::Str(_) => flags & 4 != 0,
            Node::Map(_) => flags & 8 != 0,
            _ => false,
        }
    }

    /// Whether AWS advises against it.
    pub fn is_deprecated(self) -> bool {
        self.field(3) & 2 != 0
    }
}

impl fmt::Debug for PropertySpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.name(), self.kind())
    }
}

/// The kind of a value.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Any JSON.
    Json,
    /// A `{ "Key": …, "Value": … }` pair.
    Tag,
    /// One of these texts, or one that is newer than the table.
    Choice(Texts),
    /// The identifier of another resource: `AWS::IAM::Role.Arn` and the like, any one of them.
    Id(Texts),
    /// An object with these properties.
    Shape(ShapeSpec),
    /// A list of these.
    List(Items),
    /// A map from names to these.
    Map(Items),
}

impl Kind {
    /// What it is, for messages: `a string`, `a list of numbers`.
    pub fn name(self) -> String {
        match self {
            Kind::String => "a string".into(),
            Kind::Integer => "a whole number".into(),
            Kind::Number => "a number".into(),
            Kind::Boolean => "a boolean".into(),
            Kind::Json => "JSON".into(),
            Kind::Tag => "a tag".into(),
            Kind::Choice(values) if values.len() <= 6 => {
                format!("one of `{}`", values.collect::<Vec<_>>().join("`, `"))
            }
            Kind::Choice(values) => format!("one of {} strings", values.len()),
            Kind::Id(targets) => {
                format!(
                    "the identifier of a resource, `{}`",
                    targets.collect::<Vec<_>>().join("` or `")
                )
            }
            Kind::Shape(spec) => format!("an object `{}`", spec.name()),
            Kind::List(items) => format!("a list, each item {}", items.kind().name()),
            Kind::Map(items) => format!("a map, each value {}", items.kind().name()),
        }
    }

    fn at(table: &'static Table, index: u32) -> Kind {
        let argument = table.field(KINDS, KIND_WORDS, index, 1);
        match table.field(KINDS, KIND_WORDS, index, 0) {
            0 => Kind::String,
            1 => Kind::Integer,
            2 => Kind::Number,
            3 => Kind::Boolean,
            5 => Kind::Tag,
            6 => Kind::Choice(Texts(table.list(argument))),
            7 => Kind::Id(Texts(table.list(argument))),
            8 => Kind::Shape(ShapeSpec { table, index: argument }),
            9 => Kind::List(Items { table, kind: argument }),
            10 => Kind::Map(Items { table, kind: argument }),
            _ => Kind::Json,
        }
    }
}

/// The items of a list or map.
#[derive(Clone, Copy)]
pub struct Items {
    table: &'static Table,
    kind: u32,
}

impl Items {
    /// What each item is.
    pub fn kind(self) -> Kind {
        Kind::at(self.table, self.kind)
    }
}

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(f)
    }
}

/// What literal values of a property have to satisfy.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts {
    /// The least number of characters.
    pub min_length: Option<u32>,
    /// The greatest number of characters.
    pub max_length: Option<u32>,
    /// The least number of items.
    pub min_items: Option<u32>,
    /// The greatest number of items.
    pub max_items: Option<u32>,
    /// The least value.
    pub minimum: Option<f64>,
    /// The greatest value.
    pub maximum: Option<f64>,
    /// The value is a multiple of this.
    pub multiple_of: Option<f64>,
    /// A regular expression, in the dialect of JSON schema.
    pub pattern: Option<&'static str>,
    /// What kind of identifier it is, such as `AWS::EC2::Subnet.Id`.
    pub format: Option<&'static str>,
    /// Whether items have to differ.
    pub unique_items: bool,
    /// The only texts that are allowed, in any case.
    pub choices: Option<Texts>,
    /// Whether JSON is an object or text, never a list.
    pub no_list: bool,
    /// The least number of entries of an object or map.
    pub min_properties: Option<u32>,
    /// The greatest number of entries of an object or map.
    pub max_properties: Option<u32>,
    /// The keys by which the objects of a list have to differ.
    pub unique_keys: Option<Texts>,
    /// The only numbers that are allowed, as texts.
    pub numbers: Option<Texts>,
    /// The value that AWS takes where none is given.
    pub default: Option<&'static str>,
    items: Option<RawFacts>,
}

impl Facts {
    /// What each item of the list or map has to satisfy.
    pub fn items(&self) -> Facts {
        self.items.map_or(Facts::default(), RawFacts::read)
    }
}

/// Facts where they lie, not read yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawFacts {
    table: &'static Table,
    at: u32,
}

impl RawFacts {
    /// Whether there is nothing to satisfy.
    pub(crate) fn is_empty(self) -> bool {
        self.at == 0
    }

    /// The facts about the items of a list or map.
    pub(crate) fn items(self) -> RawFacts {
        let empty = RawFacts { table: self.table, at: 0 };
        if self.is_empty() { empty } else { self.read().items.unwrap_or(empty) }
    }

    pub(crate) fn read(self) -> Facts {
        let table = self.table;
        let mut facts = Facts::default();
        let mut list = table.list(self.at);
        while let Some(what) = list.next() {
            let mut word = || list.next().unwrap_or_default();
            match what {
                1 => facts.min_length = Some(word()),
                2 => facts.max_length = Some(word()),
                3 => facts.min_items = Some(word()),
                4 => facts.max_items = Some(word()),
                5 => {
                    facts.minimum =
                        Some(f64::from_bits(u64::from(word()) | u64::from(word()) << 32))
                }
                6 => {
                    facts.maximum =
                        Some(f64::from_bits(u64::from(word()) | u64::from(word()) << 32))
                }
                18 => {
                    facts.multiple_of =
                        Some(f64::from_bits(u64::from(word()) | u64::from(word()) << 32))
                }
                7 => facts.pattern = Some(table.str(word())),
                8 => facts.unique_items = true,
                9 => facts.choices = Some(Texts(table.list(word()))),
                10 => facts.numbers = Some(Texts(table.list(word()))),
                13 => facts.format = Some(table.str(word())),
                11 => facts.default = Some(table.str(word())),
                14 => facts.no_list = true,
                15 => facts.unique_keys = Some(Texts(table.list(word()))),
                16 => facts.min_properties = Some(word()),
                17 => facts.max_properties = Some(word()),
                _ => facts.items = Some(RawFacts { table, at: word() }),
            }
        }
        facts
    }
}
