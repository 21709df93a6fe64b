//! Queues, topics, events and alarms.

use super::{Above, Below, Conflict, Is, IsNot, Off, On, Set, Under, Unset, Without};
use super::{illegal, needed, refused};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html>
pub(super) const WAIT_CONDITION: &[Conflict] = &[needed(
    ("", "Timeout"),
    &[Set("Handle"), Unset("Timeout")],
    "who waits for a `Handle` needs a `Timeout`",
)];

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>
pub(super) const ALARM: &[Conflict] = &[refused(
    ("", "DatapointsToAlarm"),
    &[Under("EvaluationPeriods", "DatapointsToAlarm")],
    "more points are asked for than there are periods",
)];

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html>
pub(super) const EVENT_RULE: &[Conflict] = &[
    refused(
        ("Targets.*", "Input"),
        &[Set("Input"), Set("InputPath")],
        "a target takes one of `Input`, `InputPath` and `InputTransformer`",
    ),
    refused(
        ("Targets.*", "Input"),
        &[Set("Input"), Set("InputTransformer")],
        "a target takes one of `Input`, `InputPath` and `InputTransformer`",
    ),
    refused(
        ("Targets.*", "InputPath"),
        &[Set("InputPath"), Set("InputTransformer")],
        "a target takes one of `Input`, `InputPath` and `InputTransformer`",
    ),
];

/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html>
pub(super) const STREAM: &[Conflict] = &[refused(
    ("", "ShardCount"),
    &[Is("StreamModeDetails.StreamMode", &["ON_DEMAND"]), Set("ShardCount")],
    "a stream on demand has no number of shards",
)];

/// <https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>
pub(super) const SUBSCRIPTION: &[Conflict] = &[
    illegal(
        ("", "Protocol"),
        &[IsNot(
            "Protocol",
            &[
                "application",
                "email",
                "email-json",
                "firehose",
                "http",
                "https",
                "lambda",
                "sms",
                "sqs",
            ],
        )],
        "topics do not deliver by this protocol",
    ),
    illegal(
        ("", "Endpoint"),
        &[Is("Protocol", &["email", "email-json"]), Without("Endpoint", "@")],
        "this is no address of mail",
    ),
    illegal(
        ("", "Endpoint"),
        &[Is("Protocol", &["https"]), Without("Endpoint", "https://")],
        "an address of this protocol begins with `https://`",
    ),
    illegal(
        ("", "Endpoint"),
        &[Is("Protocol", &["http"]), Without("Endpoint", "http://")],
        "an address of this protocol begins with `http://`",
    ),
    illegal(
        ("", "Endpoint"),
        &[Is("Protocol", &["lambda", "sqs", "firehose"]), Without("Endpoint", "arn:")],
        "this protocol takes an ARN",
    ),
    illegal(
        ("", "FilterPolicyScope"),
        &[IsNot("FilterPolicyScope", &["MessageAttributes", "MessageBody"])],
        "a filter is for `MessageAttributes` or `MessageBody`",
    ),
];

/// <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>
pub(super) const TOPIC: &[Conflict] = &[
    illegal(
        ("", "TopicName"),
        &[On("FifoTopic"), Without("TopicName", ".fifo")],
        "the name of a FIFO topic ends with `.fifo`",
    ),
    refused(
        ("", "ContentBasedDeduplication"),
        &[Off("FifoTopic"), On("ContentBasedDeduplication")],
        "only FIFO topics drop what comes twice",
    ),
];

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>
pub(super) const QUEUE: &[Conflict] = &[
    needed(
        ("RedrivePolicy", "deadLetterTargetArn"),
        &[Unset("deadLetterTargetArn")],
        "a redrive policy needs the ARN of the queue for what fails",
    ),
    needed(
        ("RedrivePolicy", "maxReceiveCount"),
        &[Unset("maxReceiveCount")],
        "a redrive policy needs the number of tries",
    ),
    illegal(
        ("RedrivePolicy", "maxReceiveCount"),
        &[Below("maxReceiveCount", 1.0)],
        "1 to 1000 tries are allowed",
    ),
    illegal(
        ("RedrivePolicy", "maxReceiveCount"),
        &[Above("maxReceiveCount", 1000.0)],
        "1 to 1000 tries are allowed",
    ),
];

/// <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_FlexibleTimeWindow.html>
pub(super) const SCHEDULE: &[Conflict] = &[
    needed(
        ("FlexibleTimeWindow", "MaximumWindowInMinutes"),
        &[Is("Mode", &["FLEXIBLE"]), Unset("MaximumWindowInMinutes")],
        "a flexible window needs its length",
    ),
    refused(
        ("FlexibleTimeWindow", "MaximumWindowInMinutes"),
        &[Is("Mode", &["OFF"]), Set("MaximumWindowInMinutes")],
        "without a window there is no length of it",
    ),
];
