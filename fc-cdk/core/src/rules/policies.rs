//! What policies name, by the table of IAM: actions that are not there, resources that an action cannot take, condition keys.
//!
//! IAM takes most of this without a word, and the policy does not do what it says.

mod arn; // ARNs that are known in part
mod conditions; // keys and operators
mod keys; // the keys of all services
mod principals; // names of services

use self::arn::PartlyKnown;
use super::{
    findings::Findings,
    model::{Model, Resource},
    nearest,
    rule::Rule,
};
use crate::{
    codes,
    diagnostic::{Diagnostic, Severity},
    node::{Map, Node},
    path::Path,
    policy::{PolicyKind, covers},
    spec::{Action, ActionService, ActionTable, ResourceSpec},
};

/// What serves for all policies of a template, so that little is allocated.
#[derive(Default)]
pub(super) struct Scratch {
    resources: Vec<PartlyKnown>,
}

/// Looks at the policies among a resource's properties.
pub(super) fn check(
    model: &Model<'_>,
    resource: &Resource<'_>,
    policies: &[(String, PolicyKind, &Node)],
    scratch: &mut Scratch,
    findings: &mut Findings,
) {
    let Some(table) = resource.spec.and_then(ResourceSpec::actions) else { return };
    for (property, kind, policy) in policies {
        let parsed;
        let policy = match policy {
            // Some properties take the policy as text.
            Node::Str(text) if text.starts_with('{') => match Node::parse_json(text) {
                Ok(node) => {
                    parsed = node;
                    &parsed
                }
                Err(_) => continue,
            },
            other => other,
        };
        let mut checker = Checker {
            model,
            resource,
            kind: *kind,
            table,
            scratch: &mut *scratch,
            findings: &mut *findings,
        };
        let path = Path::new(property);
        let path = path.join("Statement");
        match policy.get("Statement") {
            Some(Node::List(statements)) => {
                for (index, statement) in statements.iter().enumerate() {
                    checker.statement(statement, &path.item(index));
                }
            }
            Some(statement) => checker.statement(statement, &path),
            None => {}
        }
    }
}

struct Checker<'c, 't> {
    model: &'c Model<'t>,
    resource: &'c Resource<'t>,
    kind: PolicyKind,
    table: &'static ActionTable,
    scratch: &'c mut Scratch,
    findings: &'c mut Findings,
}

/// The actions that an item of a statement stands for.
#[derive(Clone, Copy)]
struct Named<'n> {
    text: &'n str,
    service: ActionService,
    /// None where it is a pattern.
    action: Option<Action>,
}

impl<'n> Named<'n> {
    /// Whether this holds for any of the actions.
    fn any(self, mut holds: impl FnMut(Action) -> bool) -> bool {
        match self.action {
            Some(action) => holds(action),
            None => self.matching().any(holds),
        }
    }

    /// The actions that the pattern matches.
    fn matching(self) -> impl Iterator<Item = Action> + use<'n> {
        let (_, pattern) = self.text.split_once(':').unwrap_or_default();
        let fixed = pattern.find(['*', '?']).unwrap_or(pattern.len());
        let (start, rest) = pattern.split_at(fixed);
        // What begins so is one range of the table, and nearly always that is all.
        self.service.actions_from(start).filter(move |action| {
            let name = || action.name()[fixed..].to_ascii_lowercase();
            rest == "*" || covers(&rest.to_ascii_lowercase(), &name())
        })
    }

    /// Whether AWS asks about more than the reference says: groups of logs are listed by the beginning of their name, and the two
    /// names of CodeConnections stand for each other.
    fn takes_more(self, action: Action) -> bool {
        match self.service.prefix() {
            "logs" => action.name() == "DescribeLogGroups",
            prefix => ["codeconnections", "codestar-connections"].contains(&prefix),
        }
    }

    fn takes(self, resource: &PartlyKnown) -> bool {
        // All actions of a service together take all that it has.
        if self.text.ends_with(":*") && self.service.forms().any(|form| resource.can_be(form)) {
            return true;
        }
        self.any(|action| {
            let mut forms = action.forms().peekable();
            let takes = match forms.peek() {
                None => resource.is_everything(),
                Some(_) => forms.any(|form| resource.can_be(form)),
            };
            takes || self.takes_more(action)
        })
    }
}

/// The items of a list, or the one there is.
fn items(node: Option<&Node>) -> &[Node] {
    match node {
        None | Some(Node::Null) => &[],
        Some(Node::List(items)) => items,
        Some(one) => std::slice::from_ref(one),
    }
}

/// Whether text is for IAM to read as it is.
fn is_plain(text: &str) -> bool {
    // Nearly nothing has a brace.
    !text.contains('{') || !text.contains("{{resolve:") && !text.contains("${")
}

impl Checker<'_, '_> {
    fn add(&mut self, rule: &'static Rule, path: &Path<'_>, message: String) -> &mut Diagnostic {
        self.findings.add(self.resource, rule, &path.to_string(), message)
    }

    fn statement(&mut self, statement: &Node, path: &Path<'_>) {
        match statement.as_function() {
            Some(("Fn::If", Node::List(arguments))) => {
                return arguments.iter().skip(1).for_each(|arm| self.statement(arm, path));
            }
            Some(_) => return,
            None => {}
        }
        let Node::Map(map) = statement else { return };
        // An item that is not known may stand for any action.
        let mut all_known = map.contains_key("Action");
        let mut actions: Vec<Named<'_>> = Vec::new();
        for (index, item) in items(map.get("Action")).iter().enumerate() {
            match self.action(item, index, &path.join("Action")) {
                Some(named) => actions.push(named),
                None => all_known = false,
            }
        }
        for (index, item) in items(map.get("NotAction")).iter().enumerate() {
            self.action(item, index, &path.join("NotAction"));
        }
        for (index, node) in items(map.get("Resource")).iter().enumerate() {
            self.name_for_arn(node, &path.join("Resource").item(index));
        }
        if !map.contains_key("NotResource") {
            self.resources(map, &actions, all_known, path);
        }
        if let Some(Node::Map(operators)) = map.get("Condition") {
            let actions = all_known.then_some(actions.as_slice());
            self.conditions(operators, actions, &path.join("Condition"));
        }
        for key in ["Principal", "NotPrincipal"] {
            if let Some(Node::Map(principals)) = map.get(key) {
                self.principals(principals, &path.join(key));
            }
        }
        if self.kind == PolicyKind::Bucket {
            self.bucket(map, path);
        }
    }

    /// An item of `Action`, if it is known which actions it stands for.
    fn action<'n>(&mut self, item: &'n Node, index: usize, path: &Path<'_>) -> Option<Named<'n>> {
        let text = item.as_str().filter(|text| is_plain(text))?;
        let (prefix, name) = text.split_once(':')?;
        if prefix.contains(['*', '?']) || name.contains(':') {
            return None;
        }
        let Some(service) = self.table.service(prefix) else {
            let prefixes = self.table.services().map(ActionService::prefix);
            let meant = nearest(prefix, prefixes);
            let message = format!("there is no service `{prefix}`, of `{text}`");
            let found = self.add(codes::UNKNOWN_ACTION, &path.item(index), message);
            suggest(found, meant.map(|meant| format!("{meant}:{name}")), "a service");
            return None;
        };
        if name.contains(['*', '?']) {
            let named = Named { text, service, action: None };
            if name == "*" || named.any(|_| true) {
                return Some(named);
            }
            let message = format!("no action of `{prefix}` is like `{name}`");
            self.unknown_action(message, None, &path.item(index));
            return None;
        }
        let action = service.action(name);
        if action.is_none() && !is_undocumented(text) {
            let names = service.actions().map(Action::name);
            let meant = nearest(name, names).map(|meant| format!("{prefix}:{meant}"));
            let message = format!("there is no action `{text}`");
            self.unknown_action(message, meant, &path.item(index));
        }
        Some(Named { text, service, action: Some(action?) })
    }

    fn unknown_action(&mut self, message: String, meant: Option<String>, path: &Path<'_>) {
        // Some services look at what their policies name, IAM does not.
        let severity = match self.kind {
            PolicyKind::Bucket | PolicyKind::Queue | PolicyKind::Topic => Severity::Error,
            _ => Severity::Warning,
        };
        let found = self.add(codes::UNKNOWN_ACTION, path, message);
        found.severity = severity;
        suggest(found, meant, "an action");
    }

    /// Which resource goes with which action.
    fn resources(&mut self, map: &Map, actions: &[Named<'_>], all_known: bool, path: &Path<'_>) {
        let nodes = items(map.get("Resource"));
        if actions.is_empty()
            || nodes.is_empty()
            || nodes.iter().any(|node| node.as_str() == Some("*"))
        {
            return;
        }
        let mut resources = std::mem::take(&mut self.scratch.resources);
        if resources.len() < nodes.len() {
            resources.resize_with(nodes.len(), PartlyKnown::default);
        }
        for (resource, node) in resources.iter_mut().zip(nodes) {
            resource.read(node, self.model);
        }
        let known = &resources[..nodes.len()];
        // The resources that have been found to be of use, of the first 64.
        let mut taken = 0_u64;
        for (index, named) in actions.iter().enumerate() {
            let takes = |resource: &PartlyKnown| resource.is_open() || named.takes(resource);
            if let Some(place) = known.iter().position(takes) {
                taken |= 1_u64.checked_shl(place as u32).unwrap_or(0);
                continue;
            }
            let forms = forms(*named);
            let message = format!("`{}` takes none of the statement's resources", named.text);
            let is_error = self.kind == PolicyKind::Bucket;
            let found =
                self.add(codes::ACTION_WITHOUT_RESOURCE, &path.join("Action").item(index), message);
            found.severity = if is_error { Severity::Error } else { Severity::Warning };
            found.help = Some(match forms.as_str() {
                "" => "it takes `*` only: put it into a statement of its own".into(),
                forms => format!("it takes {forms}"),
            });
        }
        // Where no action is of use, that has been said.
        for (index, resource) in known.iter().enumerate() {
            if all_known
                && taken != 0
                && taken.checked_shr(index as u32).unwrap_or(0) & 1 == 0
                && !resource.is_open()
                && !actions.iter().any(|named| named.takes(resource))
            {
                let message = "no action of the statement takes this resource".to_owned();
                self.add(
                    codes::RESOURCE_WITHOUT_ACTION,
                    &path.join("Resource").item(index),
                    message,
                );
            }
        }
        self.scratch.resources = resources;
    }

    /// `Ref` gives the name of most resources, and policies want ARNs.
    fn name_for_arn(&mut self, node: &Node, path: &Path<'_>) {
        let Some(("Ref", Node::Str(id))) = node.as_function() else { return };
        let Some(target) = self.model.resource(id) else { return };
        if NAMED_BY_REF.contains(&target.type_name) {
            let message = format!("`Ref` of `{id}` is no ARN");
            self.add(codes::BAD_POLICY, path, message).help =
                Some(format!("write `Fn::GetAtt` with `{id}.Arn`"));
        }
    }

    /// A bucket's policy is about that bucket.
    fn bucket(&mut self, map: &Map, path: &Path<'_>) {
        let of = self.resource.properties.get("Bucket");
        let own_id = of.and_then(|bucket| self.model.target(bucket)).map(|it| it.logical_id);
        let own_name = of.and_then(Node::as_str).filter(|name| is_plain(name));
        for (index, node) in items(map.get("Resource")).iter().enumerate() {
            let message = match (own_id, own_name) {
                (Some(own), _) => match self.bucket_of(node) {
                    Some(other) if other != own => {
                        format!("the policy of `{own}` is about `{other}`")
                    }
                    _ => continue,
                },
                (_, Some(own)) => {
                    let mut arn = PartlyKnown::default();
                    arn.read(node, self.model);
                    match arn.bucket() {
                        Some(other) if other != own => {
                            format!("the policy of the bucket `{own}` is about `{other}`")
                        }
                        _ => continue,
                    }
                }
                _ => continue,
            };
            self.add(codes::BAD_POLICY, &path.join("Resource").item(index), message).help =
                Some("name the bucket of the policy, and its objects".into());
        }
    }

    /// The one bucket of the template that an ARN is made of.
    fn bucket_of(&self, node: &Node) -> Option<&str> {
        let id = match node.as_function()? {
            ("Fn::Sub", Node::Str(text)) => {
                let (_, rest) = text.split_once(":s3:::${").or_else(|| text.split_once("${"))?;
                rest.split(['}', '.']).next()?
            }
            ("Fn::Join", Node::List(arguments)) => {
                let parts = arguments.get(1)?.as_list()?;
                let mut targets = parts.iter().filter_map(|part| self.model.target(part));
                let first = targets.next()?;
                if targets.next().is_some() {
                    return None;
                }
                first.logical_id
            }
            _ => self.model.target(node)?.logical_id,
        };
        let target = self.model.resource(id)?;
        (target.type_name == "AWS::S3::Bucket").then_some(target.logical_id)
    }
}

/// Types whose `Ref` is a name, an id or a URL, and which have the attribute `Arn`.
const NAMED_BY_REF: &[&str] = &[
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::Table",
    "AWS::ECR::Repository",
    "AWS::ECS::Cluster",
    "AWS::EFS::FileSystem",
    "AWS::IAM::Group",
    "AWS::IAM::Role",
    "AWS::IAM::User",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
];

/// What an action takes, for people: the two simplest forms.
fn forms(named: Named<'_>) -> String {
    let action = named.action.or_else(|| named.matching().find(|it| it.resources().count() > 0));
    let mut forms: Vec<&str> = action.into_iter().flat_map(Action::resources).collect();
    forms.sort_by_key(|form| form.len());
    forms.truncate(2);
    let forms: Vec<String> =
        forms.iter().map(|form| format!("`{}`", form.replace('%', "*"))).collect();
    forms.join(" or ")
}

/// Actions that the reference leaves out, though AWS writes them itself.
fn is_undocumented(text: &str) -> bool {
    // In the policy that SNS gives to each topic.
    text.eq_ignore_ascii_case("sns:Receive")
}

/// Says what was probably meant, and what to do where AWS is newer than the table.
fn suggest(found: &mut Diagnostic, meant: Option<String>, what: &str) {
    found.help = Some(match meant {
        Some(meant) => format!(
            "did you mean `{meant}`? If {what} of this name is newer than fc-cdk's tables, allow this finding"
        ),
        None => format!(
            "look it up in AWS's service authorization reference; if {what} of this name is newer than fc-cdk's tables, allow this finding"
        ),
    });
}
