import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import * as logs from "aws-cdk-lib/aws-logs";
import * as rds from "aws-cdk-lib/aws-rds";
import * as s3 from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { ShopStack, key, logTo, secureBucket } from "./common";
import { NetworkStack } from "./network";
import { Settings } from "./settings";

/** The prefix of data as it was collected. */
export const UNREFINED = "unrefined/";
/** The prefix of exports of the database. */
export const EXPORTS = "exports/";

/** MySQL in two zones, and where its exports are kept. */
export class DataStack extends ShopStack {
  readonly key: kms.Key;
  readonly database: rds.DatabaseInstance;
  readonly archive: s3.Bucket;
  /** Of the pipeline, which lets the servers read it: in the pipeline's stack that would be a cycle. */
  readonly artifacts: s3.Bucket;

  constructor(scope: Construct, settings: Settings, network: NetworkStack) {
    super(scope, "Data", settings, "The database of the shop");
    this.key = key(this, "Key", "Encrypts the data of the shop");
    this.key.grant(new iam.ServicePrincipal("events.amazonaws.com"), "kms:Decrypt", "kms:GenerateDataKey");

    const engine = rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.of("8.4.11", "8.4") });
    const instanceIdentifier = `${this.stackName}-database`.toLowerCase();
    const exports = ["error", "slowquery"];
    this.database = new rds.DatabaseInstance(this, "Database", {
      engine,
      instanceIdentifier,
      vpc: network.vpc,
      vpcSubnets: { subnetGroupName: "Db" },
      securityGroups: [
        new ec2.SecurityGroup(this, "DatabaseSecurityGroup", { vpc: network.vpc, description: "MySQL database", allowAllOutbound: false }),
      ],
      instanceType: new ec2.InstanceType(settings.instances.database),
      multiAz: true,
      allocatedStorage: 100,
      maxAllocatedStorage: 500,
      storageType: rds.StorageType.GP3,
      storageEncryptionKey: this.key,
      databaseName: "shop",
      credentials: rds.Credentials.fromUsername("dbadmin", { encryptionKey: this.key }),
      manageMasterUserPassword: true,
      parameterGroup: new rds.ParameterGroup(this, "Parameters", {
        engine,
        description: "MySQL database",
        parameters: { require_secure_transport: "1", slow_query_log: "1", long_query_time: "2", log_output: "FILE" },
      }),
      backupRetention: Duration.days(7),
      deleteAutomatedBackups: false,
      preferredBackupWindow: "18:00-19:00",
      preferredMaintenanceWindow: "sun:19:00-sun:20:00",
      cloudwatchLogsExports: exports,
      monitoringInterval: Duration.minutes(1),
      enablePerformanceInsights: true,
      performanceInsightEncryptionKey: this.key,
      iamAuthentication: true,
      autoMinorVersionUpgrade: true,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.SNAPSHOT,
    });
    for (const name of exports) {
      // Before RDS makes it, without a key and for ever.
      this.database.node.addDependency(
        new logs.LogGroup(this, `DatabaseLog${name}`, {
          logGroupName: `/aws/rds/instance/${instanceIdentifier}/${name}`,
          encryptionKey: this.key,
          retention: logs.RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.RETAIN,
        }),
      );
    }

    const transitions = [
      { storageClass: s3.StorageClass.INFREQUENT_ACCESS, transitionAfter: Duration.days(30) },
      { storageClass: s3.StorageClass.GLACIER, transitionAfter: Duration.days(90) },
      { storageClass: s3.StorageClass.DEEP_ARCHIVE, transitionAfter: Duration.days(731) },
    ];
    // Five years have two days more at most.
    const expiration = Duration.days(settings.dataYears * 365 + Math.ceil(settings.dataYears / 4));
    this.archive = secureBucket(this, "Archive", {
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      ...logTo(this, network.accessLogs, "Archive"),
      lifecycleRules: [{ expiration, transitions, noncurrentVersionTransitions: transitions }],
    });
    this.artifacts = secureBucket(this, "Artifacts", {
      encryptionKey: key(this, "ArtifactsKey", "Encrypts the artifacts of the pipeline"),
      bucketKeyEnabled: true,
      ...logTo(this, network.accessLogs, "Artifacts"),
      lifecycleRules: [{ expiration: Duration.days(365) }],
    });
  }
}
