//! What IAM would refuse about a policy, found before it is deployed.
//!
//! Works on JSON, so that policies written by hand are checked too. What only AWS knows is skipped, never guessed.

use super::{
    arn,
    kind::{PolicyAt, PolicyKind, policies_of, size},
};
use crate::{
    codes,
    diagnostic::Diagnostic,
    intrinsics::is_dynamic,
    node::{Map, Node},
    path::Path,
};

const ELEMENTS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html";

/// What would be refused about a policy of this kind. `property` is where it stands in its resource, such as `PolicyDocument`.
pub fn check(policy: &Node, kind: PolicyKind, property: &str) -> Vec<Diagnostic> {
    let mut checker = Checker { kind, findings: Vec::new() };
    checker.document(policy, &Path::new(property));
    checker.size(size(policy), &Path::new(property));
    checker.findings
}

/// What would be refused about the policies among a resource's properties, such as `AssumeRolePolicyDocument` of a role.
pub fn check_resource(type_name: &str, properties: &Map) -> Vec<Diagnostic> {
    check_policies(&policies_of(type_name, properties))
}

/// The same for the policies that a resource has.
pub(crate) fn check_policies(policies: &[PolicyAt<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut shared = None;
    for policy in policies {
        let mut checker = Checker { kind: policy.kind, findings };
        policy.at(|path| {
            checker.document(policy.policy, path);
            match policy.shared_size() {
                None => checker.size(size(policy.policy), path),
                Some(size) => {
                    shared = Some((policy.kind, shared.map_or(0, |(_, sum)| sum) + size));
                }
            }
        });
        findings = checker.findings;
    }
    if let Some((kind, sum)) = shared {
        let mut checker = Checker { kind, findings };
        checker.size(sum, &Path::new("Policies"));
        findings = checker.findings;
    }
    findings
}

struct Checker {
    kind: PolicyKind,
    findings: Vec<Diagnostic>,
}

impl Checker {
    fn error(&mut self, property: &Path<'_>, message: impl Into<String>, help: &str) {
        let finding = Diagnostic::error(codes::BAD_POLICY, message)
            .property(property.to_string())
            .docs(ELEMENTS);
        let help = if help.is_empty() { "see the elements of the policy language" } else { help };
        self.findings.push(finding.help(help));
    }

    fn size(&mut self, size: usize, property: &Path<'_>) {
        let Some(limit) = self.kind.limit() else { return };
        let kind = self.kind.as_str();
        let help = "put statements into managed policies of their own, or use wildcards where they grant no more";
        let finding = if size > limit.maximum {
            let message = format!(
                "{kind} may have {} characters, and this has {size} or more",
                limit.maximum
            );
            Diagnostic::error(codes::BAD_POLICY, message).help(help)
        } else if size > limit.default {
            let message = format!(
                "{kind} may have {} characters unless AWS has raised the account's quota, and this has {size} or more",
                limit.default
            );
            Diagnostic::warning(codes::BAD_POLICY, message).help(help)
        } else {
            return;
        };
        self.findings.push(finding.property(property.to_string()).docs(limit.docs));
    }

    fn document(&mut self, policy: &Node, property: &Path<'_>) {
        let parsed;
        let policy = match policy {
            Node::Str(text) if !is_dynamic(text) => match Node::parse_json(text) {
                Ok(node) => {
                    parsed = node;
                    &parsed
                }
                Err(error) => {
                    return self.error(property, format!("the policy is no JSON: {error}"), "");
                }
            },
            other => other,
        };
        if policy.is_deferred() || policy.is_null() {
            return;
        }
        let Node::Map(map) = policy else {
            let message = format!("a policy is an object, not {}", policy.kind());
            return self.error(property, message, "");
        };
        if map.keys().any(|key| key.starts_with("Fn::")) {
            return;
        }
        for key in map.keys() {
            // Services that keep policies themselves read `ID`, too.
            let is_id = key.eq_ignore_ascii_case("Id") && !self.kind.is_iam();
            if !["Version", "Id", "Statement"].contains(&key.as_str()) && !is_id {
                let message = format!("a policy has no element `{key}`");
                self.error(property, message, "its elements are `Version`, `Id` and `Statement`");
            }
        }
        if let Some(version) = map.get("Version").and_then(Node::as_str)
            && !["2012-10-17", "2008-10-17"].contains(&version)
        {
            let message = format!("there is no version `{version}` of the policy language");
            self.error(&property.join("Version"), message, "write `2012-10-17`");
        }
        if let Some(version) = map.get("Version") {
            self.text(version, "a version", &property.join("Version"));
        }
        if self.kind.is_iam() {
            self.characters(policy, property);
        }
        let property = property.join("Statement");
        match map.get("Statement") {
            None => self.error(&property, "a policy needs a statement", "add one"),
            Some(Node::List(statements)) => {
                if statements.is_empty() {
                    self.error(
                        &property,
                        "a policy needs a statement",
                        "add one, or leave out the policy",
                    );
                }
                let mut sids: Vec<&str> = Vec::new();
                for (index, statement) in statements.iter().enumerate() {
                    let property = property.item(index);
                    self.statement(statement, &property);
                    let Some(sid) = statement.get("Sid").and_then(Node::as_str) else { continue };
                    let unique = self.kind.is_iam()
                        || matches!(self.kind, PolicyKind::Queue | PolicyKind::Topic);
                    if unique && sids.contains(&sid) && !sid.is_empty() {
                        let message = format!("two statements have the `Sid` `{sid}`");
                        self.error(&property.join("Sid"), message, "give each its own, or none");
                    }
                    sids.push(sid);
                }
            }
            Some(single) => self.statement(single, &property),
        }
    }

    /// IAM takes no character beyond Latin-1.
    fn characters(&mut self, node: &Node, property: &Path<'_>) {
        match node {
            Node::Str(text) => {
                let bad = |character: &char| *character > '\u{ff}';
                if !text.is_ascii()
                    && let Some(bad) = text.chars().find(bad)
                {
                    let message = format!("IAM takes no `{bad}` in a policy");
                    self.error(property, message, "use characters up to U+00FF only");
                }
            }
            Node::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.characters(item, &property.item(index));
                }
            }
            Node::Map(map) => map.iter().for_each(|(k, v)| self.characters(v, &property.join(k))),
            _ => {}
        }
    }

    fn statement(&mut self, statement: &Node, property: &Path<'_>) {
        if let Some(("Fn::If", Node::List(arguments))) = statement.as_function() {
            return arguments.iter().skip(1).for_each(|arm| self.statement(arm, property));
        }
        if statement.is_deferred() {
            return;
        }
        let Node::Map(map) = statement else {
            let message = format!("a statement is an object, not {}", statement.kind());
            return self.error(property, message, "");
        };
        if map.keys().any(|key| key.starts_with("Fn::")) {
            return;
        }
        const KNOWN: [&str; 9] = [
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ];
        for key in map.keys() {
            if !KNOWN.contains(&key.as_str()) {
                self.error(property, format!("a statement has no element `{key}`"), "");
            }
        }
        self.effect(map, property);
        self.elements(map, property);
        for key in ["Action", "NotAction"] {
            if let Some(actions) = map.get(key) {
                self.actions(actions, &property.join(key));
            }
        }
        for key in ["Resource", "NotResource"] {
            if let Some(resources) = map.get(key) {
                self.resources(resources, &property.join(key));
            }
        }
        for key in ["Principal", "NotPrincipal"] {
            if let Some(principal) = map.get(key) {
                self.principal(principal, &property.join(key));
            }
        }
        if let Some(condition) = map.get("Condition") {
            self.condition(condition, &property.join("Condition"));
        }
        if let Some(sid) = map.get("Sid").and_then(Node::as_str)
            && self.kind.is_iam()
            && !sid.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            let message = format!("`{sid}` is no `Sid`");
            self.error(&property.join("Sid"), message, "use letters and digits only");
        }
    }

    /// What is text, or is known only at deploy.
    fn text(&mut self, node: &Node, what: &str, property: &Path<'_>) {
        if !node.is_deferred() && !node.is_null() && node.as_str().is_none() {
            self.error(property, format!("{what} is a text, not {}", node.kind()), "");
        }
    }

    fn effect(&mut self, map: &Map, property: &Path<'_>) {
        match map.get("Effect") {
            None => self.error(
                property,
                "a statement needs an effect",
                "set `Effect` to `Allow` or `Deny`",
            ),
            Some(Node::Str(effect)) if effect != "Allow" && effect != "Deny" => {
                let message = format!("`{effect}` is no effect");
                self.error(&property.join("Effect"), message, "write `Allow` or `Deny`");
            }
            Some(effect) => self.text(effect, "an effect", &property.join("Effect")),
        }
    }

    /// Which elements there have to be, and which must not.
    fn elements(&mut self, map: &Map, property: &Path<'_>) {
        let has = |key: &str| map.get(key).is_some_and(|node| !node.is_null());
        let kind = self.kind.as_str();
        for (key, negation, wanted, forbidden) in [
            ("Action", "NotAction", true, false),
            (
                "Resource",
                "NotResource",
                !matches!(
                    self.kind,
                    PolicyKind::Trust
                        | PolicyKind::Repository
                        | PolicyKind::Resource
                        | PolicyKind::Other
                ),
                self.kind == PolicyKind::Trust,
            ),
            (
                "Principal",
                "NotPrincipal",
                !self.kind.is_identity() && self.kind != PolicyKind::Other,
                self.kind.is_identity(),
            ),
        ] {
            let (positive, negative) = (has(key), has(negation));
            if positive && negative {
                let message = format!("a statement has `{key}` or `{negation}`, not both");
                self.error(property, message, "make two statements");
            } else if wanted && !positive && !negative {
                let message = format!("a statement of {kind} needs `{key}` or `{negation}`");
                self.error(property, message, "");
            } else if forbidden && (positive || negative) {
                let found = if positive { key } else { negation };
                let message = format!("a statement of {kind} has no `{found}`");
                self.error(&property.join(found), message, "leave it out");
            }
        }
    }

    fn actions(&mut self, actions: &Node, property: &Path<'_>) {
        if let Node::List(list) = actions
            && list.is_empty()
        {
            return self.error(property, "the list of actions is empty", "name an action");
        }
        for action in actions.as_items() {
            let Node::Str(action) = action else {
                if !action.is_deferred() {
                    let message = format!("an action is a string, not {}", action.kind());
                    self.error(property, message, "");
                }
                continue;
            };
            let named = action.split_once(':');
            let well_formed = action == "*"
                || named.is_some_and(|(service, name)| {
                    let in_service =
                        |byte: u8| byte.is_ascii_alphanumeric() || b"-*?".contains(&byte);
                    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"*?".contains(&byte);
                    !service.is_empty()
                        && !name.is_empty()
                        && service.bytes().all(in_service)
                        && name.bytes().all(in_name)
                });
            if !well_formed && !is_dynamic(action) {
                let message = format!("`{action}` is no action");
                self.error(
                    property,
                    message,
                    "write it as `service:Action`, such as `s3:GetObject`",
                );
            } else if self.kind == PolicyKind::Trust
                && let Some((service, _)) = named
                && !service.eq_ignore_ascii_case("sts")
                && !is_dynamic(action)
            {
                let message = format!("a trust policy has actions of `sts` only, not `{action}`");
                self.error(property, message, "say what the role may do in a policy of its own");
            } else if self.kind == PolicyKind::Trust
                && let Some((_, name)) = named
                && !is_dynamic(action)
                && !is_trust_action(name)
            {
                let message = format!("`{action}` is nothing that a trust policy can allow");
                let help = "name `sts:AssumeRole` or one like it, `sts:TagSession`, `sts:SetSourceIdentity` or `sts:SetContext`";
                self.error(property, message, help);
            }
        }
    }

    fn resources(&mut self, resources: &Node, property: &Path<'_>) {
        if let Node::List(list) = resources
            && list.is_empty()
        {
            return self.error(
                property,
                "the list of resources is empty",
                "name a resource, or `*`",
            );
        }
        for resource in resources.as_items() {
            self.text(resource, "a resource", property);
            let Node::Str(resource) = resource else { continue };
            let is_arn = resource.starts_with("arn:")
                || resource.starts_with("*")
                || resource.starts_with("${");
            if is_dynamic(resource) {
                continue;
            }
            let service = resource.split(':').nth(2);
            if self.kind == PolicyKind::Bucket
                && !resource.contains("${")
                && !service.is_some_and(|service| service.starts_with("s3") || service == "*")
            {
                let message = format!("`{resource}` is no ARN of S3");
                let help =
                    "name the bucket, `arn:aws:s3:::name`, or its objects, `arn:aws:s3:::name/*`";
                self.error(property, message, help);
            } else if !is_arn && self.kind.is_identity() {
                let message = format!("`{resource}` is no ARN");
                self.error(property, message, "name the resource by its ARN, or write `*`");
            } else if self.kind.is_identity()
                && let Some(wrong) = arn::wrong_part(resource)
            {
                let message = format!("`{resource}` is no ARN: {wrong}");
                let help = "write it as `arn:aws:service:region:account:resource`";
                self.error(property, message, help);
            }
        }
    }

    fn principal(&mut self, principal: &Node, property: &Path<'_>) {
        let map = match principal {
            Node::Str(text) if text == "*" => return,
            Node::Map(map) if !principal.is_deferred() => map,
            other if other.is_deferred() => return,
            other => {
                let message = format!("a principal is `*` or an object, not {}", other.kind());
                return self.error(property, message, "write `{\"AWS\": …}` or `{\"Service\": …}`");
            }
        };
        for (kind, value) in map.iter() {
            if !["AWS", "CanonicalUser", "Federated", "Service"].contains(&kind.as_str()) {
                let help = "it is one of `AWS`, `CanonicalUser`, `Federated` and `Service`";
                self.error(property, format!("`{kind}` is no kind of principal"), help);
                continue;
            }
            for name in value.as_items().iter().filter_map(Node::as_str) {
                let is_known = name == "*"
                    || name.starts_with("arn:")
                    || name.contains(['$', '{'])
                    || name.bytes().all(|byte| byte.is_ascii_digit())
                    || name.starts_with("AROA")
                    || name.starts_with("AIDA");
                if kind == "AWS" && !is_known {
                    let message = format!("`{name}` is no principal of AWS");
                    let help = "write an ARN, the number of an account, or `*`";
                    self.error(&property.join(kind), message, help);
                }
                if kind == "Service" && !name.contains(['.', '*', '$', '{']) {
                    let message = format!("`{name}` is no service principal");
                    let help = "write its domain, such as `lambda.amazonaws.com`";
                    self.error(&property.join(kind), message, help);
                }
                if kind == "AWS"
                    && !is_dynamic(name)
                    && let Some(wrong) = arn::wrong_principal(name)
                {
                    let message = format!("`{name}` is no principal: {wrong}");
                    let help =
                        "write the 12 digits of an account, the ARN of a user or role, or `*`";
                    self.error(&property.join(kind), message, help);
                }
            }
        }
    }

    fn condition(&mut self, condition: &Node, property: &Path<'_>) {
        if condition.is_deferred() {
            return;
        }
        let Node::Map(operators) = condition else {
            let message = format!("a condition is an object, not {}", condition.kind());
            return self.error(property, message, "");
        };
        for (operator, keys) in operators.iter() {
            let property = property.join(operator);
            if operator.starts_with("Fn::") {
                continue;
            }
            if !is_operator(operator) {
                let message = format!("`{operator}` is no condition operator");
                let name = operator.split_once(':').map_or(operator.as_str(), |(_, name)| name);
                let operators = super::condition::OPERATORS.iter().copied();
                match crate::rules::nearest(name, operators) {
                    Some(meant) => {
                        self.error(&property, message, &format!("did you mean `{meant}`?"));
                    }
                    None => self.error(&property, message, "see the list of condition operators"),
                }
            }
            let Node::Map(keys_map) = keys else {
                self.error(&property, format!("expected an object, found {}", keys.kind()), "");
                continue;
            };
            if keys.is_deferred() {
                continue;
            }
            let mut seen: Vec<&str> = Vec::new();
            for key in keys_map.keys() {
                if seen.contains(&key.as_str()) {
                    let message = format!(
                        "`{key}` is there twice under `{operator}`, which IAM does not take"
                    );
                    let help = "put the values into one list if one of them may match; use two statements otherwise";
                    self.error(&property, message, help);
                }
                seen.push(key);
                if !key.contains(':') && !key.contains("${") && !is_dynamic(key) {
                    let message = format!("`{key}` is no condition key");
                    self.error(
                        &property,
                        message,
                        "write it as `service:Key`, such as `aws:SourceArn`",
                    );
                }
            }
        }
    }
}

/// Whether a role's trust policy may have this action of `sts`, which may hold wildcards.
fn is_trust_action(name: &str) -> bool {
    const OTHERS: [&str; 3] = ["TagSession", "SetSourceIdentity", "SetContext"];
    let begins = name.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("AssumeRole"));
    begins || name.contains(['*', '?']) || OTHERS.iter().any(|it| it.eq_ignore_ascii_case(name))
}

fn is_operator(operator: &str) -> bool {
    let name = operator
        .strip_prefix("ForAllValues:")
        .or_else(|| operator.strip_prefix("ForAnyValue:"))
        .unwrap_or(operator);
    let name = name.strip_suffix("IfExists").filter(|name| *name != "Null").unwrap_or(name);
    super::condition::OPERATORS.contains(&name)
}
