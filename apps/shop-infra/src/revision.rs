//! [`Revision`]: what changed when. All that distinguishes the six revisions is in this file.

use std::{fmt, str::FromStr};

/// A revision of the shop's infrastructure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Revision {
    /// Three tiers, before the shop's topic was set.
    V1_0,
    /// A global audience, containers, live data, Slack.
    V1_1,
    /// Sudden traffic instead of live analytics.
    V1_2,
    /// Back to servers; data by kind.
    V1_3,
    /// Logs instead of clicks; quality checks.
    V1_4,
    /// Backups by age; HTTPS, SSM, Chatbot.
    V1_5,
}

/// What a revision has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Features {
    /// The day of the revision.
    pub date: &'static str,
    /// What the web and WAS tiers run on.
    pub compute: Compute,
    /// CloudFront, Route 53 and AWS WAF in front of the load balancer.
    pub edge: bool,
    /// Shield Advanced beside the WAF, where the shop is subscribed to it.
    pub shield: bool,
    /// A certificate on the load balancer, and a redirect to it.
    pub https: bool,
    /// Who hears of alarms beside the topic's subscribers.
    pub chat: Chat,
    /// When the database is exported to S3.
    pub export: Option<Export>,
    /// Where exports and unrefined data end up.
    pub archive: Option<Archive>,
    /// Kinesis and Firehose.
    pub live_data: bool,
    /// What marketing analyses: the lake, Athena, QuickSight.
    pub analytics: Option<Analytics>,
    /// Servers are reached by Session Manager alone, and the infrastructure is edited in a workbench of its own.
    pub operations: bool,
}

/// What the web and WAS tiers run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compute {
    /// EC2 with Nginx, in Auto Scaling groups.
    Servers,
    /// ECS on Fargate, with images in ECR.
    Containers,
}

/// How alarms reach people in Slack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chat {
    /// Not at all.
    None,
    /// By a Lambda function.
    Lambda,
    /// By AWS Chatbot.
    Chatbot,
}

/// When the database is exported to S3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// EventBridge takes a snapshot at a fixed interval.
    Scheduled,
    /// Each of RDS's automated backups is exported.
    AutomatedBackups,
}

/// Where exports and unrefined data end up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// In Glacier Deep Archive.
    DeepArchive,
    /// In ever colder storage as they grow older, and deleted after the years that the law asks for.
    ByAge,
}

/// What marketing analyses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Analytics {
    /// Data that is collected on a path of its own, by kind.
    pub sources: &'static [Source],
    /// Crawlers and ETL jobs, started by EventBridge.
    pub pipeline: bool,
    /// Whether the bucket for results of Athena has a name of its own.
    pub named_results: bool,
}

/// A kind of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// What it is.
    pub kind: Kind,
    /// Whether Glue Data Quality looks at it before the ETL job does.
    pub checked: bool,
}

/// Where data comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The shop's database.
    Database,
    /// Surveys among customers.
    Survey,
    /// What visitors click.
    Clicks,
    /// The logs of the servers.
    Logs,
}

const V1_0: Features = Features {
    date: "2024-04-14",
    compute: Compute::Servers,
    edge: false,
    shield: false,
    https: false,
    chat: Chat::None,
    export: None,
    archive: None,
    live_data: false,
    analytics: None,
    operations: false,
};

const V1_1: Features = Features {
    date: "2024-04-30",
    compute: Compute::Containers,
    edge: true,
    chat: Chat::Lambda,
    export: Some(Export::Scheduled),
    live_data: true,
    analytics: Some(Analytics { sources: &[], pipeline: false, named_results: false }),
    ..V1_0
};

const V1_2: Features = Features {
    date: "2024-05-10",
    shield: true,
    export: Some(Export::AutomatedBackups),
    archive: Some(Archive::DeepArchive),
    live_data: false,
    ..V1_1
};

const V1_3: Features = Features {
    date: "2024-05-17",
    compute: Compute::Servers,
    analytics: Some(Analytics {
        sources: &[unchecked(Kind::Database), unchecked(Kind::Survey), unchecked(Kind::Clicks)],
        pipeline: true,
        named_results: false,
    }),
    ..V1_2
};

const V1_4: Features = Features {
    date: "2024-05-24",
    analytics: Some(Analytics {
        sources: &[checked(Kind::Database), checked(Kind::Survey), unchecked(Kind::Logs)],
        pipeline: true,
        named_results: false,
    }),
    ..V1_3
};

const V1_5: Features = Features {
    date: "2024-06-15",
    https: true,
    chat: Chat::Chatbot,
    archive: Some(Archive::ByAge),
    analytics: Some(Analytics {
        sources: &[checked(Kind::Database), checked(Kind::Survey), unchecked(Kind::Logs)],
        pipeline: true,
        named_results: true,
    }),
    operations: true,
    ..V1_4
};

const fn checked(kind: Kind) -> Source {
    Source { kind, checked: true }
}

const fn unchecked(kind: Kind) -> Source {
    Source { kind, checked: false }
}

impl Revision {
    /// All, oldest first.
    pub const ALL: [Revision; 6] = [
        Revision::V1_0,
        Revision::V1_1,
        Revision::V1_2,
        Revision::V1_3,
        Revision::V1_4,
        Revision::V1_5,
    ];

    /// Their names, oldest first.
    pub const NAMES: [&str; 6] = ["v1.0", "v1.1", "v1.2", "v1.3", "v1.4", "v1.5"];

    /// The newest.
    pub const NEWEST: Revision = Revision::V1_5;

    /// Such as `v1.0`.
    pub const fn name(self) -> &'static str {
        Revision::NAMES[self as usize]
    }

    /// What it has.
    pub const fn features(self) -> Features {
        match self {
            Revision::V1_0 => V1_0,
            Revision::V1_1 => V1_1,
            Revision::V1_2 => V1_2,
            Revision::V1_3 => V1_3,
            Revision::V1_4 => V1_4,
            Revision::V1_5 => V1_5,
        }
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Revision {
    type Err = String;

    fn from_str(name: &str) -> Result<Revision, String> {
        Revision::ALL.into_iter().find(|revision| revision.name() == name).ok_or_else(|| {
            format!(
                "there is no revision `{name}`: the revisions are {}",
                Revision::NAMES.join(", ")
            )
        })
    }
}
