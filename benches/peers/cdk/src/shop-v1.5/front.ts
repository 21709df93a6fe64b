import { CfnOutput, Duration } from "aws-cdk-lib";
import * as cloudfront from "aws-cdk-lib/aws-cloudfront";
import * as origins from "aws-cdk-lib/aws-cloudfront-origins";
import * as route53 from "aws-cdk-lib/aws-route53";
import * as targets from "aws-cdk-lib/aws-route53-targets";
import * as s3 from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { ShopStack, logTo, secureBucket } from "./common";
import { EdgeStack } from "./edge";
import { NetworkStack } from "./network";
import { ORIGIN_HEADER, ServersStack } from "./servers";
import { Settings } from "./settings";

/** CloudFront in front of the web tier, and its name in Route 53. */
export class FrontStack extends ShopStack {
  constructor(scope: Construct, settings: Settings, network: NetworkStack, edge: EdgeStack, servers: ServersStack) {
    super(scope, "Front", settings, "CloudFront in front of the shop");
    const responseHeadersPolicy = new cloudfront.ResponseHeadersPolicy(this, "Headers", {
      securityHeadersBehavior: {
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: cloudfront.HeadersFrameOption.SAMEORIGIN, override: false },
        referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override: false },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(730), includeSubdomains: true, override: true },
      },
    });
    const origin = new origins.LoadBalancerV2Origin(servers.web.balancer, {
      protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
      customHeaders: { [ORIGIN_HEADER]: servers.originSecret.secretValue.unsafeUnwrap() },
    });
    const behavior = {
      origin,
      responseHeadersPolicy,
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    };
    const files = {
      ...behavior,
      allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
      cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
      originRequestPolicy: new cloudfront.OriginRequestPolicy(this, "StaticRequests", {
        headerBehavior: cloudfront.OriginRequestHeaderBehavior.allowList("Host"),
      }),
    };
    const distribution = new cloudfront.Distribution(this, "Distribution", {
      comment: "The shop",
      domainNames: [settings.domain],
      certificate: edge.certificate,
      webAclId: edge.webAcl.attrArn,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      defaultBehavior: {
        ...behavior,
        allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
        cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
        originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER,
      },
      additionalBehaviors: { "/static/*": files, "/images/*": files },
      logBucket: secureBucket(this, "Logs", {
        encryption: s3.BucketEncryption.S3_MANAGED,
        // CloudFront writes its logs by ACL.
        objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_PREFERRED,
        ...logTo(this, network.accessLogs, "Logs"),
        lifecycleRules: [{ expiration: Duration.days(settings.accessLogDays) }],
      }),
    });
    const record = { zone: network.zone, target: route53.RecordTarget.fromAlias(new targets.CloudFrontTarget(distribution)) };
    new route53.ARecord(this, "Ipv4", record);
    new route53.AaaaRecord(this, "Ipv6", record);
    new CfnOutput(this, "Url", { description: "Where the shop is", value: `https://${settings.domain}` });
  }
}
