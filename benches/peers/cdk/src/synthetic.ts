import { App, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as logs from "aws-cdk-lib/aws-logs";
import * as s3 from "aws-cdk-lib/aws-s3";
import * as sns from "aws-cdk-lib/aws-sns";
import * as subscriptions from "aws-cdk-lib/aws-sns-subscriptions";
import * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { context } from "./shop";

/** One stack of the load that ../synthetic.md describes. */
class Load extends Stack {
  readonly topic: sns.Topic;

  constructor(scope: Construct, index: number, upstream?: sns.Topic) {
    super(scope, `Load${String(index).padStart(3, "0")}`, { description: `synthetic load ${index}` });
    this.network(index);

    const bucket = new s3.Bucket(this, "Bucket", {
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [{ id: "expire", expiration: Duration.days(90 + index) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const deadLetters = new sqs.Queue(this, "DeadLetters", { retentionPeriod: Duration.days(14) });
    const queue = new sqs.Queue(this, "Queue", {
      visibilityTimeout: Duration.seconds(60),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
    });
    this.topic = new sns.Topic(this, "Topic", { displayName: `events ${index}` });
    this.topic.addSubscription(new subscriptions.SqsSubscription(queue, { rawMessageDelivery: true }));

    const handler = new lambda.Function(this, "Handler", {
      runtime: lambda.Runtime.PYTHON_3_13,
      architecture: lambda.Architecture.ARM_64,
      handler: "index.handler",
      code: lambda.Code.fromInline("def handler(event, context):\n    return event\n"),
      memorySize: 256,
      timeout: Duration.seconds(30),
      logGroup: new logs.LogGroup(this, "HandlerLogs", {
        retention: logs.RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      environment: {
        BUCKET: bucket.bucketName,
        TOPIC: this.topic.topicArn,
        ...(upstream && { UPSTREAM: upstream.topicArn }),
      },
    });
    bucket.grantRead(handler);
    queue.grantConsumeMessages(handler);
    this.topic.grantPublish(handler);

    // Every third stack has one resource less: 300 stacks are 8,000 resources.
    if (index % 3 !== 0) {
      new cloudwatch.Alarm(this, "Alarm", {
        metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: "Maximum" }),
        threshold: 1,
        evaluationPeriods: 1,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
        alarmDescription: "messages that could not be handled",
      });
    }
  }

  /** Resources of the first level: a VPC with a public and a private side. */
  private network(index: number): void {
    const octet = index % 256;
    const tags = (name: string) => [{ key: "Name", value: `load-${index}-${name}` }];
    const vpc = new ec2.CfnVPC(this, "Vpc", {
      cidrBlock: `10.${octet}.0.0/16`,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: tags("vpc"),
    });
    const gateway = new ec2.CfnInternetGateway(this, "Gateway", { tags: tags("gateway") });
    const attachment = new ec2.CfnVPCGatewayAttachment(this, "Attachment", {
      vpcId: vpc.ref,
      internetGatewayId: gateway.ref,
    });
    for (const side of ["Public", "Private"]) {
      const table = new ec2.CfnRouteTable(this, `${side}Table`, { vpcId: vpc.ref, tags: tags(side.toLowerCase()) });
      if (side === "Public") {
        new ec2.CfnRoute(this, "DefaultRoute", {
          routeTableId: table.ref,
          destinationCidrBlock: "0.0.0.0/0",
          gatewayId: gateway.ref,
        }).addResourceDependency(attachment);
      }
      for (const zone of [0, 1]) {
        const number = (side === "Public" ? 0 : 2) + zone;
        const subnet = new ec2.CfnSubnet(this, `${side}Subnet${zone + 1}`, {
          vpcId: vpc.ref,
          cidrBlock: `10.${octet}.${number}.0/24`,
          availabilityZone: this.availabilityZones[zone],
          mapPublicIpOnLaunch: false,
          tags: tags(`${side.toLowerCase()}-${zone + 1}`),
        });
        new ec2.CfnSubnetRouteTableAssociation(this, `${side}Association${zone + 1}`, {
          routeTableId: table.ref,
          subnetId: subnet.ref,
        });
      }
    }
    new ec2.CfnSecurityGroup(this, "SecurityGroup", {
      vpcId: vpc.ref,
      groupDescription: `load ${index}`,
      securityGroupIngress: [
        { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIp: `10.${octet}.0.0/16`, description: "HTTPS from the VPC" },
      ],
      securityGroupEgress: [
        { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIp: "0.0.0.0/0", description: "HTTPS" },
      ],
      tags: tags("security-group"),
    });
  }
}

const app = new App({ context });
let upstream: sns.Topic | undefined;
for (let index = 0; index < Number(process.env.STACKS ?? "300"); index++) {
  // Chains of ten stacks: each reads the topic of the one before it.
  upstream = new Load(app, index, index % 10 === 0 ? undefined : upstream).topic;
}
app.synth();
