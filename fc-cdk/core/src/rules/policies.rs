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
    intrinsics::is_dynamic,
    node::{Map, Node},
    path::Path,
    policy::{PolicyAt, PolicyKind, covers},
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
    policies: &[PolicyAt<'_>],
    scratch: &mut Scratch,
    findings: &mut Findings,
) {
    let Some(table) = resource.spec.and_then(ResourceSpec::actions) else { return };
    for at in policies {
        let parsed;
        let policy = match at.policy {
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
            kind: at.kind,
            table,
            last: None,
            scratch: &mut *scratch,
            findings: &mut *findings,
        };
        at.at(|path| {
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
        });
    }
}

struct Checker<'c, 't> {
    model: &'c Model<'t>,
    resource: &'c Resource<'t>,
    kind: PolicyKind,
    table: &'static ActionTable,
    /// The service that was named last.
    last: Option<ActionService>,
    scratch: &'c mut Scratch,
    findings: &'c mut Findings,
}

/// How an action is written.
struct Written<'n> {
    text: &'n str,
    prefix: &'n str,
    name: &'n str,
    /// Where in the name the first wildcard is.
    fixed: Option<usize>,
}

impl<'n> Written<'n> {
    /// Takes an action apart, if the service is named and all is known.
    fn new(text: &'n str) -> Option<Written<'n>> {
        let (mut colon, mut wildcard) = (None, None);
        for (place, byte) in text.bytes().enumerate() {
            match (byte, colon) {
                (b':', None) => colon = Some(place),
                (b':', Some(_)) | (b'*' | b'?', None) => return None,
                (b'*' | b'?', Some(_)) => wildcard = wildcard.or(Some(place)),
                (b'{', _) if !is_plain(text) => return None,
                _ => {}
            }
        }
        let colon = colon?;
        let (prefix, name) = (&text[..colon], &text[colon + 1..]);
        Some(Written { text, prefix, name, fixed: wildcard.map(|place| place - colon - 1) })
    }
}

/// The actions that an item of a statement stands for.
struct Named<'n> {
    text: &'n str,
    service: ActionService,
    /// None where it is a pattern.
    action: Option<Action>,
    /// Of a pattern, the place of the first action that may begin like it.
    first: usize,
}

impl<'n> Named<'n> {
    /// An action by its name, or a pattern of actions.
    fn new(written: &Written<'n>, service: ActionService) -> Named<'n> {
        let Written { text, name, fixed, .. } = *written;
        match fixed {
            None => Named { text, service, action: service.action(name), first: 0 },
            Some(fixed) => {
                Named { text, service, action: None, first: service.first_from(&name[..fixed]) }
            }
        }
    }

    /// Whether this holds for any of the actions.
    fn any(&self, mut holds: impl FnMut(Action) -> bool) -> bool {
        match self.action {
            Some(action) => holds(action),
            None => self.matching().any(holds),
        }
    }

    /// The actions that the pattern matches.
    fn matching(&self) -> impl Iterator<Item = Action> + use<'n> {
        let pattern = self.text.split_once(':').map_or("", |(_, pattern)| pattern);
        let fixed = pattern.find(['*', '?']).unwrap_or(pattern.len());
        // What begins so stands together in the table, and nearly always that is all.
        let (start, rest) = pattern.split_at(fixed);
        self.service.actions_from(self.first, start).filter(move |action| {
            let name = || action.name()[fixed..].to_ascii_lowercase();
            rest == "*" || covers(&rest.to_ascii_lowercase(), &name())
        })
    }

    /// The place of a resource that one of the actions takes.
    fn first_taken(&self, resources: &[PartlyKnown]) -> Option<usize> {
        let first = |action: Action| {
            resources.iter().position(|resource| {
                let mut forms = action.forms().peekable();
                match forms.peek() {
                    None => resource.is_everything(),
                    Some(_) => forms.any(|form| resource.can_be(form)),
                }
            })
        };
        // All actions of a service together take all that it has.
        let of_service = || {
            let takes = |resource: &PartlyKnown| self.service.forms().any(|it| resource.can_be(it));
            self.text.ends_with(":*").then(|| resources.iter().position(takes))?
        };
        let found = match self.action {
            Some(action) => first(action),
            None => of_service().or_else(|| self.matching().find_map(first)),
        };
        found.or_else(|| self.takes_more().then_some(0))
    }

    /// Whether AWS asks about more than the reference says: groups of logs are listed by the beginning of their name, and the two
    /// names of CodeConnections stand for each other.
    fn takes_more(&self) -> bool {
        self.text.eq_ignore_ascii_case("logs:DescribeLogGroups")
            || ["codeconnections", "codestar-connections"].iter().any(|it| self.service.is(it))
    }
}

/// The items of a list, or the one there is.
fn items(node: Option<&Node>) -> &[Node] {
    node.filter(|node| !node.is_null()).map_or(&[], Node::as_items)
}

/// Whether text is for IAM to read as it is.
fn is_plain(text: &str) -> bool {
    // Nearly nothing has a brace.
    !text.contains('{') || !is_dynamic(text) && !text.contains("${")
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
        let written = Written::new(item.as_str()?)?;
        let Written { text, prefix, name, .. } = written;
        // Actions of one service stand together.
        let same = self.last.filter(|last| last.is(prefix));
        let Some(service) = same.or_else(|| self.table.service(prefix)) else {
            let few = self.findings.all.len() < 1_000;
            let prefixes = self.table.services().map(ActionService::prefix);
            let meant = nearest(prefix, prefixes.filter(|_| few && prefix.len() < 100));
            let message = format!("there is no service `{prefix}`, of `{text}`");
            let meant = meant.map(|meant| format!("{meant}:{name}"));
            self.unknown_action(message, meant, "a service", &path.item(index));
            return None;
        };
        self.last = Some(service);
        let named = Named::new(&written, service);
        if named.action.is_some() || written.fixed.is_some() && named.any(|_| true) {
            return Some(named);
        }
        if written.fixed.is_some() {
            let message = format!("no action of `{prefix}` is like `{name}`");
            // A pattern that nothing fits is no name that is wrong.
            self.add(codes::UNKNOWN_ACTION, &path.item(index), message).severity =
                Severity::Warning;
        } else if !is_undocumented(text) {
            // Where so much is wrong, nobody reads what each was meant to be.
            let few = self.findings.all.len() < 1_000;
            let names = service.actions().map(Action::name).filter(|_| few && name.len() < 100);
            let meant = nearest(name, names).map(|meant| format!("{prefix}:{meant}"));
            let message = format!("there is no action `{text}`");
            self.unknown_action(message, meant, "an action", &path.item(index));
        }
        None
    }

    fn unknown_action(
        &mut self,
        message: String,
        meant: Option<String>,
        what: &str,
        path: &Path<'_>,
    ) {
        // Some services look at what their policies name. IAM takes any name, and shows what it does not know as unrecognized.
        let severity = match self.kind {
            PolicyKind::Bucket | PolicyKind::Queue | PolicyKind::Topic => Severity::Error,
            _ => Severity::Warning,
        };
        let found = self.add(codes::UNKNOWN_ACTION, path, message);
        found.severity = severity;
        suggest(found, meant, what);
    }

    /// Which resource goes with which action.
    fn resources(&mut self, map: &Map, actions: &[Named<'_>], all_known: bool, path: &Path<'_>) {
        let nodes = items(map.get("Resource"));
        // No policy that AWS takes is so large.
        if actions.len().saturating_mul(nodes.len()) > 100_000 {
            return;
        }
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
        let bit = |place: usize| 1_u64.checked_shl(place as u32).unwrap_or(0);
        let open = known.iter().position(PartlyKnown::is_open);
        let mut taken = open.map_or(0, bit);
        for (index, named) in actions.iter().enumerate() {
            if let Some(place) = open.or_else(|| named.first_taken(known)) {
                taken |= bit(place);
                continue;
            }
            let forms = forms(named);
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
                && taken & bit(index) == 0
                && !resource.is_open()
                && !actions
                    .iter()
                    .any(|named| named.first_taken(std::slice::from_ref(resource)).is_some())
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
fn forms(named: &Named<'_>) -> String {
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
