//! CloudFormation's intrinsic functions, pseudo parameters and dynamic references, typed.
//!
//! Reference: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>.
//! For text with values in it use [`sub!`](macro@crate::sub).

use smol_str::SmolStr;

use crate::{
    elements::{Condition, Mapping},
    json,
    node::{Map, Node},
    sub,
    value::{Dict, IntoDict, IntoList, IntoValue, Json, List, Value},
};

macro_rules! pseudo_parameters {
    ($($(#[$doc:meta])* $function:ident $name:literal -> $of:ty;)*) => {$(
        $(#[$doc])*
        #[doc = concat!("\n\nThe pseudo parameter `", $name, "`.")]
        pub fn $function() -> Value<$of> { Value::from_node(Node::ref_to($name)) }
    )*};
}
pseudo_parameters! {
    /// The account that the stack is deployed to.
    account_id "AWS::AccountId" -> String;
    /// The region that the stack is deployed to.
    region "AWS::Region" -> String;
    /// The partition of the region: `aws`, `aws-cn`, `aws-us-gov`.
    partition "AWS::Partition" -> String;
    /// The DNS suffix of the region: `amazonaws.com`.
    url_suffix "AWS::URLSuffix" -> String;
    /// The ARN of the stack.
    stack_id "AWS::StackId" -> String;
    /// The name of the stack.
    stack_name "AWS::StackName" -> String;
    /// The topics that hear of the stack's events.
    notification_arns "AWS::NotificationARNs" -> List<String>;
}

/// Removes the property, list item or map entry where it stands: `Ref: AWS::NoValue`. Useful as an arm of [`fn_if`].
#[derive(Clone, Copy, Debug)]
pub struct NoValue;

impl<T: ?Sized> IntoValue<T> for NoValue {
    fn into_value(self) -> Value<T> {
        Value::from_node(Node::ref_to("AWS::NoValue"))
    }
}

impl<T: ?Sized> IntoList<T> for NoValue {
    fn into_list(self) -> Value<List<T>> {
        Value::from_node(Node::ref_to("AWS::NoValue"))
    }
}

impl<T: ?Sized> IntoDict<T> for NoValue {
    fn into_dict(self) -> Value<Dict<T>> {
        Value::from_node(Node::ref_to("AWS::NoValue"))
    }
}

/// The two arms of an `Fn::If`; it takes the type that its place wants. See [`fn_if`].
pub struct If<A, B> {
    condition: Node,
    then: A,
    otherwise: B,
}

/// `Fn::If`: `then` where the condition holds at deploy time, else `otherwise`.
pub fn fn_if<A, B>(condition: &Condition, then: A, otherwise: B) -> If<A, B> {
    If { condition: condition.name_node(), then, otherwise }
}

impl<A, B> If<A, B> {
    fn node(condition: Node, then: Node, otherwise: Node) -> Node {
        Node::function("Fn::If", Node::List(vec![condition, then, otherwise]))
    }
}

impl<T: ?Sized, A: IntoValue<T>, B: IntoValue<T>> IntoValue<T> for If<A, B> {
    fn into_value(self) -> Value<T> {
        let (then, otherwise) = (self.then.into_value(), self.otherwise.into_value());
        Value::from_node(Self::node(self.condition, then.into_node(), otherwise.into_node()))
    }
}

impl<T: ?Sized, A: IntoList<T>, B: IntoList<T>> IntoList<T> for If<A, B> {
    fn into_list(self) -> Value<List<T>> {
        let (then, otherwise) = (self.then.into_list(), self.otherwise.into_list());
        Value::from_node(Self::node(self.condition, then.into_node(), otherwise.into_node()))
    }
}

impl<T: ?Sized, A: IntoDict<T>, B: IntoDict<T>> IntoDict<T> for If<A, B> {
    fn into_dict(self) -> Value<Dict<T>> {
        let (then, otherwise) = (self.then.into_dict(), self.otherwise.into_dict());
        Value::from_node(Self::node(self.condition, then.into_node(), otherwise.into_node()))
    }
}

/// `Fn::Join`: the parts of a list with `delimiter` between them.
pub fn join(delimiter: &str, parts: impl IntoList<String>) -> Value<String> {
    let parts = parts.into_list().into_node();
    Value::from_node(Node::function("Fn::Join", Node::List(vec![delimiter.into(), parts])))
}

/// `Fn::Split`: the pieces of a text between delimiters.
pub fn split(delimiter: &str, text: impl IntoValue<String>) -> Value<List<String>> {
    let text = text.into_value().into_node();
    Value::from_node(Node::function("Fn::Split", Node::List(vec![delimiter.into(), text])))
}

/// `Fn::Select`: one item of a list, counted from zero.
pub fn select<T: ?Sized>(index: u32, list: impl IntoList<T>) -> Value<T> {
    let list = list.into_list().into_node();
    Value::from_node(Node::function("Fn::Select", Node::List(vec![index.into(), list])))
}

/// `Fn::GetAZs`: the names of the availability zones of the stack's region that the account may use.
pub fn availability_zones() -> Value<List<String>> {
    Value::from_node(Node::function("Fn::GetAZs", "".into()))
}

/// `Fn::GetAZs` of another region than the stack's.
pub fn availability_zones_of(region: impl IntoValue<String>) -> Value<List<String>> {
    Value::from_node(Node::function("Fn::GetAZs", region.into_value().into_node()))
}

/// `Fn::Cidr`: `count` blocks cut from an IP block, each with `host_bits` bits for hosts (8 gives a /24 of IPv4).
pub fn cidr(block: impl IntoValue<String>, count: u32, host_bits: u32) -> Value<List<String>> {
    let arguments =
        vec![block.into_value().into_node(), count.into(), Node::from(host_bits.to_string())];
    Value::from_node(Node::function("Fn::Cidr", Node::List(arguments)))
}

/// `Fn::Base64`: the text in Base64, as user data of instances wants it.
pub fn base64(text: impl IntoValue<String>) -> Value<String> {
    Value::from_node(Node::function("Fn::Base64", text.into_value().into_node()))
}

/// `Fn::FindInMap`: the value under two keys of a mapping.
pub fn find_in_map<T: ?Sized>(
    mapping: &Mapping,
    top_key: impl IntoValue<String>,
    second_key: impl IntoValue<String>,
) -> Value<T> {
    let arguments = vec![
        mapping.name_node(),
        top_key.into_value().into_node(),
        second_key.into_value().into_node(),
    ];
    Value::from_node(Node::function("Fn::FindInMap", Node::List(arguments)))
}

/// `Fn::FindInMap` with a value for keys that are not there; needs the transform `AWS::LanguageExtensions`
/// ([`Stack::language_extensions`](crate::Stack::language_extensions)).
pub fn find_in_map_or<T: ?Sized>(
    mapping: &Mapping,
    top_key: impl IntoValue<String>,
    second_key: impl IntoValue<String>,
    default: impl IntoValue<T>,
) -> Value<T> {
    let default = json!({ "DefaultValue": default.into_value() });
    let arguments = vec![
        mapping.name_node(),
        top_key.into_value().into_node(),
        second_key.into_value().into_node(),
        default,
    ];
    Value::from_node(Node::function("Fn::FindInMap", Node::List(arguments)))
}

/// `Fn::ImportValue`: what another stack of the account and region exports under a name. Between stacks of one app pass
/// handles instead: the reference makes itself.
pub fn import_value<T: ?Sized>(export_name: impl IntoValue<String>) -> Value<T> {
    Value::from_node(Node::function("Fn::ImportValue", export_name.into_value().into_node()))
}

/// `Fn::GetStackOutput`: an output of any stack, by name. Between stacks of one app pass handles instead: the reference
/// makes itself.
pub fn stack_output(stack_name: impl IntoValue<String>, output_name: &str) -> StackOutput {
    StackOutput {
        stack_name: stack_name.into_value().into_node(),
        output_name: output_name.into(),
        region: Node::Null,
        role_arn: Node::Null,
    }
}

/// An `Fn::GetStackOutput` under construction; goes where a value is wanted. See [`stack_output`].
#[derive(Clone, Debug)]
pub struct StackOutput {
    stack_name: Node,
    output_name: SmolStr,
    region: Node,
    role_arn: Node,
}

impl StackOutput {
    /// Reads from a stack of another region; otherwise from the region of the reading stack.
    #[must_use]
    pub fn region(mut self, region: impl IntoValue<String>) -> StackOutput {
        self.region = region.into_value().into_node();
        self
    }

    /// Reads with this role, which another account has to offer; otherwise with the permissions of the deployment.
    #[must_use]
    pub fn role_arn(mut self, role_arn: impl IntoValue<String>) -> StackOutput {
        self.role_arn = role_arn.into_value().into_node();
        self
    }

    pub(crate) fn node(self) -> Node {
        let mut arguments = Map::with_capacity(4);
        arguments.push("StackName", self.stack_name);
        arguments.push("OutputName", self.output_name);
        for (key, value) in [("Region", self.region), ("RoleArn", self.role_arn)] {
            if !value.is_null() {
                arguments.push(key, value);
            }
        }
        Node::function("Fn::GetStackOutput", Node::Map(arguments))
    }
}

impl<T: ?Sized> IntoValue<T> for StackOutput {
    fn into_value(self) -> Value<T> {
        Value::from_node(self.node())
    }
}

/// `Fn::Length`: how many items a list has; needs the transform `AWS::LanguageExtensions`
/// ([`Stack::language_extensions`](crate::Stack::language_extensions)).
pub fn length<T: ?Sized>(list: impl IntoList<T>) -> Value<i64> {
    Value::from_node(Node::function("Fn::Length", list.into_list().into_node()))
}

/// `Fn::ToJsonString`: an object or list as JSON text; needs the transform `AWS::LanguageExtensions`
/// ([`Stack::language_extensions`](crate::Stack::language_extensions)).
pub fn to_json_string(value: impl IntoValue<Json>) -> Value<String> {
    Value::from_node(Node::function("Fn::ToJsonString", value.into_value().into_node()))
}

/// `Fn::Transform`: what a macro of the account, or one of AWS's such as `AWS::Include`, makes of its parameters.
pub fn transform<T: ?Sized>(macro_name: &str, parameters: impl IntoDict<Json>) -> Value<T> {
    let parameters = parameters.into_dict().into_node();
    Value::from_node(Node::function(
        "Fn::Transform",
        json!({ "Name": macro_name, "Parameters": parameters }),
    ))
}

/// `Fn::ForEach` over a collection, for a resource's properties or a whole section; needs the transform `AWS::LanguageExtensions`
/// ([`Stack::language_extensions`](crate::Stack::language_extensions)).
///
/// Returns the key and the value of the entry that it is in the template. In Rust a `for` loop is nearly always better: its items
/// have ids, types and source lines of their own.
pub fn for_each(
    loop_name: &str,
    identifier: &str,
    collection: impl IntoList<String>,
    body: Map,
) -> (String, Node) {
    let arguments = vec![identifier.into(), collection.into_list().into_node(), Node::Map(body)];
    (format!("Fn::ForEach::{loop_name}"), Node::List(arguments))
}

/// A dynamic reference to a plain parameter of the Systems Manager parameter store, read at each deploy.
pub fn ssm_parameter(name: &str) -> Value<String> {
    Value::from_node(format!("{{{{resolve:ssm:{name}}}}}").into())
}

/// A dynamic reference to an encrypted parameter of the parameter store; only some properties take one.
pub fn ssm_secure_parameter(name: &str) -> Value<String> {
    Value::from_node(format!("{{{{resolve:ssm-secure:{name}}}}}").into())
}

/// A dynamic reference to a field of a secret in Secrets Manager, read at deploy and never shown in the template.
///
/// The secret is given by its name or ARN, or by the handle of a secret of the app.
pub fn secret_field(secret: impl IntoValue<String>, field: &str) -> Value<String> {
    let secret = secret.into_value();
    sub!("{{{{resolve:secretsmanager:{secret}:SecretString:{field}}}}}")
}

/// Whether a text holds a dynamic reference, so that part of it is read from elsewhere at deploy.
pub(crate) fn is_dynamic(text: &str) -> bool {
    // Nearly nothing has a brace, and one byte is looked for in far less time than ten.
    text.as_bytes().contains(&b'{') && text.contains("{{resolve:")
}

/// Conditions of the template's `Conditions` and `Rules` sections, put together from comparisons.
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionExpression(Node);

impl ConditionExpression {
    /// `Fn::Equals`: both sides are the same text.
    pub fn equals(
        left: impl IntoValue<String>,
        right: impl IntoValue<String>,
    ) -> ConditionExpression {
        let sides = vec![left.into_value().into_node(), right.into_value().into_node()];
        ConditionExpression(Node::function("Fn::Equals", Node::List(sides)))
    }

    /// Another condition of the template.
    pub fn holds(condition: &Condition) -> ConditionExpression {
        ConditionExpression(Node::function("Condition", condition.name_node()))
    }

    /// `Fn::And`: all of 2 to 10 conditions hold.
    pub fn all(conditions: impl IntoIterator<Item = ConditionExpression>) -> ConditionExpression {
        ConditionExpression(Node::function("Fn::And", Self::list(conditions)))
    }

    /// `Fn::Or`: one of 2 to 10 conditions holds.
    pub fn any(conditions: impl IntoIterator<Item = ConditionExpression>) -> ConditionExpression {
        ConditionExpression(Node::function("Fn::Or", Self::list(conditions)))
    }

    /// `Fn::Contains`: the text is one of a list; only in rules.
    pub fn contains(
        list: impl IntoList<String>,
        text: impl IntoValue<String>,
    ) -> ConditionExpression {
        let arguments = vec![list.into_list().into_node(), text.into_value().into_node()];
        ConditionExpression(Node::function("Fn::Contains", Node::List(arguments)))
    }

    fn list(conditions: impl IntoIterator<Item = ConditionExpression>) -> Node {
        Node::List(conditions.into_iter().map(|condition| condition.0).collect())
    }

    /// The node behind the condition.
    pub fn into_node(self) -> Node {
        self.0
    }
}

impl std::ops::Not for ConditionExpression {
    type Output = ConditionExpression;

    /// `Fn::Not`: the condition does not hold.
    fn not(self) -> ConditionExpression {
        ConditionExpression(Node::function("Fn::Not", Node::List(vec![self.0])))
    }
}
