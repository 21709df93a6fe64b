import { Stack, StackProps } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as rds from "aws-cdk-lib/aws-rds";
import * as s3 from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { Tier, accessLogBucket } from "./tier";

export interface AppTiersProps extends StackProps {
  readonly vpc: ec2.IVpc;
  readonly database: rds.DatabaseInstance;
  readonly databaseSecurityGroup: ec2.ISecurityGroup;
  readonly artifacts: s3.IBucket;
}

/** Internet -> web tier (Nginx) -> internal load balancer -> WAS tier -> database. */
export class AppTiersStack extends Stack {
  readonly web: Tier;
  readonly was: Tier;

  constructor(scope: Construct, id: string, props: AppTiersProps) {
    super(scope, id, props);
    const accessLogs = accessLogBucket(this, "AccessLogs");

    this.was = new Tier(this, "Was", {
      vpc: props.vpc,
      subnets: "Was",
      balancerSubnets: "Was",
      internetFacing: false,
      port: 8080,
      healthCheckPath: "/health",
      accessLogs,
      commands: ["dnf install -y java-21-amazon-corretto-headless"],
      minCapacity: 2,
      maxCapacity: 6,
    });
    this.web = new Tier(this, "Web", {
      vpc: props.vpc,
      subnets: "Web",
      balancerSubnets: "Public",
      internetFacing: true,
      port: 80,
      healthCheckPath: "/",
      accessLogs,
      commands: [
        "dnf install -y nginx",
        `echo 'server { listen 80; location / { proxy_pass http://${this.was.balancer.loadBalancerDnsName}; } }' > /etc/nginx/conf.d/shop.conf`,
        "systemctl enable --now nginx",
      ],
      minCapacity: 2,
      maxCapacity: 6,
    });
    this.was.balancerSecurityGroup.addIngressRule(this.web.serverSecurityGroup, ec2.Port.tcp(80), "from the web servers");

    // The rule lives here, so that the database does not depend on its users.
    new ec2.CfnSecurityGroupIngress(this, "DatabaseFromWas", {
      groupId: props.databaseSecurityGroup.securityGroupId,
      sourceSecurityGroupId: this.was.serverSecurityGroup.securityGroupId,
      ipProtocol: "tcp",
      fromPort: 3306,
      toPort: 3306,
      description: "MySQL from the WAS tier",
    });
    props.database.secret!.grantRead(this.was.servers);
    props.artifacts.grantRead(this.web.servers);
    props.artifacts.grantRead(this.was.servers);
  }
}
