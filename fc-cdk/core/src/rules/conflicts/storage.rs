//! Buckets, volumes, databases, caches, keys and secrets.

use super::{Above, Below, Conflict, Is, Off, On, Set, Starts, Under, Unset};
use super::{fails_later, idle, illegal, needed, refused};

/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html>
pub(super) const TABLE: &[Conflict] = &[
    needed(
        ("GlobalSecondaryIndexes.*.Projection", "NonKeyAttributes"),
        &[Is("ProjectionType", &["INCLUDE"]), Unset("NonKeyAttributes")],
        "to include attributes needs their names",
    ),
    needed(
        ("LocalSecondaryIndexes.*.Projection", "NonKeyAttributes"),
        &[Is("ProjectionType", &["INCLUDE"]), Unset("NonKeyAttributes")],
        "to include attributes needs their names",
    ),
    refused(
        ("GlobalSecondaryIndexes.*.Projection", "NonKeyAttributes"),
        &[Is("ProjectionType", &["ALL", "KEYS_ONLY"]), Set("NonKeyAttributes")],
        "attributes are named only for the projection `INCLUDE`",
    ),
    refused(
        ("LocalSecondaryIndexes.*.Projection", "NonKeyAttributes"),
        &[Is("ProjectionType", &["ALL", "KEYS_ONLY"]), Set("NonKeyAttributes")],
        "attributes are named only for the projection `INCLUDE`",
    ),
    needed(
        ("TimeToLiveSpecification", "AttributeName"),
        &[On("Enabled"), Unset("AttributeName")],
        "items expire by an attribute, which needs to be named",
    ),
];

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html>
pub(super) const VOLUME: &[Conflict] = &[
    refused(
        ("", "Throughput"),
        &[Is("VolumeType", &["gp2", "io1", "io2", "sc1", "st1", "standard"]), Set("Throughput")],
        "only `gp3` volumes have a `Throughput`",
    ),
    needed(
        ("", "Iops"),
        &[Is("VolumeType", &["io1", "io2"]), Unset("Iops")],
        "volumes of this type need `Iops`",
    ),
    illegal(
        ("", "Iops"),
        &[Is("VolumeType", &["gp3"]), Above("Iops", 80_000.0)],
        "a `gp3` volume has 80,000 IOPS at most",
    ),
    needed(
        ("", "Size"),
        &[Unset("Size"), Unset("SnapshotId"), Unset("SourceVolumeId")],
        "a new volume needs its size, or a snapshot",
    ),
];

/// <https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html>
pub(super) const FILE_SYSTEM: &[Conflict] = &[needed(
    ("", "ProvisionedThroughputInMibps"),
    &[Is("ThroughputMode", &["provisioned"]), Unset("ProvisionedThroughputInMibps")],
    "provisioned throughput needs to be said",
)];

/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheCluster.html>
pub(super) const CACHE_CLUSTER: &[Conflict] = &[refused(
    ("", "NumCacheNodes"),
    &[Is("Engine", &["redis", "valkey"]), Above("NumCacheNodes", 1.0)],
    "a cluster of this engine has one node: use a replication group for more",
)];

const FAILOVER: &str = "this needs `AutomaticFailoverEnabled`";

/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html>
pub(super) const REPLICATION_GROUP: &[Conflict] = &[
    refused(
        ("", "MultiAZEnabled"),
        &[On("MultiAZEnabled"), Off("AutomaticFailoverEnabled"), Unset("GlobalReplicationGroupId")],
        FAILOVER,
    ),
    fails_later(
        ("", "NumNodeGroups"),
        &[Above("NumNodeGroups", 1.0), Is("AutomaticFailoverEnabled", &["false"])],
        "a group of several shards fails over by itself: `AutomaticFailoverEnabled` cannot be off",
    ),
    refused(
        ("", "AuthToken"),
        &[Set("AuthToken"), Off("TransitEncryptionEnabled")],
        "a token needs `TransitEncryptionEnabled`",
    ),
];

/// <https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_ClusterConfig.html>
pub(super) const SEARCH_DOMAIN: &[Conflict] = &[refused(
    ("ClusterConfig", "InstanceCount"),
    &[On("ZoneAwarenessEnabled"), Below("InstanceCount", 2.0)],
    "a domain in several zones needs a node in each",
)];

const BOTH_PASSWORDS: &str =
    "the password is kept by AWS (`ManageMasterUserPassword`) or given here, not both";

/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html>
pub(super) const DATABASE_CLUSTER: &[Conflict] = &[
    refused(
        ("", "MasterUserPassword"),
        &[On("ManageMasterUserPassword"), Set("MasterUserPassword")],
        BOTH_PASSWORDS,
    ),
    idle(
        ("", "MasterUsername"),
        &[Set("SnapshotIdentifier"), Set("MasterUsername")],
        "the users are those of the snapshot",
    ),
];

/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
pub(super) const DATABASE: &[Conflict] = &[
    refused(
        ("", "MasterUserPassword"),
        &[On("ManageMasterUserPassword"), Set("MasterUserPassword")],
        BOTH_PASSWORDS,
    ),
    fails_later(
        ("", "MasterUserPassword"),
        &[
            Is("Engine", &["mysql", "mariadb", "postgres"]),
            Off("ManageMasterUserPassword"),
            Unset("MasterUserPassword"),
            Unset("MasterUserAuthenticationType"),
            Unset("DBClusterIdentifier"),
            Unset("DBClusterSnapshotIdentifier"),
            Unset("DBSnapshotIdentifier"),
            Unset("SourceDBClusterIdentifier"),
            Unset("SourceDBInstanceAutomatedBackupsArn"),
            Unset("SourceDBInstanceIdentifier"),
            Unset("SourceDbiResourceId"),
        ],
        "a new database needs a password: let AWS keep it by `ManageMasterUserPassword`",
    ),
    refused(
        ("", "MaxAllocatedStorage"),
        &[Under("MaxAllocatedStorage", "AllocatedStorage")],
        "the storage cannot grow to less than it has",
    ),
    illegal(
        ("", "AllocatedStorage"),
        &[
            Is("Engine", &["mysql", "mariadb", "postgres"]),
            Is("StorageType", &["gp2", "gp3"]),
            Below("AllocatedStorage", 20.0),
        ],
        "this type of storage begins at 20 GiB",
    ),
    illegal(
        ("", "MasterUsername"),
        &[Is("Engine", &["postgres"]), Is("MasterUsername", &["admin", "rdsadmin"])],
        "this name is reserved in PostgreSQL",
    ),
    idle(
        ("", "ReplicaMode"),
        &[Is("Engine", &["mysql", "mariadb", "postgres"]), Set("ReplicaMode")],
        "only replicas of Oracle and Db2 have a mode",
    ),
];

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html>
pub(super) const BUCKET: &[Conflict] = &[
    needed(
        ("", "VersioningConfiguration"),
        &[Set("ReplicationConfiguration"), Unset("VersioningConfiguration")],
        "replication needs versioning",
    ),
    refused(
        ("", "VersioningConfiguration.Status"),
        &[Set("ReplicationConfiguration"), Is("VersioningConfiguration.Status", &["Suspended"])],
        "replication needs versioning",
    ),
    needed(
        ("", "ObjectLockEnabled"),
        &[
            Set("ObjectLockConfiguration"),
            Off("ObjectLockEnabled"),
            Unset("VersioningConfiguration"),
        ],
        "objects are locked only in a bucket that has `ObjectLockEnabled` from the start",
    ),
    refused(
        ("ObjectLockConfiguration.Rule.DefaultRetention", "Years"),
        &[Set("Days"), Set("Years")],
        "objects are kept for `Days` or for `Years`, not both",
    ),
    refused(
        ("WebsiteConfiguration", "RedirectAllRequestsTo"),
        &[Set("RedirectAllRequestsTo"), Set("IndexDocument")],
        "a website that redirects everything has no pages",
    ),
    refused(
        ("WebsiteConfiguration", "RedirectAllRequestsTo"),
        &[Set("RedirectAllRequestsTo"), Set("ErrorDocument")],
        "a website that redirects everything has no pages",
    ),
];

const ASYMMETRIC: &[&str] = &[
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
];

const OTHER_USES: &[&str] = &["GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "SIGN_VERIFY"];

/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html>
pub(super) const KEY: &[Conflict] = &[
    refused(
        ("", "EnableKeyRotation"),
        &[On("EnableKeyRotation"), Is("KeySpec", ASYMMETRIC)],
        "AWS rotates only symmetric keys for encryption",
    ),
    refused(
        ("", "KeyUsage"),
        &[Is("KeyUsage", OTHER_USES), Is("KeySpec", &["SYMMETRIC_DEFAULT"])],
        "a symmetric key is for `ENCRYPT_DECRYPT`",
    ),
    refused(
        ("", "KeyUsage"),
        &[Is("KeyUsage", OTHER_USES), Unset("KeySpec")],
        "without a `KeySpec` this is a symmetric key, which is for `ENCRYPT_DECRYPT`",
    ),
    refused(
        ("", "KeyUsage"),
        &[
            Is("KeyUsage", &["ENCRYPT_DECRYPT", "SIGN_VERIFY", "KEY_AGREEMENT"]),
            Starts("KeySpec", "HMAC_"),
        ],
        "an HMAC key is for `GENERATE_VERIFY_MAC`",
    ),
    refused(
        ("", "KeyUsage"),
        &[Is("KeyUsage", &["ENCRYPT_DECRYPT"]), Starts("KeySpec", "ECC_")],
        "keys on elliptic curves do not encrypt",
    ),
];

/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>
pub(super) const PARAMETER: &[Conflict] = &[
    fails_later(("", "Name"), &[Starts("Name", "/aws/")], "names that begin so are for AWS"),
    fails_later(("", "Name"), &[Starts("Name", "/ssm/")], "names that begin so are for AWS"),
    fails_later(("", "Name"), &[Starts("Name", "aws")], "names that begin so are for AWS"),
    fails_later(("", "Name"), &[Starts("Name", "ssm")], "names that begin so are for AWS"),
];

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html>
pub(super) const ROTATION: &[Conflict] = &[
    illegal(
        ("RotationRules", "AutomaticallyAfterDays"),
        &[Above("AutomaticallyAfterDays", 1000.0)],
        "1 to 1000 days are allowed",
    ),
    refused(
        ("RotationRules", "AutomaticallyAfterDays"),
        &[Set("AutomaticallyAfterDays"), Set("ScheduleExpression")],
        "a secret is rotated after days or by a schedule, not both",
    ),
];

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html>
pub(super) const SECRET: &[Conflict] = &[
    needed(
        ("GenerateSecretString", "GenerateStringKey"),
        &[Set("SecretStringTemplate"), Unset("GenerateStringKey")],
        "a template needs the key for what is generated",
    ),
    needed(
        ("GenerateSecretString", "SecretStringTemplate"),
        &[Set("GenerateStringKey"), Unset("SecretStringTemplate")],
        "a key for what is generated needs the template around it",
    ),
];
