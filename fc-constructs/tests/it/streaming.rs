use fc_cdk_core::{App, Stack, policy::Principal};
use fc_constructs::{
    analytics::{ColumnType, Table},
    messaging::Topic,
    monitoring::{Alarm, AlarmSet, Retention, Threshold},
    security::{Key, Role},
    storage::Bucket,
    streaming::RealtimeIngest,
};

use crate::{messages, template};

fn clicks() -> Table {
    Table::parquet("clicks")
        .description("what visitors do")
        .columns([
            ("event_id", ColumnType::String),
            ("event_time", ColumnType::Timestamp),
            ("customer_id", ColumnType::BigInt),
            ("revenue", ColumnType::Decimal(12, 2)),
        ])
        .by_day("dt", "2024-04-30")
}

#[test]
fn records_become_parquet_by_the_day_on_which_they_happened() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let key = Key::builder().build(&stack, "Key");
    let bucket = Bucket::builder().encryption_key(&key).build(&stack, "Raw");
    let ingest = RealtimeIngest::builder()
        .database("shop")
        .table(clicks())
        .bucket(&bucket)
        .event_time_field("event_time")
        .encryption_key(&key)
        .build(&stack, "Clicks");
    let producer = Role::builder()
        .assumed_by(Principal::service("ecs-tasks.amazonaws.com"))
        .build(&stack, "Producer");
    ingest.grant_write(&producer);
    let topic = Topic::builder().build(&stack, "Topic");
    let alarms = AlarmSet::builder().topic(topic).dashboard(false).build(&stack, "Alarms");
    alarms.watch("Clicks", &ingest.alarms());
    insta::assert_snapshot!(template(&app));
}

#[test]
fn every_setting_of_a_stream_reaches_the_template() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let bucket = Bucket::builder().build(&stack, "Raw");
    let ingest = RealtimeIngest::builder()
        .database("shop")
        .table(clicks().prefix("live/clicks/").day_path("day/{day}/"))
        .bucket(&bucket)
        .shards(2u32)
        .retention_hours(48u32)
        .buffer_seconds(60u32)
        .log_retention(Retention::OneYear)
        .build(&stack, "Clicks");
    Alarm::builder()
        .metric(ingest.metric_incoming_records())
        .threshold(Threshold::below(1))
        .build(&stack, "Silence");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn streams_and_tables_that_cannot_be_are_refused_at_the_users_line() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let bucket = Bucket::builder().build(&stack, "Raw");
    RealtimeIngest::builder()
        .database("shop")
        .table(Table::parquet("Clicks").columns([("price", ColumnType::Decimal(40, 2))]))
        .bucket(&bucket)
        .event_time_field("event_time")
        .shards(0u32)
        .retention_hours(12u32)
        .buffer_seconds(901u32)
        .build(&stack, "Clicks");
    RealtimeIngest::builder()
        .database("shop")
        .table(
            Table::parquet("orders")
                .columns([("dt", ColumnType::Date), ("Order-Id", ColumnType::BigInt)])
                .by_day("dt", "30.4.2024")
                .day_path("exports/"),
        )
        .bucket(&bucket)
        .build(&stack, "Orders");
    RealtimeIngest::builder()
        .database("shop")
        .table(Table::parquet("empty").by_day("dt", "2024-13-01"))
        .bucket(&bucket)
        .build(&stack, "Empty");
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[bad-ingest]: `S/Clicks`: table: the files of `Clicks` would all be in one folder
      --> fc-constructs/tests/it/streaming.rs:82:10
      help: give the table partitions with `by_day`
      docs: https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning.html
    error[bad-ingest]: `S/Clicks`: event_time_field: `event_time` is no column of `Clicks`
      --> fc-constructs/tests/it/streaming.rs:82:10
      help: name the column that says when it happened
      docs: https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning.html
    error[bad-ingest]: `S/Clicks`: shards: a stream has one shard at least
      --> fc-constructs/tests/it/streaming.rs:82:10
      help: leave it out for as many as it takes
      docs: https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning.html
    error[bad-ingest]: `S/Clicks`: retention_hours: a record stays in a stream for 24 to 8760 hours, not 12
      --> fc-constructs/tests/it/streaming.rs:82:10
      help: choose hours in that range
      docs: https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning.html
    error[bad-ingest]: `S/Clicks`: buffer_seconds: records are delivered within 900 seconds, not 901
      --> fc-constructs/tests/it/streaming.rs:82:10
      help: choose 0 to 900 seconds
      docs: https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning.html
    error[bad-table]: `S/Clicks`: table: `Clicks` is no name for a table
      --> fc-constructs/tests/it/streaming.rs:82:10
      help: use lower-case letters, digits and underscores
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-table]: `S/Clicks`: table: `price` of `Clicks` cannot be `decimal(40,2)`
      --> fc-constructs/tests/it/streaming.rs:82:10
      help: give 1 to 38 digits, and no more of them after the point
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-table]: `S/Orders`: table: `Order-Id` is no name for a column of `orders`
      --> fc-constructs/tests/it/streaming.rs:92:10
      help: use lower-case letters, digits and underscores
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-table]: `S/Orders`: table: the table `orders` has two columns `dt`
      --> fc-constructs/tests/it/streaming.rs:92:10
      help: the day is a column of its own: leave it out of `columns`
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-table]: `S/Orders`: table: `30.4.2024` is no day
      --> fc-constructs/tests/it/streaming.rs:92:10
      help: write it as `2024-04-30`
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-table]: `S/Orders`: table: the path of a day of `orders` does not say where the day is
      --> fc-constructs/tests/it/streaming.rs:92:10
      help: put `{day}` into `day_path`
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-table]: `S/Empty`: table: the table `empty` has no columns
      --> fc-constructs/tests/it/streaming.rs:97:10
      help: give it `columns`
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-table]: `S/Empty`: table: `2024-13-01` is no day
      --> fc-constructs/tests/it/streaming.rs:97:10
      help: write it as `2024-04-30`
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[illegal-value]: `S/Clicks/Resource`: ShardCount: 0 is too small
      --> fc-constructs/tests/it/streaming.rs:82:10
      help: 1 to 100000 is allowed
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html
    error[illegal-value]: `S/Clicks/Delivery`: ExtendedS3DestinationConfiguration.BufferingHints.IntervalInSeconds: 901 is too large
      --> fc-constructs/tests/it/streaming.rs:82:10
      help: 0 to 900 is allowed
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesisfirehose-deliverystream.html
    ");
}
