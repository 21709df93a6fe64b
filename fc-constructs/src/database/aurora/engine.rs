//! [`AuroraEngine`]: which Aurora, and which version of it.

use crate::database::engine::{Dialect, versions};

versions! {
    /// A version of Aurora MySQL. RDS takes new minor versions by itself; naming the one to start with keeps templates true.
    ///
    /// Reference: <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/Welcome.html>.
    AuroraMysqlVersion, AuroraEngine::Mysql, "8.4.mysql_aurora.8.4.9":
    V3_10_6 = "8.0.mysql_aurora.3.10.6",
    V3_12_0 = "8.0.mysql_aurora.3.12.0",
    V3_13_0 = "8.0.mysql_aurora.3.13.0",
    V8_4_7 = "8.4.mysql_aurora.8.4.7",
    V8_4_8 = "8.4.mysql_aurora.8.4.8",
}

versions! {
    /// A version of Aurora PostgreSQL. RDS takes new minor versions by itself; naming the one to start with keeps templates true.
    ///
    /// Reference: <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/Welcome.html>.
    AuroraPostgresVersion, AuroraEngine::Postgres, "18.7":
    V16_14 = "16.14",
    V16_15 = "16.15",
    V17_10 = "17.10",
    V17_11 = "17.11",
    V18_4 = "18.4",
    V18_6 = "18.6",
}

/// Aurora in one of its versions. An [`AuroraMysqlVersion`] or [`AuroraPostgresVersion`] turns into it by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuroraEngine {
    /// Aurora that MySQL's clients speak with.
    Mysql(AuroraMysqlVersion),
    /// Aurora that PostgreSQL's clients speak with.
    Postgres(AuroraPostgresVersion),
}

impl AuroraEngine {
    pub(super) fn dialect(&self) -> Dialect {
        match self {
            AuroraEngine::Mysql(_) => Dialect::Mysql,
            AuroraEngine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// RDS's word for it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            AuroraEngine::Mysql(_) => "aurora-mysql",
            AuroraEngine::Postgres(_) => "aurora-postgresql",
        }
    }

    /// The name that people know it by.
    pub(super) fn title(&self) -> &'static str {
        match self {
            AuroraEngine::Mysql(_) => "Aurora MySQL",
            AuroraEngine::Postgres(_) => "Aurora PostgreSQL",
        }
    }

    pub(super) fn version(&self) -> &str {
        match self {
            AuroraEngine::Mysql(version) => &version.0,
            AuroraEngine::Postgres(version) => &version.0,
        }
    }

    /// The family of its parameters: `aurora-mysql8.0`, `aurora-postgresql17`.
    pub(super) fn family(&self) -> String {
        self.dialect().family(self.name(), self.version())
    }

    /// The logs that RDS hands on to CloudWatch.
    pub(super) fn logs(&self) -> &'static [&'static str] {
        match self {
            AuroraEngine::Mysql(_) => &["error", "slowquery"],
            AuroraEngine::Postgres(_) => &["postgresql"],
        }
    }

    /// Parameters of the cluster that refuse plain text on the way, and log what is slow: a second or more.
    pub(super) fn parameters(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            AuroraEngine::Mysql(_) => &[
                ("long_query_time", "1"),
                ("require_secure_transport", "ON"),
                ("slow_query_log", "1"),
            ],
            AuroraEngine::Postgres(_) => &[
                ("log_min_duration_statement", "1000"),
                ("log_statement", "ddl"),
                ("rds.force_ssl", "1"),
            ],
        }
    }

    /// Names that the first user cannot have.
    pub(super) fn reserved_usernames(&self) -> &'static [&'static str] {
        match self {
            AuroraEngine::Mysql(_) => &["rdsadmin", "mysql.sys", "mysql.session"],
            AuroraEngine::Postgres(_) => {
                // The tables of the type know `admin`.
                &["rdsadmin", "postgresql", "public", "replication"]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_belong_to_the_major_version() {
        assert_eq!(AuroraEngine::from(AuroraMysqlVersion::V3_13_0).family(), "aurora-mysql8.0");
        assert_eq!(AuroraEngine::from(AuroraMysqlVersion::V8_4_8).family(), "aurora-mysql8.4");
        let postgres = AuroraEngine::from(AuroraPostgresVersion::V17_11);
        assert_eq!(postgres.family(), "aurora-postgresql17");
    }
}
