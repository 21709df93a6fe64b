//! What whoever acts may do, by the policies that IAM knows of.

use std::collections::{BTreeMap, BTreeSet};

use fc_cdk_core::{
    Node,
    spec::{Handler, Permissions},
};

use super::{
    Forecast, Outlook,
    names::fill_in,
    resources::{Planned, referred},
};
use crate::{
    aws::{
        Target,
        call::{IAM, STS, items, text_of},
        error::AwsError,
    },
    forecast::rules,
};

/// IAM answers for so many actions at once.
const ACTIONS_PER_CALL: usize = 100;

/// And for so many resources, so that an answer has not too many pages.
const RESOURCES_PER_CALL: usize = 10;

/// Where nothing is known of what a resource is going to be called: the form of the names that CloudFormation gives.
const RANDOM: &str = "1EXAMPLE2345";

/// What is asked of IAM at once.
struct Question<'f> {
    who: &'f str,
    actions: Vec<String>,
    /// None where only a right to all resources is enough.
    arns: Vec<String>,
    /// For each action the types that need it, with the first resource of each.
    needs: BTreeMap<String, BTreeMap<&'f str, &'f Planned<'f>>>,
}

/// Asks IAM, for the handlers of the types of all resources, what is denied to the role that CloudFormation takes, or to the caller where it
/// takes none.
pub(super) async fn check(forecast: &Forecast<'_>) -> Result<Outlook, AwsError> {
    ask(forecast, |resource| match &resource.deployed {
        None => &[Handler::Create, Handler::Read],
        Some(deployed) if *deployed != resource.properties => &[Handler::Update, Handler::Read],
        Some(_) => &[],
    })
    .await
}

/// The same, of resources that are to be deleted.
pub(super) async fn check_deletion(forecast: &Forecast<'_>) -> Result<Outlook, AwsError> {
    ask(forecast, |_| &[Handler::Delete, Handler::Read]).await
}

async fn ask(
    forecast: &Forecast<'_>,
    handlers: fn(&Planned<'_>) -> &'static [Handler],
) -> Result<Outlook, AwsError> {
    let mut outlook = Outlook::default();
    let Some(permissions) = forecast.asks.permissions else { return Ok(outlook) };
    let given = forecast.asks.options.role_arn.as_deref();
    let role_of = |resource: &Planned<'_>| {
        let index =
            forecast.stacks.iter().position(|it| it.artifact_id() == resource.stack.artifact_id());
        let found = index.and_then(|index| forecast.found.get(index));
        given.or_else(|| found?.stack.as_ref()?.role_arn.as_deref())
    };
    let is_without = |resource: &Planned<'_>| role_of(resource).is_none();
    let caller = if forecast.planned.iter().any(is_without) {
        let caller = caller(forecast.target).await;
        outlook.answer("who deploys", caller)?.flatten()
    } else {
        None
    };
    let mut questions: Vec<Question<'_>> = Vec::new();
    for resource in &forecast.planned {
        // The root of an account, whom no policy binds, is nobody here.
        let Some(who) = role_of(resource).or(caller.as_deref()) else { continue };
        add(forecast, &mut questions, who, resource, permissions, handlers(resource));
    }
    let mut parts: Vec<(usize, &[String], &[String])> = Vec::new();
    for (index, question) in questions.iter().enumerate() {
        for actions in question.actions.chunks(ACTIONS_PER_CALL) {
            match question.arns.as_slice() {
                [] => parts.push((index, actions, &[])),
                arns => {
                    parts.extend(arns.chunks(RESOURCES_PER_CALL).map(|arns| (index, actions, arns)))
                }
            }
        }
    }
    let answers = forecast.each(&parts, |(index, actions, arns)| {
        denied(forecast.target, questions[*index].who, actions, arns)
    });
    // By question and type: the actions, and the first resource.
    let mut all: BTreeMap<(usize, &str), (BTreeSet<String>, String)> = BTreeMap::new();
    for ((index, ..), answer) in parts.iter().zip(answers.await) {
        let question = &questions[*index];
        let what = format!("what `{}` may do", question.who);
        for (action, arn) in outlook.answer(&what, answer)?.unwrap_or_default() {
            for type_name in question.needs.get(&action).into_iter().flat_map(BTreeMap::keys) {
                let entry =
                    all.entry((*index, *type_name)).or_insert((BTreeSet::new(), arn.clone()));
                entry.0.insert(action.clone());
            }
        }
    }
    for ((index, type_name), (actions, arn)) in all {
        let question = &questions[index];
        let first = question.needs.values().find_map(|types| types.get(type_name));
        let Some(first) = first else { continue };
        let place = if arn == "*" { "every resource".to_owned() } else { format!("`{arn}`") };
        let actions: Vec<String> = actions.into_iter().collect();
        let message =
            format!("`{}` may not do this on {place}: {}", question.who, actions.join(", "));
        outlook.find(rules::NOT_PERMITTED, first, "", message);
    }
    Ok(outlook)
}

/// Adds what CloudFormation does to a resource to the questions.
fn add<'f>(
    forecast: &'f Forecast<'_>,
    questions: &mut Vec<Question<'f>>,
    who: &'f str,
    resource: &'f Planned<'f>,
    permissions: fn(&str) -> Option<Permissions>,
    handlers: &[Handler],
) {
    let Some(permissions) = permissions(resource.type_name) else { return };
    if handlers.is_empty() {
        return;
    }
    let arn = arn(forecast.target, resource);
    // What other services have to do depends on properties; with an ARN, only its own service is asked for.
    let own = arn.as_deref().and_then(|arn| arn.split(':').nth(2)).map(str::to_owned);
    let mut actions = Vec::new();
    let mut passes_roles = false;
    for action in permissions.actions(handlers) {
        passes_roles |= action == "iam:PassRole";
        let service = action.split(':').next();
        if own.is_none() || service == own.as_deref() {
            actions.push(action);
        }
    }
    put(questions, who, resource, actions, arn);
    if passes_roles && own.is_some() && resource.physical_id.is_none() {
        for role in roles(forecast, resource) {
            put(questions, who, resource, vec!["iam:PassRole".to_owned()], Some(role));
        }
    }
}

/// Joins it with the question of the same actions, or all that have no ARN.
fn put<'f>(
    questions: &mut Vec<Question<'f>>,
    who: &'f str,
    resource: &'f Planned<'f>,
    actions: Vec<String>,
    arn: Option<String>,
) {
    let same = |it: &&mut Question<'_>| {
        it.who == who
            && match arn {
                Some(_) => !it.arns.is_empty() && it.actions == actions,
                None => it.arns.is_empty(),
            }
    };
    let question = match questions.iter_mut().find(same) {
        Some(question) => question,
        None => {
            let needs = BTreeMap::new();
            questions.push(Question { who, actions: Vec::new(), arns: Vec::new(), needs });
            let Some(last) = questions.last_mut() else { return };
            last
        }
    };
    for action in actions {
        let needs = question.needs.entry(action.clone()).or_default();
        needs.entry(resource.type_name).or_insert(resource);
        if !question.actions.contains(&action) {
            question.actions.push(action);
        }
    }
    question.arns.extend(arn.filter(|arn| !question.arns.contains(arn)));
}

/// What a resource is or is going to be called, where the form of its ARN is known: by its name, else by one such as CloudFormation makes.
fn arn(target: &Target, resource: &Planned<'_>) -> Option<String> {
    if let Some(arn) = resource.physical_id.filter(|id| id.starts_with("arn:")) {
        return Some(arn.to_owned());
    }
    let spec = resource.spec?;
    if let Some(physical) = resource.physical_id {
        // A queue goes by its URL. More than one part of an identifier is not in the name alone.
        let physical = match physical.contains("://") {
            true => physical.rsplit('/').next().unwrap_or(physical),
            false => physical,
        };
        let name = |name: &str| {
            let own = resource.text(name).map(|text| text.trim_start_matches('/').to_owned());
            own.or_else(|| (!physical.contains('|')).then(|| physical.to_owned()))
        };
        return fill_in(spec.arn_template()?, target, name);
    }
    let generated = format!("{}-{}-{RANDOM}", resource.stack.stack_name(), resource.logical_id);
    let generated = match resource.type_name {
        "AWS::S3::Bucket" => generated.to_lowercase(),
        _ => generated,
    };
    let value = |name: &str| {
        let own = resource.text(name).map(|text| text.trim_start_matches('/').to_owned());
        Some(own.unwrap_or_else(|| generated.clone()))
    };
    fill_in(spec.arn_template()?, target, value)
}

/// The roles of this account that a resource is to take: those it names, and those of its stack that it refers to.
fn roles(forecast: &Forecast<'_>, resource: &Planned<'_>) -> Vec<String> {
    let prefix = format!("{}role/", forecast.own("iam"));
    let mut found = Vec::new();
    let mut todo: Vec<&Node> = resource.properties.iter().map(|(_, value)| value).collect();
    while let Some(node) = todo.pop() {
        match node {
            Node::Str(text) if text.starts_with(&prefix) => found.push(text.to_string()),
            Node::List(items) => todo.extend(items),
            Node::Map(_) if node.is_deferred() => {
                let role = referred(node).and_then(|id| forecast.sibling(resource, id));
                let role = role.filter(|it| it.type_name == "AWS::IAM::Role");
                found.extend(role.and_then(|role| arn(forecast.target, role)));
            }
            Node::Map(map) if !map.contains_key("Statement") => {
                todo.extend(map.iter().map(|(_, value)| value));
            }
            _ => {}
        }
    }
    found
}

/// The actions that are denied, each with the resource that it is denied on.
async fn denied(
    target: &Target,
    who: &str,
    actions: &[String],
    arns: &[String],
) -> Result<Vec<(String, String)>, AwsError> {
    let numbered = |name: &str, count: usize| -> Vec<String> {
        (1..=count).map(|number| format!("{name}.member.{number}")).collect()
    };
    let (names, resources) =
        (numbered("ActionNames", actions.len()), numbered("ResourceArns", arns.len()));
    let mut parameters = vec![("PolicySourceArn", who), ("MaxItems", "1000")];
    parameters.extend(names.iter().zip(actions).map(|(name, it)| (name.as_str(), it.as_str())));
    parameters.extend(resources.iter().zip(arns).map(|(name, it)| (name.as_str(), it.as_str())));
    let operation = "SimulatePrincipalPolicy";
    let results =
        target.calls().query_all(IAM, operation, &parameters, "EvaluationResults").await?;
    let mut denied = Vec::new();
    for result in &results {
        // Conditions on what is known only at the call cannot be judged.
        if !items(result, "MissingContextValues").is_empty() {
            continue;
        }
        let action = text_of(result, "EvalActionName").to_owned();
        let each = items(result, "ResourceSpecificResults");
        if each.is_empty() {
            if text_of(result, "EvalDecision") != "allowed" {
                let arn = text_of(result, "EvalResourceName");
                let arn = if arn.is_empty() { "*" } else { arn };
                denied.push((action, arn.to_owned()));
            }
            continue;
        }
        let first = each.into_iter().find(|it| {
            text_of(it, "EvalResourceDecision") != "allowed"
                && items(it, "MissingContextValues").is_empty()
        });
        if let Some(first) = first {
            denied.push((action, text_of(first, "EvalResourceName").to_owned()));
        }
    }
    Ok(denied)
}

/// The user or role whose credentials these are; `None` for the root of the account, whom no policy binds.
async fn caller(target: &Target) -> Result<Option<String>, AwsError> {
    let calls = target.calls();
    let answer = calls.query(STS, "GetCallerIdentity", &[]).await?;
    let arn = text_of(&answer, "Arn");
    if arn.ends_with(":root") {
        return Ok(None);
    }
    // A session of a role does not tell the role's path.
    let Some((_, session)) = arn.split_once(":assumed-role/") else {
        return Ok(Some(arn.to_owned()));
    };
    let name = session.split('/').next().unwrap_or_default();
    let role = calls.query(IAM, "GetRole", &[("RoleName", name)]).await?;
    Ok(Some(text_of(&role, "Role/Arn").to_owned()))
}
