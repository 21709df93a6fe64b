//! [`Condition`]: when a statement holds.

use smol_str::{SmolStr, format_smolstr};

use crate::{
    node::{Map, Node},
    value::{IntoList, IntoValue},
};

/// When a statement holds: a key of the request's context, compared with values, one of which has to match.
///
/// All conditions of a statement have to hold.
/// Reference: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.
///
/// ```
/// use fc_cdk_core::policy::{Condition, Statement};
/// let statement = Statement::allow()
///     .actions(["dynamodb:GetItem"])
///     .resources(["*"])
///     .condition(Condition::string_equals("dynamodb:LeadingKeys", ["${aws:userid}"]).for_all_values());
/// assert_eq!(
///     statement.to_node().get("Condition").map(|condition| condition.to_json()),
///     Some(r#"{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":"${aws:userid}"}}"#.into())
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub(super) operator: SmolStr,
    pub(super) key: SmolStr,
    pub(super) values: Vec<Node>,
}

macro_rules! operators {
    ($($(#[$doc:meta])* $function:ident $name:literal;)*) => {
        impl Condition {$(
            $(#[$doc])*
            #[doc = concat!("\n\nThe operator `", $name, "`.")]
            pub fn $function(key: &str, values: impl IntoList<String>) -> Condition {
                Condition::with_operator($name, key, values)
            }
        )*}

        /// The operators, without prefix and suffix.
        pub(super) const OPERATORS: &[&str] = &["Bool", "Null", $($name),*];
    };
}
operators! {
    /// The text is one of these.
    string_equals "StringEquals";
    /// The text is none of these.
    string_not_equals "StringNotEquals";
    /// The text is one of these, in capitals or not.
    string_equals_ignore_case "StringEqualsIgnoreCase";
    /// The text is none of these, in capitals or not.
    string_not_equals_ignore_case "StringNotEqualsIgnoreCase";
    /// The text matches one of these patterns of `*` and `?`.
    string_like "StringLike";
    /// The text matches none of these patterns of `*` and `?`.
    string_not_like "StringNotLike";
    /// The number is one of these.
    numeric_equals "NumericEquals";
    /// The number is none of these.
    numeric_not_equals "NumericNotEquals";
    /// The number is below this.
    numeric_less_than "NumericLessThan";
    /// The number is this or below.
    numeric_less_than_equals "NumericLessThanEquals";
    /// The number is above this.
    numeric_greater_than "NumericGreaterThan";
    /// The number is this or above.
    numeric_greater_than_equals "NumericGreaterThanEquals";
    /// The time is one of these.
    date_equals "DateEquals";
    /// The time is none of these.
    date_not_equals "DateNotEquals";
    /// The time is before this.
    date_less_than "DateLessThan";
    /// The time is this or before.
    date_less_than_equals "DateLessThanEquals";
    /// The time is after this.
    date_greater_than "DateGreaterThan";
    /// The time is this or after.
    date_greater_than_equals "DateGreaterThanEquals";
    /// The bytes, given in Base64, are these.
    binary_equals "BinaryEquals";
    /// The address is in one of these ranges.
    ip_address "IpAddress";
    /// The address is in none of these ranges.
    not_ip_address "NotIpAddress";
    /// The ARN is one of these, or matches one; IAM treats it as [`arn_like`](Condition::arn_like).
    arn_equals "ArnEquals";
    /// The ARN is none of these, and matches none.
    arn_not_equals "ArnNotEquals";
    /// The ARN matches one of these, part by part between the colons.
    arn_like "ArnLike";
    /// The ARN matches none of these, part by part between the colons.
    arn_not_like "ArnNotLike";
}

impl Condition {
    /// A condition by the operator's name, for one that is newer than this crate.
    pub fn with_operator(operator: &str, key: &str, values: impl IntoList<String>) -> Condition {
        let values = match values.into_list().into_node() {
            Node::List(values) => values,
            other => vec![other],
        };
        Condition { operator: operator.into(), key: key.into(), values }
    }

    /// The key has this truth value: the operator `Bool`.
    pub fn bool(key: &str, truth: impl IntoValue<bool>) -> Condition {
        Condition::truth("Bool", key, truth)
    }

    /// The key is absent (`true`) or there (`false`): the operator `Null`.
    pub fn null(key: &str, absent: impl IntoValue<bool>) -> Condition {
        Condition::truth("Null", key, absent)
    }

    fn truth(operator: &str, key: &str, truth: impl IntoValue<bool>) -> Condition {
        // IAM writes truth values as strings.
        let value = match truth.into_value().into_node() {
            Node::Bool(truth) => Node::from_static(if truth { "true" } else { "false" }),
            other => other,
        };
        Condition { operator: operator.into(), key: key.into(), values: vec![value] }
    }

    /// The condition also holds where the request does not have the key: the suffix `IfExists`.
    #[must_use]
    pub fn if_exists(mut self) -> Condition {
        self.operator = format_smolstr!("{}IfExists", self.operator);
        self
    }

    /// For keys with several values: each of them has to match. Holds where there is none, so an `Allow` should also ask for
    /// the key with [`null`](Condition::null).
    #[must_use]
    pub fn for_all_values(mut self) -> Condition {
        self.operator = format_smolstr!("ForAllValues:{}", self.operator);
        self
    }

    /// For keys with several values: one of them has to match.
    #[must_use]
    pub fn for_any_value(mut self) -> Condition {
        self.operator = format_smolstr!("ForAnyValue:{}", self.operator);
        self
    }
}

/// The conditions as JSON. A key that stands twice under one operator stays so: [`check`](fn@super::check) reports it.
pub(super) fn to_node(conditions: &[Condition]) -> Node {
    let mut operators = Map::new();
    for condition in conditions {
        let keys = operators.get_or_insert_with(&condition.operator, || Node::Map(Map::new()));
        if let Node::Map(keys) = keys {
            keys.push(condition.key.clone(), super::statement::one_or_list(&condition.values));
        }
    }
    Node::Map(operators)
}
