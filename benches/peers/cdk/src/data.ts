import { Duration, RemovalPolicy, Stack, StackProps } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as kms from "aws-cdk-lib/aws-kms";
import * as rds from "aws-cdk-lib/aws-rds";
import * as s3 from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";

export interface DataProps extends StackProps {
  readonly vpc: ec2.IVpc;
}

/** The database, and the bucket of build artifacts that the servers read. */
export class DataStack extends Stack {
  readonly database: rds.DatabaseInstance;
  readonly databaseSecurityGroup: ec2.SecurityGroup;
  readonly artifacts: s3.Bucket;

  constructor(scope: Construct, id: string, props: DataProps) {
    super(scope, id, props);

    const key = new kms.Key(this, "Key", {
      description: "encrypts the data of the shop",
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });

    this.databaseSecurityGroup = new ec2.SecurityGroup(this, "DatabaseSecurityGroup", {
      vpc: props.vpc,
      description: "MySQL, open to the WAS tier alone",
      allowAllOutbound: false,
    });
    const engine = rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_4_6 });
    this.database = new rds.DatabaseInstance(this, "Database", {
      engine,
      vpc: props.vpc,
      vpcSubnets: { subnetGroupName: "Db" },
      securityGroups: [this.databaseSecurityGroup],
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MEDIUM),
      multiAz: true,
      allocatedStorage: 100,
      maxAllocatedStorage: 500,
      storageType: rds.StorageType.GP3,
      storageEncrypted: true,
      storageEncryptionKey: key,
      databaseName: "shop",
      // With a key of its own the secret would grant on the readers' roles: a cycle of stacks.
      credentials: rds.Credentials.fromGeneratedSecret("shop_admin"),
      parameterGroup: new rds.ParameterGroup(this, "Parameters", {
        engine,
        description: "TLS only, slow queries logged",
        parameters: { require_secure_transport: "ON", slow_query_log: "1", long_query_time: "2" },
      }),
      backupRetention: Duration.days(7),
      preferredBackupWindow: "18:00-19:00",
      preferredMaintenanceWindow: "sun:19:00-sun:20:00",
      cloudwatchLogsExports: ["error", "slowquery"],
      monitoringInterval: Duration.seconds(60),
      iamAuthentication: true,
      copyTagsToSnapshot: true,
      autoMinorVersionUpgrade: true,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.SNAPSHOT,
    });

    this.artifacts = new s3.Bucket(this, "Artifacts", {
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30), abortIncompleteMultipartUploadAfter: Duration.days(7) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
