import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as iam from "aws-cdk-lib/aws-iam";
import * as logs from "aws-cdk-lib/aws-logs";
import * as route53 from "aws-cdk-lib/aws-route53";
import * as s3 from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { ShopStack, key, secureBucket } from "./common";
import { Settings } from "./settings";

/** Three tiers over two availability zones, the zone of the domain, and the bucket for access logs. */
export class NetworkStack extends ShopStack {
  readonly vpc: ec2.Vpc;
  readonly accessLogs: s3.Bucket;
  readonly zone: route53.PublicHostedZone;

  constructor(scope: Construct, settings: Settings) {
    super(scope, "Network", settings, "The network of the shop: public, web, WAS and database subnets");

    this.vpc = new ec2.Vpc(this, "Vpc", {
      ipAddresses: ec2.IpAddresses.cidr(settings.cidr),
      maxAzs: 2,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: "Public", subnetType: ec2.SubnetType.PUBLIC, cidrMask: 22, mapPublicIpOnLaunch: false },
        { name: "Web", subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: "Was", subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: "Db", subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 22 },
      ],
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
    });
    this.vpc.addFlowLog("FlowLog", {
      destination: ec2.FlowLogDestination.toCloudWatchLogs(
        new logs.LogGroup(this, "FlowLogGroup", {
          encryptionKey: key(this, "FlowLogKey", "Encrypts the flow logs of the shop"),
          retention: logs.RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.RETAIN,
        }),
      ),
    });

    this.accessLogs = secureBucket(this, "AccessLogs", {
      encryption: s3.BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(settings.accessLogDays) }],
    });
    // Granted here to all buckets of the account: a grant for each would make this stack depend on the buckets' stacks.
    this.accessLogs.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal("logging.s3.amazonaws.com")],
        actions: ["s3:PutObject"],
        resources: [this.accessLogs.arnForObjects("*")],
        conditions: { StringEquals: { "aws:SourceAccount": this.account } },
      }),
    );

    this.zone = new route53.PublicHostedZone(this, "Zone", { zoneName: settings.domain, comment: "The shop", caaAmazon: true });
  }
}
