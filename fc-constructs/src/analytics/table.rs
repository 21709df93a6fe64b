//! [`Table`]: files in a bucket, as rows and columns.

use std::fmt;

use fc_cdk_aws::{
    glue::{self, Column, SerdeInfo, TableInput, TableStorageDescriptor},
    ids,
};
use fc_cdk_core::{Diagnostic, Map, Node, Scope, Value, intrinsics, sub};

use super::codes;
use crate::storage::Bucket;

const NAMES: &str =
    "https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html";

/// What a column holds, as Athena, Glue and Firehose call it.
///
/// See <https://docs.aws.amazon.com/athena/latest/ug/data-types.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// True or false.
    Boolean,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 64 bits.
    BigInt,
    /// A number with a point, not exact.
    Double,
    /// An exact number: how many digits, and how many of them after the point.
    Decimal(u8, u8),
    /// Text.
    String,
    /// A day.
    Date,
    /// A point in time, to the millisecond.
    Timestamp,
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ColumnType::Boolean => "boolean",
            ColumnType::Int => "int",
            ColumnType::BigInt => "bigint",
            ColumnType::Double => "double",
            ColumnType::Decimal(digits, scale) => return write!(f, "decimal({digits},{scale})"),
            ColumnType::String => "string",
            ColumnType::Date => "date",
            ColumnType::Timestamp => "timestamp",
        })
    }
}

/// A table of Parquet files in a bucket: what Glue's catalog says of them, so that Athena can query and Firehose write them.
///
/// Its partitions by day need no crawler: Athena computes them from the day on which the table begins (partition projection).
///
/// ```
/// use fc_constructs::analytics::{ColumnType, Table};
/// Table::parquet("orders")
///     .columns([("order_id", ColumnType::BigInt), ("total", ColumnType::Decimal(12, 2))])
///     .by_day("dt", "2024-04-30");
/// ```
#[derive(Clone, Debug)]
#[must_use = "a table is made by the construct that it is given to"]
pub struct Table {
    pub(crate) name: String,
    description: Option<String>,
    pub(crate) columns: Vec<(String, ColumnType)>,
    pub(crate) day: Option<Day>,
    prefix: Option<String>,
    day_path: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Day {
    pub(crate) column: String,
    /// The first one; without it, partitions are those that somebody adds to the catalog.
    first: Option<String>,
}

impl Table {
    /// A table by its name, of lower-case letters, digits and underscores, without columns so far.
    pub fn parquet(name: impl Into<String>) -> Table {
        Table {
            name: name.into(),
            description: None,
            columns: Vec::new(),
            day: None,
            prefix: None,
            day_path: None,
        }
    }

    /// What a row is, for people. Default: nothing.
    pub fn description(mut self, description: impl Into<String>) -> Table {
        self.description = Some(description.into());
        self
    }

    /// The columns.
    pub fn columns<N: Into<String>>(
        mut self,
        columns: impl IntoIterator<Item = (N, ColumnType)>,
    ) -> Table {
        self.columns.extend(columns.into_iter().map(|(name, of)| (name.into(), of)));
        self
    }

    /// Where in the bucket the files are, such as `orders/`. Default: the name of the table.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Table {
        self.prefix = Some(prefix.into());
        self
    }

    /// A further column for the day, such as `2024-05-31`, and a folder `COLUMN=DAY/` for each day from the first one on. Default: all files are in
    /// one folder.
    pub fn by_day(mut self, column: impl Into<String>, first: impl Into<String>) -> Table {
        self.day = Some(Day { column: column.into(), first: Some(first.into()) });
        self
    }

    /// A further column for the day, and a partition for each day that somebody adds to the catalog, with the folder of its files: for folders
    /// whose names cannot be computed.
    pub fn by_added_day(mut self, column: impl Into<String>) -> Table {
        self.day = Some(Day { column: column.into(), first: None });
        self
    }

    /// The path of a day's files below the prefix where it is not `COLUMN=DAY/`, with `{day}` where the day is: `export-{day}/shop/shop.orders/`.
    pub fn day_path(mut self, path: impl Into<String>) -> Table {
        self.day_path = Some(path.into());
        self
    }

    /// The prefix of its files, with a slash at the end.
    pub(crate) fn path(&self) -> String {
        let prefix = self.prefix.as_ref().unwrap_or(&self.name).trim_end_matches('/');
        format!("{prefix}/")
    }

    /// The path of a day's files below the prefix; nothing where all files are in one folder.
    pub(crate) fn path_of_day(&self, day: &str) -> String {
        match (&self.day, &self.day_path) {
            (None, _) => String::new(),
            (Some(_), Some(path)) => path.replace("{day}", day),
            (Some(of), None) => format!("{}={day}/", of.column),
        }
    }

    /// Makes the `AWS::Glue::Table`.
    #[track_caller]
    pub(crate) fn build(
        &self,
        scope: &Scope,
        id: &str,
        database: &Value<ids::glue::DatabaseName>,
        bucket: &Bucket,
    ) -> glue::TableHandle {
        self.build_in(scope, id, database, bucket, "")
    }

    /// Makes the `AWS::Glue::Table` of files below a further prefix.
    #[track_caller]
    pub(super) fn build_in(
        &self,
        scope: &Scope,
        id: &str,
        database: &Value<ids::glue::DatabaseName>,
        bucket: &Bucket,
        within: &str,
    ) -> glue::TableHandle {
        self.check(scope);
        let path = format!("{within}{}", self.path());
        let mut storage = TableStorageDescriptor::new()
            .columns(self.columns.iter().map(|(name, of)| column(name, *of)))
            .location(sub!("s3://{bucket}/{path}"))
            .input_format("org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat")
            .output_format("org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat");
        let library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";
        storage = storage.serde_info(SerdeInfo::new().serialization_library(library));
        let mut input = TableInput::new()
            .name(self.name.as_str())
            .description(self.description.as_deref())
            .table_type("EXTERNAL_TABLE")
            .storage_descriptor(storage)
            .parameters(self.parameters(bucket, &path));
        if let Some(day) = &self.day {
            input = input.partition_keys([column(&day.column, ColumnType::String)]);
        }
        glue::Table::new()
            .catalog_id(intrinsics::account_id())
            .database_name(database.clone().cast::<String>())
            .table_input(input)
            .build(scope, id)
    }

    fn parameters(&self, bucket: &Bucket, path: &str) -> Node {
        let mut parameters = Map::new();
        parameters.insert("EXTERNAL", "TRUE");
        parameters.insert("classification", "parquet");
        let Some(Day { column: name, first: Some(first) }) = &self.day else {
            return Node::Map(parameters);
        };
        let template = self.path_of_day(&format!("${{{name}}}"));
        parameters.insert("projection.enabled", "true");
        for (key, value) in [
            ("type", "date"),
            ("format", "yyyy-MM-dd"),
            ("interval", "1"),
            ("interval.unit", "DAYS"),
        ] {
            parameters.insert(format!("projection.{name}.{key}"), value);
        }
        parameters.insert(format!("projection.{name}.range"), format!("{first},NOW"));
        let location = sub!("s3://{bucket}/{path}{template}");
        parameters.insert("storage.location.template", location);
        Node::Map(parameters)
    }

    fn check(&self, scope: &Scope) {
        let report = |message: String, help: &str| {
            let error = Diagnostic::error(codes::BAD_TABLE, message);
            scope.report(error.property("table").help(help).docs(NAMES));
        };
        let table = &self.name;
        let is_plain = |name: &str| {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            !name.is_empty() && name.len() <= 255 && name.chars().all(plain)
        };
        let lower_case = "use lower-case letters, digits and underscores";
        if !is_plain(table) {
            report(format!("`{table}` is no name for a table"), lower_case);
        }
        if self.columns.is_empty() {
            report(format!("the table `{table}` has no columns"), "give it `columns`");
        }
        let day = self.day.iter().map(|day| day.column.as_str());
        let names: Vec<&str> =
            self.columns.iter().map(|(name, _)| name.as_str()).chain(day).collect();
        for (place, name) in names.iter().enumerate() {
            if !is_plain(name) {
                report(format!("`{name}` is no name for a column of `{table}`"), lower_case);
            } else if names[..place].contains(name) {
                report(
                    format!("the table `{table}` has two columns `{name}`"),
                    "the day is a column of its own: leave it out of `columns`",
                );
            }
        }
        for (name, of) in &self.columns {
            if let ColumnType::Decimal(digits, scale) = of
                && (!(1..=38).contains(digits) || scale > digits)
            {
                report(
                    format!("`{name}` of `{table}` cannot be `{of}`"),
                    "give 1 to 38 digits, and no more of them after the point",
                );
            }
        }
        let first = self.day.as_ref().and_then(|day| day.first.as_ref());
        if let Some(first) = first.filter(|first| !is_day(first)) {
            report(format!("`{first}` is no day"), "write it as `2024-04-30`");
        }
        if self.day_path.as_ref().is_some_and(|path| !path.contains("{day}")) {
            report(
                format!("the path of a day of `{table}` does not say where the day is"),
                "put `{day}` into `day_path`",
            );
        }
    }
}

/// Whether a text looks like `2024-04-30`.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let number = |text: &str, digits: usize| {
        let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<u16>().ok()).flatten()
    };
    number(year, 4).is_some()
        && number(month, 2).is_some_and(|month| (1..=12).contains(&month))
        && number(day, 2).is_some_and(|day| (1..=31).contains(&day))
}

fn column(name: &str, of: ColumnType) -> Column {
    Column::new().name(name).r#type(of.to_string())
}

/// A name such as `order_items` as a construct id: `OrderItems`.
pub(super) fn construct_id(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}
