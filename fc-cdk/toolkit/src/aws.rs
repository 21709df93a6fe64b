//! The client of AWS: credentials, region, endpoint, one runtime. Only here and below the SDK is used; the rest of the toolkit is synchronous
//! and knows the plain types of [`cloudformation`] and [`error`].
//!
//! ```text
//! let aws = Aws::connect(session)?;                      // credentials and region are found, nothing is called yet
//! let target = aws.target(stack.environment())?;         // the account and region of a stack, verified
//! aws.block_on(target.cloudformation().stack("Network"))?;
//! ```

pub(crate) mod call; // single operations of other services
pub(crate) mod clock; // who asks, and when
pub(crate) mod cloudformation; // stacks, change sets, events
pub(crate) mod error; // what can go wrong, and what to do about it
pub(crate) mod s3; // templates and assets on their way
mod target; // one account and region
pub(crate) mod time; // points in time

use std::{
    cell::{OnceCell, RefCell},
    future::Future,
    time::Duration,
};

use aws_config::{
    BehaviorVersion, Region, SdkConfig, retry::RetryConfig,
    stalled_stream_protection::StalledStreamProtectionConfig, timeout::TimeoutConfig,
};
use aws_sdk_cloudformation::config::{AppName, Credentials, SharedCredentialsProvider};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use fc_cdk_core::Environment;
use tokio::runtime::{self, Runtime};

pub(crate) use self::target::Target;
use self::{
    error::{AwsError, Kind},
    target::Identity,
};
use crate::{error::Error, session::Session};

/// How often a call is tried in all: with the waits between them, throttling of a minute and a half is survived.
const MAX_ATTEMPTS: u32 = 12;

/// How often the first call is tried: nothing is under way yet, and where nobody answers, the place is wrong.
const FIRST_ATTEMPTS: u32 = 3;

/// A server that cannot be connected to by then is tried again.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The longest wait between two tries.
const MAX_BACKOFF: Duration = Duration::from_secs(10);

/// A server that has not answered by then is taken for dead, and asked again.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);

/// AWS, as one user in one default region sees it.
pub(crate) struct Aws {
    runtime: Runtime,
    config: SdkConfig,
    identity: OnceCell<Identity>,
    targets: RefCell<Vec<Target>>,
}

impl Aws {
    /// Finds credentials and region as every AWS tool does: `--profile`, `--region` and `--endpoint-url` of the command line first.
    /// Nothing is called yet but what the credentials need.
    ///
    /// # Errors
    ///
    /// When there is no region, or no runtime.
    pub(crate) fn connect(session: &Session<'_>) -> Result<Aws, Error> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::new(format!("cannot start the runtime: {error}")))?;
        let config = runtime.block_on(load(session));
        Ok(Aws { runtime, config, identity: OnceCell::new(), targets: RefCell::default() })
    }

    /// Runs something asynchronous to its end.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// The account and region that a stack is deployed to. Its environment fills in what it says, the credentials the rest; that the
    /// credentials are for that account is verified, and where they are not, the role that the bootstrapping of that account made for
    /// deploying is taken.
    ///
    /// # Errors
    ///
    /// When there is no region, the credentials are not valid, or they are for another account whose role cannot be taken.
    pub(crate) fn target(&self, environment: &Environment) -> Result<Target, Error> {
        let region = environment.region.as_deref().map(str::to_owned);
        let region = region.or_else(|| self.config.region().map(ToString::to_string));
        let Some(region) = region else {
            return Err(Error::of(crate::codes::NO_REGION, "no region is known to deploy to")
                .help("give `--region`, set `AWS_REGION`, or name the region of the stack with `with_environment`"));
        };
        let account = environment.account.as_deref();
        let known = |target: &&Target| {
            target.region() == region && account.is_none_or(|account| target.account() == account)
        };
        if let Some(target) = self.targets.borrow().iter().find(known) {
            return Ok(target.clone());
        }
        let config = self.config.to_builder().region(Region::new(region.clone())).build();
        let identity = match self.identity.get() {
            Some(identity) => identity,
            None => {
                let asked = match self.block_on(Identity::ask(&first_call(&config))) {
                    // Somebody is there, and has too much to do.
                    Err(error) if matches!(error.kind, Kind::Throttled | Kind::Server) => {
                        self.block_on(Identity::ask(&config))?
                    }
                    asked => asked?,
                };
                self.identity.get_or_init(|| asked)
            }
        };
        let target = self.block_on(Target::new(config, identity, &region, account))?;
        self.targets.borrow_mut().push(target.clone());
        Ok(target)
    }
}

/// The configuration of the call that comes before all others: tried only some times where nobody answers, so that a wrong endpoint or region is
/// told within seconds.
fn first_call(config: &SdkConfig) -> SdkConfig {
    let retries = RetryConfig::standard()
        .with_max_attempts(FIRST_ATTEMPTS)
        .with_initial_backoff(Duration::from_millis(250));
    config.to_builder().retry_config(retries).build()
}

async fn load(session: &Session<'_>) -> SdkConfig {
    let variables = session.variables;
    let arg = |name: &str| session.args.try_get_one::<String>(name).ok().flatten().cloned();
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    let retries = RetryConfig::adaptive()
        .with_max_attempts(MAX_ATTEMPTS)
        .with_initial_backoff(Duration::from_millis(250))
        .with_max_backoff(MAX_BACKOFF);
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .timeout_config(timeouts)
        .retry_config(retries)
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if let Ok(name) = AppName::new("fc-cdk") {
        loader = loader.app_name(name);
    }
    match (arg("profile"), &variables.access_key) {
        // As in the AWS CLI: a profile that is named wins over keys in the environment.
        (Some(profile), _) => loader = loader.profile_name(profile),
        (None, Some(key)) => {
            let credentials = Credentials::new(
                &key.id,
                key.secret.reveal(),
                key.session_token.as_ref().map(|token| token.reveal().to_owned()),
                None,
                "environment",
            );
            loader = loader.credentials_provider(SharedCredentialsProvider::new(credentials));
        }
        (None, None) => {}
    }
    if let Some(region) = arg("region").or_else(|| variables.region.clone()) {
        loader = loader.region(Region::new(region));
    }
    if let Some(url) = arg("endpoint-url").or_else(|| variables.endpoint_url.clone()) {
        loader = loader.endpoint_url(url);
    }
    loader.load().await
}

impl From<AwsError> for Error {
    fn from(error: AwsError) -> Error {
        error.into_error()
    }
}
