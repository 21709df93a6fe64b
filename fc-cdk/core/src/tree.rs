//! The construct tree: one arena, and [`Scope`], the cheap handle by which everything is reached.

use std::{
    cell::{Ref, RefCell, RefMut},
    fmt,
    rc::Rc,
    sync::atomic::{AtomicU32, Ordering},
};

use rustc_hash::FxHashMap;
use smol_str::{SmolStr, ToSmolStr};

use crate::{
    app::{AppData, Environment, StageData},
    asset::AssetData,
    codes,
    diagnostic::{Diagnostic, SourceLocation},
    elements::ElementData,
    judges::judge_of,
    logical_id::construct_id,
    node::Node,
    resource::{Resource, ResourceData},
    spec::ResourceSpec,
    stack::{Stack, StackData},
    tags::TagRule,
};

/// A construct, as an index into the arena of one app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId {
    /// Which app: references between apps are errors, not wrong answers.
    pub(crate) tree: u32,
    pub(crate) index: u32,
}

/// What a construct does at the start of synth.
type Finish = Rc<dyn Fn(&Scope)>;

/// The arena.
pub(crate) struct Tree {
    pub(crate) serial: u32,
    pub(crate) constructs: Vec<Construct>,
    /// Children by parent and id.
    index: FxHashMap<(u32, SmolStr), u32>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) allowances: Vec<Allowance>,
    pub(crate) tags: Vec<TagRule>,
    pub(crate) aspects: Vec<Aspect>,
    /// What constructs do at the start of synth, by construct.
    pub(crate) finalizers: Vec<(u32, Finish)>,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One construct of the arena.
pub(crate) struct Construct {
    pub(crate) id: SmolStr,
    /// From the root, such as `Shop/Network/Vpc`.
    pub(crate) path: SmolStr,
    pub(crate) parent: Option<u32>,
    pub(crate) children: Vec<u32>,
    pub(crate) kind: Kind,
    /// The line that made it.
    pub(crate) location: SourceLocation,
    /// Whether what is below reports this construct's line as the user's.
    pub(crate) opaque: bool,
    /// The stack it belongs to: itself, if it is one.
    pub(crate) stack: Option<u32>,
}

/// What a construct is.
pub(crate) enum Kind {
    App(Box<AppData>),
    Stage(Box<StageData>),
    Stack(Box<StackData>),
    /// A grouping, or a higher-level construct.
    Scope,
    Resource(Box<ResourceData>),
    /// A parameter, condition, mapping, rule or output of a template.
    Element(Box<ElementData>),
    Asset(Box<AssetData>),
}

/// A rule that the user has switched off for a scope, with the reason.
#[derive(Clone, Debug)]
pub(crate) struct Allowance {
    pub(crate) scope: u32,
    pub(crate) code: SmolStr,
    pub(crate) reason: String,
    pub(crate) location: SourceLocation,
}

/// When an aspect runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Change,
    Check,
}

/// A visitor of all resources below a scope.
#[derive(Clone)]
pub(crate) struct Aspect {
    pub(crate) scope: u32,
    pub(crate) phase: Phase,
    pub(crate) visit: Rc<dyn Fn(&Resource)>,
}

/// "Deploy `from` after `on`", between any two constructs.
#[derive(Clone, Copy)]
pub(crate) struct Dependency {
    pub(crate) from: u32,
    pub(crate) on: u32,
    pub(crate) location: SourceLocation,
}

impl Tree {
    /// Gives the resources whose types nobody has looked up what is known of them.
    pub(crate) fn set_missing_specs(&mut self, types: fn(&str) -> Option<ResourceSpec>) {
        for construct in &mut self.constructs {
            if let Kind::Resource(data) = &mut construct.kind
                && data.spec.is_none()
            {
                data.spec = types(&data.type_name);
            }
        }
    }

    pub(crate) fn new(data: AppData, location: SourceLocation) -> Tree {
        // The number only tells apps of one process apart; it reaches no output.
        static SERIAL: AtomicU32 = AtomicU32::new(0);
        let root = Construct {
            id: SmolStr::default(),
            path: SmolStr::default(),
            parent: None,
            children: Vec::new(),
            kind: Kind::App(Box::new(data)),
            location,
            opaque: false,
            stack: None,
        };
        Tree {
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            constructs: vec![root],
            index: FxHashMap::default(),
            diagnostics: Vec::new(),
            allowances: Vec::new(),
            tags: Vec::new(),
            aspects: Vec::new(),
            finalizers: Vec::new(),
            dependencies: Vec::new(),
        }
    }

    pub(crate) fn get(&self, index: u32) -> &Construct {
        &self.constructs[index as usize]
    }

    pub(crate) fn get_mut(&mut self, index: u32) -> &mut Construct {
        &mut self.constructs[index as usize]
    }

    /// Adds a construct. A second one of the same name is reported, and kept under a name of its own so that all its own
    /// problems come to light too.
    pub(crate) fn add(
        &mut self,
        parent: u32,
        id: &str,
        kind: Kind,
        location: SourceLocation,
    ) -> u32 {
        let mut id = SmolStr::new(construct_id(id));
        let index = self.constructs.len() as u32;
        if id.is_empty() {
            let message = format!("a construct in {} has an empty id", self.place(parent));
            let diagnostic = Diagnostic::error(codes::EMPTY_ID, message)
                .help("give each construct a name of its own");
            self.report_at(parent, diagnostic, Some(location));
            id = format!("Unnamed{index}").into();
        }
        if let Some(&first) = self.index.get(&(parent, id.clone())) {
            let message = format!("there is a construct `{id}` in {} already", self.place(parent));
            let diagnostic = Diagnostic::error(codes::DUPLICATE_ID, message)
                .note("the first one is made here", Some(self.user_location(first)))
                .help(
                    "ids are unique within their scope: rename one, or give it a scope of its own",
                );
            self.report_at(parent, diagnostic, Some(self.user_location_below(parent, location)));
            id = format!("{id}-duplicate-{index}").into();
        }
        let stack =
            if matches!(kind, Kind::Stack(_)) { Some(index) } else { self.get(parent).stack };
        let path = match self.get(parent).path.as_str() {
            "" => id.clone(),
            above => [above, "/", &id].concat().into(),
        };
        self.index.insert((parent, id.clone()), index);
        self.get_mut(parent).children.push(index);
        self.constructs.push(Construct {
            id,
            path,
            parent: Some(parent),
            children: Vec::new(),
            kind,
            location,
            opaque: false,
            stack,
        });
        index
    }

    pub(crate) fn child(&self, parent: u32, id: &str) -> Option<u32> {
        self.index.get(&(parent, SmolStr::new(id))).copied()
    }

    /// The construct and those above it, the root last.
    pub(crate) fn ancestors(&self, index: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(index), |&index| self.get(index).parent)
    }

    pub(crate) fn is_within(&self, index: u32, scope: u32) -> bool {
        self.ancestors(index).any(|ancestor| ancestor == scope)
    }

    /// The ids from below `top` down to the construct.
    pub(crate) fn components(&self, index: u32, top: Option<u32>) -> Vec<&str> {
        let above = top.map_or(0, |top| self.get(top).path.len());
        self.get(index).path[above..].split('/').filter(|id| !id.is_empty()).collect()
    }

    /// The path from the root, such as `Shop/Network/Vpc`.
    pub(crate) fn path(&self, index: u32) -> SmolStr {
        self.get(index).path.clone()
    }

    /// The construct at a path, or what of the way there exists.
    pub(crate) fn nearest(&self, path: &str) -> u32 {
        let mut nearest = 0;
        for id in path.split('/') {
            match self.child(nearest, id) {
                Some(child) => nearest = child,
                None => break,
            }
        }
        nearest
    }

    /// The user's line: of the outermost opaque construct around it, or else its own.
    pub(crate) fn user_location(&self, index: u32) -> SourceLocation {
        self.user_location_below(index, self.get(index).location)
    }

    /// Which line is the user's where something was said of a construct at a line of its own, such as a rule of a security group: that line,
    /// unless a construct around it is made in another file. Then it is that construct's, and the second is the line inside.
    pub(crate) fn users_line(
        &self,
        index: u32,
        said: SourceLocation,
    ) -> (SourceLocation, Option<SourceLocation>) {
        let around = self.ancestors(index).skip(1).filter(|&above| self.get(above).opaque).last();
        match around.map(|construct| self.get(construct).location) {
            Some(line) if line.file != said.file => (line, Some(said)),
            _ => (said, None),
        }
    }

    fn user_location_below(&self, index: u32, own: SourceLocation) -> SourceLocation {
        let opaque = self.ancestors(index).filter(|&ancestor| self.get(ancestor).opaque).last();
        opaque.map_or(own, |construct| self.get(construct).location)
    }

    /// A scope, as messages name it.
    fn place(&self, index: u32) -> String {
        match self.path(index) {
            path if path.is_empty() => "the app".to_owned(),
            path => format!("`{path}`"),
        }
    }

    /// Files a diagnostic under a construct.
    pub(crate) fn report_at(
        &mut self,
        index: u32,
        mut diagnostic: Diagnostic,
        location: Option<SourceLocation>,
    ) {
        if diagnostic.path.is_empty() {
            diagnostic.path = self.path(index);
        }
        let user = self.user_location(index);
        let (line, inside) = match diagnostic.location.or(location) {
            Some(said) => self.users_line(index, said),
            None => (user, None),
        };
        diagnostic.location = Some(line);
        let own = self.get(index).location;
        if let Some(inside) = inside {
            diagnostic.notes.push(("said inside the construct here".into(), Some(inside)));
        } else if line == user && own != user {
            diagnostic.notes.push(("made inside the construct here".into(), Some(own)));
        }
        self.diagnostics.push(diagnostic);
    }

    /// All constructs at and below one, parents first, in the order in which they were made.
    pub(crate) fn walk(&self, index: u32) -> Vec<u32> {
        let mut order = Vec::new();
        let mut open = vec![index];
        while let Some(next) = open.pop() {
            order.push(next);
            open.extend(self.get(next).children.iter().rev());
        }
        order
    }
}

/// A place in the construct tree, where resources and further scopes are made.
///
/// A cheap clone of a handle; [`App`](crate::App), [`Stage`](crate::Stage) and [`Stack`] dereference to it.
#[derive(Clone)]
pub struct Scope {
    pub(crate) tree: Rc<RefCell<Tree>>,
    pub(crate) index: u32,
}

impl Scope {
    pub(crate) fn tree(&self) -> Ref<'_, Tree> {
        self.tree.borrow()
    }

    pub(crate) fn tree_mut(&self) -> RefMut<'_, Tree> {
        self.tree.borrow_mut()
    }

    pub(crate) fn at(&self, index: u32) -> Scope {
        Scope { tree: self.tree.clone(), index }
    }

    pub(crate) fn node_id(&self) -> NodeId {
        NodeId { tree: self.tree().serial, index: self.index }
    }

    #[track_caller]
    pub(crate) fn add(&self, id: &str, kind: Kind) -> Scope {
        self.add_at(id, kind, SourceLocation::caller())
    }

    pub(crate) fn add_at(&self, id: &str, kind: Kind, location: SourceLocation) -> Scope {
        let index = self.tree_mut().add(self.index, id, kind, location);
        self.at(index)
    }

    /// The id within the parent.
    pub fn id(&self) -> SmolStr {
        self.tree().get(self.index).id.clone()
    }

    /// The path from the app, such as `Shop/Network/Vpc`.
    pub fn path(&self) -> SmolStr {
        self.tree().path(self.index)
    }

    /// The user's line that made this: of the outermost construct around it.
    pub fn location(&self) -> SourceLocation {
        self.tree().user_location(self.index)
    }

    /// Opens a grouping: what is made in it reports its own source lines.
    #[track_caller]
    pub fn scope(&self, id: &str) -> Scope {
        self.add(id, Kind::Scope)
    }

    /// Opens a construct: what is made in it reports the line of the caller of the construct as the user's, and its own only as a
    /// note. Higher-level constructs start with this, in a `#[track_caller]` function.
    #[track_caller]
    pub fn construct(&self, id: &str) -> Scope {
        let scope = self.add(id, Kind::Scope);
        scope.tree_mut().get_mut(scope.index).opaque = true;
        scope
    }

    /// The scope around this one; `None` for the app.
    pub fn parent(&self) -> Option<Scope> {
        let parent = self.tree().get(self.index).parent;
        parent.map(|parent| self.at(parent))
    }

    /// The stack that this belongs to; `None` above all stacks.
    pub fn stack(&self) -> Option<Stack> {
        let stack = self.tree().get(self.index).stack;
        stack.map(|stack| Stack { scope: self.at(stack) })
    }

    /// The scopes and resources directly in this one, in the order in which they were made.
    pub fn children(&self) -> Vec<Scope> {
        let children = self.tree().get(self.index).children.clone();
        children.into_iter().map(|child| self.at(child)).collect()
    }

    /// The construct at a path below this one, such as `Vpc/Flow log`.
    pub fn find(&self, path: &str) -> Option<Scope> {
        let tree = self.tree();
        let index = path.split('/').try_fold(self.index, |parent, id| tree.child(parent, id))?;
        Some(self.at(index))
    }

    /// The construct of this app that a value is a reference to, if it is nothing but that: from there lead its properties and its
    /// stack's environment.
    ///
    /// ```
    /// use fc_cdk_core::{App, Environment, Stack, json};
    /// let app = App::new();
    /// let edge = Stack::new(&app, "Edge").with_environment(Environment::region("us-east-1"));
    /// let topic = edge.raw_resource("Topic", "AWS::SNS::Topic", json!({}));
    /// let arn = topic.ref_value::<String>();
    /// let target = app.target_of(arn.node());
    /// assert_eq!(target.and_then(|target| target.environment().region).as_deref(), Some("us-east-1"));
    /// ```
    pub fn target_of(&self, value: &Node) -> Option<Scope> {
        let Node::Ref(reference) = value else { return None };
        let ours = reference.target.tree == self.tree().serial;
        ours.then(|| self.at(reference.target.index))
    }

    /// This as a resource, if it is one.
    pub fn as_resource(&self) -> Option<Resource> {
        let is_resource = matches!(self.tree().get(self.index).kind, Kind::Resource(_));
        is_resource.then(|| Resource::from_scope(self.clone()))
    }

    /// All resources at and below this scope, in the order in which they were made.
    pub fn resources(&self) -> Vec<Resource> {
        let tree = self.tree();
        let all = tree.walk(self.index).into_iter();
        all.filter(|&index| matches!(tree.get(index).kind, Kind::Resource(_)))
            .map(|index| Resource::from_scope(self.at(index)))
            .collect()
    }

    /// The account and region that this is deployed to, as far as they are known now.
    pub fn environment(&self) -> Environment {
        crate::synth::environment_of(&self.tree(), self.index)
    }

    /// Files a finding about this scope: it is reported by synth, with this scope's path and source line.
    pub fn report(&self, diagnostic: Diagnostic) {
        self.tree_mut().report_at(self.index, diagnostic, None);
    }

    /// Switches a rule off for everything at and below this scope. The reason is kept and shown in reports; an allowance that
    /// nothing needs is reported itself.
    ///
    /// A rule of checkov (`CKV_AWS_18`) or cdk-nag (`AwsSolutions-S1`) is written into the `Metadata` of the resources, where those tools
    /// look for it. Allow it on the resource that it is about, or here for all:
    ///
    /// ```
    /// # use fc_cdk_core::{App, Stack, json};
    /// # let app = App::new();
    /// # let stack = Stack::new(&app, "Logs");
    /// let bucket = stack.raw_resource("AccessLogs", "AWS::S3::Bucket", json!({}));
    /// bucket.allow("CKV_AWS_18", "the bucket for access logs has none of its own, which would never end");
    /// ```
    ///
    /// A rule of AWS's engine (`aws:W3011`) or of a Guard file (`guard:bucket_is_encrypted`) is taken out by the command `validate`, which
    /// runs them.
    #[track_caller]
    pub fn allow(&self, rule: impl AsRef<str>, reason: &str) -> &Scope {
        let code = rule.as_ref();
        self.add_allowance(code, reason);
        if judge_of(code).is_some() {
            let (code, reason) = (code.to_owned(), reason.to_owned());
            self.on_change(move |resource| {
                if let Some(judge) = judge_of(&code) {
                    judge.excuse(resource, &code, &reason);
                }
            });
        }
        self
    }

    #[track_caller]
    pub(crate) fn add_allowance(&self, code: &str, reason: &str) {
        let location = SourceLocation::caller();
        if reason.trim().is_empty() {
            let diagnostic = Diagnostic::error(
                codes::ALLOW_WITHOUT_REASON,
                format!("`{code}` is allowed without a reason"),
            )
            .help("say why the rule does not apply here");
            self.tree_mut().report_at(self.index, diagnostic, Some(location));
        }
        let allowance = Allowance {
            scope: self.index,
            code: code.to_smolstr(),
            reason: reason.to_owned(),
            location,
        };
        let mut tree = self.tree_mut();
        // An aspect says it again at each synth.
        let is_known = |known: &Allowance| {
            (known.scope, &known.code, known.location)
                == (allowance.scope, &allowance.code, allowance.location)
        };
        if !tree.allowances.iter().any(is_known) {
            tree.allowances.push(allowance);
        }
    }

    /// Visits every resource at and below this scope once, at synth, and may change it. Runs before all checks; changes by several
    /// aspects run in the order in which they were added.
    pub fn on_change(&self, visit: impl Fn(&Resource) + 'static) {
        self.add_aspect(Phase::Change, visit);
    }

    /// Visits every resource at and below this scope once, at synth, after all changes, and may report what it finds.
    pub fn on_check(&self, visit: impl Fn(&Resource) + 'static) {
        self.add_aspect(Phase::Check, visit);
    }

    fn add_aspect(&self, phase: Phase, visit: impl Fn(&Resource) + 'static) {
        self.tree_mut().aspects.push(Aspect { scope: self.index, phase, visit: Rc::new(visit) });
    }

    /// Runs at the start of synth, before aspects: for constructs whose resources depend on calls made after they were built. It gets
    /// this scope back, so that it need not keep one: a scope kept in the tree would keep the tree alive for ever. It may run again for
    /// another synth, and has to come to the same result.
    pub fn at_synth(&self, finish: impl Fn(&Scope) + 'static) {
        self.tree_mut().finalizers.push((self.index, Rc::new(finish)));
    }

    /// Deploys everything at and below this scope after everything at and below the other; between stacks it orders the stacks.
    #[track_caller]
    pub fn depends_on(&self, other: &Scope) -> &Scope {
        let location = SourceLocation::caller();
        self.tree_mut().dependencies.push(Dependency {
            from: self.index,
            on: other.index,
            location,
        });
        self
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scope({})", self.path())
    }
}
