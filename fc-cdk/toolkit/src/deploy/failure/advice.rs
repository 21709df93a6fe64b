//! What to do about what AWS says.

use super::StackStatus;

/// What to do about what AWS says.
pub(super) fn about(reason: &str) -> Option<&'static str> {
    let has = |text: &str| reason.contains(text);
    let advice = if has("already exists") {
        "something of this name exists already: take it over by `--import-existing-resources`, name it otherwise, or delete it if it is left from a deployment before"
    } else if has("as it is in use by") || has("cannot be updated as it is in use") {
        "another stack imports this export: deploy that one without the import first, or make the reference weak (`Strength::Weak`)"
    } else if has("not authorized to perform")
        || has("AccessDenied")
        || has("Access Denied")
        || has("is not authorized")
    {
        "let the role that CloudFormation takes have this permission: the one of `--role-arn`, else your own"
    } else if has("imit exceeded")
        || has("LimitExceeded")
        || has("quota")
        || has("maximum number of")
    {
        "a quota is reached: ask for more at https://console.aws.amazon.com/servicequotas, or use less"
    } else if has("timed out")
        || has("imeout")
        || has("did not stabilize")
        || has("Exceeded attempts to wait")
    {
        "it took longer than CloudFormation waits: look at the resource itself, mend the cause and deploy again"
    } else if has("signal(s)") {
        "servers did not report that they are ready: `deploy --no-rollback` keeps them, and their /var/log/cloud-init-output.log says why"
    } else if has("Circuit Breaker") {
        "the tasks did not stay up: their logs, and `aws ecs describe-tasks`, say why they stopped"
    } else if has("InsufficientInstanceCapacity") || has("not available in this zone") {
        "AWS has no room for it there: choose another type or other zones, or deploy again later"
    } else if has("DependencyViolation") || has("has a dependent object") {
        "something that is not of this stack uses it: take that away first"
    } else if has("Rate exceeded") || has("Throttling") {
        "too many calls at once: deploy again, with fewer stacks at a time by `--concurrency 1`"
    } else if has("is not empty") || has("not empty") {
        "it still holds something: empty it, or keep it by a removal policy that retains it"
    } else if has("InvalidClientTokenId") || has("expired") {
        "the credentials expired while CloudFormation used them: sign in again, or give CloudFormation a role by `--role-arn`"
    } else {
        return None;
    };
    Some(advice)
}

/// How to go on from the state in which a deployment left its stack.
pub(super) fn next(stack: &str, status: StackStatus) -> Option<String> {
    match status {
        StackStatus::DeleteComplete => None,
        StackStatus::CreateFailed | StackStatus::UpdateFailed => Some(format!(
            "once the cause is mended, `deploy {stack}` goes on from there; `rollback {stack}` takes back what was done"
        )),
        status if status.is_rolled_back() => {
            Some(format!("once the cause is mended, `deploy {stack}` tries it again"))
        }
        _ => Some(format!(
            "once the cause is mended, `deploy --recover {stack}` brings it out of this state and deploys it"
        )),
    }
}

/// What AWS says, without the frame that is the same around everything.
pub(super) fn plain(reason: &str) -> String {
    const FRAME: &str = "Resource handler returned message: \"";
    let Some((before, rest)) = reason.split_once(FRAME) else { return reason.to_owned() };
    let Some((said, after)) = rest.rsplit_once('"') else { return reason.to_owned() };
    let code = after.split_once("HandlerErrorCode: ").map(|(_, code)| code.trim_end_matches(')'));
    let code = code.filter(|code| !code.is_empty() && *code != "GeneralServiceException");
    let code = code.map(|code| format!(" [{code}]")).unwrap_or_default();
    format!("{before}{said}{code}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_around_what_aws_says_is_left_out() {
        let framed = "Resource handler returned message: \"no \"such\" class (Service: Rds, Status Code: 400)\" (RequestToken: 1-2, HandlerErrorCode: InvalidRequest)";
        assert_eq!(
            plain(framed),
            "no \"such\" class (Service: Rds, Status Code: 400) [InvalidRequest]"
        );
        for same in ["Access Denied", "Resource handler returned message: \"open"] {
            assert_eq!(plain(same), same);
        }
    }

    #[test]
    fn every_state_has_a_next_step() {
        let next = |status| next("Shop/Data", status).unwrap_or_default();
        assert!(next(StackStatus::RollbackComplete).contains("`deploy Shop/Data` tries"));
        assert!(next(StackStatus::UpdateFailed).contains("`rollback Shop/Data`"));
        assert!(next(StackStatus::UpdateRollbackFailed).contains("`deploy --recover Shop/Data`"));
    }
}
