//! The load of `benches/peers/synthetic.md`, written as a user would write it: 8,000 resources in 300 stacks.

use std::process::ExitCode;

use fc_cdk_aws::{cloudwatch, ec2, iam, lambda, logs, s3, sns, sqs};
use fc_cdk_core::{
    App, Node, RemovalPolicy, Scope, Stack, Value, intrinsics, json, logical_id::logical_id, sub,
};
use fc_cdk_toolkit::Cli;

fn main() -> ExitCode {
    Cli::new("synthetic").run(|_| {
        let app = App::new();
        let mut upstream = None;
        for index in 0..300 {
            // Chains of ten stacks: each reads the topic of the one before it.
            let read = upstream.take().filter(|_| index % 10 != 0);
            upstream = Some(load(&app, index, read));
        }
        app
    })
}

/// One stack; returns its topic.
fn load(app: &App, index: i32, upstream: Option<sns::TopicHandle>) -> sns::TopicHandle {
    let id = format!("Load{index:03}");
    let stack = Stack::new(app, &id).with_description(&format!("synthetic load {index}"));
    network(&stack, index);

    let bucket = bucket(&stack, index);
    let dead_letters = sqs::Queue::new()
        .message_retention_period(1_209_600)
        .build(&stack.construct("DeadLetters"), "Resource");
    dead_letters.removal_policy(RemovalPolicy::Delete);
    let queue_scope = stack.construct("Queue");
    let queue = sqs::Queue::new()
        .redrive_policy(json!({ "deadLetterTargetArn": dead_letters.arn(), "maxReceiveCount": 5 }))
        .visibility_timeout(60)
        .build(&queue_scope, "Resource");
    queue.removal_policy(RemovalPolicy::Delete);
    let topic = sns::Topic::new()
        .display_name(format!("events {index}"))
        .build(&stack.construct("Topic"), "Resource");
    let queue_policy = sqs::QueuePolicy::new()
        .policy_document(policy([json!({
            "Action": "sqs:SendMessage",
            "Condition": { "ArnEquals": { "aws:SourceArn": topic.topic_arn() } },
            "Effect": "Allow",
            "Principal": { "Service": "sns.amazonaws.com" },
            "Resource": queue.arn()
        })]))
        .queues([&queue])
        .build(&queue_scope.scope("Policy"), "Resource");
    let subscription_id = logical_id(&[&id, "Topic"]).unwrap_or_default();
    let subscription = sns::Subscription::new()
        .endpoint(&queue)
        .protocol("sqs")
        .raw_message_delivery(true)
        .topic_arn(&topic)
        .build(&queue_scope.scope(&subscription_id), "Resource");
    subscription.depends_on(&queue_policy);

    handler(&stack, &bucket, &queue, &topic, upstream);

    // Every third stack has one resource less: 300 stacks are 8,000 resources.
    if index % 3 != 0 {
        cloudwatch::Alarm::new()
            .alarm_description("messages that could not be handled")
            .comparison_operator("GreaterThanOrEqualToThreshold")
            .dimensions([cloudwatch::Dimension::new()
                .name("QueueName")
                .value(dead_letters.queue_name())])
            .evaluation_periods(1)
            .metric_name("ApproximateNumberOfMessagesVisible")
            .namespace("AWS/SQS")
            .period(300)
            .statistic("Maximum")
            .threshold(1)
            .treat_missing_data("notBreaching")
            .build(&stack.construct("Alarm"), "Resource");
    }
    topic
}

/// A VPC with a public and a private side.
fn network(stack: &Stack, index: i32) {
    let octet = index % 256;
    let tag = |name: &str| [("Name", format!("load-{index}-{name}"))];
    let vpc = ec2::Vpc::new()
        .cidr_block(format!("10.{octet}.0.0/16"))
        .enable_dns_hostnames(true)
        .enable_dns_support(true)
        .tags(tag("vpc"))
        .build(stack, "Vpc");
    let gateway = ec2::InternetGateway::new().tags(tag("gateway")).build(stack, "Gateway");
    let attachment = ec2::VpcGatewayAttachment::new()
        .internet_gateway_id(&gateway)
        .vpc_id(&vpc)
        .build(stack, "Attachment");
    for (side, name, first_block) in [("Public", "public", 0), ("Private", "private", 2)] {
        let table = ec2::RouteTable::new()
            .tags(tag(name))
            .vpc_id(&vpc)
            .build(stack, &format!("{side}Table"));
        if side == "Public" {
            let route = ec2::Route::new()
                .destination_cidr_block("0.0.0.0/0")
                .gateway_id(&gateway)
                .route_table_id(&table)
                .build(stack, "DefaultRoute");
            route.depends_on(&attachment);
        }
        for zone in [0, 1] {
            let number = zone + 1;
            let subnet = ec2::Subnet::new()
                .availability_zone(intrinsics::select(zone, intrinsics::availability_zones()))
                .cidr_block(format!("10.{octet}.{}.0/24", first_block + zone))
                .map_public_ip_on_launch(false)
                .tags(tag(&format!("{name}-{number}")))
                .vpc_id(&vpc)
                .build(stack, &format!("{side}Subnet{number}"));
            ec2::SubnetRouteTableAssociation::new()
                .route_table_id(&table)
                .subnet_id(&subnet)
                .build(stack, &format!("{side}Association{number}"));
        }
    }
    ec2::SecurityGroup::new()
        .group_description(format!("load {index}"))
        .security_group_egress([ec2::Egress::new()
            .cidr_ip("0.0.0.0/0")
            .description("HTTPS")
            .from_port(443)
            .ip_protocol("tcp")
            .to_port(443)])
        .security_group_ingress([ec2::Ingress::new()
            .cidr_ip(format!("10.{octet}.0.0/16"))
            .description("HTTPS from the VPC")
            .from_port(443)
            .ip_protocol("tcp")
            .to_port(443)])
        .tags(tag("security-group"))
        .vpc_id(&vpc)
        .build(stack, "SecurityGroup");
}

fn bucket(stack: &Stack, index: i32) -> s3::BucketHandle {
    let scope = stack.construct("Bucket");
    let bucket = s3::Bucket::new()
        .bucket_encryption(s3::BucketEncryption::new().server_side_encryption_configuration([
            s3::ServerSideEncryptionRule::new().server_side_encryption_by_default(
                s3::ServerSideEncryptionByDefault::new().sse_algorithm("AES256"),
            ),
        ]))
        .lifecycle_configuration(s3::LifecycleConfiguration::new().rules([s3::Rule::new()
            .expiration_in_days(90 + index)
            .id("expire")
            .status("Enabled")]))
        .public_access_block_configuration(
            s3::PublicAccessBlockConfiguration::new()
                .block_public_acls(true)
                .block_public_policy(true)
                .ignore_public_acls(true)
                .restrict_public_buckets(true),
        )
        .versioning_configuration(
            s3::VersioningConfiguration::new().status(s3::VersioningConfigurationStatus::Enabled),
        )
        .build(&scope, "Resource");
    bucket.removal_policy(RemovalPolicy::Retain);
    s3::BucketPolicy::new()
        .bucket(&bucket)
        .policy_document(policy([json!({
            "Action": "s3:*",
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
            "Effect": "Deny",
            "Principal": { "AWS": "*" },
            "Resource": [bucket.arn(), objects(&bucket)]
        })]))
        .build(&scope.scope("Policy"), "Resource");
    bucket
}

fn handler(
    stack: &Scope,
    bucket: &s3::BucketHandle,
    queue: &sqs::QueueHandle,
    topic: &sns::TopicHandle,
    upstream: Option<sns::TopicHandle>,
) {
    let logs = logs::LogGroup::new()
        .retention_in_days(30)
        .build(&stack.construct("HandlerLogs"), "Resource");
    logs.removal_policy(RemovalPolicy::Delete);
    let scope = stack.construct("Handler");
    let role_scope = scope.scope("ServiceRole");
    let role = iam::Role::new()
        .assume_role_policy_document(policy([json!({
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": { "Service": "lambda.amazonaws.com" }
        })]))
        .managed_policy_arns([sub!(
            "arn:{AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        )])
        .build(&role_scope, "Resource");
    let role_policy = iam::Policy::new()
        .policy_document(policy([
            json!({
                "Action": ["s3:GetBucket*", "s3:GetObject*", "s3:List*"],
                "Effect": "Allow",
                "Resource": [bucket.arn(), objects(bucket)]
            }),
            json!({
                "Action": [
                    "sqs:ChangeMessageVisibility",
                    "sqs:DeleteMessage",
                    "sqs:GetQueueAttributes",
                    "sqs:GetQueueUrl",
                    "sqs:ReceiveMessage"
                ],
                "Effect": "Allow",
                "Resource": queue.arn()
            }),
            json!({ "Action": "sns:Publish", "Effect": "Allow", "Resource": topic.topic_arn() }),
        ]))
        .policy_name("")
        .roles([&role])
        .build(&role_scope.scope("DefaultPolicy"), "Resource");
    role_policy.set_property("PolicyName", role_policy.logical_id());
    let mut environment = vec![("BUCKET", json!(bucket.bucket_name())), ("TOPIC", topic.topic_arn().into())];
    environment.extend(upstream.map(|topic| ("UPSTREAM", topic.topic_arn().into())));
    let function = lambda::Function::new()
        .architectures([lambda::Architectures::Arm64])
        .code(lambda::Code::new().zip_file("def handler(event, context):\n    return event\n"))
        .environment(lambda::Environment::new().variables(environment))
        .handler("index.handler")
        .logging_config(lambda::FunctionLoggingConfig::new().log_group(&logs))
        .memory_size(256)
        .role(&role)
        .runtime(lambda::FunctionRuntime::Python313)
        .timeout(30)
        .build(&scope, "Resource");
    function.depends_on(&role_policy).depends_on(&role);
}

fn objects(bucket: &s3::BucketHandle) -> Value<String> {
    sub!("{bucket.arn()}/*")
}

fn policy<const COUNT: usize>(statements: [Node; COUNT]) -> Node {
    json!({ "Statement": statements, "Version": "2012-10-17" })
}
