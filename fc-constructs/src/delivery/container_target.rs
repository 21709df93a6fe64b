//! [`ContainerTarget`]: a service that a pipeline deploys to.

use fc_cdk_core::{
    IntoValue, Node, Value, json,
    policy::{Condition, Statement},
    sub,
};

use crate::{
    containers::{FargateService, Repository, task::CONTAINER},
    security::Role,
};

/// A service of ECS that a pipeline builds an image for and deploys it to: tasks are replaced with none missing, and the service goes
/// back by itself when the new ones do not become healthy.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::{containers::{FargateService, Repository}, delivery::ContainerTarget};
/// let app = App::new();
/// let stack = Stack::new(&app, "Shop");
/// # let vpc = "vpc-0123456789abcdef0";
/// # let subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];
/// let images = Repository::builder().build(&stack, "Images");
/// let web = FargateService::builder()
///     .vpc(vpc)
///     .subnets(subnets)
///     .load_balancer(subnets)
///     .repository(images)
///     .build(&stack, "Web");
/// let target = ContainerTarget::service("Web", &web).directory("frontend");
/// ```
#[derive(Clone)]
pub struct ContainerTarget {
    pub(super) id: String,
    pub(super) directory: String,
    pub(super) repository: Option<Repository>,
    service: Service,
}

/// What the pipeline has to know of the service.
#[derive(Clone)]
struct Service {
    cluster: Value<String>,
    name: Value<String>,
    arn: Value<String>,
    roles: [Value<String>; 2],
}

impl ContainerTarget {
    /// A service, whose images are in its `repository`. The id is the name of the action in the pipeline; in lower case it is the folder of
    /// the code that has the `Dockerfile`.
    pub fn service(id: impl Into<String>, service: &FargateService) -> ContainerTarget {
        let id = id.into();
        ContainerTarget {
            directory: id.to_lowercase(),
            id,
            repository: service.repository.clone(),
            service: Service {
                cluster: service.cluster.name(),
                name: service.service.name(),
                arn: service.service.service_arn(),
                roles: [&service.role, &service.execution_role].map(|role| role.arn().cast()),
            },
        }
    }

    /// The folder of the code that has the `Dockerfile`; `.` for the root.
    #[must_use]
    pub fn directory(mut self, path: impl Into<String>) -> ContainerTarget {
        self.directory = path.into();
        self
    }

    /// The repository that images are pushed to, where it is another than the service's. The service has to be able to pull from it.
    #[must_use]
    pub fn repository(mut self, repository: &Repository) -> ContainerTarget {
        self.repository = Some(repository.clone());
        self
    }

    /// The variable by which the build knows the repository: `REPOSITORY_WEB`.
    pub(super) fn variable(&self) -> String {
        let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        format!("REPOSITORY_{}", self.id.chars().map(letter).collect::<String>())
    }

    /// The file that tells ECS which image is new.
    pub(super) fn file(&self) -> String {
        format!("images-{}.json", self.variable().trim_start_matches("REPOSITORY_").to_lowercase())
    }

    /// The variables of the build that are about the target.
    pub(super) fn environment(&self) -> Option<(String, Value<String>)> {
        let repository = self.repository.as_ref()?;
        Some((self.variable(), repository.uri().into_value()))
    }

    /// The configuration of the action that deploys.
    pub(super) fn configuration(&self) -> Node {
        json!({
            "ClusterName": &self.service.cluster,
            "ServiceName": &self.service.name,
            "FileName": self.file(),
            // Minutes: a deployment that does not end has failed.
            "DeploymentTimeout": "30",
        })
    }
}

/// What the build does by itself: an image for each target, tagged by the commit, and a file that names it.
pub(super) fn build_spec(targets: &[ContainerTarget]) -> Node {
    let mut commands: Vec<Node> = Vec::new();
    for target in targets {
        let (variable, directory) = (target.variable(), &target.directory);
        // Tags are never moved, so what has been pushed by an earlier try is taken as it is.
        let image = format!("image=\"${variable}:$tag\"");
        let build = format!(
            "aws ecr describe-images --repository-name \"${{{variable}#*/}}\" --image-ids imageTag=\"$tag\" > /dev/null 2>&1 \
             || {{ docker build --tag \"$image\" \"{directory}\" && docker push \"$image\"; }}"
        );
        let name = format!(
            "printf '[{{\"name\":\"{CONTAINER}\",\"imageUri\":\"%s\"}}]' \"$image\" > {}",
            target.file()
        );
        commands.extend([image, build, name].map(Node::from));
    }
    let login = targets.first().map(|target| {
        let variable = target.variable();
        format!(
            "aws ecr get-login-password | docker login --username AWS --password-stdin \"${{{variable}%%/*}}\""
        )
    });
    let tag = "tag=\"c$(printf '%s' \"$CODEBUILD_RESOLVED_SOURCE_VERSION\" | tr -cd 'A-Za-z0-9' | cut -c 1-40)\"";
    let before: Vec<Node> = login.into_iter().chain([tag.to_owned()]).map(Node::from).collect();
    let files: Vec<Node> = targets.iter().map(|target| target.file().into()).collect();
    json!({
        "version": "0.2",
        "phases": {
            "pre_build": { "on-failure": "ABORT", "commands": before },
            "build": { "on-failure": "ABORT", "commands": commands },
        },
        "artifacts": { "files": files },
    })
}

/// What the pipeline needs to deploy.
/// See <https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html>.
pub(super) fn allow_deploying(role: &Role, targets: &[ContainerTarget]) {
    let services: Vec<&Value<String>> = targets.iter().map(|target| &target.service.arn).collect();
    let update = ["ecs:DescribeServices", "ecs:UpdateService"];
    role.add_statement(Statement::allow().actions(update).resources(services));
    // This one knows no resources; the others know any definition of the account, since the new one has no name yet.
    role.add_statement(Statement::allow().actions(["ecs:DescribeTaskDefinition"]).resources(["*"]));
    let definitions =
        sub!("arn:{AWS::Partition}:ecs:{AWS::Region}:{AWS::AccountId}:task-definition/*:*");
    let register = Statement::allow().actions(["ecs:RegisterTaskDefinition"]);
    role.add_statement(register.resources([definitions.clone()]));
    let tag = Statement::allow().actions(["ecs:TagResource"]).resources([definitions]);
    role.add_statement(
        tag.condition(Condition::string_equals("ecs:CreateAction", ["RegisterTaskDefinition"])),
    );
    let roles: Vec<&Value<String>> =
        targets.iter().flat_map(|target| &target.service.roles).collect();
    let pass = Statement::allow().actions(["iam:PassRole"]).resources(roles);
    role.add_statement(pass.condition(Condition::string_equals(
        "iam:PassedToService",
        ["ecs-tasks.amazonaws.com", "ecs.amazonaws.com"],
    )));
}
