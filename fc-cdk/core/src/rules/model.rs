//! [`Model`]: a template as the rules read it.

use rustc_hash::FxHashMap;

use super::{conditions::Conditions, unused::Uses};
use crate::{
    node::{Map, Node},
    spec::ResourceSpec,
    template::Template,
};

static NOTHING: Map = Map::new();
static NO_PROPERTIES: Node = Node::Map(Map::new());

/// The transform that brings more functions.
const EXTENSIONS: &str = "AWS::LanguageExtensions";

/// A template, its resources in order and by logical id.
pub(super) struct Model<'t> {
    pub(super) root: &'t Map,
    pub(super) resources: Vec<Resource<'t>>,
    by_id: FxHashMap<&'t str, usize>,
    /// A macro may change anything, so nothing can be said to be missing.
    pub(super) has_macros: bool,
    /// Whether the only macro is that of SAM, so that what it makes goes by names that are known.
    pub(super) is_sam: bool,
    /// Whether there is a macro of somebody's own, of which nothing is known.
    pub(super) has_own_macros: bool,
    /// Whether sections beside the resources may be other ones when they are deployed: by somebody's macro, an include or a loop.
    pub(super) is_rewritten: bool,
    /// Whether the transform of the language extensions is on.
    pub(super) has_extensions: bool,
    pub(super) conditions: Conditions<'t>,
    /// Which entries of other sections are used.
    pub(super) used: Uses,
}

/// A resource.
pub(super) struct Resource<'t> {
    /// Its place among the resources.
    pub(super) index: usize,
    pub(super) logical_id: &'t str,
    pub(super) type_name: &'t str,
    pub(super) body: &'t Map,
    pub(super) properties: &'t Map,
    /// The properties as a value.
    pub(super) node: &'t Node,
    /// What the tables say of its type, where they are at hand.
    pub(super) spec: Option<ResourceSpec>,
}

impl<'t> Resource<'t> {
    /// The condition under which it is there.
    pub(super) fn condition(&self) -> Option<&'t str> {
        self.body.get("Condition").and_then(Node::as_str)
    }

    /// Whether there is no deployment that has one without the other, as far as can be seen.
    pub(super) fn is_with(&self, other: &Resource<'_>) -> bool {
        self.body.get("Condition") == other.body.get("Condition")
    }
}

impl<'t> Model<'t> {
    pub(super) fn new(
        template: &'t Template,
        spec: &dyn Fn(usize, &str) -> Option<ResourceSpec>,
    ) -> Model<'t> {
        let root = template.sections();
        let section = root.get("Resources").and_then(Node::as_map).unwrap_or(&NOTHING);
        let mut by_id = FxHashMap::with_capacity_and_hasher(section.len(), Default::default());
        let mut resources = Vec::with_capacity(section.len());
        let has_extensions = match root.get("Transform") {
            Some(Node::List(names)) => names.iter().any(|name| name.as_str() == Some(EXTENSIONS)),
            one => one.and_then(Node::as_str) == Some(EXTENSIONS),
        };
        let mut has_macros = match root.get("Transform") {
            None => false,
            Some(Node::Str(name)) => name != EXTENSIONS,
            Some(Node::List(names)) => names.iter().any(|name| name.as_str() != Some(EXTENSIONS)),
            Some(_) => true,
        };
        let is_loop = |section: &str| {
            let section = root.get(section).and_then(Node::as_map);
            section.is_some_and(|section| section.keys().any(|key| key.starts_with("Fn::")))
        };
        has_macros |= is_loop("Conditions") || is_loop("Outputs");
        let leaves = |node: &Node| {
            let name = node.as_str();
            name.is_some_and(|name| name.starts_with("AWS::") && name != "AWS::Include")
        };
        let is_rewritten = root.keys().any(|key| key.starts_with("Fn::") || is_loop(key))
            || match root.get("Transform") {
                None => false,
                Some(Node::List(names)) => !names.iter().all(leaves),
                Some(name) => !leaves(name),
            };
        let transforms = root.get("Transform").map_or(&[][..], Node::as_items);
        let is_of_sam = |name: &Node| {
            name.as_str().is_some_and(|it| it == EXTENSIONS || it.starts_with("AWS::Serverless-"))
        };
        let mut is_sam = has_macros && !is_rewritten && transforms.iter().all(is_of_sam);
        let is_own = |name: &Node| name.as_str().is_some_and(|name| !name.starts_with("AWS::"));
        let has_own_macros = transforms.iter().any(is_own);
        for (index, (id, resource)) in section.iter().enumerate() {
            has_macros |= id.starts_with("Fn::");
            is_sam &= !id.starts_with("Fn::");
            let body = resource.as_map().unwrap_or(&NOTHING);
            let type_name = body.get("Type").and_then(Node::as_str).unwrap_or_default();
            // What is in a module goes by names of its own.
            has_macros |= type_name.ends_with("::MODULE");
            is_sam &= !type_name.ends_with("::MODULE");
            let node = body.get("Properties").unwrap_or(&NO_PROPERTIES);
            let (node, properties) = match node {
                Node::Map(properties) => (node, properties),
                _ => (&NO_PROPERTIES, &NOTHING),
            };
            let spec = spec(index, type_name);
            by_id.insert(id.as_str(), resources.len());
            resources.push(Resource {
                index,
                logical_id: id,
                type_name,
                body,
                properties,
                node,
                spec,
            });
        }
        let (conditions, used) = (Conditions::new(root), Uses::new(root));
        Model {
            root,
            resources,
            by_id,
            has_macros,
            is_sam,
            has_own_macros,
            is_rewritten,
            has_extensions,
            conditions,
            used,
        }
    }

    /// The resource with this logical id.
    pub(super) fn resource(&self, logical_id: &str) -> Option<&Resource<'t>> {
        self.resources.get(*self.by_id.get(logical_id)?)
    }

    /// The resource that a `Ref` or `Fn::GetAtt` points to.
    pub(super) fn target(&self, node: &Node) -> Option<&Resource<'t>> {
        self.resource(target_id(node)?)
    }

    /// Whether a section has an entry of this name.
    pub(super) fn has_entry(&self, section: &str, name: &str) -> bool {
        let section = self.root.get(section).and_then(Node::as_map);
        section.is_some_and(|section| section.contains_key(name))
    }

    /// Whether the AWS CDK wrote the template: nobody takes out of it what is there too much.
    pub(super) fn is_by_cdk(&self) -> bool {
        self.has_entry("Rules", "CheckBootstrapVersion")
    }

    /// The type of a parameter, where there is one of this name.
    pub(super) fn parameter_type(&self, name: &str) -> Option<&'t str> {
        self.root.get("Parameters")?.as_map()?.get(name)?.get("Type")?.as_str()
    }

    /// A section of the template.
    pub(super) fn section(
        &self,
        name: &str,
    ) -> impl Iterator<Item = (&'t str, &'t Node)> + use<'t> {
        let section = self.root.get(name).and_then(Node::as_map);
        section.into_iter().flat_map(Map::iter).map(|(name, node)| (name.as_str(), node))
    }
}

/// The logical id that a `Ref` or `Fn::GetAtt` points to.
pub(super) fn target_id(node: &Node) -> Option<&str> {
    match node.as_function()? {
        ("Ref", target) => target.as_str(),
        ("Fn::GetAtt", Node::List(parts)) => parts.first().and_then(Node::as_str),
        ("Fn::GetAtt", Node::Str(text)) => text.split('.').next(),
        _ => None,
    }
}
