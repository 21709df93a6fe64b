//! Tree to templates: a function of the tree and of [`SynthOptions`], in phases.
//!
//! 1. Constructs finish ([`Scope::at_synth`]), then aspects change resources ([`Scope::on_change`]).
//! 2. Every resource gets its logical id.
//! 3. References are resolved, stack by stack; those between stacks become outputs, parameters and dependencies.
//! 4. Templates are put together, and what can be checked without AWS is checked.
//! 5. Aspects look at the result ([`Scope::on_check`]); allowances take out what the user has allowed.

mod allow; // what the user has switched off
mod checks; // templates by the rules, and names across them
mod cross_stack; // references from one stack to another
mod graph; // who needs whom, and cycles
mod ids; // logical ids and stack names
mod overrides; // raw changes of finished resources
mod resolve; // open references -> CloudFormation

use std::{collections::BTreeMap, mem::take};

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

pub use self::allow::Allowed;
pub(crate) use self::graph::Graph;
pub(crate) use self::ids::{Ids, environment_of, logical_id_of, stack_name_of};
use self::resolve::Resolver;
use crate::{
    app::{App, Environment},
    assembly::{Assembly, StackArtifact},
    asset::{AssetRequest, AssetSource},
    diagnostic::{Diagnostic, SourceLocation},
    elements::Section,
    ids_lock::IdsLock,
    node::{Map, Node},
    resource::ResourceData,
    spec::{Checker, ResourceSpec},
    tags,
    template::Template,
    tree::{Kind, NodeId, Phase, Scope, Tree},
};

/// What synth needs to know beside the tree.
#[derive(Clone, Debug, Default)]
pub struct SynthOptions {
    /// The SHA-256 of each asset that had to be read, in hexadecimal.
    asset_hashes: BTreeMap<NodeId, SmolStr>,
    /// The ids that must not change unnoticed.
    ids_lock: Option<IdsLock>,
    /// What is known of resource types by name.
    resource_types: Option<fn(&str) -> Option<ResourceSpec>>,
    /// Findings of whoever read the assets.
    diagnostics: Vec<Diagnostic>,
}

impl SynthOptions {
    /// Tells the hash of an asset of the app.
    pub fn set_asset_hash(&mut self, asset: &AssetRequest, sha256: impl Into<SmolStr>) {
        self.asset_hashes.insert(asset.id, sha256.into());
    }

    /// Compares the logical ids of what holds data with those that were last accepted.
    pub fn set_ids_lock(&mut self, lock: IdsLock) {
        self.ids_lock = Some(lock);
    }

    /// Tells what AWS's specification says of resource types, by name, so that raw resources
    /// ([`Scope::raw_resource`]) are checked, tagged and kept as those of typed builders are. It has to know all types of AWS:
    /// one that it does not know is reported. For apps on `fc-cdk` that is `fc_cdk::aws::resource_type`.
    pub fn set_resource_types(&mut self, types: fn(&str) -> Option<ResourceSpec>) {
        self.resource_types = Some(types);
    }

    /// Adds a finding, such as an asset that cannot be read.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

impl App {
    /// The files and folders that are deployed with the app and have to be read before synth.
    pub fn assets(&self) -> Vec<AssetRequest> {
        let tree = self.tree();
        let all = tree.walk(0).into_iter();
        all.filter_map(|index| match &tree.get(index).kind {
            Kind::Asset(data) => Some(AssetRequest {
                id: NodeId { tree: tree.serial, index },
                path: tree.path(index),
                source: data.source.clone(),
                location: tree.user_location(index),
            }),
            _ => None,
        })
        .collect()
    }

    /// Turns the tree into templates, with all that is wrong. Assets that have to be read are reported as errors: see
    /// [`synth_with`](App::synth_with).
    pub fn synth(&self) -> Assembly {
        self.synth_with(&SynthOptions::default())
    }

    /// Turns the tree into templates, with all that is wrong.
    pub fn synth_with(&self, options: &SynthOptions) -> Assembly {
        self.assemble(options, |data| (data.properties.clone(), data.attributes.clone()))
    }

    /// As [`synth_with`](App::synth_with), but the values move into the templates instead of being copied: for an app that is
    /// not needed afterwards. Handles that outlive it find resources without properties.
    pub fn into_assembly(self, options: &SynthOptions) -> Assembly {
        self.assemble(options, |data| (take(&mut data.properties), take(&mut data.attributes)))
    }

    fn assemble(
        &self,
        options: &SynthOptions,
        values: impl Fn(&mut ResourceData) -> ResourceValues,
    ) -> Assembly {
        let reported_before = self.tree().diagnostics.len();
        self.finish();
        if let Some(types) = options.resource_types {
            self.tree_mut().set_missing_specs(types);
        }
        self.run_aspects(Phase::Change);
        self.run_aspects(Phase::Check);
        let mut tree = self.tree_mut();
        let all = tree.walk(0);
        let values = all.iter().filter_map(|&index| match &mut tree.get_mut(index).kind {
            Kind::Resource(data) => Some(values(data)),
            _ => None,
        });
        let values = values.collect();
        let (stacks, mut findings) = synthesize(&tree, &all, values, options);
        let mut diagnostics = tree.diagnostics.clone();
        // What aspects and finishing constructs say is said again by the next synth.
        tree.diagnostics.truncate(reported_before);
        diagnostics.append(&mut findings);
        diagnostics.extend(options.diagnostics.iter().cloned());
        let mut assembly = Assembly::new(&tree, stacks);
        if let Some(lock) = &options.ids_lock {
            diagnostics.extend(lock.check(&assembly).into_iter().map(|mut lost| {
                // What is lost has no line any more; what was around it has.
                lost.location = Some(tree.user_location(tree.nearest(&lost.path)));
                lost
            }));
        }
        let (mut diagnostics, allowed) = allow::apply(&tree, diagnostics);
        checks::leave_out_what_is_said(&mut diagnostics);
        assembly.set_findings(diagnostics, allowed);
        assembly
    }

    fn finish(&self) {
        let finalizers = self.tree().finalizers.clone();
        finalizers.iter().for_each(|(scope, finish)| finish(&self.at(*scope)));
    }

    fn run_aspects(&self, phase: Phase) {
        let aspects: Vec<_> =
            self.tree().aspects.iter().filter(|aspect| aspect.phase == phase).cloned().collect();
        for aspect in aspects {
            self.at(aspect.scope).resources().iter().for_each(|resource| (aspect.visit)(resource));
        }
    }
}

impl Scope {
    fn is_stack(tree: &Tree, index: u32) -> bool {
        matches!(tree.get(index).kind, Kind::Stack(_))
    }
}

/// The properties of a resource, and everything else of it.
type ResourceValues = (Map, Map);

/// A stack on its way to a template.
#[derive(Clone)]
pub(crate) struct StackDraft {
    /// The construct.
    pub(crate) index: u32,
    pub(crate) stack_name: SmolStr,
    pub(crate) environment: Environment,
    sections: BTreeMap<Section, Map>,
    resources: Map,
    /// What users put into sections by hand.
    raw_entries: Vec<(SmolStr, SmolStr, Node)>,
    /// The construct of each resource, in the order of `resources`.
    resource_constructs: Vec<u32>,
    /// The assets that the template mentions.
    pub(crate) assets: Vec<u32>,
}

/// All drafts, with what resolving one stack adds to another.
pub(crate) struct Drafts<'t> {
    pub(crate) tree: &'t Tree,
    pub(crate) ids: Ids,
    pub(crate) stacks: Vec<StackDraft>,
    /// The place in `stacks` of each stack construct.
    pub(crate) by_construct: FxHashMap<u32, usize>,
    pub(crate) graph: Graph,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) options: &'t SynthOptions,
    /// The place of each resource among those of its stack, by construct.
    places: Vec<usize>,
    /// What parents pass to the parameters of nested stacks, by the nested stack's resource.
    nested_parameters: BTreeMap<u32, Map>,
}

fn synthesize(
    tree: &Tree,
    all: &[u32],
    values: Vec<ResourceValues>,
    options: &SynthOptions,
) -> (Vec<StackArtifact>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let ids = Ids::assign(tree, all, &mut diagnostics);
    let stacks: Vec<StackDraft> = all
        .iter()
        .filter(|&&index| Scope::is_stack(tree, index))
        .map(|&index| StackDraft {
            index,
            stack_name: ids.stack_name(index),
            environment: environment_of(tree, index),
            sections: BTreeMap::new(),
            resources: Map::new(),
            raw_entries: Vec::new(),
            resource_constructs: Vec::new(),
            assets: Vec::new(),
        })
        .collect();
    let by_construct =
        stacks.iter().enumerate().map(|(place, stack)| (stack.index, place)).collect();
    let graph = Graph::default();
    let mut drafts = Drafts {
        tree,
        ids,
        stacks,
        by_construct,
        graph,
        diagnostics,
        options,
        places: vec![usize::MAX; tree.constructs.len()],
        nested_parameters: BTreeMap::new(),
    };
    let mut values = values.into_iter();
    for &index in all {
        let values = match &tree.get(index).kind {
            Kind::Resource(_) => values.next().unwrap_or_default(),
            _ => ResourceValues::default(),
        };
        drafts.draft(index, values);
    }
    drafts.graph.explicit_dependencies(tree, &mut drafts.diagnostics);
    drafts.add_depends_on();
    drafts.place_nested_templates();
    drafts.graph.report_cycles(tree, &mut drafts.diagnostics);
    drafts.finish()
}

impl Drafts<'_> {
    /// Resolves one construct into its stack's draft.
    fn draft(&mut self, index: u32, (mut properties, mut attributes): ResourceValues) {
        let tree = self.tree;
        let construct = tree.get(index);
        let Some(place) = self.stack_of(index) else {
            return;
        };
        match &construct.kind {
            Kind::Resource(data) => {
                let mut resource = Map::with_capacity(4);
                resource.push("Type", data.type_name.clone());
                if let Some(condition) = &data.condition {
                    let id = self.ids.logical_id(condition.index);
                    resource.push("Condition", id);
                }
                let mut resolver = Resolver::new(self, index, place);
                resolver.map(&mut properties);
                resolver.map(&mut attributes);
                if let Some(spec) = data.spec.and_then(ResourceSpec::tags) {
                    tags::apply(
                        &mut properties,
                        spec,
                        tags::effective_tags(tree, index, &data.type_name),
                    );
                }
                if !properties.is_empty() {
                    resource.push("Properties", properties);
                }
                let stateful = data.is_stateful();
                for (key, value) in attributes {
                    resource.push(key, value);
                }
                // Nothing that holds data goes with its stack unless somebody says so.
                for key in ["DeletionPolicy", "UpdateReplacePolicy"] {
                    if stateful && !resource.contains_key(key) {
                        resource.push(key, "Retain");
                    }
                }
                overrides::apply(self, index, data, &mut resource);
                let draft = &mut self.stacks[place];
                self.places[index as usize] = draft.resources.len();
                draft.resources.push(self.ids.logical_id(index), resource);
                draft.resource_constructs.push(index);
            }
            Kind::Stack(data) => {
                for (section, key, value, _) in &data.raw_entries {
                    let value = Resolver::new(self, index, place).node(value);
                    self.stacks[place].raw_entries.push((section.clone(), key.clone(), value));
                }
            }
            Kind::Element(data) => {
                let body = Resolver::new(self, index, place).node(&data.body);
                let id = self.ids.logical_id(index);
                self.stacks[place].section(data.section).push(id, body);
            }
            _ => {}
        }
    }

    /// Gives the resources of nested stacks the place of their templates, children before parents.
    fn place_nested_templates(&mut self) {
        for (resource, parameters) in take(&mut self.nested_parameters) {
            if let Some(properties) = self.properties_mut(resource) {
                let given = properties.get_or_insert_with("Parameters", || Node::Map(Map::new()));
                if let Some(given) = given.as_map_mut() {
                    parameters.into_iter().for_each(|(name, value)| {
                        given.insert(name, value);
                    });
                }
            }
        }
        for place in (0..self.stacks.len()).rev() {
            let tree = self.tree;
            let Kind::Stack(data) = &tree.get(self.stacks[place].index).kind else { continue };
            let Some(nested) = data.nested else { continue };
            let Some(parent) = self.stack_of(nested) else { continue };
            let template = self.stacks[place].clone().take_template(tree).to_json_pretty();
            let key = format!("{}.json", crate::assembly::sha256_hex(template.as_bytes()));
            let url = crate::assembly::template_url(&self.stacks[parent].environment, &key);
            if let Some(properties) = self.properties_mut(nested) {
                properties.insert("TemplateURL", url);
            }
        }
    }

    fn add_depends_on(&mut self) {
        for (from, on) in self.graph.depends_on(self.tree) {
            let on: Vec<Node> =
                on.into_iter().map(|index| Node::Str(self.ids.logical_id(index))).collect();
            if let Some(resource) = self.resource_mut(from) {
                resource.insert("DependsOn", on);
            }
        }
    }

    /// The stack of a construct, as a place in `stacks`.
    pub(crate) fn stack_of(&self, construct: u32) -> Option<usize> {
        self.by_construct.get(&self.tree.get(construct).stack?).copied()
    }

    /// A resource in its template.
    fn resource_mut(&mut self, construct: u32) -> Option<&mut Map> {
        let stack = self.stack_of(construct)?;
        let place = self.places[construct as usize];
        self.stacks[stack].resources.0.get_mut(place)?.1.as_map_mut()
    }

    fn properties_mut(&mut self, construct: u32) -> Option<&mut Map> {
        let resource = self.resource_mut(construct)?;
        if !resource.contains_key("Properties") {
            // Where it stands in all other resources: before `DependsOn`.
            let place = if resource.contains_key("Condition") { 2 } else { 1 };
            resource.0.insert(place, (SmolStr::new_static("Properties"), Node::Map(Map::new())));
        }
        resource.get_mut("Properties")?.as_map_mut()
    }

    fn finish(mut self) -> (Vec<StackArtifact>, Vec<Diagnostic>) {
        let mut checker = Checker::new();
        let mut artifacts = Vec::with_capacity(self.stacks.len());
        let order = self.graph.stack_order(self.stacks.iter().map(|stack| stack.index));
        for index in order {
            let Some(&place) = self.by_construct.get(&index) else { continue };
            let draft = &mut self.stacks[place];
            let template = draft.take_template(self.tree);
            let json = template.to_json_pretty();
            let found = checks::check_template(
                self.tree,
                &self.ids,
                draft,
                &template,
                json.len(),
                self.options.resource_types,
                &mut checker,
            );
            self.diagnostics.extend(found);
            artifacts.push(StackArtifact::new(
                self.tree,
                &self.ids,
                draft,
                (template, json),
                &self.graph,
                self.options,
            ));
        }
        checks::check_physical_names(self.tree, &artifacts, &mut self.diagnostics);
        checks::check_exports(self.tree, &artifacts, &mut self.diagnostics);
        (artifacts, self.diagnostics)
    }
}

/// Fills in where a finding of a construct comes from.
pub(crate) fn place_diagnostic(tree: &Tree, index: u32, diagnostic: &mut Diagnostic) {
    diagnostic.path = tree.path(index);
    let user = tree.user_location(index);
    let own = tree.get(index).location;
    diagnostic.location = Some(user);
    if own != user {
        diagnostic.notes.push(("made inside the construct here".into(), Some(own)));
    }
}

/// The place of something that was said of a construct at a line of its own, such as an override.
pub(crate) fn place_at(
    tree: &Tree,
    index: u32,
    said: SourceLocation,
    what: &str,
    diagnostic: &mut Diagnostic,
) {
    diagnostic.path = tree.path(index);
    let (line, inside) = tree.users_line(index, said);
    diagnostic.location = Some(line);
    let made = tree.user_location(index);
    if let Some(inside) = inside {
        diagnostic.notes.push((what.to_owned(), Some(inside)));
    } else if made != line && matches!(tree.get(index).kind, Kind::Resource(_)) {
        diagnostic.notes.push(("the resource is made here".into(), Some(made)));
    }
}

impl StackDraft {
    pub(crate) fn section(&mut self, section: Section) -> &mut Map {
        self.sections.entry(section).or_default()
    }

    /// The constructs of the resources, in the order of the template.
    pub(crate) fn resource_constructs(&self) -> &[u32] {
        &self.resource_constructs
    }

    /// The template, in CloudFormation's order of sections, taken out of the draft.
    fn take_template(&mut self, tree: &Tree) -> Template {
        let mut root = Map::with_capacity(8);
        if let Kind::Stack(data) = &tree.get(self.index).kind {
            if let Some(description) = &data.description {
                root.push("Description", description.as_str());
            }
            if !data.metadata.is_empty() {
                root.push("Metadata", data.metadata.clone());
            }
            match data.transforms.as_slice() {
                [] => {}
                [one] => root.push("Transform", one.clone()),
                many => root.push("Transform", many.iter().map(Node::from).collect::<Vec<_>>()),
            }
        }
        let mut sections = take(&mut self.sections);
        let outputs = sections.remove(&Section::Outputs);
        for (section, body) in sections {
            root.push(section.as_str(), body);
        }
        root.push("Resources", take(&mut self.resources));
        if let Some(outputs) = outputs {
            root.push("Outputs", outputs);
        }
        let mut template = Template::from_sections(root);
        for (section, key, value) in take(&mut self.raw_entries) {
            template.insert(&section, key, value);
        }
        template
    }
}

/// The hash of an asset, where it is known.
pub(crate) fn asset_hash(
    options: &SynthOptions,
    id: NodeId,
    source: &AssetSource,
) -> Option<SmolStr> {
    match source {
        AssetSource::Content { bytes, .. } => Some(crate::assembly::sha256_hex(bytes).into()),
        _ => options.asset_hashes.get(&id).cloned(),
    }
}
