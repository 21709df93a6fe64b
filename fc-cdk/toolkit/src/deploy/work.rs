//! [`Work`]: one stack with what is wanted, what is deployed, and whether that differs.

use fc_cdk_core::{
    MAX_INLINE_TEMPLATE_BYTES, Map, Node, StackArtifact, Template, diff::StackDiff, sha256_hex,
};

use super::{
    found::Found,
    options::Options,
    publish::template_url,
    status::{OnDeploy, StackStatus},
};
use crate::{
    aws::{
        Target,
        cloudformation::{NewChangeSet, NewStack, Source, StackInfo},
    },
    codes,
    error::Error,
    parameters::rules::MISSING_VALUE,
    variables::Secret,
};

/// One stack to deploy.
#[derive(Clone, Debug)]
pub(crate) struct Work<'a> {
    pub(crate) artifact: &'a StackArtifact,
    pub(crate) target: Target,
    pub(crate) found: Found,
    /// The deployed template, where there is one that can be read.
    pub(crate) deployed: Option<Template>,
    /// The template to deploy: that of the app, but for what is kept of the deployed one.
    pub(crate) template: Template,
    pub(crate) body: String,
    /// Names with their values; `None` keeps the deployed value.
    pub(crate) parameters: Vec<(String, Option<Secret>)>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) notification_arns: Vec<String>,
    /// How the template differs from the deployed one.
    pub(crate) diff: Option<StackDiff>,
    /// How the templates of the stacks nested in it differ, where it is deployed.
    pub(crate) nested: Vec<StackDiff>,
    /// Outputs of the deployed template that are kept as long as somebody reads them.
    pub(crate) kept: Vec<String>,
}

impl<'a> Work<'a> {
    /// What is wanted of a stack, beside what is deployed.
    ///
    /// # Errors
    ///
    /// When a parameter has no value.
    pub(crate) fn new(
        artifact: &'a StackArtifact,
        target: Target,
        found: Found,
        options: &Options,
    ) -> Result<Work<'a>, Error> {
        let deployed = found.parsed();
        if let Some(around) = found.stack.as_ref().and_then(|stack| stack.parent_id.as_deref()) {
            let name = artifact.stack_name();
            return Err(Error::of(
                codes::NESTED_STACK,
                format!("`{name}` is a nested stack of `{around}`, which deploys it"),
            )
            .help("give the stack another name by `with_stack_name`"));
        }
        let parameters = parameters(artifact, &found, options)?;
        let mut tags: Vec<(String, String)> = options.tags.clone();
        for (key, value) in artifact.tags() {
            if !tags.iter().any(|(known, _)| known == key) {
                tags.push((key.to_string(), value.to_string()));
            }
        }
        let mut notification_arns = artifact.notification_arns().to_vec();
        notification_arns.extend(options.notification_arns.iter().cloned());
        Ok(Work {
            artifact,
            target,
            deployed,
            template: artifact.template().clone(),
            body: artifact.template_json().to_owned(),
            parameters,
            tags,
            notification_arns,
            diff: None,
            nested: Vec::new(),
            kept: Vec::new(),
            found,
        })
    }

    /// What people call the stack.
    pub(crate) fn name(&self) -> &'a str {
        self.artifact.display_name()
    }

    /// The state of the deployed stack.
    pub(crate) fn status(&self) -> Option<StackStatus> {
        self.found.stack.as_ref().map(|stack| stack.status)
    }

    /// Whether there is no stack yet, or nothing in it.
    pub(crate) fn is_new(&self) -> bool {
        matches!(self.status(), None | Some(StackStatus::ReviewInProgress))
    }

    /// How the stack differs, and those nested in it.
    pub(crate) fn diffs(&self) -> impl Iterator<Item = &StackDiff> {
        self.diff.iter().chain(&self.nested)
    }

    /// Whether nothing of a stack that is there is kept.
    pub(crate) fn is_anew(&self) -> bool {
        self.is_new()
            || self.status().is_some_and(|status| status.on_deploy() == OnDeploy::Recreate)
    }

    /// Whether the template is deployed already, in other words or the same.
    pub(crate) fn has_template(&self) -> bool {
        let same_text = self.found.template.as_deref() == Some(self.body.as_str());
        let same_meaning = self.deployed.is_some()
            && self.diff.as_ref().is_some_and(|diff| diff.template.is_empty());
        same_text || same_meaning
    }

    /// Why the stack has to be deployed though its template is; `None` where nothing has to be done.
    pub(crate) fn differs_by(&self) -> Option<&'static str> {
        let stack = self.found.stack.as_ref()?;
        if !stack.status.is_good()
            && stack.status != StackStatus::UpdateRollbackComplete
            && stack.status != StackStatus::ImportRollbackComplete
        {
            return Some("its last deployment failed");
        }
        if !same_set(&self.tags, &stack.tags) {
            return Some("its tags differ");
        }
        if !same_set(&self.notification_arns, &stack.notification_arns) {
            return Some("its notification topics differ");
        }
        let differs = |(name, value): &(String, Option<Secret>)| {
            let Some(value) = value else { return false };
            let deployed = stack.parameters.iter().find(|parameter| parameter.name == *name);
            deployed.is_none_or(|deployed| deployed.value != value.reveal())
        };
        if self.parameters.iter().any(differs) {
            return Some("its parameters differ");
        }
        let section = self.template.section("Parameters");
        let from_ssm = |(_, parameter): (_, &Node)| {
            let name = parameter.get("Type").and_then(Node::as_str).unwrap_or_default();
            name.starts_with("AWS::SSM::Parameter::")
        };
        if section.into_iter().flat_map(Map::iter).any(from_ssm) {
            return Some("it reads parameters of Systems Manager, which may have changed");
        }
        None
    }

    /// Whether only what CloudFormation refuses to delete has to be set.
    pub(crate) fn termination_protection_differs(&self) -> bool {
        let wanted = self.artifact.termination_protection();
        self.found.stack.as_ref().is_some_and(|stack| stack.termination_protection != wanted)
    }

    /// Whether values are given that nobody may see.
    pub(crate) fn has_secrets(&self) -> bool {
        let section = self.template.section("Parameters");
        self.parameters.iter().any(|(name, value)| {
            let no_echo = section.and_then(|all| all.get(name)).and_then(|it| it.get("NoEcho"));
            value.is_some() && no_echo.is_some_and(is_true)
        })
    }

    /// The SHA-256 of the template.
    pub(crate) fn hash(&self) -> String {
        sha256_hex(self.body.as_bytes())
    }

    /// The name of its change set: that of another deployment of the same is the same, so that a client that was killed finds its own.
    pub(crate) fn change_set_name(&self, options: &Options) -> String {
        let mut facts = vec![self.hash()];
        let section = self.template.section("Parameters");
        for (name, value) in &self.parameters {
            let no_echo = section.and_then(|all| all.get(name)).and_then(|it| it.get("NoEcho"));
            let value = value.as_ref().filter(|_| !no_echo.is_some_and(is_true));
            facts.push(format!("{name}={}", value.map_or("(kept)", Secret::reveal)));
        }
        let mut tags = self.tags.clone();
        tags.sort();
        facts.extend(tags.iter().map(|(key, value)| format!("{key}={value}")));
        facts.push(format!(
            "{:?} {:?} {:?} {} {} {:?} {:?}",
            self.notification_arns,
            options.role_arn,
            options.mode,
            options.import_existing,
            options.revert_drift,
            options.rollback_alarms,
            options.monitoring_minutes,
        ));
        let hash = sha256_hex(facts.join("\n").as_bytes());
        format!("fc-cdk-{}", &hash[..16])
    }

    /// Whether the template goes through the bucket of the bootstrapping.
    pub(crate) fn needs_bucket(&self) -> bool {
        self.body.len() > MAX_INLINE_TEMPLATE_BYTES
    }

    /// What CloudFormation is told of the stack.
    pub(crate) fn new_stack(&self, options: &Options, token: String) -> NewStack {
        let source = if self.needs_bucket() {
            Source::Url(template_url(&self.target, &self.target.asset_bucket(), &self.hash()))
        } else {
            Source::Body(self.body.clone())
        };
        let parameters = self.parameters.iter().map(|(name, value)| {
            (name.clone(), value.as_ref().map(|value| value.reveal().to_owned()))
        });
        NewStack {
            name: self.artifact.stack_name().to_owned(),
            source,
            parameters: parameters.collect(),
            tags: self.tags.clone(),
            notification_arns: self.notification_arns.clone(),
            role_arn: options.role_arn.clone(),
            rollback_alarms: options.rollback_alarms.clone(),
            monitoring_minutes: options.monitoring_minutes,
            mode: options.mode,
            disable_rollback: options.no_rollback,
            termination_protection: self.artifact.termination_protection(),
            token,
        }
    }

    /// The change set to make.
    pub(crate) fn new_change_set(&self, options: &Options, token: String) -> NewChangeSet {
        NewChangeSet {
            name: self.change_set_name(options),
            description: format!("of fc-cdk, template {}", self.hash()),
            create: self.is_new(),
            with_nested: true,
            import_existing: options.import_existing,
            revert_drift: options.revert_drift,
            stack: self.new_stack(options, token),
        }
    }

    /// The deployed stack, once it is looked at again.
    pub(crate) fn set_found(&mut self, found: Found, options: &Options) -> Result<(), Error> {
        self.deployed = found.parsed();
        self.parameters = parameters(self.artifact, &found, options)?;
        self.found = found;
        Ok(())
    }
}

/// The values of the parameters of a template: those given, else the deployed ones, else the defaults.
fn parameters(
    artifact: &StackArtifact,
    found: &Found,
    options: &Options,
) -> Result<Vec<(String, Option<Secret>)>, Error> {
    let mut values = Vec::new();
    let mut missing = Vec::new();
    let deployed: &[_] = found.stack.as_ref().map_or(&[], |stack: &StackInfo| &stack.parameters);
    let names = [artifact.display_name(), artifact.stack_name(), artifact.artifact_id()];
    for (name, parameter) in
        artifact.template().section("Parameters").into_iter().flat_map(Map::iter)
    {
        let mut given = options.parameters.iter().rev();
        let given = given.find(|given| given.name == *name && given.is_for(&names));
        if let Some(value) = given.and_then(|given| given.value.as_ref()) {
            values.push((name.to_string(), Some(value.clone())));
        } else if options.keep_parameters && deployed.iter().any(|known| known.name == *name) {
            values.push((name.to_string(), None));
        } else if parameter.get("Default").is_none() {
            missing.push(name.as_str());
        }
    }
    if missing.is_empty() {
        return Ok(values);
    }
    let (stack, list) = (artifact.display_name(), missing.join("`, `"));
    Err(Error::of(
        MISSING_VALUE,
        format!("the stack `{stack}` has no value for the parameters `{list}`"),
    )
    .help(format!("give it: `--parameters {}=VALUE`", missing.first().unwrap_or(&"NAME"))))
}

fn is_true(node: &Node) -> bool {
    node.as_bool() == Some(true) || node.as_str() == Some("true")
}

fn same_set<T: Ord + Clone>(one: &[T], other: &[T]) -> bool {
    let (mut one, mut other) = (one.to_vec(), other.to_vec());
    one.sort();
    one.dedup();
    other.sort();
    other.dedup();
    one == other
}
