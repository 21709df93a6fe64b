//! [`Found`]: what is deployed of a stack, before anything is done.

use fc_cdk_core::Template;
use futures_util::future::{join, join_all};

use super::{in_use, status::OnDeploy};
use crate::aws::{
    Target,
    cloudformation::StackInfo,
    error::{AwsError, Kind},
};

/// What is deployed of a stack.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// The stack; `None` where there is none.
    pub(crate) stack: Option<StackInfo>,
    /// Its template, as it was given to CloudFormation.
    pub(crate) template: Option<String>,
}

impl Found {
    /// The template that a deployment changes; `None` where there is none, or the stack is made anew.
    pub(crate) fn parsed(&self) -> Option<Template> {
        let anew =
            self.stack.as_ref().is_some_and(|stack| stack.status.on_deploy() == OnDeploy::Recreate);
        let text = self.template.as_deref().filter(|_| !anew)?;
        let mut template = Template::parse(text).ok()?;
        in_use::unstamp(&mut template);
        Some(template)
    }

    /// Looks at one stack: both questions at once, so that it takes one round trip.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn look(target: &Target, name: &str) -> Result<Found, AwsError> {
        let cloudformation = target.cloudformation();
        let (stack, template) =
            join(cloudformation.stack(name), cloudformation.template(name)).await;
        let stack = stack?.filter(|stack| stack.status.exists());
        Found::of(stack, template)
    }

    /// Looks at several stacks of one account and region: a list of all stacks first, where one answer holds it, then their templates at
    /// once.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn look_all(target: &Target, names: &[&str]) -> Result<Vec<Found>, AwsError> {
        // Who may not list all stacks may still see these.
        let listed = match names.len() {
            0 => return Ok(Vec::new()),
            1 => None,
            _ => match target.cloudformation().first_stacks().await {
                Ok(listed) => Some(listed),
                Err(error) if error.kind == Kind::Denied => None,
                Err(error) => return Err(error),
            },
        };
        let Some((stacks, is_all)) = listed else {
            return join_all(names.iter().map(|name| Found::look(target, name)))
                .await
                .into_iter()
                .collect();
        };
        let look = |name: &&str| {
            let name = (*name).to_owned();
            let known = stacks.iter().find(|stack| stack.name == name).cloned();
            async move {
                match known.filter(|stack| stack.status.exists()) {
                    Some(stack) => {
                        let template = target.cloudformation().template(&name).await;
                        Found::of(Some(stack), template)
                    }
                    None if is_all => Ok(Found::default()),
                    None => Found::look(target, &name).await,
                }
            }
        };
        join_all(names.iter().map(look)).await.into_iter().collect()
    }

    fn of(
        stack: Option<StackInfo>,
        template: Result<Option<String>, AwsError>,
    ) -> Result<Found, AwsError> {
        let template = match template {
            Ok(template) => template,
            // A stack that was only reviewed has no template, and one that is gone has none to need.
            Err(error) if error.kind == Kind::Refused => None,
            Err(error) => return Err(error),
        };
        Ok(Found { template: template.filter(|_| stack.is_some()), stack })
    }
}
