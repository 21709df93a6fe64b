import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import * as s3 from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { Settings } from "./settings";

/** A stack of the shop. */
export class ShopStack extends Stack {
  constructor(scope: Construct, part: string, settings: Settings, description: string, region = settings.region) {
    super(scope, `${settings.name}-${part}`, { description, terminationProtection: true, env: { region } });
  }
}

/** A key that is changed every year, also for log groups of its region. */
export function key(scope: Construct, id: string, description: string): kms.Key {
  const result = new kms.Key(scope, id, { description, enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN });
  const { partition, region, account } = Stack.of(scope);
  result.grantEncryptDecrypt(
    new iam.ServicePrincipal(`logs.${region}.amazonaws.com`, {
      conditions: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${account}:log-group:*` } },
    }),
  );
  return result;
}

/** A private, versioned bucket that is kept, and takes TLS alone. */
export function secureBucket(scope: Construct, id: string, props: s3.BucketProps): s3.Bucket {
  return new s3.Bucket(scope, id, {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    versioned: true,
    removalPolicy: RemovalPolicy.RETAIN,
    ...props,
    lifecycleRules: [
      { abortIncompleteMultipartUploadAfter: Duration.days(7), noncurrentVersionExpiration: Duration.days(90) },
      ...(props.lifecycleRules ?? []),
    ],
  });
}

/** The settings of a bucket that logs into another stack's; that stack must not depend on this one. */
export function logTo(scope: Construct, bucket: s3.IBucket, prefix: string): s3.BucketProps {
  const serverAccessLogsBucket = s3.Bucket.fromBucketName(scope, `${prefix}AccessLogs`, bucket.bucketName);
  return { serverAccessLogsBucket, serverAccessLogsPrefix: `${Stack.of(scope).stackName}/${prefix}/` };
}
