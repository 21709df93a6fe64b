//! [`Source`]: data of one kind, and how it becomes tables.

use std::path::PathBuf;

use fc_cdk_core::Node;

use crate::storage::Bucket;

/// What kind of data a source has: it decides on what crawlers and jobs look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// Exports of a database: each one is whole, so each is read anew.
    Database,
    /// Answers to surveys: files may be corrected, so all are read anew.
    Survey,
    /// What visitors click: files only ever come, so each is read once.
    ClickStream,
    /// Logs of servers: files only ever come, so each is read once.
    LogStream,
}

impl SourceKind {
    /// Whether files only ever come, so that jobs keep bookmarks and crawlers look at new folders alone.
    pub(super) fn only_grows(self) -> bool {
        matches!(self, SourceKind::ClickStream | SourceKind::LogStream)
    }

    /// Files that are no data: what RDS says of an export, beside it.
    pub(super) fn exclusions(self) -> &'static [&'static str] {
        match self {
            SourceKind::Database => &["**.json", "**_SUCCESS"],
            _ => &["**_SUCCESS"],
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            SourceKind::Database => "database",
            SourceKind::Survey => "survey",
            SourceKind::ClickStream => "click stream",
            SourceKind::LogStream => "log stream",
        }
    }
}

/// Data of one kind that is collected on a path of its own: a crawler catalogs it, and an ETL job makes rows of the lake's tables of it; where a
/// quality check is asked for, a job evaluates it first, and the ETL job runs only on data that passed.
///
/// ```
/// use fc_constructs::analytics::Source;
/// Source::survey("surveys", "assets/glue/survey.py").quality("Rules = [ RowCount > 0, IsComplete \"answer_id\" ]");
/// Source::log_stream("logs", "assets/glue/log_stream.py").prefix("nginx/");
/// ```
#[derive(Clone)]
#[must_use = "a source does nothing until a lake has it"]
pub struct Source {
    pub(super) name: String,
    pub(super) kind: SourceKind,
    pub(super) script: PathBuf,
    pub(super) ruleset: Option<String>,
    pub(super) bucket: Option<Bucket>,
    prefix: Option<String>,
}

impl Source {
    /// Data of a kind, by a name, and the PySpark script that makes tables of it.
    pub fn new(kind: SourceKind, name: impl Into<String>, script: impl Into<PathBuf>) -> Source {
        Source {
            name: name.into(),
            kind,
            script: script.into(),
            ruleset: None,
            bucket: None,
            prefix: None,
        }
    }

    /// Exports of a database, as [`SourceKind::Database`].
    pub fn database(name: impl Into<String>, script: impl Into<PathBuf>) -> Source {
        Source::new(SourceKind::Database, name, script)
    }

    /// Answers to surveys, as [`SourceKind::Survey`].
    pub fn survey(name: impl Into<String>, script: impl Into<PathBuf>) -> Source {
        Source::new(SourceKind::Survey, name, script)
    }

    /// What visitors click, as [`SourceKind::ClickStream`].
    pub fn click_stream(name: impl Into<String>, script: impl Into<PathBuf>) -> Source {
        Source::new(SourceKind::ClickStream, name, script)
    }

    /// Logs of servers, as [`SourceKind::LogStream`].
    pub fn log_stream(name: impl Into<String>, script: impl Into<PathBuf>) -> Source {
        Source::new(SourceKind::LogStream, name, script)
    }

    /// The rules that data has to pass before the ETL job sees it, in DQDL; see <https://docs.aws.amazon.com/glue/latest/dg/dqdl.html>. The lake needs
    /// a `quality_script`. Default: data goes straight to the ETL job.
    pub fn quality(mut self, ruleset: impl Into<String>) -> Source {
        self.ruleset = Some(ruleset.into());
        self
    }

    /// Where the data is. Default: the lake's bucket for raw data.
    pub fn bucket(mut self, bucket: &Bucket) -> Source {
        self.bucket = Some(bucket.clone());
        self
    }

    /// The prefix of its files. Default: the name of the source.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Source {
        self.prefix = Some(prefix.into());
        self
    }

    pub(super) fn path(&self) -> String {
        let prefix = self.prefix.as_ref().unwrap_or(&self.name).trim_end_matches('/');
        if prefix.is_empty() { String::new() } else { format!("{prefix}/") }
    }
}

/// What starts the pipeline of a lake.
#[derive(Clone, Debug)]
pub enum Start {
    /// At times, in UTC: `cron(0 20 * * ? *)` or `rate(1 day)`.
    Schedule(String),
    /// With an event of EventBridge that matches a pattern, such as that of an export that is finished.
    Event(Node),
}

impl Start {
    /// At times, in UTC: `cron(0 20 * * ? *)` or `rate(1 day)`; see
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html>.
    pub fn schedule(expression: impl Into<String>) -> Start {
        Start::Schedule(expression.into())
    }

    /// With an event that matches a pattern; see <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html>.
    pub fn event(pattern: Node) -> Start {
        Start::Event(pattern)
    }
}

/// A query that people start by its name in Athena.
///
/// ```
/// use fc_constructs::analytics::NamedQuery;
/// NamedQuery::new("Orders by day", "SELECT dt, count(*) AS orders FROM orders GROUP BY dt").description("How business goes");
/// ```
#[derive(Clone, Debug)]
#[must_use = "a query is saved by the lake that it is given to"]
pub struct NamedQuery {
    pub(super) name: String,
    pub(super) sql: String,
    pub(super) description: Option<String>,
}

impl NamedQuery {
    /// A query by its name and its text in Athena's SQL, over tables of the lake.
    pub fn new(name: impl Into<String>, sql: impl Into<String>) -> NamedQuery {
        NamedQuery { name: name.into(), sql: sql.into(), description: None }
    }

    /// What it answers. Default: nothing.
    pub fn description(mut self, description: impl Into<String>) -> NamedQuery {
        self.description = Some(description.into());
        self
    }
}
