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

/// What enhanced monitoring needs, which writes to one log group for all databases of an account.
/// See <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html>.
pub(super) fn monitoring_role(scope: &Scope) -> Role {
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
