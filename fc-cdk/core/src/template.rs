//! [`Template`]: a CloudFormation template, read from JSON or YAML or made by synth.

mod json; // reads JSON
mod position; // lines and columns
mod scalar; // what plain YAML text means
#[cfg(feature = "yaml")]
mod yaml; // reads YAML
mod yaml_writer; // writes YAML

use smol_str::SmolStr;

pub use self::{
    position::{ParseError, Position, Positions},
    yaml_writer::YamlStyle,
};
use crate::{
    json_writer::JsonWriter,
    node::{Map, Node},
};

/// The sections of a template, in the order in which they are written; others follow.
const SECTIONS: [&str; 11] = [
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Transform",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
    "Hooks",
];

/// A CloudFormation template: its sections, in JSON's terms.
///
/// Whatever was read is kept, also sections and keys that this crate does not know. Sections are written in one fixed order.
///
/// ```
/// use fc_cdk_core::template::Template;
/// let template = Template::parse(r#"{"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"FifoTopic": true}}}}"#)?;
/// let topic = template.resource("Topic").unwrap();
/// assert_eq!(topic.type_name(), "AWS::SNS::Topic");
/// assert_eq!(topic.property("FifoTopic").and_then(|value| value.as_bool()), Some(true));
/// # Ok::<(), fc_cdk_core::template::ParseError>(())
/// ```
///
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html>.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    sections: Map,
}

impl Template {
    /// An empty template.
    pub const fn new() -> Template {
        Template { sections: Map::new() }
    }

    /// A template of these sections.
    pub const fn from_sections(sections: Map) -> Template {
        Template { sections }
    }

    /// Reads a template from JSON, or from YAML (which needs the cargo feature `yaml`) where it does not begin with `{`.
    ///
    /// # Errors
    ///
    /// Where the text is neither an object of JSON nor of YAML, has a key twice, is nested deeper than 128 levels, or holds what
    /// CloudFormation does not take; see [`Node::parse_json`] and `Node::parse_yaml`.
    pub fn parse(text: &str) -> Result<Template, ParseError> {
        Ok(Template::read(text, false)?.0)
    }

    /// Reads a template as [`parse`](Template::parse) does, from bytes that should be UTF-8.
    ///
    /// # Errors
    ///
    /// As `parse`, and where the bytes are no UTF-8.
    pub fn parse_bytes(bytes: &[u8]) -> Result<Template, ParseError> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
                let message = "this is UTF-16 text; save it as UTF-8";
                return ParseError::new(Position::START, message);
            }
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let position = Position::START.after(&String::from_utf8_lossy(valid));
            ParseError::new(position, "this is no UTF-8 text")
        })?;
        Template::parse(text)
    }

    /// Reads a template as [`parse`](Template::parse) does, and notes where everything stands.
    ///
    /// # Errors
    ///
    /// As `parse`.
    pub fn parse_with_positions(text: &str) -> Result<(Template, Positions), ParseError> {
        Template::read(text, true)
    }

    /// Reads a template from JSON.
    ///
    /// # Errors
    ///
    /// As [`Node::parse_json`], and where the text is no object.
    pub fn parse_json(text: &str) -> Result<Template, ParseError> {
        Ok(Template::from_parsed(json::parse(text, false)?)?.0)
    }

    /// Reads a template from YAML. Needs the cargo feature `yaml`.
    ///
    /// # Errors
    ///
    /// As [`Node::parse_yaml`], and where the text is no object.
    #[cfg(feature = "yaml")]
    pub fn parse_yaml(text: &str) -> Result<Template, ParseError> {
        Ok(Template::from_parsed(yaml::parse(text, false)?)?.0)
    }

    fn read(text: &str, positions: bool) -> Result<(Template, Positions), ParseError> {
        let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
        Template::from_parsed(read(text, is_json, positions)?)
    }

    fn from_parsed(
        (root, positions): (Node, Positions),
    ) -> Result<(Template, Positions), ParseError> {
        match root {
            Node::Map(sections) => Ok((Template { sections }, positions)),
            other => {
                let message = format!("a template is an object of sections, not {}", other.kind());
                Err(ParseError::new(positions.nearest(""), message))
            }
        }
    }

    /// The sections, in the order in which they were read or made.
    pub fn sections(&self) -> &Map {
        &self.sections
    }

    /// The sections, for changes.
    pub fn sections_mut(&mut self) -> &mut Map {
        &mut self.sections
    }

    /// The sections by themselves.
    pub fn into_sections(self) -> Map {
        self.sections
    }

    /// A section such as `Parameters`, if it is there and an object.
    pub fn section(&self, name: &str) -> Option<&Map> {
        self.sections.get(name)?.as_map()
    }

    /// Sets an entry of a section, and makes the section where it is not there.
    pub fn insert(&mut self, section: &str, name: impl Into<SmolStr>, entry: impl Into<Node>) {
        let section = self.sections.get_or_insert_with(section, || Node::Map(Map::new()));
        if !matches!(section, Node::Map(_)) {
            *section = Node::Map(Map::new());
        }
        if let Node::Map(entries) = section {
            entries.insert(name, entry);
        }
    }

    /// The resources, in order. Loops (`Fn::ForEach::…`) are not among them.
    pub fn resources(&self) -> impl Iterator<Item = TemplateResource<'_>> {
        let entries = self.section("Resources").into_iter().flat_map(Map::iter);
        entries.filter_map(|(logical_id, body)| {
            let body = body.as_map().filter(|_| !logical_id.starts_with("Fn::"))?;
            Some(TemplateResource { logical_id, body })
        })
    }

    /// The resource with this logical id.
    pub fn resource(&self, logical_id: &str) -> Option<TemplateResource<'_>> {
        let resources = self.section("Resources")?;
        let (logical_id, body) = resources.iter().find(|(id, _)| *id == logical_id)?;
        Some(TemplateResource { logical_id, body: body.as_map()? })
    }

    /// The logical ids of the resources, in order.
    pub fn resource_ids(&self) -> impl Iterator<Item = &SmolStr> {
        self.resources().map(|resource| resource.logical_id)
    }

    /// The outputs, in order, with their names.
    pub fn outputs(&self) -> impl Iterator<Item = (&SmolStr, &Map)> {
        let entries = self.section("Outputs").into_iter().flat_map(Map::iter);
        entries.filter_map(|(name, body)| Some((name, body.as_map()?)))
    }

    /// The template as compact JSON: what counts for CloudFormation's limits on size.
    pub fn to_json(&self) -> String {
        self.written(JsonWriter::compact())
    }

    /// The template as JSON, indented by one space as the AWS CDK does, without a final line break.
    pub fn to_json_pretty(&self) -> String {
        self.written(JsonWriter::pretty())
    }

    fn written(&self, mut writer: JsonWriter) -> String {
        writer.object(|writer| self.ordered().for_each(|(name, body)| writer.key(name).node(body)));
        writer.into_string()
    }

    /// The template as YAML, with a final line break. See [`Node::to_yaml`].
    pub fn to_yaml(&self, style: YamlStyle) -> String {
        let ordered: Map =
            self.ordered().map(|(name, body)| (name.clone(), body.clone())).collect();
        Node::Map(ordered).to_yaml(style)
    }

    /// The sections in the order in which they are written.
    pub(crate) fn ordered(&self) -> impl Iterator<Item = (&SmolStr, &Node)> {
        let rank = |name: &str| SECTIONS.iter().position(|section| *section == name);
        let mut sections: Vec<_> = self.sections.iter().collect();
        sections.sort_by_key(|(name, _)| rank(name).unwrap_or(SECTIONS.len()));
        sections.into_iter()
    }
}

impl Node {
    /// Reads any JSON, or YAML (which needs the cargo feature `yaml`) where it does not begin with `{` or `[`, and notes where everything
    /// stands: what belongs to templates without being one, such as a file with values of parameters.
    ///
    /// # Errors
    ///
    /// As [`Node::parse_json`] and `Node::parse_yaml`.
    pub fn parse_with_positions(text: &str) -> Result<(Node, Positions), ParseError> {
        read(text, text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']), true)
    }
}

fn read(text: &str, is_json: bool, positions: bool) -> Result<(Node, Positions), ParseError> {
    #[cfg(feature = "yaml")]
    if !is_json {
        return yaml::parse(text, positions);
    }
    json::parse(text, positions).map_err(|error| {
        if is_json {
            return error;
        }
        let message =
            "a JSON template begins with `{`; to read YAML, build with the cargo feature `yaml`";
        ParseError::new(Position::START, message)
    })
}

/// A resource of a [`Template`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TemplateResource<'a> {
    logical_id: &'a SmolStr,
    body: &'a Map,
}

impl<'a> TemplateResource<'a> {
    /// The logical id.
    pub fn logical_id(&self) -> &'a SmolStr {
        self.logical_id
    }

    /// All of it: `Type`, `Properties`, `DependsOn`, …
    pub fn body(&self) -> &'a Map {
        self.body
    }

    /// The type, such as `AWS::S3::Bucket`; empty where the template gives none.
    pub fn type_name(&self) -> &'a str {
        self.body.get("Type").and_then(Node::as_str).unwrap_or_default()
    }

    /// The properties, if there are any.
    pub fn properties(&self) -> Option<&'a Map> {
        self.body.get("Properties")?.as_map()
    }

    /// A property by path, such as `Tags.0.Key`.
    pub fn property(&self, path: &str) -> Option<&'a Node> {
        path.split('.').try_fold(self.body.get("Properties")?, |node, step| match node {
            Node::List(items) => items.get(step.parse::<usize>().ok()?),
            other => other.get(step),
        })
    }

    /// The logical ids that `DependsOn` names, be it one or a list.
    pub fn depends_on(&self) -> impl Iterator<Item = &'a str> {
        let node = self.body.get("DependsOn");
        let items = node.map_or(&[][..], Node::as_items);
        items.iter().filter_map(Node::as_str)
    }

    /// The construct that made it, as the AWS CDK and we note it in `Metadata`.
    pub fn construct_path(&self) -> Option<&'a str> {
        self.body.get("Metadata")?.get("aws:cdk:path")?.as_str()
    }
}

#[cfg(test)]
mod tests;
