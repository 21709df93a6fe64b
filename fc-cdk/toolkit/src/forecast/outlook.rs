//! Asks AWS, one subject after the other.

mod databases; // engines and classes
mod identity; // roles, principals, keys, certificates, permissions
mod names; // what exists already
mod network; // VPCs, subnets, security groups
mod permissions; // what whoever acts may do
mod quotas; // how many an account may have
mod resources; // what the stack is going to do
mod servers; // instance types, images, key pairs
mod storage; // buckets that go, code of functions

use std::collections::BTreeMap;

use fc_cdk_core::{
    Diagnostic, StackArtifact, Template,
    rules::Rule,
    spec::{Permissions, ResourceSpec},
};

use self::resources::Planned;
use crate::aws::{
    Target,
    error::{AwsError, Kind},
};

/// What AWS says of resource types.
pub(crate) type Types<'a> = &'a dyn Fn(&str) -> Option<ResourceSpec>;

/// What was found for one stack.
#[derive(Debug, Default)]
pub(crate) struct Outlook {
    pub(crate) findings: Vec<Diagnostic>,
    /// What could not be asked, and why.
    pub(crate) unasked: BTreeMap<String, String>,
    /// How many questions were answered.
    pub(crate) answered: usize,
}

/// A forecast in the making.
struct Forecast<'a> {
    target: &'a Target,
    stack: &'a StackArtifact,
    planned: Vec<Planned<'a>>,
    outlook: Outlook,
}

/// What the deploy of a stack meets. Where the permissions of resource types are given, IAM is asked for them, too.
///
/// # Errors
///
/// When the credentials are not valid, or AWS cannot be reached.
pub(crate) async fn of_deploy(
    target: &Target,
    stack: &StackArtifact,
    types: Types<'_>,
    permissions: Option<fn(&str) -> Option<Permissions>>,
) -> Result<Outlook, AwsError> {
    let deployed = deployed(target, stack).await?;
    let planned = resources::planned(stack, deployed.as_ref(), types);
    let mut forecast = Forecast { target, stack, planned, outlook: Outlook::default() };
    names::check(&mut forecast).await?;
    if let Some(deployed) = &deployed {
        storage::check_removed(&mut forecast, deployed, Some(stack.template())).await?;
    }
    storage::check_code(&mut forecast).await?;
    identity::check(&mut forecast).await?;
    servers::check(&mut forecast).await?;
    network::check(&mut forecast).await?;
    databases::check(&mut forecast).await?;
    quotas::check(&mut forecast).await?;
    if let Some(permissions) = permissions {
        let stack = target.cloudformation().stack(stack.stack_name()).await?;
        let role = stack.and_then(|stack| stack.role_arn);
        permissions::check(&mut forecast, role, permissions).await?;
    }
    Ok(forecast.outlook)
}

/// What the deletion of a stack meets.
///
/// # Errors
///
/// As [`of_deploy`].
pub(crate) async fn of_destroy(
    target: &Target,
    stack: &StackArtifact,
) -> Result<Outlook, AwsError> {
    let outlook = Outlook::default();
    let mut forecast = Forecast { target, stack, planned: Vec::new(), outlook };
    if let Some(deployed) = deployed(target, stack).await? {
        storage::check_removed(&mut forecast, &deployed, None).await?;
    }
    Ok(forecast.outlook)
}

async fn deployed(target: &Target, stack: &StackArtifact) -> Result<Option<Template>, AwsError> {
    let text = target.cloudformation().template(stack.stack_name()).await?;
    // A template in YAML is of another tool; what it has cannot be told without its reader.
    Ok(text.and_then(|text| Template::parse(&text).ok()))
}

impl Forecast<'_> {
    /// Notes something that will fail, at the line that made the resource.
    fn find(&mut self, rule: &'static Rule, logical_id: &str, property: &str, message: String) {
        let mut finding = rule.finding(message);
        finding.logical_id = Some(logical_id.into());
        if !property.is_empty() {
            finding.property = Some(property.to_owned());
        }
        if let Some((path, location)) = self.stack.source_of(logical_id) {
            finding.path = path.into();
            finding.location = Some(location);
        } else {
            finding.path = self.stack.display_name().into();
        }
        self.outlook.findings.push(finding);
    }

    /// The answer to a question. One that AWS refuses is noted as not asked.
    ///
    /// # Errors
    ///
    /// When the next question would fail alike.
    fn answer<T>(
        &mut self,
        what: &str,
        answer: Result<T, AwsError>,
    ) -> Result<Option<T>, AwsError> {
        match answer {
            Ok(answer) => {
                self.outlook.answered += 1;
                Ok(Some(answer))
            }
            Err(error)
                if matches!(error.kind, Kind::Expired | Kind::NoCredentials | Kind::Network) =>
            {
                Err(error)
            }
            Err(error) => {
                self.outlook.unasked.insert(what.to_owned(), error.to_string());
                Ok(None)
            }
        }
    }

    /// The places of all texts that begin with a prefix and are known now: the text, then logical id and property of each.
    fn literals(&self, prefix: &str) -> BTreeMap<String, Vec<(String, String)>> {
        let mut found: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for resource in &self.planned {
            for (path, text) in resources::literals(resource) {
                if text.starts_with(prefix) {
                    let place = (resource.logical_id.to_owned(), path);
                    found.entry(text.to_owned()).or_default().push(place);
                }
            }
        }
        found
    }

    /// Notes the same at several places.
    fn find_all(&mut self, rule: &'static Rule, places: &[(String, String)], message: &str) {
        for (logical_id, property) in places {
            self.find(rule, logical_id, property, message.to_owned());
        }
    }
}

/// Whether AWS says that something is not there, whichever way its services say so.
fn is_missing(error: &AwsError) -> bool {
    let code = error.code.as_deref().unwrap_or_default();
    error.kind == Kind::NotFound
        || code.contains("NotFound")
        || code.contains("NoSuch")
        || code.ends_with(".Malformed")
}
