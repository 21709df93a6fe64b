//! Requests and their replies: the actions by which stacks are deployed.

use super::{
    ACCOUNT,
    scenario::{Action, ChangeSetOutcome},
    state::{ChangeSet, Stack, State, resources_of},
    xml_writer::{element, list, pairs, text},
};
use crate::deploy::{
    http::{self, Head},
    xml::escape,
};

/// Why a call is refused: AWS's name for it and the message.
struct Refused(&'static str, String);

type Answer = Result<String, Refused>;

/// The stack may be changed, beside the states in which it was changed well.
const CHANGEABLE: [&str; 7] = [
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "CREATE_FAILED",
    "UPDATE_FAILED",
];

/// The fields of a request.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn get(&self, name: &str) -> &str {
        let field = self.0.iter().find(|(known, _)| known == name);
        field.map_or("", |(_, value)| value.as_str())
    }

    /// `Tags.member.1.Key` and `Tags.member.1.Value`, and so on.
    fn pairs(&self, list: &str, keys: (&str, &str)) -> Vec<(String, String)> {
        (1..)
            .map(|number| {
                let field =
                    |key: &str| self.get(&format!("{list}.member.{number}.{key}")).to_owned();
                (field(keys.0), field(keys.1))
            })
            .take_while(|(key, _)| !key.is_empty())
            .collect()
    }

    fn members(&self, list: &str) -> Vec<String> {
        let member = |number| self.get(&format!("{list}.member.{number}")).to_owned();
        (1..).map(member).take_while(|member| !member.is_empty()).collect()
    }
}

pub(super) fn answer(state: &mut State, head: &Head, body: &[u8]) -> (Head, Vec<u8>) {
    let fields = Fields(http::decode_form(body));
    let action = fields.get("Action").to_owned();
    let reply = |status: u16, reason: &str, kind: &str, body: String| {
        let start = format!("HTTP/1.1 {status} {reason}");
        let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        (Head { start, headers }, body.into_bytes())
    };
    if action.is_empty() {
        let (status, body) = object(state, head);
        return reply(status, "S3", "application/xml", body);
    }
    state.calls.push(action.clone());
    let refusal = state
        .scenario
        .refusals
        .iter_mut()
        .find(|refusal| refusal.action == action && refusal.times > 0);
    let answer = match refusal {
        Some(refusal) => {
            refusal.times -= 1;
            Err((refusal.code.clone(), refusal.message.clone()))
        }
        None => call(state, &action, &fields)
            .map_err(|Refused(code, message)| (code.to_owned(), message)),
    };
    match answer {
        Ok(inner) => {
            let result = element(&format!("{action}Result"), &inner);
            reply(200, "OK", "text/xml", element(&format!("{action}Response"), &result))
        }
        Err((code, message)) => {
            let error = format!("{}{}", text("Code", &code), text("Message", &message));
            let error = element("Error", &format!("<Type>Sender</Type>{error}"));
            reply(400, "Bad Request", "text/xml", element("ErrorResponse", &error))
        }
    }
}

/// Objects in the bucket of the bootstrapping.
fn object(state: &mut State, head: &Head) -> (u16, String) {
    let path = head.target().split('?').next().unwrap_or_default().to_owned();
    state.calls.push(format!("{} {path}", head.method()));
    let no_bucket = "<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>";
    match head.method() {
        _ if state.scenario.has_no_bucket => (404, no_bucket.to_owned()),
        "PUT" => {
            state.objects.push(path);
            (200, String::new())
        }
        "GET" => {
            let keys = state.objects.iter().filter_map(|path| path.splitn(3, '/').nth(2));
            let objects: String = keys.map(|key| element("Contents", &text("Key", key))).collect();
            (200, element("ListBucketResult", &objects))
        }
        _ => (200, String::new()),
    }
}

fn call(state: &mut State, action: &str, fields: &Fields) -> Answer {
    let name = fields.get("StackName");
    match action {
        "GetCallerIdentity" => Ok(format!(
            "<Arn>arn:aws:iam::{ACCOUNT}:user/test</Arn><UserId>test</UserId><Account>{ACCOUNT}</Account>"
        )),
        "DescribeStacks" if name.is_empty() => {
            let stacks = state.stacks.iter().filter(|stack| stack.status != "DELETE_COMPLETE");
            Ok(list("Stacks", stacks, stack_xml))
        }
        "DescribeStacks" => {
            let index = find(state, name)?;
            state.go_on(index);
            Ok(list("Stacks", [&state.stacks[index]], stack_xml))
        }
        "ListStacks" => Ok(list("StackSummaries", &state.stacks, stack_xml)),
        "GetTemplate" => {
            let index = find(state, name)?;
            Ok(text("TemplateBody", &state.stacks[index].template))
        }
        "DescribeStackEvents" => {
            let index = find(state, name)?;
            state.go_on(index);
            Ok(events_xml(&state.stacks[index]))
        }
        "ListStackResources" => {
            let index = find(state, name)?;
            Ok(list("StackResourceSummaries", &state.stacks[index].resources, resource_xml))
        }
        "DescribeStackResources" => {
            let index = find(state, name)?;
            Ok(list("StackResources", &state.stacks[index].resources, resource_xml))
        }
        "ListExports" => {
            let stacks = state.stacks.iter().filter(|stack| stack.status != "DELETE_COMPLETE");
            let exports = stacks.flat_map(|stack| {
                let outputs = stack.outputs.iter();
                outputs.filter_map(|(_, value, export)| Some((&stack.id, export.as_ref()?, value)))
            });
            Ok(list("Exports", exports, |(id, name, value)| {
                text("ExportingStackId", id) + &text("Name", name) + &text("Value", value)
            }))
        }
        "ListImports" => {
            let export = fields.get("ExportName");
            let importers: Vec<&String> = importers(state, export);
            if importers.is_empty() {
                let message = format!("Export '{export}' is not imported by any stack.");
                return Err(Refused("ValidationError", message));
            }
            Ok(list("Imports", importers, |name| escape(name)))
        }
        "CreateChangeSet" => create_change_set(state, fields),
        "DescribeChangeSet" => {
            let set = find_set(state, fields)?;
            Ok(set_xml(state, set))
        }
        "ListChangeSets" => {
            let stack = state.stacks[find(state, name)?].name.clone();
            let sets = state.change_sets.iter().filter(|set| set.stack_name == stack);
            Ok(list("Summaries", sets, |set| text("ChangeSetName", &set.name)))
        }
        "ValidateTemplate" => Ok(String::new()),
        "DescribeEvents" => Ok(validations_xml(state, fields)),
        "DeleteChangeSet" => {
            let set = find_set(state, fields)?;
            state.change_sets.remove(set);
            Ok(String::new())
        }
        "ExecuteChangeSet" => execute(state, fields),
        "CreateStack" | "UpdateStack" => change_directly(state, action == "CreateStack", fields),
        "DeleteStack" => delete(state, fields),
        "RollbackStack" | "ContinueUpdateRollback" => roll_back(state, action, fields),
        "CancelUpdateStack" => {
            let index = find(state, name)?;
            if state.stacks[index].status != "UPDATE_IN_PROGRESS" {
                let message = "CancelUpdateStack cannot be called from current stack status";
                return Err(Refused("ValidationError", message.to_owned()));
            }
            state.cancel(index);
            Ok(String::new())
        }
        "UpdateTerminationProtection" => {
            let index = find(state, name)?;
            let stack = &mut state.stacks[index];
            stack.is_protected = fields.get("EnableTerminationProtection") == "true";
            Ok(text("StackId", &stack.id))
        }
        "GetTemplateSummary" => Ok(String::new()),
        _ => Err(Refused("InvalidAction", format!("the fake does not know the action {action}"))),
    }
}

fn find(state: &State, name: &str) -> Result<usize, Refused> {
    let message = || format!("Stack with id {name} does not exist");
    state.index(name).ok_or_else(|| Refused("ValidationError", message()))
}

fn find_set(state: &State, fields: &Fields) -> Result<usize, Refused> {
    let (name, stack) = (fields.get("ChangeSetName"), fields.get("StackName"));
    let stack = state.stack(stack).map_or(stack, |stack| stack.name.as_str());
    let is_it = |set: &ChangeSet| set.id == name || set.name == name && set.stack_name == stack;
    let message = || format!("ChangeSet [{name}] does not exist");
    state.change_sets.iter().position(is_it).ok_or_else(|| Refused("ChangeSetNotFound", message()))
}

/// Who imports an export: stacks of the scenario, and stacks here by their templates.
fn importers<'a>(state: &'a State, export: &str) -> Vec<&'a String> {
    let elsewhere = state.scenario.importers.iter();
    let elsewhere = elsewhere.filter(|(name, _)| name == export).map(|(_, stack)| stack);
    let import = format!("\"Fn::ImportValue\":\"{export}\"");
    let here = state.stacks.iter().filter(|stack| {
        let text: String = stack.template.split_whitespace().collect();
        stack.status != "DELETE_COMPLETE" && text.contains(&import)
    });
    elsewhere.chain(here.map(|stack| &stack.name)).collect()
}

fn check_capabilities(fields: &Fields, template: &str) -> Result<(), Refused> {
    let given = fields.members("Capabilities");
    let resources = resources_of(template);
    let has_iam = resources.iter().any(|(_, type_name)| type_name.starts_with("AWS::IAM::"));
    let capability = "CAPABILITY_NAMED_IAM";
    if has_iam && !given.iter().any(|name| name == capability || name == "CAPABILITY_IAM") {
        let message = format!("Requires capabilities : [{capability}]");
        return Err(Refused("InsufficientCapabilitiesException", message));
    }
    Ok(())
}

fn check_changeable(stack: &Stack) -> Result<(), Refused> {
    if CHANGEABLE.contains(&stack.status.as_str()) {
        return Ok(());
    }
    let Stack { id, status, .. } = stack;
    let message = format!("Stack:{id} is in {status} state and can not be updated.");
    Err(Refused("ValidationError", message))
}

fn parameters(fields: &Fields, deployed: Option<&Stack>) -> Vec<(String, String)> {
    let given = fields.pairs("Parameters", ("ParameterKey", "ParameterValue"));
    let known = |name: &str| {
        let known = deployed?.parameters.iter().find(|(known, _)| known == name);
        known.map(|(_, value)| value.clone())
    };
    given
        .into_iter()
        .map(|(name, value)| {
            let value = if value.is_empty() { known(&name).unwrap_or_default() } else { value };
            (name, value)
        })
        .collect()
}

fn create_change_set(state: &mut State, fields: &Fields) -> Answer {
    let (stack_name, name) = (fields.get("StackName"), fields.get("ChangeSetName"));
    let template = match fields.get("TemplateBody") {
        "" => state.stack(stack_name).map(|stack| stack.template.clone()).unwrap_or_default(),
        body => body.to_owned(),
    };
    check_capabilities(fields, &template)?;
    let creates = fields.get("ChangeSetType") == "CREATE";
    let index = state.index(stack_name);
    match index {
        None if !creates => {
            let message = format!("Stack [{stack_name}] does not exist");
            return Err(Refused("ValidationError", message));
        }
        Some(index) if creates && state.stacks[index].status != "REVIEW_IN_PROGRESS" => {
            let message = format!(
                "Stack [{stack_name}] already exists and cannot be created again with the changeSet [{name}]."
            );
            return Err(Refused("ValidationError", message));
        }
        Some(index) if !creates => check_changeable(&state.stacks[index])?,
        _ => {}
    }
    if state.change_sets.iter().any(|set| set.stack_name == stack_name && set.name == name) {
        let message = format!("ChangeSet {name} already exists for Stack {stack_name}.");
        return Err(Refused("AlreadyExistsException", message));
    }
    let index = index.unwrap_or_else(|| state.add(stack_name, "REVIEW_IN_PROGRESS"));
    let parameters = parameters(fields, Some(&state.stacks[index]));
    let stack = &state.stacks[index];
    let is_same = !creates && stack.template == template && stack.parameters == parameters;
    let text = |text: &str| text.to_owned();
    let (mut status, mut reason, mut execution) =
        (text("CREATE_COMPLETE"), String::new(), text("AVAILABLE"));
    let mut validations = Vec::new();
    let mut fail = |why: &str| {
        (status, reason, execution) = (text("FAILED"), text(why), text("UNAVAILABLE"));
    };
    let stack_id = stack.id.clone();
    match state.outcome(stack_name) {
        Some(ChangeSetOutcome::Fails(why)) => fail(&why),
        Some(ChangeSetOutcome::Invalid(found)) => {
            fail(
                "The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation].",
            );
            validations = found;
        }
        Some(ChangeSetOutcome::Obsolete) => execution = text("OBSOLETE"),
        None if is_same => {
            fail(
                "The submitted information didn't contain changes. Submit different information to create a change set.",
            );
        }
        None => {}
    }
    let id = state.arn("changeSet", name);
    state.change_sets.push(ChangeSet {
        id: id.clone(),
        name: text(name),
        stack_name: text(stack_name),
        status,
        reason,
        execution,
        creates,
        template,
        parameters,
        tags: fields.pairs("Tags", ("Key", "Value")),
        description: text(fields.get("Description")),
        validations,
    });
    Ok(format!("<Id>{id}</Id><StackId>{stack_id}</StackId>"))
}

fn execute(state: &mut State, fields: &Fields) -> Answer {
    let set = find_set(state, fields)?;
    let ChangeSet { id, execution, creates, template, parameters, tags, stack_name, .. } =
        state.change_sets[set].clone();
    if execution != "AVAILABLE" {
        let message = format!(
            "ChangeSet [{id}] cannot be executed in its current execution status of [{execution}]"
        );
        return Err(Refused("InvalidChangeSetStatus", message));
    }
    let index = find(state, &stack_name)?;
    if !creates {
        check_changeable(&state.stacks[index])?;
    }
    state.change_sets.remove(set);
    state.stacks[index].tags = tags;
    change(state, index, creates, (template, parameters), fields.get("ClientRequestToken"));
    Ok(String::new())
}

fn change_directly(state: &mut State, creates: bool, fields: &Fields) -> Answer {
    let (name, template) = (fields.get("StackName"), fields.get("TemplateBody"));
    check_capabilities(fields, template)?;
    let index = match (state.index(name), creates) {
        (Some(_), true) => {
            return Err(Refused(
                "AlreadyExistsException",
                format!("Stack [{name}] already exists"),
            ));
        }
        (None, true) => state.add(name, "CREATE_IN_PROGRESS"),
        (_, false) => {
            let index = find(state, name)?;
            check_changeable(&state.stacks[index])?;
            index
        }
    };
    let parameters = parameters(fields, Some(&state.stacks[index]));
    let stack = &mut state.stacks[index];
    if !creates && stack.template == template && stack.parameters == parameters {
        return Err(Refused("ValidationError", "No updates are to be performed.".to_owned()));
    }
    stack.tags = fields.pairs("Tags", ("Key", "Value"));
    let id = stack.id.clone();
    let token = fields.get("ClientRequestToken");
    change(state, index, creates, (template.to_owned(), parameters), token);
    Ok(text("StackId", &id))
}

/// Begins to create or update, unless an export goes that somebody imports.
fn change(
    state: &mut State,
    index: usize,
    creates: bool,
    (template, parameters): (String, Vec<(String, String)>),
    token: &str,
) {
    let action = if creates { Action::Create } else { Action::Update };
    let stack = &state.stacks[index];
    let exports = stack.outputs.iter().filter_map(|(_, _, export)| export.as_ref());
    let gone = exports.filter(|export| !template.contains(export.as_str()));
    let in_use =
        gone.map(|export| (export, importers(state, export))).find(|(_, who)| !who.is_empty());
    if let Some((export, who)) = in_use {
        let name = &stack.name;
        let lines = format!(
            "UPDATE_IN_PROGRESS {name}\nUPDATE_ROLLBACK_IN_PROGRESS {name}: Cannot delete export {export} as it is in use by {}.\nUPDATE_ROLLBACK_COMPLETE {name}",
            who[0]
        );
        let script = super::scenario::Script { stack: name.clone(), action, lines };
        state.scenario.scripts.insert(0, script);
    }
    state.begin(index, action, Some((template, parameters)), token);
}

fn delete(state: &mut State, fields: &Fields) -> Answer {
    let name = fields.get("StackName");
    // That there is none is no error.
    let Some(index) = state.index(name) else { return Ok(String::new()) };
    let stack = &mut state.stacks[index];
    let Stack { name, id, status, .. } = stack;
    if stack.is_protected {
        let message =
            format!("Stack [{name}] cannot be deleted while TerminationProtection is enabled");
        return Err(Refused("ValidationError", message));
    }
    if status.contains("UPDATE_") && status.ends_with("IN_PROGRESS") {
        let message = format!("Stack [{id}] cannot be deleted while in status {status}");
        return Err(Refused("ValidationError", message));
    }
    let retained = fields.members("RetainResources");
    if !retained.is_empty() && status != "DELETE_FAILED" {
        let message = "RetainResources can only be specified for stacks in DELETE_FAILED state";
        return Err(Refused("ValidationError", message.to_owned()));
    }
    stack.resources.retain(|(id, ..)| !retained.contains(id));
    state.begin(index, Action::Delete, None, fields.get("ClientRequestToken"));
    Ok(String::new())
}

fn roll_back(state: &mut State, action: &str, fields: &Fields) -> Answer {
    let index = find(state, fields.get("StackName"))?;
    let Stack { id, status, .. } = &state.stacks[index];
    let allowed: &[&str] = match action {
        "RollbackStack" => &["CREATE_FAILED", "UPDATE_FAILED"],
        _ => &["UPDATE_ROLLBACK_FAILED"],
    };
    if !allowed.contains(&status.as_str()) {
        let message = format!("Stack:{id} is in {status} state and can not be rolled back.");
        return Err(Refused("ValidationError", message));
    }
    state.begin(index, Action::RollBack, None, fields.get("ClientRequestToken"));
    Ok(String::new())
}

fn stack_xml(stack: &Stack) -> String {
    let outputs = list("Outputs", &stack.outputs, |(name, value, export)| {
        let export = export.as_deref().unwrap_or_default();
        text("OutputKey", name) + &text("OutputValue", value) + &text("ExportName", export)
    });
    text("StackId", &stack.id)
        + &text("StackName", &stack.name)
        + "<CreationTime>2026-01-01T00:00:00.000Z</CreationTime>"
        + &text("StackStatus", &stack.status)
        + &text("StackStatusReason", &stack.reason)
        + &outputs
        + &pairs("Parameters", ("ParameterKey", "ParameterValue"), &stack.parameters)
        + &pairs("Tags", ("Key", "Value"), &stack.tags)
        + &text("EnableTerminationProtection", &stack.is_protected.to_string())
}

fn resource_xml((id, type_name, status): &(String, String, String)) -> String {
    text("LogicalResourceId", id)
        + &text("PhysicalResourceId", &format!("physical-{id}"))
        + &text("ResourceType", type_name)
        + &text("ResourceStatus", status)
        + &text("LastUpdatedTimestamp", "2026-01-01T00:00:00.000Z")
}

/// The newest first.
fn events_xml(stack: &Stack) -> String {
    list("StackEvents", stack.events.iter().rev(), |event| {
        let is_own = event.logical_id == stack.name;
        let physical =
            if is_own { stack.id.clone() } else { format!("physical-{}", event.logical_id) };
        text("StackId", &stack.id)
            + &text("EventId", &event.id)
            + &text("StackName", &stack.name)
            + &text("LogicalResourceId", &event.logical_id)
            + &text("PhysicalResourceId", &physical)
            + &text("ResourceType", &event.type_name)
            + &text("Timestamp", &event.time)
            + &text("ResourceStatus", &event.status)
            + &text("ResourceStatusReason", &event.reason)
            + &text("ClientRequestToken", &event.token)
    })
}

fn set_xml(state: &State, set: usize) -> String {
    let set = &state.change_sets[set];
    let stack = state.stack(&set.stack_name);
    let old = stack.map(|stack| stack.template.as_str()).unwrap_or_default();
    let known = resources_of(old);
    let changes = list("Changes", resources_of(&set.template), |(id, type_name)| {
        let is_new = set.creates || !known.iter().any(|(known, _)| *known == id);
        let action = if is_new { "Add" } else { "Modify" };
        let change = text("Action", action)
            + &text("LogicalResourceId", &id)
            + &text("ResourceType", &type_name)
            + if is_new { "" } else { "<Replacement>False</Replacement>" };
        element("Type", "Resource") + &element("ResourceChange", &change)
    });
    text("ChangeSetId", &set.id)
        + &text("ChangeSetName", &set.name)
        + &text("StackId", stack.map(|stack| stack.id.as_str()).unwrap_or_default())
        + &text("StackName", &set.stack_name)
        + &text("Description", &set.description)
        + &text("Status", &set.status)
        + &text("StatusReason", &set.reason)
        + &text("ExecutionStatus", &set.execution)
        + &pairs("Tags", ("Key", "Value"), &set.tags)
        + &if set.status == "FAILED" { element("Changes", "") } else { changes }
}

/// What early validation found.
fn validations_xml(state: &State, fields: &Fields) -> String {
    let set = find_set(state, fields).ok().map(|set| &state.change_sets[set]);
    let validations = set.map(|set| set.validations.as_slice()).unwrap_or_default();
    list("OperationEvents", validations, |validation| {
        let id = validation.path.split('/').nth(2).unwrap_or_default();
        text("EventId", &format!("validation-{id}"))
            + "<EventType>VALIDATION_ERROR</EventType>"
            + &text("LogicalResourceId", id)
            + "<ValidationFailureMode>FAIL</ValidationFailureMode><ValidationStatus>FAILED</ValidationStatus>"
            + &text("ValidationName", &validation.name)
            + &text("ValidationStatusReason", &validation.reason)
            + &text("ValidationPath", &validation.path)
    })
}
