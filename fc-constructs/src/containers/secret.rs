//! [`ContainerSecret`]: what a container is told in confidence.

use fc_cdk_core::{Value, sub};

use crate::{
    database::{AuroraCluster, Database},
    security::{Role, Secret},
};

/// A secret of Secrets Manager, or a field of one, that a container sees as a variable. ECS reads it when a task starts: the template
/// and the task definition have the ARN alone.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::{containers::ContainerSecret, security::Secret};
/// let app = App::new();
/// let stack = Stack::new(&app, "Shop");
/// let mail = Secret::builder().fields([("user", "shop")]).build(&stack, "Mail");
/// let password = ContainerSecret::of(&mail).field("password");
/// ```
///
/// Reference: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html>.
#[derive(Clone)]
pub struct ContainerSecret {
    owner: Owner,
    field: Option<String>,
}

#[derive(Clone)]
enum Owner {
    Secret(Secret),
    Database(Database),
    Cluster(AuroraCluster),
}

impl ContainerSecret {
    /// A secret of the app.
    pub fn of(secret: &Secret) -> ContainerSecret {
        ContainerSecret { owner: Owner::Secret(secret.clone()), field: None }
    }

    /// The first user of a database; its fields are `username` and `password`. Tasks that started before RDS changed the password keep
    /// the old one, so long-running programs should read the secret themselves or connect by
    /// [`grant_connect`](Database::grant_connect).
    pub fn of_database(database: &Database) -> ContainerSecret {
        ContainerSecret { owner: Owner::Database(database.clone()), field: None }
    }

    /// The first user of a cluster of Aurora, as [`of_database`](Self::of_database).
    pub fn of_cluster(cluster: &AuroraCluster) -> ContainerSecret {
        ContainerSecret { owner: Owner::Cluster(cluster.clone()), field: None }
    }

    /// One field of a secret that is a JSON object.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>) -> ContainerSecret {
        self.field = Some(name.into());
        self
    }

    /// What the container definition says: the ARN, and the field with the newest version of the secret.
    pub(super) fn value_from(&self) -> Value<String> {
        let arn: Value<String> = match &self.owner {
            Owner::Secret(secret) => secret.arn().cast(),
            Owner::Database(database) => database.secret_arn(),
            Owner::Cluster(cluster) => cluster.secret_arn(),
        };
        match &self.field {
            None => arn,
            Some(field) => sub!("{arn}:{field}::"),
        }
    }

    pub(super) fn grant_read(&self, role: &Role) {
        match &self.owner {
            Owner::Secret(secret) => secret.grant_read(role),
            Owner::Database(database) => database.grant_read_secret(role),
            Owner::Cluster(cluster) => cluster.grant_read_secret(role),
        }
    }
}
