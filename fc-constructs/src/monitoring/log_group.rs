//! [`LogGroup`]: where logs go, and for how long.

use fc_cdk_aws::{ids, logs};
use fc_cdk_core::{IntoValue, RemovalPolicy, Scope, Value, policy::Statement};

use crate::{
    builder::construct,
    handle::stands_for,
    security::{Grantee, Key},
};

/// How long logs are kept: the lengths that CloudWatch offers.
///
/// See <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Retention {
    OneDay = 1,
    ThreeDays = 3,
    FiveDays = 5,
    OneWeek = 7,
    TwoWeeks = 14,
    OneMonth = 30,
    TwoMonths = 60,
    ThreeMonths = 90,
    FourMonths = 120,
    FiveMonths = 150,
    SixMonths = 180,
    OneYear = 365,
    ThirteenMonths = 400,
    EighteenMonths = 545,
    TwoYears = 731,
    ThreeYears = 1096,
    FiveYears = 1827,
    SixYears = 2192,
    SevenYears = 2557,
    EightYears = 2922,
    NineYears = 3288,
    TenYears = 3653,
}

/// A log group with a stated retention.
///
/// Makes one `AWS::Logs::LogGroup`. It is deleted with its stack, since nothing writes to it any more; call `removal_policy` on the
/// handle to keep it.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::monitoring::{LogGroup, Retention};
/// let app = App::new();
/// let stack = Stack::new(&app, "Web");
/// let logs = LogGroup::builder().retention(Retention::ThreeMonths).build(&stack, "Logs");
/// ```
#[derive(Clone)]
pub struct LogGroup {
    /// The log group itself, for everything that has no setting here.
    pub handle: logs::LogGroupHandle,
}

construct! {
    LogGroup, LogGroupBuilder, LogGroupOptions {
        required {}
        optional {
            /// How long logs are kept. Default: one month.
            retention: Into<Retention> = Retention::OneMonth,
            /// The key that encrypts the logs. Default: a key of CloudWatch's own.
            encryption_key: Into<Key>,
            /// The name, unique in the account and region. Default: CloudFormation makes one.
            log_group_name: IntoValue<ids::lambda::FunctionNameOrLogGroupName>,
        }
    }
}

impl LogGroup {
    fn create(scope: &Scope, options: LogGroupOptions) -> LogGroup {
        if let Some(key) = &options.encryption_key {
            key.allow_logs();
        }
        let handle = logs::LogGroup::new()
            .log_group_name(options.log_group_name)
            .retention_in_days(options.retention as i64)
            .kms_key_id(options.encryption_key.as_ref().map(Key::arn))
            .build(scope, "Resource");
        handle.removal_policy(RemovalPolicy::Delete);
        LogGroup { handle }
    }

    /// The ARN, which ends in `:*` as CloudWatch gives it.
    pub fn arn(&self) -> Value<ids::logs::LogGroupArn> {
        self.handle.arn()
    }

    /// Lets a role write logs.
    pub fn grant_write(&self, grantee: &impl Grantee) {
        let actions = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"];
        let statement = Statement::allow().actions(actions).resources([self.arn()]);
        grantee.grant_role().add_statement(statement);
    }
}

stands_for!(LogGroup.handle: logs::LogGroupHandle);
