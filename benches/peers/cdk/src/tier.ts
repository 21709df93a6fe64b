import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import * as autoscaling from "aws-cdk-lib/aws-autoscaling";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as elbv2 from "aws-cdk-lib/aws-elasticloadbalancingv2";
import * as iam from "aws-cdk-lib/aws-iam";
import * as s3 from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";

export interface TierProps {
  readonly vpc: ec2.IVpc;
  /** The subnet group of the servers. */
  readonly subnets: string;
  /** The subnet group of the load balancer. */
  readonly balancerSubnets: string;
  readonly internetFacing: boolean;
  /** The port of the servers. */
  readonly port: number;
  readonly healthCheckPath: string;
  readonly accessLogs: s3.IBucket;
  readonly commands: string[];
  readonly minCapacity: number;
  readonly maxCapacity: number;
}

/** A load balancer in front of an Auto Scaling group of EC2 servers. */
export class Tier extends Construct {
  readonly balancer: elbv2.ApplicationLoadBalancer;
  readonly targets: elbv2.ApplicationTargetGroup;
  readonly servers: autoscaling.AutoScalingGroup;
  readonly serverSecurityGroup: ec2.SecurityGroup;
  readonly balancerSecurityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, props: TierProps) {
    super(scope, id);

    this.balancerSecurityGroup = new ec2.SecurityGroup(this, "BalancerSecurityGroup", {
      vpc: props.vpc,
      description: `load balancer of the ${id} tier`,
      allowAllOutbound: false,
    });
    this.serverSecurityGroup = new ec2.SecurityGroup(this, "ServerSecurityGroup", {
      vpc: props.vpc,
      description: `servers of the ${id} tier`,
      allowAllOutbound: true,
    });

    const role = new iam.Role(this, "Role", {
      assumedBy: new iam.ServicePrincipal("ec2.amazonaws.com"),
      managedPolicies: [
        iam.ManagedPolicy.fromAwsManagedPolicyName("AmazonSSMManagedInstanceCore"),
        iam.ManagedPolicy.fromAwsManagedPolicyName("CloudWatchAgentServerPolicy"),
      ],
    });
    const userData = ec2.UserData.forLinux();
    userData.addCommands("dnf install -y amazon-cloudwatch-agent ruby wget", ...props.commands);
    userData.addCommands(
      `wget -q https://aws-codedeploy-${Stack.of(this).region}.s3.amazonaws.com/latest/install -O /tmp/install`,
      "chmod +x /tmp/install && /tmp/install auto",
      "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c default",
    );
    const template = new ec2.LaunchTemplate(this, "LaunchTemplate", {
      machineImage: ec2.MachineImage.latestAmazonLinux2023({ cpuType: ec2.AmazonLinuxCpuType.ARM_64 }),
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.SMALL),
      role,
      securityGroup: this.serverSecurityGroup,
      userData,
      requireImdsv2: true,
      httpPutResponseHopLimit: 1,
      detailedMonitoring: true,
      blockDevices: [
        {
          deviceName: "/dev/xvda",
          volume: ec2.BlockDeviceVolume.ebs(20, { encrypted: true, volumeType: ec2.EbsDeviceVolumeType.GP3 }),
        },
      ],
    });
    this.servers = new autoscaling.AutoScalingGroup(this, "Servers", {
      vpc: props.vpc,
      vpcSubnets: { subnetGroupName: props.subnets },
      launchTemplate: template,
      minCapacity: props.minCapacity,
      maxCapacity: props.maxCapacity,
      healthChecks: autoscaling.HealthChecks.withAdditionalChecks({
        additionalTypes: [autoscaling.AdditionalHealthCheckType.ELB],
        gracePeriod: Duration.minutes(5),
      }),
      updatePolicy: autoscaling.UpdatePolicy.rollingUpdate({ minInstancesInService: props.minCapacity, maxBatchSize: 1 }),
      groupMetrics: [autoscaling.GroupMetrics.all()],
    });
    this.servers.scaleOnCpuUtilization("Cpu", { targetUtilizationPercent: 60 });

    this.balancer = new elbv2.ApplicationLoadBalancer(this, "Balancer", {
      vpc: props.vpc,
      vpcSubnets: { subnetGroupName: props.balancerSubnets },
      internetFacing: props.internetFacing,
      securityGroup: this.balancerSecurityGroup,
      dropInvalidHeaderFields: true,
      deletionProtection: true,
    });
    this.balancer.logAccessLogs(props.accessLogs, id);
    this.targets = new elbv2.ApplicationTargetGroup(this, "Targets", {
      vpc: props.vpc,
      port: props.port,
      protocol: elbv2.ApplicationProtocol.HTTP,
      targets: [this.servers],
      deregistrationDelay: Duration.seconds(60),
      healthCheck: { path: props.healthCheckPath, interval: Duration.seconds(15), healthyThresholdCount: 2 },
    });
    this.balancer.addListener("Http", {
      port: 80,
      protocol: elbv2.ApplicationProtocol.HTTP,
      open: props.internetFacing,
      defaultTargetGroups: [this.targets],
    });
    this.servers.scaleOnRequestCount("Requests", { targetRequestsPerMinute: 1000 });
  }
}

/** The bucket of the access logs of both load balancers. */
export function accessLogBucket(scope: Construct, id: string): s3.Bucket {
  return new s3.Bucket(scope, id, {
    // Load balancers can write only to buckets with keys that S3 manages.
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    versioned: true,
    lifecycleRules: [{ expiration: Duration.days(365), noncurrentVersionExpiration: Duration.days(30) }],
    removalPolicy: RemovalPolicy.RETAIN,
  });
}
