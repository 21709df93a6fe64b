//! Asks AWS: all stacks of one account and region together, several questions at once.

mod databases; // engines, versions, classes
mod exports; // what other stacks import
mod keys; // keys and certificates
mod names; // what exists already
mod network; // VPCs, subnets, security groups, target groups
mod permissions; // what whoever acts may do
mod quotas; // how many an account may have
mod removals; // what cannot be deleted
mod resources; // what the stacks are going to do
mod roles; // roles, principals, policies
mod servers; // instance types, images, key pairs
mod settings; // parameters of Systems Manager, secrets
mod storage; // the code of functions, the bucket of the bootstrapping
mod zip; // what is in an archive, by its end

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

use fc_cdk_core::{
    Diagnostic, StackArtifact, Template,
    rules::Rule,
    spec::{Permissions, ResourceSpec},
};
use futures_util::{
    future::{LocalBoxFuture, try_join_all},
    stream::{self, StreamExt},
};
use tokio::sync::Semaphore;

use self::{
    resources::{Place, Planned, Removed},
    settings::Settings,
};
use crate::{
    aws::{
        Target,
        cloudformation::StackResource,
        error::{AwsError, Kind},
    },
    deploy::{found::Found, options::Options},
    values::Values,
};

/// What AWS says of resource types.
pub(crate) type Types<'a> = &'a dyn Fn(&str) -> Option<ResourceSpec>;

/// How many questions are open at once: more would only be throttled.
const AT_ONCE: usize = 10;

/// What is to be found out.
pub(crate) struct Asks<'a> {
    pub(crate) types: Types<'a>,
    /// The permissions of resource types, where IAM is to be asked for them.
    pub(crate) permissions: Option<fn(&str) -> Option<Permissions>>,
    /// What a deploy would be told.
    pub(crate) options: &'a Options,
    /// How many files of the app go into the bucket of the bootstrapping.
    pub(crate) assets: usize,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Outlook {
    pub(crate) findings: Vec<Diagnostic>,
    /// What could not be asked, and why.
    pub(crate) unasked: BTreeMap<String, String>,
    /// How many questions were answered.
    pub(crate) answered: usize,
}

/// What the questions are about: the stacks of one account and region.
struct Forecast<'a> {
    target: &'a Target,
    stacks: &'a [&'a StackArtifact],
    found: Vec<Found>,
    /// What is deployed of each stack, where all of it goes.
    resources: Vec<Vec<StackResource>>,
    planned: Vec<Planned<'a>>,
    settings: Settings,
    asks: &'a Asks<'a>,
    open: Semaphore,
}

/// What the deploy of stacks of one account and region meets.
///
/// # Errors
///
/// When the credentials are not valid, or AWS cannot be reached.
pub(crate) async fn of_deploy(
    target: &Target,
    stacks: &[&StackArtifact],
    asks: &Asks<'_>,
) -> Result<Outlook, AwsError> {
    let names: Vec<&str> = stacks.iter().map(|stack| stack.stack_name()).collect();
    let found = Found::look_all(target, &names).await?;
    let mut planned = Vec::new();
    for (stack, found) in stacks.iter().zip(&found) {
        let given = parameters(stack, found, asks.options);
        let values = Values::new(stack.template(), &pseudo(target, stack), &given);
        planned.extend(resources::planned(stack, found.parsed().as_ref(), &values, asks.types));
    }
    let open = Semaphore::new(AT_ONCE);
    let settings = Settings::default();
    let resources = Vec::new();
    let mut forecast = Forecast { target, stacks, found, resources, planned, settings, asks, open };
    let (settings, mut outlook) = settings::check(&forecast).await?;
    forecast.settings = settings;
    let forecast = &forecast;
    let checks: Vec<LocalBoxFuture<'_, Result<Outlook, AwsError>>> = vec![
        Box::pin(storage::check_bucket(forecast)),
        Box::pin(names::check(forecast)),
        Box::pin(removals::check(forecast)),
        Box::pin(storage::check_code(forecast)),
        Box::pin(roles::check(forecast)),
        Box::pin(keys::check(forecast)),
        Box::pin(servers::check(forecast)),
        Box::pin(network::check(forecast)),
        Box::pin(databases::check(forecast)),
        Box::pin(quotas::check(forecast)),
        Box::pin(permissions::check(forecast)),
    ];
    try_join_all(checks).await?.into_iter().for_each(|part| outlook.add(part));
    Ok(outlook)
}

/// What the deletion of stacks of one account and region meets.
///
/// # Errors
///
/// As [`of_deploy`].
pub(crate) async fn of_destroy(
    target: &Target,
    stacks: &[&StackArtifact],
    asks: &Asks<'_>,
) -> Result<Outlook, AwsError> {
    let names: Vec<&str> = stacks.iter().map(|stack| stack.stack_name()).collect();
    let found = Found::look_all(target, &names).await?;
    let open = Semaphore::new(AT_ONCE);
    let settings = Settings::default();
    let (resources, planned) = (Vec::new(), Vec::new());
    let mut forecast = Forecast { target, stacks, found, resources, planned, settings, asks, open };
    let (resources, mut outlook) = removals::resources(&forecast).await?;
    let templates: Vec<Option<Template>> = forecast.found.iter().map(Found::parsed).collect();
    for (((stack, found), template), resources) in
        stacks.iter().zip(&forecast.found).zip(&templates).zip(&resources)
    {
        let Some(template) = template else { continue };
        let values = Values::new(template, &pseudo(target, stack), &deployed_parameters(found));
        let doomed = resources::doomed(stack, template, resources, &values, asks.types);
        forecast.planned.extend(doomed);
    }
    let forecast = Forecast { resources: resources.clone(), ..forecast };
    let checks: Vec<LocalBoxFuture<'_, Result<Outlook, AwsError>>> = vec![
        Box::pin(removals::check_all(&forecast)),
        Box::pin(exports::check(&forecast)),
        Box::pin(permissions::check_deletion(&forecast)),
    ];
    try_join_all(checks).await?.into_iter().for_each(|part| outlook.add(part));
    Ok(outlook)
}

/// What is known of a stack's place.
fn pseudo<'p>(target: &'p Target, stack: &'p StackArtifact) -> [(&'static str, &'p str); 5] {
    [
        ("AWS::AccountId", target.account()),
        ("AWS::Region", target.region()),
        ("AWS::Partition", target.partition().name()),
        ("AWS::URLSuffix", target.partition().url_suffix()),
        ("AWS::StackName", stack.stack_name()),
    ]
}

/// The values that a stack is deployed with.
fn deployed_parameters(found: &Found) -> BTreeMap<String, String> {
    let deployed = found.stack.iter().flat_map(|stack| &stack.parameters);
    deployed.map(|parameter| (parameter.name.clone(), parameter.value.clone())).collect()
}

/// The values of a stack's parameters: what the command line says, else what is deployed.
fn parameters(stack: &StackArtifact, found: &Found, options: &Options) -> BTreeMap<String, String> {
    let mut values = match options.keep_parameters {
        true => deployed_parameters(found),
        false => BTreeMap::new(),
    };
    let names = [stack.display_name(), stack.stack_name(), stack.artifact_id()];
    for given in &options.parameters {
        if let Some(value) = given.value.as_ref().filter(|_| given.is_for(&names)) {
            values.insert(given.name.clone(), value.reveal().to_owned());
        }
    }
    values
}

impl<'a> Forecast<'a> {
    /// Asks the same of several; the answers come in the order of the questions.
    async fn each<Q, A, F: Future<Output = A>>(
        &self,
        questions: impl IntoIterator<Item = Q>,
        ask: impl Fn(Q) -> F,
    ) -> Vec<A> {
        let ask = &ask;
        let one = |question| async move {
            let _open = self.open.acquire().await;
            ask(question).await
        };
        stream::iter(questions.into_iter().map(one)).buffered(AT_ONCE).collect().await
    }

    /// The places of all texts that begin with a prefix and are known now, by text.
    fn literals(&self, prefix: &str) -> BTreeMap<&str, Vec<Place<'_>>> {
        let mut found: BTreeMap<&str, Vec<Place<'_>>> = BTreeMap::new();
        for resource in &self.planned {
            for (property, text) in resources::literals(resource) {
                if text.starts_with(prefix) {
                    found.entry(text).or_default().push(Place { resource, property });
                }
            }
        }
        found
    }

    /// The names that new resources of a type get by a property: who needs them finds them there.
    fn made(&self, type_name: &str, property: &str) -> BTreeSet<&str> {
        let of_type = self.planned.iter().filter(|it| it.is_new() && it.type_name == type_name);
        of_type.filter_map(|it| it.text(property)).collect()
    }

    /// The resource of the same stack with a logical id.
    fn sibling(&self, of: &Planned<'_>, logical_id: &str) -> Option<&Planned<'a>> {
        let of_stack = |it: &&Planned<'_>| it.stack.artifact_id() == of.stack.artifact_id();
        self.planned.iter().filter(of_stack).find(|it| it.logical_id == logical_id)
    }

    /// What ARNs of this account begin with.
    fn own(&self, service: &str) -> String {
        let (target, partition) = (self.target, self.target.partition().name());
        let region = if service == "iam" { "" } else { target.region() };
        format!("arn:{partition}:{service}:{region}:{}:", target.account())
    }

    /// Each stack that is deployed, with what its new template takes out of it.
    fn removed(&self, all: bool) -> Vec<(&'a StackArtifact, Template, Vec<Removed>)> {
        let deployed = self.stacks.iter().zip(&self.found);
        deployed
            .filter_map(|(stack, found)| {
                let (template, given) = (found.parsed()?, deployed_parameters(found));
                let values = Values::new(&template, &pseudo(self.target, stack), &given);
                let new = (!all).then(|| stack.template());
                let removed = resources::removed(&template, new, &values);
                Some((*stack, template, removed))
            })
            .collect()
    }
}

impl Outlook {
    /// Notes something that will fail, at the line that made the resource.
    fn find(
        &mut self,
        rule: &'static Rule,
        resource: &Planned<'_>,
        property: &str,
        message: String,
    ) {
        self.find_in(rule, resource.stack, resource.logical_id, property, message);
    }

    /// The same for a resource that the app does not have any more, or for the stack where there is no logical id.
    fn find_in(
        &mut self,
        rule: &'static Rule,
        stack: &StackArtifact,
        logical_id: &str,
        property: &str,
        message: String,
    ) {
        let mut finding = rule.finding(message);
        finding.logical_id = (!logical_id.is_empty()).then(|| logical_id.into());
        finding.property = (!property.is_empty()).then(|| property.to_owned());
        if let Some((path, location)) = stack.source_of(logical_id) {
            finding.path = path.into();
            finding.location = Some(location);
        } else {
            // What goes is in no code any more; the stack that it was in is.
            finding.path = stack.display_name().into();
            finding.location = Some(stack.location());
        }
        self.findings.push(finding);
    }

    /// Notes the same at several places.
    fn find_all(&mut self, rule: &'static Rule, places: &[Place<'_>], message: &str) {
        for place in places {
            self.find(rule, place.resource, &place.property, message.to_owned());
        }
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
                self.answered += 1;
                Ok(Some(answer))
            }
            Err(error)
                if matches!(error.kind, Kind::Expired | Kind::NoCredentials | Kind::Network) =>
            {
                Err(error)
            }
            Err(error) => {
                self.unasked.insert(what.to_owned(), error.to_string());
                Ok(None)
            }
        }
    }

    /// Takes in what another check found.
    pub(crate) fn add(&mut self, other: Outlook) {
        self.findings.extend(other.findings);
        self.unasked.extend(other.unasked);
        self.answered += other.answered;
    }
}

/// The answer, or nothing where AWS says that it is not there, whichever way its services say so.
fn unless_missing<T>(answer: Result<T, AwsError>) -> Result<Option<T>, AwsError> {
    match answer {
        Err(error) if is_missing(&error) => Ok(None),
        other => other.map(Some),
    }
}

fn is_missing(error: &AwsError) -> bool {
    let code = error.code.as_deref().unwrap_or_default();
    error.kind == Kind::NotFound
        || code.contains("NotFound")
        || code.contains("NoSuch")
        || code.ends_with(".Malformed")
}
