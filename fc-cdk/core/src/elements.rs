//! The parts of a template beside its resources: parameters, conditions, mappings, rules, outputs.

use std::marker::PhantomData;

use smol_str::SmolStr;

use crate::{
    intrinsics::ConditionExpression,
    json,
    node::{Map, Node},
    reference::{Attribute, Reference},
    tree::{Kind, NodeId, Scope},
    value::{IntoList, IntoValue, List, Value},
};

pub(crate) struct ElementData {
    pub(crate) section: Section,
    pub(crate) body: Node,
    pub(crate) logical_id: Option<SmolStr>,
}

/// The sections of a template, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Section {
    Parameters,
    Rules,
    Mappings,
    Conditions,
    Outputs,
}

impl Section {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Section::Parameters => "Parameters",
            Section::Rules => "Rules",
            Section::Mappings => "Mappings",
            Section::Conditions => "Conditions",
            Section::Outputs => "Outputs",
        }
    }
}

/// Common to all elements: a node of the tree whose body is an object.
#[derive(Clone, Debug)]
struct Element {
    scope: Scope,
}

impl Element {
    #[track_caller]
    fn new(scope: &Scope, id: &str, section: Section, body: Node) -> Element {
        let data = ElementData { section, body, logical_id: None };
        let scope = scope.add(id, Kind::Element(Box::new(data)));
        if scope.stack().is_none() {
            let message = format!("an entry of `{}` has to be in a stack", section.as_str());
            let diagnostic = crate::Diagnostic::error(crate::codes::OUTSIDE_STACK, message);
            scope.report(diagnostic.help("make it below a `Stack`"));
        }
        Element { scope }
    }

    fn data(&self, change: impl FnOnce(&mut ElementData)) {
        if let Kind::Element(data) = &mut self.scope.tree_mut().get_mut(self.scope.index).kind {
            change(data);
        }
    }

    fn set(&self, key: &'static str, value: impl Into<Node>) {
        let value = value.into();
        self.data(|data| {
            if let Some(body) = data.body.as_map_mut() {
                body.insert(SmolStr::new_static(key), value);
            }
        });
    }

    fn reference(&self, attribute: Attribute) -> Node {
        Node::Ref(Box::new(Reference {
            target: self.scope.node_id(),
            attribute,
            strength: None,
            list: false,
        }))
    }
}

macro_rules! override_logical_id {
    () => {
        /// Gives the entry this name in the template, whatever its path.
        pub fn with_logical_id(self, logical_id: &str) -> Self {
            self.element.data(|data| data.logical_id = Some(logical_id.into()));
            self
        }
    };
}

/// The types that a parameter's value can have, with CloudFormation's name for each.
pub trait ParameterType {
    /// The name in the template, such as `String`.
    const NAME: &'static str;
}

impl ParameterType for String {
    const NAME: &'static str = "String";
}
impl ParameterType for i64 {
    const NAME: &'static str = "Number";
}
impl ParameterType for f64 {
    const NAME: &'static str = "Number";
}
impl ParameterType for List<String> {
    const NAME: &'static str = "CommaDelimitedList";
}
impl ParameterType for List<f64> {
    const NAME: &'static str = "List<Number>";
}

/// A parameter of a template: a value that is given at deploy.
///
/// ```
/// use fc_cdk_core::{App, Parameter, Stack};
/// let app = App::new();
/// let stack = Stack::new(&app, "Shop");
/// let size = Parameter::<String>::new(&stack, "InstanceType").default_value("t4g.micro").description("size of the web servers");
/// let _reference = size.value();
/// ```
pub struct Parameter<T: ?Sized> {
    element: Element,
    of: PhantomData<fn() -> T>,
}

impl<T: ?Sized> Clone for Parameter<T> {
    fn clone(&self) -> Self {
        Parameter { element: self.element.clone(), of: PhantomData }
    }
}

impl<T: ParameterType + ?Sized> Parameter<T> {
    /// A parameter of the type that `T` stands for.
    #[track_caller]
    pub fn new(scope: &Scope, id: &str) -> Parameter<T> {
        Parameter::of_type(scope, id, T::NAME)
    }
}

impl<T: ?Sized> Parameter<T> {
    /// A parameter of any type that CloudFormation knows, such as `AWS::EC2::VPC::Id` or
    /// `AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>`; the caller says what its value is in Rust.
    #[track_caller]
    pub fn of_type(scope: &Scope, id: &str, type_name: &str) -> Parameter<T> {
        let element = Element::new(scope, id, Section::Parameters, json!({ "Type": type_name }));
        Parameter { element, of: PhantomData }
    }

    fn with(self, key: &'static str, value: impl Into<Node>) -> Parameter<T> {
        self.element.set(key, value);
        self
    }

    /// The value where none is given at deploy.
    pub fn default_value(self, default: impl Into<Node>) -> Parameter<T> {
        self.with("Default", default)
    }

    /// What the parameter is for.
    pub fn description(self, description: &str) -> Parameter<T> {
        self.with("Description", description)
    }

    /// The only values it may have.
    pub fn allowed_values<V: Into<Node>>(
        self,
        values: impl IntoIterator<Item = V>,
    ) -> Parameter<T> {
        self.with("AllowedValues", values.into_iter().map(Into::into).collect::<Vec<Node>>())
    }

    /// A regular expression that its value has to match.
    pub fn allowed_pattern(self, pattern: &str) -> Parameter<T> {
        self.with("AllowedPattern", pattern)
    }

    /// What a value has to look like, in words.
    pub fn constraint_description(self, description: &str) -> Parameter<T> {
        self.with("ConstraintDescription", description)
    }

    /// The shortest and longest text, in characters.
    pub fn length(self, min: u32, max: u32) -> Parameter<T> {
        self.with("MinLength", min).with("MaxLength", max)
    }

    /// The smallest and largest number.
    pub fn range(self, min: i64, max: i64) -> Parameter<T> {
        self.with("MinValue", min).with("MaxValue", max)
    }

    /// Hides the value from everyone who describes the stack.
    pub fn no_echo(self) -> Parameter<T> {
        self.with("NoEcho", true)
    }

    override_logical_id!();

    /// The value that is given at deploy.
    pub fn value(&self) -> Value<T> {
        let mut reference = self.element.reference(Attribute::Ref);
        if let Node::Ref(reference) = &mut reference {
            reference.list = self.is_list();
        }
        Value::from_node(reference)
    }

    fn is_list(&self) -> bool {
        let tree = self.element.scope.tree();
        let Kind::Element(data) = &tree.get(self.element.scope.index).kind else { return false };
        let type_name = data.body.get("Type").and_then(Node::as_str).unwrap_or_default();
        type_name == "CommaDelimitedList" || type_name.contains("List<")
    }
}

impl<T: ?Sized, U: ?Sized> IntoValue<U> for &Parameter<T>
where
    Value<T>: IntoValue<U>,
{
    fn into_value(self) -> Value<U> {
        self.value().into_value()
    }
}

impl<T: ?Sized> IntoList<T> for &Parameter<List<T>> {
    fn into_list(self) -> Value<List<T>> {
        self.value()
    }
}

/// A condition of a template, evaluated at deploy.
#[derive(Clone, Debug)]
pub struct Condition {
    element: Element,
}

impl Condition {
    /// A condition that holds where the expression does.
    #[track_caller]
    pub fn new(scope: &Scope, id: &str, expression: ConditionExpression) -> Condition {
        Condition { element: Element::new(scope, id, Section::Conditions, expression.into_node()) }
    }

    override_logical_id!();

    pub(crate) fn name_node(&self) -> Node {
        self.element.reference(Attribute::LogicalId)
    }

    pub(crate) fn node_id(&self) -> NodeId {
        self.element.scope.node_id()
    }
}

/// A table of literal values in a template, read with [`find_in_map`](crate::intrinsics::find_in_map).
#[derive(Clone, Debug)]
pub struct Mapping {
    element: Element,
}

impl Mapping {
    /// An empty table.
    #[track_caller]
    pub fn new(scope: &Scope, id: &str) -> Mapping {
        Mapping { element: Element::new(scope, id, Section::Mappings, Node::Map(Map::new())) }
    }

    /// The table with one more value.
    pub fn entry(self, top_key: &str, second_key: &str, value: impl Into<Node>) -> Mapping {
        let value = value.into();
        self.element.data(|data| {
            let top = data
                .body
                .as_map_mut()
                .map(|map| map.get_or_insert_with(top_key, || Node::Map(Map::new())));
            if let Some(Node::Map(top)) = top {
                top.insert(second_key, value);
            }
        });
        self
    }

    override_logical_id!();

    pub(crate) fn name_node(&self) -> Node {
        self.element.reference(Attribute::LogicalId)
    }
}

/// A rule of a template: assertions about its parameters, checked before anything is deployed.
#[derive(Clone, Debug)]
pub struct Rule {
    element: Element,
}

impl Rule {
    /// A rule without assertions.
    #[track_caller]
    pub fn new(scope: &Scope, id: &str) -> Rule {
        Rule { element: Element::new(scope, id, Section::Rules, json!({ "Assertions": [] })) }
    }

    /// Checks the assertions only where the expression holds; always otherwise.
    pub fn when(self, expression: ConditionExpression) -> Rule {
        self.element.set("RuleCondition", expression.into_node());
        self
    }

    /// The rule with one more assertion, and what to tell whoever breaks it.
    pub fn assert(self, expression: ConditionExpression, description: &str) -> Rule {
        let assertion =
            json!({ "Assert": expression.into_node(), "AssertDescription": description });
        self.element.data(|data| {
            let assertions = data.body.as_map_mut().and_then(|body| body.get_mut("Assertions"));
            if let Some(Node::List(assertions)) = assertions {
                assertions.push(assertion);
            }
        });
        self
    }

    override_logical_id!();
}

/// An output of a template: shown after deploy, and readable by other stacks.
#[derive(Clone, Debug)]
pub struct Output {
    element: Element,
}

impl Output {
    /// An output with this value.
    #[track_caller]
    pub fn new(scope: &Scope, id: &str, value: impl IntoValue<String>) -> Output {
        let body = json!({ "Value": value.into_value() });
        Output { element: Element::new(scope, id, Section::Outputs, body) }
    }

    /// What the value is.
    pub fn description(self, description: &str) -> Output {
        self.element.set("Description", description);
        self
    }

    /// Exports the value to the account and region under this name.
    pub fn export_name(self, name: impl IntoValue<String>) -> Output {
        self.element.set("Export", json!({ "Name": name.into_value() }));
        self
    }

    /// Makes the output only where a condition holds.
    pub fn condition(self, condition: &Condition) -> Output {
        self.element.set("Condition", condition.name_node());
        self
    }

    override_logical_id!();
}
