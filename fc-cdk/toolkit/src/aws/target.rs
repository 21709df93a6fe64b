//! [`Target`]: one account and region.

use aws_config::{SdkConfig, sts::AssumeRoleProvider, timeout::TimeoutConfig};
use aws_sdk_cloudformation::config::{ProvideCredentials, SharedCredentialsProvider};
use fc_cdk_core::Environment;

use super::{
    call::Calls,
    cloudformation::CloudFormation,
    error::{AwsError, Kind},
    s3::S3,
};
use crate::error::{Error, Exit};

/// The qualifier of the AWS CDK's bootstrap resources; both tools share them.
const QUALIFIER: &str = "hnb659fds";

/// A part of AWS with accounts of its own, such as `aws` or `aws-cn`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Partition(String);

impl Partition {
    /// That of an ARN.
    fn of_arn(arn: &str) -> Partition {
        Partition(arn.split(':').nth(1).filter(|name| !name.is_empty()).unwrap_or("aws").to_owned())
    }

    /// The name, as in ARNs.
    pub(crate) fn name(&self) -> &str {
        &self.0
    }

    /// The domain of its endpoints.
    pub(crate) fn url_suffix(&self) -> &'static str {
        if self.0 == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" }
    }
}

/// Who the credentials are for.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    account: String,
    partition: Partition,
}

impl Identity {
    /// Asks AWS.
    pub(crate) async fn ask(config: &SdkConfig) -> Result<Identity, AwsError> {
        let doing = "find out whose credentials these are";
        let client = aws_sdk_sts::Client::new(config);
        let answer = client.get_caller_identity().send().await;
        let answer = answer.map_err(|error| AwsError::of(doing, &error))?;
        let Some(account) = answer.account() else {
            return Err(AwsError::refused(doing, "AWS does not name the account"));
        };
        let partition = Partition::of_arn(answer.arn().unwrap_or_default());
        Ok(Identity { account: account.to_owned(), partition })
    }
}

/// One account and region, with the clients for it.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    account: String,
    region: String,
    partition: Partition,
    role: Option<String>,
    cloudformation: CloudFormation,
    s3: S3,
    calls: Calls,
}

impl Target {
    /// The clients for an account and region. Where the credentials are for another account than the one that is wanted, they take the
    /// role that the bootstrapping of that one made for deploying.
    pub(crate) async fn new(
        config: SdkConfig,
        identity: &Identity,
        region: &str,
        account: Option<&str>,
    ) -> Result<Target, Error> {
        let account = account.unwrap_or(&identity.account);
        let partition = identity.partition.clone();
        let (config, role) = if account == identity.account {
            (config, None)
        } else {
            let role = format!(
                "arn:{}:iam::{account}:role/cdk-{QUALIFIER}-deploy-role-{account}-{region}",
                partition.name()
            );
            let config = assume(config, &role)
                .await
                .map_err(|error| other_account(account, &identity.account, &role, &error))?;
            (config, Some(role))
        };
        // What the emulators listen on has no names for buckets.
        let s3 = aws_sdk_s3::config::Builder::from(&config)
            .force_path_style(config.endpoint_url().is_some())
            // An upload takes as long as it takes.
            .timeout_config(
                TimeoutConfig::builder().connect_timeout(super::CONNECT_TIMEOUT).build(),
            )
            .build();
        Ok(Target {
            account: account.to_owned(),
            region: region.to_owned(),
            calls: Calls::new(config.clone(), region, partition.clone()),
            partition,
            role,
            cloudformation: CloudFormation::new(aws_sdk_cloudformation::Client::new(&config)),
            s3: S3::new(aws_sdk_s3::Client::from_conf(s3), account),
        })
    }

    /// The account.
    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    /// The region.
    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// The partition.
    pub(crate) fn partition(&self) -> &Partition {
        &self.partition
    }

    /// The role that was taken because the credentials are for another account.
    pub(crate) fn role(&self) -> Option<&str> {
        self.role.as_deref()
    }

    /// Stacks, change sets, events.
    pub(crate) fn cloudformation(&self) -> &CloudFormation {
        &self.cloudformation
    }

    /// Files in buckets.
    pub(crate) fn s3(&self) -> &S3 {
        &self.s3
    }

    /// Single operations of other services.
    pub(crate) fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Whether a stack of this environment belongs here.
    pub(crate) fn is_for(&self, environment: &Environment) -> bool {
        environment.account.as_deref().is_none_or(|account| account == self.account)
            && environment.region.as_deref().is_none_or(|region| region == self.region)
    }

    /// The bucket that the bootstrapping made for templates and assets.
    pub(crate) fn asset_bucket(&self) -> String {
        format!("cdk-{QUALIFIER}-assets-{}-{}", self.account, self.region)
    }

    /// The account and region as people name them.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.account, self.region)
    }
}

/// The same configuration with the credentials of a role, which are asked for at once, so that a refusal is told here.
async fn assume(config: SdkConfig, role: &str) -> Result<SdkConfig, AwsError> {
    let builder = AssumeRoleProvider::builder(role).session_name("fc-cdk").configure(&config);
    let provider = match config.credentials_provider() {
        Some(own) => builder.build_from_provider(own).await,
        None => builder.build().await,
    };
    provider.provide_credentials().await.map_err(|error| {
        let mut refused = AwsError::refused(format!("take the role `{role}`"), error.to_string());
        refused.kind = Kind::Denied;
        refused
    })?;
    let provider = SharedCredentialsProvider::new(provider);
    Ok(config.into_builder().credentials_provider(provider).build())
}

fn other_account(wanted: &str, own: &str, role: &str, error: &AwsError) -> Error {
    Error::of(crate::codes::WRONG_ACCOUNT, format!(
        "the stack is for the account {wanted}, the credentials are for {own}, and the role `{role}` cannot be taken: {error}"
    ))
    .help(format!(
        "take credentials of {wanted} by `--profile`, or bootstrap that account so that it trusts {own}: `bootstrap --trust {own}`"
    ))
    .exit(Exit::Refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_come_from_arns() {
        assert_eq!(Partition::of_arn("arn:aws-cn:iam::1:user/a").url_suffix(), "amazonaws.com.cn");
        assert_eq!(Partition::of_arn("arn:aws:sts::1:assumed-role/a/b").name(), "aws");
        assert_eq!(Partition::of_arn("").name(), "aws");
    }
}
