//! The services that are called, each with its place and its protocol.

/// A service, and how it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Service {
    /// What its endpoint begins with.
    pub(crate) endpoint: &'static str,
    /// The name in signatures.
    pub(crate) signing: &'static str,
    pub(crate) protocol: Protocol,
}

/// How a service is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// A form with the version of the API, answered in XML.
    Query(&'static str),
    /// The same for a service that has one place for all regions.
    GlobalQuery(&'static str),
    /// JSON, with this before the name of the operation.
    Json(&'static str),
}

/// Virtual machines and networks.
pub(crate) const EC2: Service =
    Service { endpoint: "ec2", signing: "ec2", protocol: Protocol::Query("2016-11-15") };
/// Users, roles, policies.
pub(crate) const IAM: Service =
    Service { endpoint: "iam", signing: "iam", protocol: Protocol::GlobalQuery("2010-05-08") };
/// Relational databases.
pub(crate) const RDS: Service =
    Service { endpoint: "rds", signing: "rds", protocol: Protocol::Query("2014-10-31") };
/// Load balancers.
pub(crate) const ELB: Service = Service {
    endpoint: "elasticloadbalancing",
    signing: "elasticloadbalancing",
    protocol: Protocol::Query("2015-12-01"),
};
/// Who is calling.
pub(crate) const STS: Service =
    Service { endpoint: "sts", signing: "sts", protocol: Protocol::Query("2011-06-15") };
/// Certificates.
pub(crate) const ACM: Service =
    Service { endpoint: "acm", signing: "acm", protocol: Protocol::Json("CertificateManager") };
/// Keys.
pub(crate) const KMS: Service =
    Service { endpoint: "kms", signing: "kms", protocol: Protocol::Json("TrentService") };
/// What an account may have.
pub(crate) const QUOTAS: Service = Service {
    endpoint: "servicequotas",
    signing: "servicequotas",
    protocol: Protocol::Json("ServiceQuotasV20190624"),
};
/// Any resource, by its type and identifier.
pub(crate) const CLOUD_CONTROL: Service = Service {
    endpoint: "cloudcontrolapi",
    signing: "cloudcontrolapi",
    protocol: Protocol::Json("CloudApiService"),
};
/// Notebooks, of which it has one kind.
pub(crate) const SAGEMAKER: Service = Service {
    endpoint: "api.sagemaker",
    signing: "sagemaker",
    protocol: Protocol::Json("SageMaker"),
};

/// Parameters and public images.
pub(crate) const SSM: Service =
    Service { endpoint: "ssm", signing: "ssm", protocol: Protocol::Json("AmazonSSM") };
/// Secrets.
pub(crate) const SECRETS: Service = Service {
    endpoint: "secretsmanager",
    signing: "secretsmanager",
    protocol: Protocol::Json("secretsmanager"),
};
/// Images of containers.
pub(crate) const ECR: Service = Service {
    endpoint: "api.ecr",
    signing: "ecr",
    protocol: Protocol::Json("AmazonEC2ContainerRegistry_V20150921"),
};
/// Groups of servers.
pub(crate) const AUTO_SCALING: Service = Service {
    endpoint: "autoscaling",
    signing: "autoscaling",
    protocol: Protocol::Query("2011-01-01"),
};
/// Stacks, for what its SDK has no plain type here.
pub(crate) const CLOUDFORMATION: Service = Service {
    endpoint: "cloudformation",
    signing: "cloudformation",
    protocol: Protocol::Query("2010-05-15"),
};
