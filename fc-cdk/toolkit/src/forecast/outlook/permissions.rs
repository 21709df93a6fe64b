//! What whoever acts may do, by the policies that IAM knows of.

use std::collections::{BTreeMap, BTreeSet};

use fc_cdk_core::spec::{Handler, Permissions};

use super::Forecast;
use crate::{
    aws::{
        call::{IAM, STS, items, text_of},
        error::AwsError,
    },
    forecast::rules,
};

/// IAM answers for so many actions at once.
const ACTIONS_PER_CALL: usize = 100;

/// Asks IAM, for the handlers of the types of all resources, what is denied to the stack's role, or to the caller where it has none.
pub(super) async fn check(
    forecast: &mut Forecast<'_>,
    role: Option<String>,
    permissions: fn(&str) -> Option<Permissions>,
) -> Result<(), AwsError> {
    let who = match role {
        Some(role) => Ok(Some(role)),
        None => caller(forecast).await,
    };
    let Some(Some(who)) = forecast.answer("who deploys", who)? else { return Ok(()) };
    let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for resource in &forecast.planned {
        let handlers: &[Handler] = match resource.is_new {
            true => &[Handler::Create, Handler::Read],
            false => &[Handler::Update, Handler::Read],
        };
        for action in permissions(resource.type_name).iter().flat_map(|it| it.actions(handlers)) {
            wanted.entry(action).or_default().insert(resource.type_name.to_owned());
        }
    }
    let mut denied: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let actions: Vec<&String> = wanted.keys().collect();
    for chunk in actions.chunks(ACTIONS_PER_CALL) {
        let names: Vec<String> =
            (1..=chunk.len()).map(|number| format!("ActionNames.member.{number}")).collect();
        let mut parameters = vec![("PolicySourceArn", who.as_str())];
        parameters.extend(names.iter().map(String::as_str).zip(chunk.iter().map(|it| it.as_str())));
        let answer =
            forecast.target.calls().query(IAM, "SimulatePrincipalPolicy", &parameters).await;
        let Some(answer) = forecast.answer(&format!("what `{who}` may do"), answer)? else {
            return Ok(());
        };
        for result in items(&answer, "EvaluationResults") {
            let action = text_of(result, "EvalActionName");
            if text_of(result, "EvalDecision") == "allowed" {
                continue;
            }
            for type_name in wanted.get(action).into_iter().flatten() {
                denied.entry(type_name.clone()).or_default().push(action.to_owned());
            }
        }
    }
    for (type_name, actions) in denied {
        let first = forecast.planned.iter().find(|resource| resource.type_name == type_name);
        let Some(logical_id) = first.map(|resource| resource.logical_id.to_owned()) else {
            continue;
        };
        let message = format!("`{who}` may not do this on every resource: {}", actions.join(", "));
        forecast.find(rules::NOT_PERMITTED, &logical_id, "", message);
    }
    Ok(())
}

/// The user or role whose credentials these are; `None` for the root of the account, whom no policy binds.
async fn caller(forecast: &Forecast<'_>) -> Result<Option<String>, AwsError> {
    let calls = forecast.target.calls();
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
