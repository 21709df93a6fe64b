//! What the function may do, and what RDS may do for an export.
//!
//! See <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.Setup.html>.

use fc_cdk_core::{
    Scope, Value, intrinsics,
    policy::{Condition, Principal, Statement},
    sub,
};

use super::{ExportedDatabase, Kind, Snapshots};
use crate::{
    security::{Grantee, Key, Role},
    serverless::Function,
    storage::Bucket,
};

pub(super) struct Permissions<'a> {
    pub(super) scope: &'a Scope,
    pub(super) database: &'a ExportedDatabase,
    pub(super) key: &'a Key,
}

impl Permissions<'_> {
    /// The ARN of all snapshots whose names match a pattern.
    fn snapshots(&self, pattern: &Value<String>) -> Value<String> {
        let kind = if self.database.cluster { "cluster-snapshot" } else { "snapshot" };
        sub!("arn:{AWS::Partition}:rds:{AWS::Region}:{AWS::AccountId}:{kind}:{pattern}")
    }

    fn every_snapshot(&self) -> Value<String> {
        self.snapshots(&Value::from_node("*".into()))
    }

    /// An action by its names for instances and for clusters.
    fn action(&self, of_instance: &'static str, of_cluster: &'static str) -> &'static str {
        if self.database.cluster { of_cluster } else { of_instance }
    }

    /// The role that RDS takes on to write to one prefix of the bucket.
    pub(super) fn export_role(&self, bucket: &Bucket, prefix: &str) -> Role {
        let role = Role::builder()
            .assumed_by(Principal::service("export.rds.amazonaws.com"))
            .trust_conditions([
                Condition::string_equals("aws:SourceAccount", [intrinsics::account_id()]),
                Condition::arn_like("aws:SourceArn", [self.every_snapshot()]),
            ])
            .description("writes exported snapshots to the bucket")
            .build(self.scope, "ExportRole");
        bucket.grant(&role, &["s3:GetBucketLocation", "s3:ListBucket"], "*");
        let write = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"];
        bucket.grant(&role, &write, &format!("{prefix}/*"));
        role
    }

    pub(super) fn of_function(
        &self,
        function: &Function,
        export_role: &Role,
        snapshots: Snapshots,
    ) {
        let role = function.grant_role();
        let identifier = &self.database.identifier;
        let made_here = self.snapshots(&sub!("{identifier}-export-*"));
        let exported = match snapshots.0 {
            Kind::Automated => self.snapshots(&sub!("rds:{identifier}-*")),
            Kind::Every { .. } => made_here.clone(),
        };
        role.add_statement(
            Statement::allow().actions(["rds:StartExportTask"]).resources([exported]),
        );
        let look = Statement::allow().actions(["rds:DescribeExportTasks"]);
        role.add_statement(look.resources([self.every_snapshot()]));
        if let Kind::Every { .. } = snapshots.0 {
            let make = [
                "rds:AddTagsToResource",
                self.action("rds:CreateDBSnapshot", "rds:CreateDBClusterSnapshot"),
                self.action("rds:DeleteDBSnapshot", "rds:DeleteDBClusterSnapshot"),
            ];
            role.add_statement(Statement::allow().actions(make).resources([made_here]));
            let create = self.action("rds:CreateDBSnapshot", "rds:CreateDBClusterSnapshot");
            let list = self.action("rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots");
            let of_database = Statement::allow().actions([create, list]);
            role.add_statement(of_database.resources([&self.database.arn]));
            let list = Statement::allow().actions([list]);
            role.add_statement(list.resources([self.every_snapshot()]));
        }
        let pass =
            Statement::allow().actions(["iam:PassRole"]).resources([export_role.arn()]).condition(
                Condition::string_equals("iam:PassedToService", ["export.rds.amazonaws.com"]),
            );
        role.add_statement(pass);
        // RDS goes on with the keys when the function is over: it is given grants, by nobody but AWS services.
        self.key.grant_encrypt_decrypt(role);
        for key in [self.key, &self.database.key] {
            let look = Statement::allow().actions(["kms:DescribeKey"]).resources([key.arn()]);
            role.add_statement(look);
            let give = Statement::allow()
                .actions(["kms:CreateGrant"])
                .resources([key.arn()])
                .condition(Condition::bool("kms:GrantIsForAWSResource", true));
            role.add_statement(give);
        }
    }
}
