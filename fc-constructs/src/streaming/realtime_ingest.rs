//! [`RealtimeIngest`]: from a stream to Parquet in a bucket.

use fc_cdk_aws::{
    glue, ids,
    kinesis::{self, StreamEncryption, StreamModeDetails},
    kinesisfirehose::{
        self, BufferingHints, CloudWatchLoggingOptions, DataFormatConversionConfiguration,
        Deserializer, DynamicPartitioningConfiguration, ExtendedS3DestinationConfiguration,
        InputFormatConfiguration, KinesisStreamSourceConfiguration, OpenXJsonSerDe,
        OutputFormatConfiguration, ParquetSerDe, ProcessingConfiguration, Processor,
        ProcessorParameter, SchemaConfiguration, Serializer,
    },
    logs,
};
use fc_cdk_core::{
    Diagnostic, IntoValue, RemovalPolicy, Scope, Value, intrinsics,
    policy::{Principal, Statement},
    sub,
};

use super::{IngestAlarms, codes, needs};
use crate::{
    analytics::Table,
    builder::construct,
    monitoring::{LogGroup, Metric, Retention, Statistic},
    security::{Grantee, Key, Role},
    storage::Bucket,
};

/// A stream that producers write JSON to, and its delivery into a bucket as Parquet files of a table.
///
/// Makes one `AWS::Kinesis::Stream`, one `AWS::KinesisFirehose::DeliveryStream`, one `AWS::Glue::Table` with the rows that both agree on, the role of the
/// delivery with its policy, an `AWS::Logs::LogGroup` and `AWS::Logs::LogStream` for its errors, and one `AWS::KMS::Key` where none is given. The
/// stream takes more shards by itself, and is deleted when it leaves the stack, since the bucket has what it held.
///
/// Records that are no rows of the table go to `errors/`, below the prefix of the table's name, and an alarm says so.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::{analytics::{ColumnType, Table}, storage::Bucket, streaming::RealtimeIngest};
/// let app = App::new();
/// let stack = Stack::new(&app, "Data");
/// let bucket = Bucket::builder().build(&stack, "Raw");
/// let clicks = Table::parquet("clicks")
///     .columns([("event_time", ColumnType::Timestamp), ("page", ColumnType::String)])
///     .by_day("dt", "2024-04-30");
/// let ingest = RealtimeIngest::builder()
///     .database("shop")
///     .table(clicks)
///     .bucket(&bucket)
///     .event_time_field("event_time")
///     .build(&stack, "Clicks");
/// ```
///
/// Reference: <https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html>.
#[derive(Clone)]
pub struct RealtimeIngest {
    /// The stream itself, for everything that has no setting here.
    pub handle: kinesis::StreamHandle,
    /// The delivery into the bucket.
    pub delivery: kinesisfirehose::DeliveryStreamHandle,
    /// The table, which Athena can query.
    pub table: glue::TableHandle,
    /// Where errors of the delivery go.
    pub log_group: LogGroup,
    /// The key that encrypts the stream and the log.
    pub key: Key,
}

construct! {
    RealtimeIngest, RealtimeIngestBuilder, RealtimeIngestOptions {
        required {
            /// The database of the table in Glue's catalog.
            database: IntoValue<ids::glue::DatabaseName>,
            /// What a record is, with partitions by day.
            table: Into<Table>,
            /// Where the files go, below the table's prefix.
            bucket: Into<Bucket>,
        }
        optional {
            /// The field of a record that says when it happened, as text that begins with the day: `2024-05-31T12:00:00Z`; it decides on the
            /// partition. Another value replaces the delivery. Default: the day on which it arrives.
            event_time_field: Into<String>,
            /// How many shards the stream has, each for 1 MiB or 1,000 records a second. Default: as many as it takes.
            shards: Into<u32>,
            /// How many hours a record stays in the stream, 24 to 8,760. Default: 24.
            retention_hours: Into<u32> = 24,
            /// Seconds after which records are delivered, 0 to 900, or earlier where there are 128 MiB. Default: 300.
            buffer_seconds: Into<u32> = 300,
            /// The key that encrypts the stream and the log. Default: one of its own.
            encryption_key: Into<Key>,
            /// How long the delivery's log is kept. Default: one month.
            log_retention: Into<Retention> = Retention::OneMonth,
        }
    }
}

impl RealtimeIngest {
    fn create(
        scope: &Scope,
        database: Value<ids::glue::DatabaseName>,
        table: Table,
        bucket: Bucket,
        options: RealtimeIngestOptions,
    ) -> RealtimeIngest {
        check(scope, &table, &options);
        let key = options.encryption_key.clone().unwrap_or_else(|| {
            Key::builder().description(format!("stream of {}", scope.path())).build(scope, "Key")
        });
        let mode = if options.shards.is_some() { "PROVISIONED" } else { "ON_DEMAND" };
        let handle = kinesis::Stream::new()
            .retention_period_hours(options.retention_hours)
            .shard_count(options.shards)
            .stream_mode_details(StreamModeDetails::new().stream_mode(mode))
            .stream_encryption(StreamEncryption::new().encryption_type("KMS").key_id(key.arn()))
            .build(scope, "Resource");
        handle.removal_policy(RemovalPolicy::Delete);
        let log_group = LogGroup::builder()
            .retention(options.log_retention)
            .encryption_key(&key)
            .build(scope, "LogGroup");
        let log_stream =
            logs::LogStream::new().log_group_name(&log_group).build(scope, "LogStream");
        let row = table.build(scope, "Table", &database, &bucket);
        let role = Role::builder()
            .assumed_by(Principal::service("firehose.amazonaws.com"))
            .build(scope, "DeliveryRole");
        bucket.grant_put(&role, "");
        bucket.grant(&role, &["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"], "*");
        allow_delivery(&role, &handle, &database, &table, &log_group);
        key.grant_decrypt(&role);
        let source =
            KinesisStreamSourceConfiguration::new().kinesis_stream_arn(&handle).role_arn(&role);
        let logging = CloudWatchLoggingOptions::new()
            .enabled(true)
            .log_group_name(&log_group)
            .log_stream_name(&log_stream);
        let mut destination = ExtendedS3DestinationConfiguration::new()
            .bucket_arn(bucket.arn())
            .role_arn(&role)
            .prefix(prefix(&table, options.event_time_field.is_some()))
            .error_output_prefix(format!(
                "errors/{}/!{{firehose:error-output-type}}/!{{timestamp:yyyy-MM-dd}}/",
                table.name
            ))
            // Smaller files would make queries slow; partitions and Parquet need 64 MiB at least.
            .buffering_hints(
                BufferingHints::new().interval_in_seconds(options.buffer_seconds).size_in_mbs(128),
            )
            .cloud_watch_logging_options(logging)
            .data_format_conversion_configuration(conversion(&database, &table, &role));
        if let Some(field) = &options.event_time_field {
            destination = destination
                .dynamic_partitioning_configuration(
                    DynamicPartitioningConfiguration::new().enabled(true),
                )
                .processing_configuration(day_of(field));
        }
        let delivery = kinesisfirehose::DeliveryStream::new()
            .delivery_stream_type("KinesisStreamAsSource")
            .kinesis_stream_source_configuration(source)
            .extended_s3_destination_configuration(destination)
            .build(scope, "Delivery");
        delivery.depends_on(&row);
        if let Some(policy) = role.policy() {
            delivery.depends_on(&policy);
        }
        RealtimeIngest { handle, delivery, table: row, log_group, key }
    }

    /// Lets a role write records.
    pub fn grant_write(&self, grantee: &impl Grantee) {
        let actions = ["kinesis:PutRecord", "kinesis:PutRecords"];
        let statement = Statement::allow().actions(actions).resources([self.arn()]);
        grantee.grant_role().add_statement(statement);
        self.key.grant_encrypt_decrypt(grantee);
    }

    /// The ARN of the stream.
    pub fn arn(&self) -> Value<ids::kinesis::StreamArn> {
        self.handle.arn()
    }

    /// How long the oldest record that was read had waited in the stream, in milliseconds.
    pub fn metric_iterator_age(&self) -> Metric {
        self.of_stream("GetRecords.IteratorAgeMilliseconds").statistic(Statistic::Maximum)
    }

    /// How many records producers wrote.
    pub fn metric_incoming_records(&self) -> Metric {
        self.of_stream("IncomingRecords").statistic(Statistic::Sum)
    }

    /// How many records producers were refused.
    pub fn metric_throttled_writes(&self) -> Metric {
        self.of_stream("WriteProvisionedThroughputExceeded").statistic(Statistic::Sum)
    }

    /// The age of the oldest record that is not in the bucket, in seconds.
    pub fn metric_freshness(&self) -> Metric {
        self.of_delivery("DeliveryToS3.DataFreshness").statistic(Statistic::Maximum)
    }

    /// How many records were no rows of the table.
    pub fn metric_failed_conversions(&self) -> Metric {
        self.of_delivery("FailedConversion.Records").statistic(Statistic::Sum)
    }

    /// The alarms that stream and delivery should have, for [`AlarmSet::watch`](crate::monitoring::AlarmSet::watch).
    pub fn alarms(&self) -> IngestAlarms {
        IngestAlarms::of(self)
    }

    fn of_stream(&self, name: &str) -> Metric {
        Metric::new("AWS/Kinesis", name).dimension("StreamName", &self.handle)
    }

    fn of_delivery(&self, name: &str) -> Metric {
        Metric::new("AWS/Firehose", name)
            .dimension("DeliveryStreamName", self.delivery.delivery_stream_name())
    }
}

crate::handle::stands_for!(RealtimeIngest.handle: kinesis::StreamHandle);

/// Where the files of a day go.
fn prefix(table: &Table, by_event: bool) -> String {
    let day = if by_event { "!{partitionKeyFromQuery:day}" } else { "!{timestamp:yyyy-MM-dd}" };
    table.path() + &table.path_of_day(day)
}

/// The day of an event, cut from its time.
fn day_of(field: &str) -> ProcessingConfiguration {
    let parameter = |name: &str, value: String| {
        ProcessorParameter::new().parameter_name(name).parameter_value(value)
    };
    let processor = Processor::new().r#type("MetadataExtraction").parameters([
        parameter("MetadataExtractionQuery", format!("{{day:.{field}[0:10]}}")),
        parameter("JsonParsingEngine", "JQ-1.6".to_owned()),
    ]);
    ProcessingConfiguration::new().enabled(true).processors([processor])
}

fn conversion(
    database: &Value<ids::glue::DatabaseName>,
    table: &Table,
    role: &Role,
) -> DataFormatConversionConfiguration {
    let schema = SchemaConfiguration::new()
        .catalog_id(intrinsics::account_id())
        .database_name(database)
        .table_name(table.name.as_str())
        .region(intrinsics::region())
        .role_arn(role)
        .version_id("LATEST");
    let json = Deserializer::new().open_x_json_ser_de(OpenXJsonSerDe::new().case_insensitive(true));
    let parquet = Serializer::new().parquet_ser_de(ParquetSerDe::new().compression("SNAPPY"));
    DataFormatConversionConfiguration::new()
        .enabled(true)
        .schema_configuration(schema)
        .input_format_configuration(InputFormatConfiguration::new().deserializer(json))
        .output_format_configuration(OutputFormatConfiguration::new().serializer(parquet))
}

/// What Firehose needs besides the bucket.
/// See <https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html>.
fn allow_delivery(
    role: &Role,
    stream: &kinesis::StreamHandle,
    database: &Value<ids::glue::DatabaseName>,
    table: &Table,
    log_group: &LogGroup,
) {
    let read = [
        "kinesis:DescribeStream",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
    ];
    role.add_statement(Statement::allow().actions(read).resources([stream.arn()]));
    let schema = ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"];
    let catalog = sub!("arn:{AWS::Partition}:glue:{AWS::Region}:{AWS::AccountId}");
    let name = &table.name;
    role.add_statement(Statement::allow().actions(schema).resources([
        sub!("{catalog}:catalog"),
        sub!("{catalog}:database/{database}"),
        sub!("{catalog}:table/{database}/{name}"),
    ]));
    let write = Statement::allow().actions(["logs:PutLogEvents"]);
    role.add_statement(write.resources([log_group.arn()]));
}

fn check(scope: &Scope, table: &Table, options: &RealtimeIngestOptions) {
    let report = |message: String, property: &str, help: &str| {
        let error = Diagnostic::error(codes::BAD_INGEST, message);
        scope.report(error.property(property).help(help));
    };
    if table.day.is_none() {
        report(
            format!("the files of `{}` would all be in one folder", table.name),
            "table",
            "give the table partitions with `by_day`",
        );
    }
    if let Some(field) = options
        .event_time_field
        .as_ref()
        .filter(|field| !table.columns.iter().any(|(name, _)| name == *field))
    {
        report(
            format!("`{field}` is no column of `{}`", table.name),
            "event_time_field",
            "name the column that says when it happened",
        );
    }
    if options.shards == Some(0) {
        report(
            "a stream has one shard at least".into(),
            "shards",
            "leave it out for as many as it takes",
        );
    }
    if !(24..=8_760).contains(&options.retention_hours) {
        let message = format!(
            "a record stays in a stream for 24 to 8760 hours, not {}",
            options.retention_hours
        );
        report(message, "retention_hours", "choose hours in that range");
    }
    if options.buffer_seconds > 900 {
        let message =
            format!("records are delivered within 900 seconds, not {}", options.buffer_seconds);
        report(message, "buffer_seconds", "choose 0 to 900 seconds");
    }
}
