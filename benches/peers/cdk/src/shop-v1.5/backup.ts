import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import * as actions from "aws-cdk-lib/aws-cloudwatch-actions";
import * as events from "aws-cdk-lib/aws-events";
import * as targets from "aws-cdk-lib/aws-events-targets";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as logs from "aws-cdk-lib/aws-logs";
import * as sns from "aws-cdk-lib/aws-sns";
import * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { join } from "node:path";
import { ShopStack } from "./common";
import { DataStack, EXPORTS } from "./data";
import { REPOSITORY } from "./paths";
import { Settings } from "./settings";

/** Each automated snapshot of the database, exported to the archive as Parquet. */
export class BackupStack extends ShopStack {
  constructor(scope: Construct, settings: Settings, data: DataStack, alarms: sns.ITopic) {
    super(scope, "Backup", settings, "Exports of the database of the shop");
    const { key, archive, database } = data;
    const identifier = database.instanceIdentifier;

    const exporting = new iam.Role(this, "ExportRole", {
      description: "writes exported snapshots to the bucket",
      assumedBy: new iam.ServicePrincipal("export.rds.amazonaws.com", {
        conditions: {
          StringEquals: { "aws:SourceAccount": this.account },
          ArnLike: { "aws:SourceArn": `arn:${this.partition}:rds:${this.region}:${this.account}:snapshot:*` },
        },
      }),
    });
    archive.grantReadWrite(exporting, `${EXPORTS}*`);
    archive.grantDelete(exporting, `${EXPORTS}*`);
    iam.Grant.addToPrincipal({ grantee: exporting, actions: ["s3:GetBucketLocation"], resourceArns: [archive.bucketArn] });

    const deadLetterQueue = new sqs.Queue(this, "DeadLetters", {
      encryptionMasterKey: key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const exporter = new lambda.Function(this, "Exporter", {
      description: "Exports snapshots of a database to S3",
      runtime: lambda.Runtime.PYTHON_3_14,
      architecture: lambda.Architecture.ARM_64,
      handler: "index.handler",
      code: lambda.Code.fromAsset(join(REPOSITORY, "fc-constructs/assets/functions/snapshot_export")),
      timeout: Duration.minutes(2),
      memorySize: 256,
      tracing: lambda.Tracing.ACTIVE,
      reservedConcurrentExecutions: 1,
      environmentEncryption: key,
      deadLetterQueue,
      logGroup: new logs.LogGroup(this, "ExporterLog", {
        encryptionKey: key,
        retention: logs.RetentionDays.THREE_MONTHS,
        removalPolicy: RemovalPolicy.RETAIN,
      }),
      environment: {
        DATABASE: identifier,
        CLUSTER: "false",
        BUCKET: archive.bucketName,
        PREFIX: EXPORTS.slice(0, -1),
        ROLE: exporting.roleArn,
        KEY: key.keyArn,
        TABLES: "[]",
        KEEP: "0",
        SNAPSHOT_PREFIX: `${identifier}-export-`,
      },
    });
    const snapshots = `arn:${this.partition}:rds:${this.region}:${this.account}:snapshot:`;
    key.grantEncryptDecrypt(exporter);
    for (const statement of [
      { actions: ["rds:StartExportTask"], resources: [`${snapshots}rds:${identifier}-*`] },
      { actions: ["rds:DescribeExportTasks"], resources: [`${snapshots}*`] },
      {
        actions: ["iam:PassRole"],
        resources: [exporting.roleArn],
        conditions: { StringEquals: { "iam:PassedToService": "export.rds.amazonaws.com" } },
      },
      {
        actions: ["kms:CreateGrant", "kms:DescribeKey"],
        resources: [key.keyArn],
        conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
      },
    ]) {
      exporter.addToRolePolicy(new iam.PolicyStatement(statement));
    }

    const rule = (id: string, description: string, codes: string[], target: events.IRuleTarget) =>
      new events.Rule(this, id, {
        description,
        eventPattern: {
          source: ["aws.rds"],
          detailType: ["RDS DB Snapshot Event"],
          detail: { EventID: codes, SourceIdentifier: events.Match.prefix(`rds:${identifier}-`) },
        },
        targets: [target],
      });
    rule(
      "SnapshotFinished",
      "a snapshot is finished",
      ["RDS-EVENT-0042", "RDS-EVENT-0091"],
      new targets.LambdaFunction(exporter, { deadLetterQueue, maxEventAge: Duration.hours(6), retryAttempts: 24 }),
    );
    rule("ExportFailed", "the export of a snapshot failed or was canceled", ["RDS-EVENT-0159", "RDS-EVENT-0160"], new targets.SnsTopic(alarms));

    const alarm = (id: string, alarmDescription: string, metric: cloudwatch.IMetric) => {
      const result = new cloudwatch.Alarm(this, id, {
        alarmDescription,
        metric,
        threshold: 0,
        evaluationPeriods: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      });
      result.addAlarmAction(new actions.SnsAction(alarms));
      result.addOkAction(new actions.SnsAction(alarms));
    };
    alarm("ExporterFails", "Snapshots are not exported: look at the exporter's log.", exporter.metricErrors());
    alarm(
      "EventsLeft",
      "Events about snapshots wait in the dead-letter queue: their snapshots have not been exported.",
      deadLetterQueue.metricApproximateNumberOfMessagesVisible(),
    );
  }
}
