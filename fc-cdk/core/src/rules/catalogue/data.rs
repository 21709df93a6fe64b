//! Rules of data and of versions.

crate::rules! {
    pub(in crate::rules) const RULES = "Data and versions";
    ONE_POLICY = "one-policy", Warning, "data is kept when a resource is deleted, and not when it is replaced, or the other way round";
        why "`DeletionPolicy` is for the end of the resource, `UpdateReplacePolicy` for the old one after a change that needs a new one. Whoever keeps data in one case mostly means both.";
        fix "set both policies";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html";
    BAD_LIFECYCLE = "bad-lifecycle", Error, "S3 would refuse the order or the days of a lifecycle rule";
        why "Objects move only to colder classes, stay 30 days before an infrequent-access class, and expire after they have moved.";
        fix "order the transitions by days, 30 at least before STANDARD_IA and ONEZONE_IA, and expire later than the last";
        docs "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html";
    RETENTION_BELOW_MINIMUM = "retention-below-minimum", Warning, "objects are deleted before the shortest time that their storage class is billed for";
        why "The rest of the time is billed all the same: 30 days in the infrequent-access classes, 90 in GLACIER and GLACIER_IR, 180 in DEEP_ARCHIVE.";
        fix "expire them later, or do without that class";
        docs "https://aws.amazon.com/s3/storage-classes/";
    STATEFUL_WITHOUT_POLICY = "stateful-without-policy", Info, "a resource that holds data has no deletion policy";
        why "Without one CloudFormation deletes the data with the resource. Templates of this engine keep data unless told otherwise.";
        fix "set `DeletionPolicy` and `UpdateReplacePolicy`";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html";
    RETIRED_RUNTIME = "retired-runtime", Error, "a Lambda runtime is past its end";
        why "AWS stops patching it, then refuses new functions, then updates of functions that exist. A warning until then, an error from then on.";
        fix "move to a newer runtime";
        docs "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html";
    RETIRED_ENGINE_VERSION = "retired-engine-version", Warning, "AWS no longer offers this version of a database engine";
        why "A new database cannot be created with it, and one that exists is upgraded by AWS.";
        fix "name a version that is supported, or only the major one";
        docs "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html";
    NO_BACKUPS = "no-backups", Warning, "a database has its backups switched off";
        why "Nothing brings back what a mistake deletes. cdk-nag (AwsSolutions-RDS13) asks the same.";
        fix "set `BackupRetentionPeriod` to a day or more";
        docs "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html";
}
