//! [`Repository`]: where container images are kept.

use fc_cdk_aws::{
    ecr::{self, EncryptionType, ImageTagMutability},
    iam,
    ids::iam::RoleName,
};
use fc_cdk_core::{
    Diagnostic, IntoValue, Node, RemovalPolicy, Scope, Value, json,
    policy::{PolicyDocument, Statement},
    sub,
};

use super::codes;
use crate::{
    builder::construct,
    handle::stands_for,
    security::{Grantee, Key},
};

const PULL: [&str; 3] =
    ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
const PUSH: [&str; 4] =
    ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"];

/// A repository of container images in ECR, whose tags mean the same for ever.
///
/// Makes one `AWS::ECR::Repository`: private, encrypted, with images scanned when they are pushed, tags that nobody can move, and old
/// images deleted. A repository that leaves the stack is kept with its images.
///
/// ```
/// use fc_cdk_core::{App, Stack, policy::Principal};
/// use fc_constructs::{containers::Repository, security::Role};
/// let app = App::new();
/// let stack = Stack::new(&app, "Shop");
/// let images = Repository::builder().keep_images(50u32).build(&stack, "Images");
/// let role = Role::builder().assumed_by(Principal::service("ecs-tasks.amazonaws.com")).build(&stack, "Role");
/// images.grant_pull(&role);
/// ```
///
/// Reference: <https://docs.aws.amazon.com/AmazonECR/latest/userguide/Repositories.html>.
#[derive(Clone)]
pub struct Repository {
    /// The repository itself, for everything that has no setting here.
    pub handle: ecr::RepositoryHandle,
}

construct! {
    Repository, RepositoryBuilder, RepositoryOptions {
        required {}
        optional {
            /// The name, unique in the account and region: lower-case letters, digits and `._-/`. Another one replaces the repository.
            /// Default: CloudFormation makes one, so that the template can be deployed twice.
            repository_name: Into<String>,
            /// Whether a tag can be moved to another image. Default: no, so that what was tested is what runs.
            mutable_tags: Into<bool> = false,
            /// Whether images are searched for known weaknesses when they are pushed. Default: yes.
            scan_on_push: Into<bool> = true,
            /// The key that encrypts the images. Another one replaces the repository. Default: ECR's own (AES-256), which costs nothing.
            encryption_key: Into<Key>,
            /// How many images are kept; the oldest go first. Default: 100.
            keep_images: Into<u32> = 100,
            /// Days after which images without a tag are deleted. Default: 7.
            expire_untagged_after_days: Into<u32> = 7,
            /// What happens to the images when the repository leaves the stack. Default: they are kept.
            removal_policy: Into<RemovalPolicy> = RemovalPolicy::Retain,
        }
    }
}

impl Repository {
    fn create(scope: &Scope, options: RepositoryOptions) -> Repository {
        check(scope, &options);
        let mut encryption =
            ecr::RepositoryEncryptionConfiguration::new().encryption_type(EncryptionType::Aes256);
        if let Some(key) = &options.encryption_key {
            encryption = encryption.encryption_type(EncryptionType::Kms).kms_key(key);
        }
        let mutability = if options.mutable_tags {
            ImageTagMutability::Mutable
        } else {
            ImageTagMutability::Immutable
        };
        let rules = lifecycle(options.expire_untagged_after_days, options.keep_images);
        let mut repository = ecr::Repository::new()
            .repository_name(options.repository_name)
            .image_tag_mutability(mutability)
            .image_scanning_configuration(
                ecr::ImageScanningConfiguration::new().scan_on_push(options.scan_on_push),
            )
            .encryption_configuration(encryption)
            .lifecycle_policy(ecr::LifecyclePolicy::new().lifecycle_policy_text(rules.to_json()));
        let delete = matches!(options.removal_policy, RemovalPolicy::Delete);
        if delete {
            repository = repository.empty_on_delete(true);
        }
        let handle = repository.build(scope, "Resource");
        handle.removal_policy(options.removal_policy);
        Repository { handle }
    }

    /// The ARN.
    pub fn arn(&self) -> Value<String> {
        self.handle.arn()
    }

    /// What images are pushed to and pulled from: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop`.
    pub fn uri(&self) -> Value<String> {
        self.handle.repository_uri()
    }

    /// The image with a tag, as it is pulled.
    pub fn image(&self, tag: &str) -> Value<String> {
        let uri = self.uri();
        sub!("{uri}:{tag}")
    }

    /// Lets a role pull images.
    pub fn grant_pull(&self, grantee: &impl Grantee) {
        self.grant(grantee, &PULL);
    }

    /// Lets a role push images, and pull them for their layers.
    pub fn grant_push(&self, grantee: &impl Grantee) {
        let actions: Vec<&str> = PULL.into_iter().chain(PUSH).collect();
        self.grant(grantee, &actions);
    }

    fn grant(&self, grantee: &impl Grantee, actions: &[&str]) {
        let role = grantee.grant_role();
        let statement = Statement::allow().actions(actions.to_vec()).resources([self.arn()]);
        role.add_statement(statement);
        // The login is for the whole registry of the account: it has no resource that a policy could name.
        let login = Statement::allow().actions(["ecr:GetAuthorizationToken"]);
        role.add_statement(login.resources(["*"]));
    }

    /// Lets the role of another stack pull images, by its name: the permission is an `AWS::IAM::Policy` in a scope of your choice, so
    /// that the role's stack does not come to need the repository's.
    #[track_caller]
    pub fn grant_pull_in(
        &self,
        scope: &Scope,
        id: &str,
        role_name: impl IntoValue<RoleName>,
    ) -> iam::PolicyHandle {
        let mut document = PolicyDocument::new();
        document.push(Statement::allow().actions(PULL).resources([self.arn()]));
        let login = Statement::allow().actions(["ecr:GetAuthorizationToken"]);
        document.push(login.resources(["*"]));
        iam::Policy::new()
            .policy_name(format!("{}-{id}", scope.path()).replace(['/', ' '], "-"))
            .policy_document(document)
            .roles([role_name.into_value()])
            .build(scope, id)
    }
}

stands_for!(Repository.handle: ecr::RepositoryHandle);

/// See <https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html>.
fn lifecycle(untagged_days: u32, keep: u32) -> Node {
    json!({ "rules": [
        {
            "rulePriority": 1,
            "description": "images that no tag names",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": untagged_days,
            },
            "action": { "type": "expire" },
        },
        {
            "rulePriority": 2,
            "description": "the oldest of too many",
            "selection": { "tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": keep },
            "action": { "type": "expire" },
        },
    ] })
}

fn check(scope: &Scope, options: &RepositoryOptions) {
    let report = |property: &str, message: &str, help: &str| {
        let error = Diagnostic::error(codes::BAD_REPOSITORY, message);
        scope.report(error.property(property).help(help));
    };
    if options.keep_images == 0 {
        report("keep_images", "the repository keeps no image", "give 1 or more");
    }
    if options.expire_untagged_after_days == 0 {
        let help = "give 1 or more, since a push is untagged for a moment";
        report("expire_untagged_after_days", "images without a tag are deleted at once", help);
    }
    if let Some(name) = &options.repository_name
        && !is_name(name)
    {
        let help = "start with a letter; use lower-case letters and digits, with single `.`, `-`, `_` or `/` between them, 2 to 256 in all";
        report("repository_name", &format!("`{name}` is no name for a repository"), help);
    }
}

fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (2..=256).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.split(['.', '-', '_', '/']).all(|part| !part.is_empty() && part.chars().all(plain))
}
