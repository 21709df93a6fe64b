import { RemovalPolicy } from "aws-cdk-lib";
import * as acm from "aws-cdk-lib/aws-certificatemanager";
import * as logs from "aws-cdk-lib/aws-logs";
import * as route53 from "aws-cdk-lib/aws-route53";
import * as wafv2 from "aws-cdk-lib/aws-wafv2";
import { Construct } from "constructs";
import { ShopStack, key } from "./common";
import { Settings } from "./settings";

/** The region of CloudFront's control plane. */
export const EDGE_REGION = "us-east-1";

const MANAGED_RULES = [
  "AWSManagedRulesAmazonIpReputationList",
  "AWSManagedRulesCommonRuleSet",
  "AWSManagedRulesKnownBadInputsRuleSet",
  "AWSManagedRulesSQLiRuleSet",
];

/** What CloudFront takes from us-east-1 alone: the certificate of its domain, and the web access list. */
export class EdgeStack extends ShopStack {
  readonly certificate: acm.Certificate;
  readonly webAcl: wafv2.CfnWebACL;

  constructor(scope: Construct, settings: Settings, zone: route53.IHostedZone) {
    super(scope, "Edge", settings, "The certificate and the web access list of the shop, for CloudFront", EDGE_REGION);
    this.certificate = new acm.Certificate(this, "Certificate", {
      domainName: settings.domain,
      validation: acm.CertificateValidation.fromDns(zone),
    });

    const visibility = (name: string) => ({
      metricName: `${this.stackName}-${name}`,
      cloudWatchMetricsEnabled: true,
      sampledRequestsEnabled: true,
    });
    this.webAcl = new wafv2.CfnWebACL(this, "WebAcl", {
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
      visibilityConfig: visibility("WebAcl"),
      rules: [
        {
          name: "RateLimit",
          priority: 0,
          action: { block: {} },
          statement: { rateBasedStatement: { aggregateKeyType: "IP", evaluationWindowSec: 300, limit: 2000 } },
          visibilityConfig: visibility("RateLimit"),
        },
        ...MANAGED_RULES.map((name, index) => ({
          name,
          priority: index + 1,
          overrideAction: { none: {} },
          statement: { managedRuleGroupStatement: { vendorName: "AWS", name } },
          visibilityConfig: visibility(name),
        })),
      ],
    });
    const log = new logs.LogGroup(this, "WebAclLog", {
      logGroupName: `aws-waf-logs-${this.stackName}-WebAcl`,
      encryptionKey: key(this, "Key", "Encrypts the log of the shop's visitors"),
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    new wafv2.CfnLoggingConfiguration(this, "WebAclLogging", {
      resourceArn: this.webAcl.attrArn,
      // Without the `:*` that the ARN of a log group ends in.
      logDestinationConfigs: [`arn:${this.partition}:logs:${this.region}:${this.account}:log-group:${log.logGroupName}`],
      redactedFields: ["authorization", "cookie"].map((name) => ({ singleHeader: { Name: name } })),
    });
  }
}
