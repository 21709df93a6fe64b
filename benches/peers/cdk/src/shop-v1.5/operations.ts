import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import * as actions from "aws-cdk-lib/aws-cloudwatch-actions";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import * as logs from "aws-cdk-lib/aws-logs";
import * as ssm from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";
import { ShopStack, key } from "./common";
import { EDGE_REGION } from "./edge";
import { Settings } from "./settings";

/** Shells through Session Manager alone, and a machine on which the infrastructure is edited. */
export class OperationsStack extends ShopStack {
  private readonly key: kms.Key;
  private readonly log: logs.LogGroup;

  constructor(scope: Construct, settings: Settings, vpc: ec2.IVpc) {
    super(scope, "Operations", settings, "How people work on the shop");
    this.key = key(this, "SessionsKey", "Encrypts sessions on servers");
    this.log = new logs.LogGroup(this, "SessionsLog", {
      encryptionKey: this.key,
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    new ssm.CfnDocument(this, "Sessions", {
      documentType: "Session",
      documentFormat: "JSON",
      updateMethod: "NewVersion",
      content: {
        schemaVersion: "1.0",
        description: "Sessions on servers, encrypted and logged",
        sessionType: "Standard_Stream",
        inputs: {
          cloudWatchLogGroupName: this.log.logGroupName,
          cloudWatchEncryptionEnabled: true,
          cloudWatchStreamingEnabled: true,
          kmsKeyId: this.key.keyArn,
          idleSessionTimeout: "20",
          maxSessionDuration: "480",
          runAsEnabled: false,
        },
      },
    });

    const userData = ec2.UserData.forLinux();
    userData.addCommands("set -euo pipefail", "dnf install -y cargo gcc git make nodejs");
    const workbench = new ec2.Instance(this, "Workbench", {
      vpc,
      vpcSubnets: { subnetGroupName: "Was" },
      instanceType: new ec2.InstanceType("t4g.large"),
      machineImage: ec2.MachineImage.latestAmazonLinux2023({ cpuType: ec2.AmazonLinuxCpuType.ARM_64 }),
      userData,
      httpTokens: ec2.HttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      detailedMonitoring: true,
      ebsOptimized: true,
      disableApiTermination: true,
      ssmSessionPermissions: true,
      blockDevices: [{ deviceName: "/dev/xvda", volume: ec2.BlockDeviceVolume.ebs(50, { encrypted: true }) }],
    });
    this.grantSession(workbench);
    const roles = ["deploy", "file-publishing", "image-publishing", "lookup"].flatMap((role) =>
      [settings.region, EDGE_REGION].map(
        (region) => `arn:${this.partition}:iam::${this.account}:role/cdk-hnb659fds-${role}-role-${this.account}-${region}`,
      ),
    );
    workbench.addToRolePolicy(new iam.PolicyStatement({ actions: ["sts:AssumeRole"], resources: roles }));
    new cloudwatch.Alarm(this, "WorkbenchIdle", {
      alarmDescription: "Stops the workbench when nobody works on it",
      metric: new cloudwatch.Metric({
        namespace: "AWS/EC2",
        metricName: "CPUUtilization",
        dimensionsMap: { InstanceId: workbench.instanceId },
        statistic: "Maximum",
        period: Duration.minutes(5),
      }),
      threshold: 3,
      evaluationPeriods: 12,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    }).addAlarmAction(new actions.Ec2Action(actions.Ec2InstanceAction.STOP));
  }

  /** Lets sessions on servers with this role be logged and encrypted. */
  grantSession(grantee: iam.IGrantable): void {
    this.log.grantWrite(grantee);
    this.key.grantDecrypt(grantee);
    iam.Grant.addToPrincipal({ grantee, actions: ["logs:DescribeLogGroups"], resourceArns: ["*"] });
  }
}
