//! [`Stack`] and [`NestedStack`]: a template each.

use std::ops::Deref;

use smol_str::SmolStr;

use crate::{
    app::Environment,
    diagnostic::SourceLocation,
    intrinsics,
    node::{Map, Node},
    reference::Strength,
    resource::Resource,
    tree::{Kind, Scope},
    value::Value,
};

#[derive(Default)]
pub(crate) struct StackData {
    pub(crate) environment: Environment,
    pub(crate) stack_name: Option<SmolStr>,
    pub(crate) description: Option<String>,
    pub(crate) termination_protection: bool,
    pub(crate) tags: Vec<(SmolStr, SmolStr)>,
    pub(crate) notification_arns: Vec<String>,
    pub(crate) strength: Option<Strength>,
    pub(crate) transforms: Vec<SmolStr>,
    pub(crate) metadata: Map,
    pub(crate) raw_entries: Vec<(SmolStr, SmolStr, Node, SourceLocation)>,
    pub(crate) moves: Vec<Move>,
    /// Paths below the stack that held data and may go.
    pub(crate) removed: Vec<SmolStr>,
    /// The role by which stacks of other accounts read the outputs.
    pub(crate) reader_role: Option<SmolStr>,
    /// The resource in the parent's template, where this is a nested stack.
    pub(crate) nested: Option<u32>,
}

/// A path that has changed while the logical ids below it stay.
pub(crate) struct Move {
    pub(crate) old: Vec<String>,
    pub(crate) new: Vec<String>,
    pub(crate) location: SourceLocation,
}

/// A CloudFormation stack: the resources below it make one template and are deployed together.
#[derive(Clone, Debug)]
pub struct Stack {
    pub(crate) scope: Scope,
}

impl Stack {
    /// A stack below an app or a stage.
    #[track_caller]
    pub fn new(parent: &Scope, id: &str) -> Stack {
        Stack { scope: parent.add(id, Kind::Stack(Box::default())) }
    }

    pub(crate) fn data<R>(&self, change: impl FnOnce(&mut StackData) -> R) -> Option<R> {
        match &mut self.scope.tree_mut().get_mut(self.scope.index).kind {
            Kind::Stack(data) => Some(change(data)),
            _ => None,
        }
    }

    fn with(self, change: impl FnOnce(&mut StackData)) -> Stack {
        self.data(change);
        self
    }

    /// The account and region, where they differ from the app's or stage's.
    #[must_use]
    pub fn with_environment(self, environment: Environment) -> Stack {
        self.with(|data| data.environment = environment)
    }

    /// The stack's name in CloudFormation; the ids of the stages around it and its own, joined by dashes, where unset.
    #[must_use]
    pub fn with_stack_name(self, name: &str) -> Stack {
        self.with(|data| data.stack_name = Some(name.into()))
    }

    /// What the stack is for, up to 1,024 bytes: shown by the console.
    #[must_use]
    pub fn with_description(self, description: &str) -> Stack {
        self.with(|data| data.description = Some(description.into()))
    }

    /// Makes CloudFormation refuse to delete the stack.
    #[must_use]
    pub fn with_termination_protection(self) -> Stack {
        self.with(|data| data.termination_protection = true)
    }

    /// Topics that hear of the stack's events.
    #[must_use]
    pub fn with_notification_arns<A: Into<String>>(
        self,
        arns: impl IntoIterator<Item = A>,
    ) -> Stack {
        self.with(|data| data.notification_arns.extend(arns.into_iter().map(Into::into)))
    }

    /// How this stack reads values of other stacks where the reference does not say.
    #[must_use]
    pub fn with_reference_strength(self, strength: Strength) -> Stack {
        self.with(|data| data.strength = Some(strength))
    }

    /// The role by which stacks of other accounts read values of this one: it may call `cloudformation:DescribeStacks`, and trusts the role
    /// that deploys them.
    #[must_use]
    pub fn with_output_reader_role(self, role_arn: &str) -> Stack {
        self.with(|data| data.reader_role = Some(role_arn.into()))
    }

    /// Turns on the transform `AWS::LanguageExtensions`, which `Fn::Length`, `Fn::ToJsonString`, `Fn::ForEach` and defaults of
    /// `Fn::FindInMap` need.
    pub fn language_extensions(&self) {
        self.transform("AWS::LanguageExtensions");
    }

    /// Lets a macro transform the template, such as `AWS::Serverless-2016-10-31`.
    pub fn transform(&self, name: &str) {
        self.data(|data| {
            if data.transforms.iter().all(|transform| transform != name) {
                data.transforms.push(name.into());
            }
        });
    }

    /// Sets an entry of the template's `Metadata` section.
    pub fn metadata(&self, key: &str, value: impl Into<Node>) {
        self.data(|data| data.metadata.insert(key, value));
    }

    /// Sets a raw entry of any section of the template, such as a loop of the language extensions or a hook. What it holds is not part
    /// of the tree: nothing can refer to it by handle.
    ///
    /// ```
    /// # use fc_cdk_core::{App, Map, Stack, intrinsics, json};
    /// # let app = App::new();
    /// let stack = Stack::new(&app, "Shop");
    /// stack.language_extensions();
    /// let topic = Map::new().with("Topic${Name}", json!({ "Type": "AWS::SNS::Topic" }));
    /// let (key, topics) = intrinsics::for_each("Topics", "Name", ["Orders", "Returns"], topic);
    /// stack.raw_entry("Resources", &key, topics);
    /// ```
    #[track_caller]
    pub fn raw_entry(&self, section: &str, key: &str, value: impl Into<Node>) {
        let location = SourceLocation::caller();
        let value = value.into();
        self.data(|data| data.raw_entries.push((section.into(), key.into(), value, location)));
    }

    /// A tag of the stack itself, which CloudFormation copies to every resource it can. Prefer [`Scope::tag`], which shows in the template
    /// and in diffs.
    pub fn stack_tag(&self, key: &str, value: &str) {
        self.data(|data| data.tags.push((key.into(), value.into())));
    }

    /// Keeps the logical ids of everything that moved from the path `old` to the path `new`, both below the stack. See
    /// [`moved!`](crate::moved!).
    #[track_caller]
    pub fn moved(&self, old: &str, new: &str) {
        let components = |path: &str| path.split('/').map(str::to_owned).collect();
        let location = SourceLocation::caller();
        self.data(|data| {
            data.moves.push(Move { old: components(old), new: components(new), location })
        });
    }

    /// Says that what was at a path below the stack may go, although it held data: see [`IdsLock`](crate::IdsLock).
    pub fn removed(&self, path: &str) {
        let path = format!("{}/{path}", self.path()).into();
        self.data(|data| data.removed.push(path));
    }

    /// The name in CloudFormation; empty where it is no name, and for a nested stack, whose name CloudFormation makes.
    pub fn stack_name(&self) -> SmolStr {
        crate::synth::stack_name_of(&self.tree(), self.index)
    }

    /// The account: a literal where the environment names it, else `AWS::AccountId`.
    pub fn account(&self) -> Value<String> {
        match self.environment().account {
            Some(account) => Value::from_node(Node::Str(account)),
            None => intrinsics::account_id(),
        }
    }

    /// The region: a literal where the environment names it, else `AWS::Region`.
    pub fn region(&self) -> Value<String> {
        match self.environment().region {
            Some(region) => Value::from_node(Node::Str(region)),
            None => intrinsics::region(),
        }
    }
}

impl Deref for Stack {
    type Target = Scope;
    fn deref(&self) -> &Scope {
        &self.scope
    }
}

/// Keeps logical ids across a refactoring: `moved!(stack, "Old/Path" => "New/Path")`.
///
/// Logical ids come from paths, so a construct that moves in the tree would be replaced. With this, everything below the new
/// path keeps the ids that it had below the old one. Paths are those below the stack.
///
/// ```
/// use fc_cdk_core::{App, Stack, json, moved};
/// let app = App::new();
/// let stack = Stack::new(&app, "Shop");
/// let data = stack.scope("Data");
/// let orders = data.raw_resource("Orders", "AWS::DynamoDB::Table", json!({}));
/// moved!(stack, "Orders" => "Data/Orders");
/// assert_eq!(orders.logical_id(), "Orders");
/// ```
#[macro_export]
macro_rules! moved {
    ($stack:expr, $($old:literal => $new:literal),+ $(,)?) => { $($stack.moved($old, $new);)+ };
}

/// A stack within a stack: a template of its own, deployed by a resource of the parent's template.
///
/// Values pass in both directions as parameters and outputs, by themselves.
#[derive(Clone, Debug)]
pub struct NestedStack {
    stack: Stack,
    resource: Resource,
}

impl NestedStack {
    /// A nested stack below a stack.
    #[track_caller]
    pub fn new(parent: &Scope, id: &str) -> NestedStack {
        let location = SourceLocation::caller();
        // The AWS CDK's names, so that a template can move here without replacing the nested stack.
        let holder = parent.add_at(&format!("{id}.NestedStack"), Kind::Scope, location);
        let name = format!("{id}.NestedStackResource");
        let resource =
            Resource::add(&holder, &name, "AWS::CloudFormation::Stack", None, Map::new(), location);
        let scope = parent.add_at(id, Kind::Stack(Box::default()), location);
        let stack = Stack { scope };
        stack.data(|data| data.nested = Some(resource.index()));
        NestedStack { stack, resource }
    }

    /// The resource in the parent's template: for dependencies, policies and conditions.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }
}

impl Deref for NestedStack {
    type Target = Stack;
    fn deref(&self) -> &Stack {
        &self.stack
    }
}
