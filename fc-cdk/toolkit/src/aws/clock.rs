//! Who asks, and how far this machine's clock is from AWS's.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_cloudformation::primitives::{DateTime, DateTimeFormat};
use aws_sdk_sts::{
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::BeforeDeserializationInterceptorContextRef,
    },
    error::BoxError,
};

use super::{Aws, error::AwsError, time::Time};

/// What an answer of AWS tells of who asked, and when.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caller {
    pub(crate) account: String,
    /// The ARN of the user or role.
    pub(crate) arn: String,
    /// By how many seconds this machine's clock is ahead of AWS's, if that is known.
    pub(crate) ahead: Option<i64>,
}

/// Keeps the time of an answer.
#[derive(Clone, Debug, Default)]
struct Dates(Arc<Mutex<Option<Time>>>);

impl Intercept for Dates {
    fn name(&self) -> &'static str {
        "Dates"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let date = date.and_then(|date| DateTime::from_str(date, DateTimeFormat::HttpDate).ok());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = date.as_ref().map(Time::from);
        Ok(())
    }
}

impl Aws {
    /// Asks AWS who the credentials are for.
    ///
    /// # Errors
    ///
    /// When there are none, they are not valid, or AWS cannot be reached.
    pub(crate) fn caller(&self) -> Result<Caller, AwsError> {
        let dates = Dates::default();
        let config = aws_sdk_sts::config::Builder::from(&self.config).interceptor(dates.clone());
        let client = aws_sdk_sts::Client::from_conf(config.build());
        let answer = self.block_on(client.get_caller_identity().send());
        let answer =
            answer.map_err(|error| AwsError::of("find out whose credentials these are", &error))?;
        let theirs = *dates.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Caller {
            account: answer.account().unwrap_or_default().to_owned(),
            arn: answer.arn().unwrap_or_default().to_owned(),
            ahead: theirs.map(|theirs| (Time::now().0 - theirs.0) / 1000),
        })
    }

    /// The region that is used where a stack does not say its own, and the endpoint that is called instead of AWS.
    pub(crate) fn place(&self) -> (Option<String>, Option<String>) {
        let region = self.config.region().map(ToString::to_string);
        (region, self.config.endpoint_url().map(str::to_owned))
    }
}
