//! Open references to CloudFormation's own words.

use smol_str::{SmolStr, ToSmolStr, format_smolstr};

use super::{Drafts, asset_hash, place_diagnostic};
use crate::{
    assembly,
    asset::AssetSource,
    codes,
    diagnostic::Diagnostic,
    elements::Section,
    node::{Map, Node},
    reference::{Attribute, Reference, SubPart},
    tree::{Kind, NodeId},
};

/// Resolves the values of one construct for its template.
pub(crate) struct Resolver<'d, 't> {
    pub(crate) drafts: &'d mut Drafts<'t>,
    /// The construct whose values these are.
    pub(crate) from: u32,
    /// Its stack, as a place in the drafts.
    pub(crate) place: usize,
}

impl<'d, 't> Resolver<'d, 't> {
    pub(crate) fn new(drafts: &'d mut Drafts<'t>, from: u32, place: usize) -> Resolver<'d, 't> {
        Resolver { drafts, from, place }
    }

    /// The node without open references.
    pub(crate) fn node(&mut self, node: &Node) -> Node {
        let mut resolved = node.clone();
        self.resolve(&mut resolved);
        resolved
    }

    /// Takes the open references out of a node. Entries that are `null` mean "not set" and go.
    fn resolve(&mut self, node: &mut Node) {
        match node {
            Node::List(items) => {
                items.retain(|item| !item.is_null());
                items.iter_mut().for_each(|item| self.resolve(item));
            }
            Node::Map(map) => self.map(map),
            Node::Ref(reference) => *node = self.reference(reference),
            Node::Sub(parts) => *node = self.sub(parts),
            _ => {}
        }
    }

    pub(crate) fn map(&mut self, map: &mut Map) {
        map.0.retain(|(_, value)| !value.is_null());
        map.0.iter_mut().for_each(|(_, value)| self.resolve(value));
    }

    fn reference(&mut self, reference: &Reference) -> Node {
        let tree = self.drafts.tree;
        let target = reference.target;
        if target.tree != tree.serial || target.index as usize >= tree.constructs.len() {
            let message = "a value of another app is used here";
            return self.fail(
                Diagnostic::error(codes::UNRESOLVABLE_REFERENCE, message)
                    .help("build both in one app"),
            );
        }
        if let Kind::Asset(data) = &tree.get(target.index).kind {
            return self.asset(target, &data.source, &reference.attribute);
        }
        let Some(producer) = self.drafts.stack_of(target.index) else {
            let message =
                format!("`{}` is in no stack, so nothing can refer to it", tree.path(target.index));
            return self.fail(
                Diagnostic::error(codes::UNRESOLVABLE_REFERENCE, message)
                    .help("make it below a `Stack`"),
            );
        };
        if producer == self.place {
            return self.drafts.local(target.index, &reference.attribute);
        }
        self.across_stacks(reference, producer)
    }

    /// Files a finding about the construct, and gives a node to go on with.
    pub(crate) fn fail(&mut self, mut diagnostic: Diagnostic) -> Node {
        place_diagnostic(self.drafts.tree, self.from, &mut diagnostic);
        self.drafts.diagnostics.push(diagnostic);
        Node::from_static("")
    }

    fn asset(&mut self, id: NodeId, source: &AssetSource, attribute: &Attribute) -> Node {
        let Some(hash) = asset_hash(self.drafts.options, id, source) else {
            // Whoever reads the assets says why one cannot be read; without anybody, say that.
            let path = match source {
                AssetSource::File(path) | AssetSource::Directory(path) => {
                    path.display().to_string()
                }
                AssetSource::Content { .. } => String::new(),
            };
            if self.drafts.options.diagnostics.is_empty() {
                let message = format!("the content of the asset `{path}` is not known");
                let help = "synthesize with the toolkit, which reads it, or pass its hash in `SynthOptions`";
                return self.fail(Diagnostic::error(codes::UNREADABLE_ASSET, message).help(help));
            }
            return Node::from_static("");
        };
        let draft = &mut self.drafts.stacks[self.place];
        if !draft.assets.contains(&id.index) {
            draft.assets.push(id.index);
        }
        match attribute {
            Attribute::Att(name) if name == "Bucket" => assembly::asset_bucket(&draft.environment),
            Attribute::Att(name) if name == "Hash" => Node::Str(hash),
            _ => Node::Str(assembly::object_key(&hash, source)),
        }
    }

    /// Text with values: a literal or `Fn::Sub`, whichever says it in the fewest words.
    fn sub(&mut self, parts: &[SubPart]) -> Node {
        let mut text = SubText::default();
        self.append(parts, &mut text);
        text.finish()
    }

    fn append(&mut self, parts: &[SubPart], text: &mut SubText) {
        for part in parts {
            match part {
                SubPart::Text(literal) => escape(literal, &mut text.text),
                SubPart::Value(Node::Sub(inner)) => self.append(inner, text),
                SubPart::Value(value) => {
                    let value = self.node(value);
                    text.append(value);
                }
            }
        }
    }
}

/// The text of an `Fn::Sub` under construction.
#[derive(Default)]
struct SubText {
    text: String,
    variables: Map,
    /// Whether there is anything in it that is not known now.
    deferred: bool,
}

impl SubText {
    fn append(&mut self, value: Node) {
        match (&value, value.as_function()) {
            (Node::Str(literal), _) => escape(literal, &mut self.text),
            (Node::Int(number), _) => self.text.push_str(&number.to_smolstr()),
            (Node::Float(number), _) => self.text.push_str(&number.to_smolstr()),
            (Node::Bool(truth), _) => self.text.push_str(if *truth { "true" } else { "false" }),
            (_, Some(("Ref", Node::Str(name)))) => self.variable(name),
            (_, Some(("Fn::GetAtt", Node::List(path))))
                if path.iter().all(|step| step.as_str().is_some()) =>
            {
                let path: Vec<&str> = path.iter().filter_map(Node::as_str).collect();
                self.variable(&path.join("."));
            }
            (_, Some(("Fn::Sub", Node::Str(inner)))) => {
                self.deferred = true;
                self.text.push_str(inner);
            }
            _ => {
                let known = self
                    .variables
                    .iter()
                    .find(|(_, other)| **other == value)
                    .map(|(name, _)| name.clone());
                let name = known.unwrap_or_else(|| {
                    let name = format_smolstr!("Value{}", self.variables.len() + 1);
                    self.variables.push(name.clone(), value);
                    name
                });
                self.variable(&name);
            }
        }
    }

    fn variable(&mut self, name: &str) {
        self.deferred = true;
        self.text.push_str("${");
        self.text.push_str(name);
        self.text.push('}');
    }

    fn finish(self) -> Node {
        if !self.deferred {
            return Node::Str(self.text.replace("${!", "${").into());
        }
        let text = Node::from(self.text);
        if self.variables.is_empty() {
            return Node::function("Fn::Sub", text);
        }
        Node::function("Fn::Sub", Node::List(vec![text, Node::Map(self.variables)]))
    }
}

/// Writes text so that `Fn::Sub` takes nothing in it for a variable.
fn escape(literal: &str, out: &mut String) {
    let mut rest = literal;
    while let Some(start) = rest.find("${") {
        out.push_str(&rest[..start]);
        out.push_str("${!");
        rest = &rest[start + 2..];
    }
    out.push_str(rest);
}

impl Drafts<'_> {
    /// A reference within one template.
    pub(crate) fn local(&self, target: u32, attribute: &Attribute) -> Node {
        let id = self.ids.logical_id(target);
        match attribute {
            Attribute::Ref => Node::function("Ref", Node::Str(id)),
            Attribute::LogicalId => Node::Str(id),
            Attribute::Att(name) => Node::function(
                "Fn::GetAtt",
                Node::List(vec![Node::Str(id), Node::Str(name.clone())]),
            ),
        }
    }

    /// The section that a construct belongs to, if it is one of a template's elements.
    pub(crate) fn section_of(&self, index: u32) -> Option<Section> {
        match &self.tree.get(index).kind {
            Kind::Element(data) => Some(data.section),
            _ => None,
        }
    }

    /// A name made of a construct's path, for parameters and outputs that synth adds.
    pub(crate) fn name_for(&self, target: u32, attribute: &Attribute) -> SmolStr {
        let attribute = match attribute {
            Attribute::Att(name) => name.replace('.', ""),
            _ => "Ref".to_owned(),
        };
        format_smolstr!("{}{attribute}", self.ids.logical_id(target))
    }
}
