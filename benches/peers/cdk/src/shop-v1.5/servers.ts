import { CfnOutput, Fn } from "aws-cdk-lib";
import * as acm from "aws-cdk-lib/aws-certificatemanager";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as elbv2 from "aws-cdk-lib/aws-elasticloadbalancingv2";
import * as iam from "aws-cdk-lib/aws-iam";
import * as secretsmanager from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { ShopStack, key } from "./common";
import { DataStack } from "./data";
import { NetworkStack } from "./network";
import { Settings } from "./settings";
import { Tier } from "./tier";

/** The header by which CloudFront is known. */
export const ORIGIN_HEADER = "X-Origin-Verify";
/** AWS's list of CloudFront's addresses in Tokyo. */
const CLOUDFRONT_ADDRESSES = "pl-58a04531";
const WAS_PORT = 8080;

/** The web and the WAS tier. */
export class ServersStack extends ShopStack {
  readonly web: Tier;
  readonly was: Tier;
  readonly originSecret: secretsmanager.Secret;

  constructor(scope: Construct, settings: Settings, network: NetworkStack, data: DataStack) {
    super(scope, "Servers", settings, "The web servers and the application servers of the shop");
    const { vpc, accessLogs } = network;
    const certificate = new acm.Certificate(this, "Certificate", {
      domainName: settings.domain,
      validation: acm.CertificateValidation.fromDns(network.zone),
    });
    const { secret, dbInstanceEndpointAddress } = data.database;
    const nginx = (port: number, location: string) =>
      `echo 'server { listen ${port} default_server; location = /healthz { return 200; } ${location} }' > /etc/nginx/conf.d/default.conf`;

    this.was = new Tier(this, "Was", {
      vpc,
      accessLogs,
      certificate,
      subnets: "Was",
      balancerSubnets: "Was",
      internetFacing: false,
      port: WAS_PORT,
      instanceType: settings.instances.was,
      commands: [
        "dnf install -y java-21-amazon-corretto-headless",
        nginx(WAS_PORT, "location / { root /usr/share/nginx/html; index index.html; }"),
        `echo 'DATABASE_HOST=${dbInstanceEndpointAddress}' > /etc/shop.env`,
        `echo 'DATABASE_SECRET=${secret!.secretArn}' >> /etc/shop.env`,
      ],
    });
    const proxy =
      `resolver 169.254.169.253 valid=10s; location / { set $upstream https://${this.was.balancer.loadBalancerDnsName}; ` +
      "proxy_pass $upstream; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }";
    this.web = new Tier(this, "Web", {
      vpc,
      accessLogs,
      certificate,
      subnets: "Web",
      balancerSubnets: "Public",
      internetFacing: true,
      port: 80,
      instanceType: settings.instances.web,
      commands: [nginx(80, proxy)],
    });
    this.was.balancer.connections.allowFrom(this.web.servers, ec2.Port.HTTPS, "the web servers");
    this.was.balancer.connections.allowFrom(this.web.servers, ec2.Port.HTTP, "the web servers");
    this.was.servers.connections.allowToDefaultPort(data.database, "MySQL");
    // `secret.grantRead` would name the role in the key's policy: a cycle of stacks.
    this.was.role.addToPolicy(
      new iam.PolicyStatement({ actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], resources: [secret!.secretArn] }),
    );
    data.key.grantDecrypt(this.was.role);

    // Nobody but CloudFront gets through.
    this.originSecret = new secretsmanager.Secret(this, "OriginSecret", {
      description: "What CloudFront says to the load balancer",
      encryptionKey: key(this, "Key", "Encrypts what CloudFront says to the shop"),
      generateSecretString: { passwordLength: 40, excludePunctuation: true },
    });
    this.web.balancer.connections.allowFrom(ec2.Peer.prefixList(CLOUDFRONT_ADDRESSES), ec2.Port.HTTPS, "CloudFront");
    this.web.listener.addTargetGroups("FromCloudFront", {
      priority: 50000,
      conditions: [elbv2.ListenerCondition.httpHeader(ORIGIN_HEADER, [this.originSecret.secretValue.unsafeUnwrap()])],
      targetGroups: [this.web.targets],
    });
    this.web.servers.scaleOnRequestCount("Requests", { targetRequestsPerMinute: 1000 });
    new CfnOutput(this, "Url", {
      description: "Where the shop is",
      value: Fn.join("", ["https://", this.web.balancer.loadBalancerDnsName]),
    });
  }
}
