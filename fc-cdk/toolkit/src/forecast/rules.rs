//! The rules of forecasts: what only the account knows.

use fc_cdk_core::{Severity, rules::Rule};

/// All of them, for `explain`.
pub(crate) const ALL: &[Rule] = &[
    EXISTS_ALREADY,
    BUCKET_NOT_EMPTY,
    MISSING_ROLE,
    ROLE_NOT_ASSUMABLE,
    MISSING_PRINCIPAL,
    NOT_PERMITTED,
    KEY_NOT_USABLE,
    CERTIFICATE_NOT_ISSUED,
    MISSING_KEY_PAIR,
    INSTANCE_TYPE_NOT_OFFERED,
    MISSING_IMAGE,
    IMAGE_OF_OTHER_ARCHITECTURE,
    MISSING_NETWORK_RESOURCE,
    SECURITY_GROUP_OF_OTHER_VPC,
    NO_DEFAULT_VPC,
    ENGINE_VERSION_NOT_OFFERED,
    DATABASE_CLASS_NOT_OFFERED,
    MISSING_CODE,
    CODE_TOO_LARGE,
    QUOTA_REACHED,
];

macro_rules! rules {
    ($($name:ident $code:literal $severity:ident $title:literal, $why:literal, $fix:literal, $url:literal;)*) => {$(
        #[doc = $title]
        pub(crate) const $name: Rule = Rule {
            code: $code,
            severity: Severity::$severity,
            title: $title,
            why: $why,
            fix: $fix,
            docs_url: $url,
        };
    )*}
}

rules! {
    EXISTS_ALREADY "forecast-exists-already" Error
        "a resource of this name exists already",
        "CloudFormation does not take over what exists: creating the resource fails, and the stack rolls back.",
        "give it another name or none, delete the one that is there, or adopt it by `import` or `deploy --import-existing-resources`",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html";
    BUCKET_NOT_EMPTY "forecast-bucket-not-empty" Error
        "a bucket that is to be deleted has objects in it",
        "S3 deletes no bucket that has objects or versions of objects: the deletion fails, and the stack stays in DELETE_FAILED or with a bucket that nobody manages.",
        "empty it first, or retain it by `removal_policy(RemovalPolicy::Retain)` in a deploy before this one",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html";
    MISSING_ROLE "forecast-missing-role" Error
        "a role that is named does not exist",
        "Whoever is to take the role cannot: creating the resource fails.",
        "correct the ARN, or make the role in the app and pass it on",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html";
    ROLE_NOT_ASSUMABLE "forecast-role-not-assumable" Error
        "the service may not take the role that is named",
        "The trust policy of the role does not name the service, so creating the resource fails, or it works only later and for no obvious reason.",
        "let the service be a principal of the role's trust policy",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html";
    MISSING_PRINCIPAL "forecast-missing-principal" Error
        "a policy names a role or user that does not exist",
        "Services that keep policies on resources, such as S3 and KMS, refuse a policy with a principal that they cannot find.",
        "correct the ARN, or make the principal first",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html";
    NOT_PERMITTED "forecast-not-permitted" Warning
        "whoever deploys may not do what CloudFormation has to do",
        "CloudFormation acts with the permissions of the caller or of the stack's role, and the first call that is denied makes the stack roll back. IAM is asked for every resource: a policy that names only the right ones is said to deny, and what an organization denies is not known.",
        "let the caller or the stack's role have these permissions, or take another by `--profile`",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html";
    KEY_NOT_USABLE "forecast-key-not-usable" Error
        "a key that is named does not exist or is not enabled",
        "A key that is disabled or waits for its deletion encrypts nothing: creating the resource fails, or it cannot be used.",
        "correct the ARN, or enable the key",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html";
    CERTIFICATE_NOT_ISSUED "forecast-certificate-not-issued" Error
        "a certificate that is named does not exist or is not issued",
        "Load balancers and distributions take only certificates that are issued.",
        "finish the validation of the certificate, or name another one of the same region",
        "https://docs.aws.amazon.com/acm/latest/userguide/domain-ownership-validation.html";
    MISSING_KEY_PAIR "forecast-missing-key-pair" Error
        "a key pair that is named does not exist",
        "EC2 starts no instance with a key pair that is not in the region.",
        "leave `KeyName` out and reach the servers by Session Manager, or make the key pair first",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-key-pairs.html";
    INSTANCE_TYPE_NOT_OFFERED "forecast-instance-type-not-offered" Error
        "the region does not offer the instance type",
        "EC2 starts no instance of a type that the region does not have.",
        "choose a type that the region has",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-discovery.html";
    MISSING_IMAGE "forecast-missing-image" Error
        "an image that is named does not exist",
        "Images belong to one region, and can be taken back by who shared them.",
        "name an image of this region, or one by a public parameter of Systems Manager, which is the newest everywhere",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/finding-an-ami.html";
    IMAGE_OF_OTHER_ARCHITECTURE "forecast-image-of-other-architecture" Error
        "the image is for another processor than the instance type has",
        "EC2 does not start an instance whose image is for another architecture.",
        "choose an image for the instance type's architecture, or another type",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ComponentsAMIs.html";
    MISSING_NETWORK_RESOURCE "forecast-missing-network-resource" Error
        "a VPC, subnet or security group that is named does not exist",
        "Identifiers of networks belong to one account and region.",
        "name one of this account and region, or make it in the app and pass it on",
        "https://docs.aws.amazon.com/vpc/latest/userguide/what-is-amazon-vpc.html";
    SECURITY_GROUP_OF_OTHER_VPC "forecast-security-group-of-other-vpc" Error
        "subnets and security groups that are named are of different VPCs",
        "A network interface takes only security groups of the VPC of its subnet.",
        "name subnets and security groups of one VPC",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html";
    NO_DEFAULT_VPC "forecast-no-default-vpc" Error
        "a security group names no VPC, and the region has no default one",
        "Without `VpcId` a security group is made in the default VPC of the region.",
        "set `VpcId`",
        "https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html";
    ENGINE_VERSION_NOT_OFFERED "forecast-engine-version-not-offered" Error
        "the region does not offer the version of the database engine",
        "RDS takes back versions of engines, and not every region has every version.",
        "choose a version that `aws rds describe-db-engine-versions` lists",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.RDS_Fea_Regions_DB-eng.html";
    DATABASE_CLASS_NOT_OFFERED "forecast-database-class-not-offered" Error
        "the region does not offer the class for the database engine",
        "Which classes, kinds of storage and zones an engine has differs by version and region.",
        "choose what `aws rds describe-orderable-db-instance-options` lists",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.html";
    MISSING_CODE "forecast-missing-code" Error
        "the code of a function is not where it should be",
        "Lambda reads the archive when the function is made or updated, from a bucket of the same region.",
        "upload it first, or let the app do it: `Code::folder`",
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-function-zip.html";
    CODE_TOO_LARGE "forecast-code-too-large" Error
        "the code of a function is empty or larger than Lambda takes",
        "Lambda takes archives of at most 250 MB, unpacked.",
        "leave out what the function does not need, use layers, or deploy it as an image",
        "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html";
    QUOTA_REACHED "forecast-quota-reached" Error
        "the account may not have so many",
        "What exceeds a quota is not created, and the stack rolls back.",
        "delete what is not needed, or ask for more: https://console.aws.amazon.com/servicequotas",
        "https://docs.aws.amazon.com/servicequotas/latest/userguide/intro.html";
}
