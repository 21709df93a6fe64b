//! What an instance and a cluster have around them: the same for both.

use fc_cdk_aws::{ids::ec2::VpcId, rds};
use fc_cdk_core::{
    Map, Resource, Scope, Value,
    policy::{Principal, Statement},
    sub,
};

use super::name::log_id;
use crate::{
    monitoring::{LogGroup, Retention},
    network::{Egress, SecurityGroup, Subnets},
    security::{Grantee, Key, Role},
};

/// What is made before the database.
pub(super) struct Surroundings {
    pub(super) key: Key,
    pub(super) security_group: SecurityGroup,
    pub(super) subnet_group: rds::DbSubnetGroupHandle,
}

impl Surroundings {
    /// With the key that is given, or one of its own.
    pub(super) fn new(
        scope: &Scope,
        title: &str,
        vpc: Value<VpcId>,
        subnets: &Subnets,
        key: Option<Key>,
    ) -> Surroundings {
        let key = key.unwrap_or_else(|| {
            Key::builder().description(format!("data of {}", scope.path())).build(scope, "Key")
        });
        let security_group = SecurityGroup::builder()
            .vpc(vpc)
            .description(format!("{title} database"))
            .egress(Egress::Restricted)
            .build(scope, "SecurityGroup");
        let subnet_group = rds::DbSubnetGroup::new()
            .db_subnet_group_description(format!("{title} database"))
            .subnet_ids(subnets)
            .build(scope, "SubnetGroup");
        Surroundings { key, security_group, subnet_group }
    }

    /// The groups of the engine's logs. RDS would make them itself, to be kept for ever.
    pub(super) fn log_groups(
        &self,
        scope: &Scope,
        database: &Resource,
        logs: &[&str],
        retention: Retention,
    ) -> Vec<LogGroup> {
        let group = |log: &&str| {
            let group = LogGroup::builder().retention(retention).encryption_key(self.key.clone());
            let group = group.build(scope, &log_id(log));
            database.depends_on(&group);
            group
        };
        logs.iter().map(group).collect()
    }
}

/// Lets a role connect as a user, to what has this resource id.
pub(super) fn grant_connect(grantee: &impl Grantee, id: Value<String>, user: &str) {
    let arn = sub!("arn:{AWS::Partition}:rds-db:{AWS::Region}:{AWS::AccountId}:dbuser:{id}/{user}");
    let statement = Statement::allow().actions(["rds-db:connect"]).resources([arn]);
    grantee.grant_role().add_statement(statement);
}

/// Lets a role read the secret that RDS made.
pub(super) fn grant_read_secret(grantee: &impl Grantee, secret: Value<String>, key: &Key) {
    let actions = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
    grantee.grant_role().add_statement(Statement::allow().actions(actions).resources([secret]));
    key.grant_decrypt(grantee);
}

/// The parameters of an engine, and further ones or other values for them.
pub(super) fn parameters(
    ours: &[(&'static str, &'static str)],
    further: &[(&'static str, &'static str)],
) -> Map {
    let mut parameters = Map::new();
    for (name, value) in ours.iter().chain(further) {
        parameters.insert(*name, *value);
    }
    parameters.sort_keys();
    parameters
}

/// How instances are watched from within: Database Insights, and the operating system every so many seconds.
pub(super) struct Watching<'a> {
    insights: bool,
    interval: u8,
    key: &'a Key,
    role: Option<Role>,
}

impl<'a> Watching<'a> {
    pub(super) fn new(scope: &Scope, insights: bool, interval: u8, key: &'a Key) -> Watching<'a> {
        let role = (interval > 0).then(|| monitoring_role(scope));
        Watching { insights, interval, key, role }
    }

    /// The instance with what it takes to be watched; the mode is that of Database Insights, where it is not the cluster's.
    pub(super) fn of(
        &self,
        instance: rds::DbInstance,
        mode: Option<Value<rds::DatabaseInsightsMode>>,
    ) -> rds::DbInstance {
        let mut instance = instance.enable_performance_insights(self.insights);
        if self.insights {
            instance = instance
                .database_insights_mode(mode)
                .performance_insights_kms_key_id(self.key)
                .performance_insights_retention_period(7);
        }
        match &self.role {
            Some(role) => instance.monitoring_interval(self.interval).monitoring_role_arn(role),
            None => instance,
        }
    }

    /// RDS tries the role when it makes the instance.
    pub(super) fn ready_before(&self, instance: &Resource) {
        if let Some(policy) = self.role.as_ref().and_then(Role::policy) {
            instance.depends_on(&policy);
        }
    }
}

/// What enhanced monitoring needs, which writes to one log group for all databases of an account.
/// See <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html>.
fn monitoring_role(scope: &Scope) -> Role {
    let role = Role::builder()
        .assumed_by(Principal::service("monitoring.rds.amazonaws.com"))
        .build(scope, "MonitoringRole");
    let group =
        sub!("arn:{AWS::Partition}:logs:{AWS::Region}:{AWS::AccountId}:log-group:RDSOSMetrics");
    let make = ["logs:CreateLogGroup", "logs:PutRetentionPolicy"];
    role.add_statement(Statement::allow().actions(make).resources([&group]));
    let write = [
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:GetLogEvents",
        "logs:PutLogEvents",
    ];
    role.add_statement(Statement::allow().actions(write).resources([sub!("{group}:log-stream:*")]));
    role
}
