import { Duration, Stack, Tags } from "aws-cdk-lib";
import * as autoscaling from "aws-cdk-lib/aws-autoscaling";
import * as acm from "aws-cdk-lib/aws-certificatemanager";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as elbv2 from "aws-cdk-lib/aws-elasticloadbalancingv2";
import * as iam from "aws-cdk-lib/aws-iam";
import * as s3 from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";

const AGENT = JSON.stringify({
  agent: { metrics_collection_interval: 60, run_as_user: "cwagent" },
  metrics: {
    namespace: "CWAgent",
    append_dimensions: { AutoScalingGroupName: "${aws:AutoScalingGroupName}" },
    aggregation_dimensions: [["AutoScalingGroupName"]],
    metrics_collected: {
      disk: { drop_device: true, measurement: ["used_percent"], resources: ["/"] },
      mem: { measurement: ["used_percent"] },
    },
  },
});

export interface TierProps {
  readonly vpc: ec2.IVpc;
  /** The subnet group of the servers. */
  readonly subnets: string;
  /** The subnet group of the load balancer. */
  readonly balancerSubnets: string;
  readonly internetFacing: boolean;
  /** The port of the servers. */
  readonly port: number;
  readonly instanceType: string;
  readonly certificate: acm.ICertificate;
  readonly accessLogs: s3.IBucket;
  readonly commands: string[];
}

/** A load balancer in front of an Auto Scaling group of EC2 servers with Nginx. */
export class Tier extends Construct {
  readonly role: iam.Role;
  readonly servers: autoscaling.AutoScalingGroup;
  readonly balancer: elbv2.ApplicationLoadBalancer;
  readonly targets: elbv2.ApplicationTargetGroup;
  readonly listener: elbv2.ApplicationListener;

  constructor(scope: Construct, id: string, props: TierProps) {
    super(scope, id);
    const { vpc } = props;
    const { region } = Stack.of(this);

    this.role = new iam.Role(this, "Role", {
      assumedBy: new iam.ServicePrincipal("ec2.amazonaws.com"),
      managedPolicies: ["AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy"].map((name) =>
        iam.ManagedPolicy.fromAwsManagedPolicyName(name),
      ),
    });
    const agent = "/opt/aws/amazon-cloudwatch-agent";
    const userData = ec2.UserData.forLinux();
    userData.addCommands(
      "set -euo pipefail",
      "dnf install -y aws-cfn-bootstrap amazon-cloudwatch-agent nginx ruby wget",
      `echo '${AGENT}' > ${agent}/etc/amazon-cloudwatch-agent.json`,
      `${agent}/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:${agent}/etc/amazon-cloudwatch-agent.json`,
      ...props.commands,
      "systemctl enable --now nginx",
      `wget -q -O /tmp/install https://aws-codedeploy-${region}.s3.${region}.amazonaws.com/latest/install`,
      "chmod +x /tmp/install && /tmp/install auto",
    );
    const launchTemplate = new ec2.LaunchTemplate(this, "LaunchTemplate", {
      machineImage: ec2.MachineImage.latestAmazonLinux2023({ cpuType: ec2.AmazonLinuxCpuType.ARM_64 }),
      instanceType: new ec2.InstanceType(props.instanceType),
      role: this.role,
      securityGroup: new ec2.SecurityGroup(this, "SecurityGroup", { vpc, description: `servers of the ${id} tier` }),
      userData,
      requireImdsv2: true,
      httpPutResponseHopLimit: 1,
      detailedMonitoring: true,
      blockDevices: [{ deviceName: "/dev/xvda", volume: ec2.BlockDeviceVolume.ebs(20, { encrypted: true }) }],
    });
    this.servers = new autoscaling.AutoScalingGroup(this, "Servers", {
      vpc,
      vpcSubnets: { subnetGroupName: props.subnets },
      launchTemplate,
      minCapacity: 2,
      maxCapacity: 6,
      healthChecks: autoscaling.HealthChecks.withAdditionalChecks({
        additionalTypes: [autoscaling.AdditionalHealthCheckType.ELB],
        gracePeriod: Duration.minutes(5),
      }),
      signals: autoscaling.Signals.waitForMinCapacity({ timeout: Duration.minutes(15) }),
      updatePolicy: autoscaling.UpdatePolicy.rollingUpdate({ minInstancesInService: 2, maxBatchSize: 1 }),
      groupMetrics: [autoscaling.GroupMetrics.all()],
    });
    userData.addSignalOnExitCommand(this.servers);
    this.servers.scaleOnCpuUtilization("Cpu", { targetUtilizationPercent: 60 });
    Tags.of(this.servers).add("session-access", "Shop-Operations/Sessions");

    this.balancer = new elbv2.ApplicationLoadBalancer(this, "Balancer", {
      vpc,
      vpcSubnets: { subnetGroupName: props.balancerSubnets },
      internetFacing: props.internetFacing,
      dropInvalidHeaderFields: true,
      deletionProtection: true,
    });
    this.balancer.logAccessLogs(props.accessLogs, id);
    this.targets = new elbv2.ApplicationTargetGroup(this, "Targets", {
      vpc,
      port: props.port,
      protocol: elbv2.ApplicationProtocol.HTTP,
      targets: [this.servers],
      deregistrationDelay: Duration.minutes(1),
      healthCheck: { path: "/healthz", interval: Duration.seconds(15), healthyThresholdCount: 2, unhealthyThresholdCount: 3 },
    });
    this.listener = this.balancer.addListener("Https", {
      port: 443,
      certificates: [props.certificate],
      sslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS,
      open: false,
      defaultAction: props.internetFacing
        ? elbv2.ListenerAction.fixedResponse(403, { contentType: "text/plain", messageBody: "Forbidden" })
        : elbv2.ListenerAction.forward([this.targets]),
    });
    this.balancer.addRedirect({ open: false });
  }
}
