//! [`Engine`]: which database, and which version of it.

macro_rules! versions {
    ($(#[$doc:meta])* $name:ident, $kind:ident::$engine:ident, $example:literal: $($constant:ident = $version:literal,)*) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(std::borrow::Cow<'static, str>);

        impl $name {
            $(
                #[doc = concat!("Version ", $version, ".")]
                pub const $constant: $name = $name(std::borrow::Cow::Borrowed($version));
            )*

            #[doc = concat!("A version that is newer than this crate, such as `", $example, "`.")]
            pub fn of(version: impl Into<String>) -> $name {
                $name(std::borrow::Cow::Owned(version.into()))
            }
        }

        impl From<$name> for $kind {
            fn from(version: $name) -> $kind {
                $kind::$engine(version)
            }
        }
    };
}
pub(super) use versions;

versions! {
    /// A version of MySQL on RDS. RDS takes new minor versions by itself; naming the one to start with keeps templates true.
    ///
    /// Reference: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html>.
    MysqlVersion, Engine::Mysql, "8.4.12":
    V8_0_45 = "8.0.45",
    V8_0_46 = "8.0.46",
    V8_4_6 = "8.4.6",
    V8_4_7 = "8.4.7",
    V8_4_8 = "8.4.8",
    V8_4_9 = "8.4.9",
    V8_4_10 = "8.4.10",
    V8_4_11 = "8.4.11",
}

versions! {
    /// A version of PostgreSQL on RDS. RDS takes new minor versions by itself; naming the one to start with keeps templates true.
    ///
    /// Reference: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.DBVersions.html>.
    PostgresVersion, Engine::Postgres, "18.7":
    V15_18 = "15.18",
    V15_19 = "15.19",
    V16_14 = "16.14",
    V16_15 = "16.15",
    V17_10 = "17.10",
    V17_11 = "17.11",
    V18_4 = "18.4",
    V18_6 = "18.6",
}

/// What a database is spoken with, be it on RDS or Aurora.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Mysql,
    Postgres,
}

impl Dialect {
    /// The family of parameters that an engine of this name has in a version: `mysql8.4`, `postgres17`.
    pub(super) fn family(self, name: &str, version: &str) -> String {
        let numbers = if self == Dialect::Mysql { 2 } else { 1 };
        let major: Vec<&str> = version.split('.').take(numbers).collect();
        format!("{name}{}", major.join("."))
    }

    pub(super) fn port(self) -> u16 {
        match self {
            Dialect::Mysql => 3306,
            Dialect::Postgres => 5432,
        }
    }

    /// The longest name of the first user.
    pub(super) fn longest_username(self) -> usize {
        match self {
            Dialect::Mysql => 16,
            Dialect::Postgres => 63,
        }
    }
}

/// A database engine in one of its versions. A [`MysqlVersion`] or [`PostgresVersion`] turns into it by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// MySQL.
    Mysql(MysqlVersion),
    /// PostgreSQL.
    Postgres(PostgresVersion),
}

impl Engine {
    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Engine::Mysql(_) => Dialect::Mysql,
            Engine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// RDS's word for it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Engine::Mysql(_) => "mysql",
            Engine::Postgres(_) => "postgres",
        }
    }

    /// The name that people know it by.
    pub(super) fn title(&self) -> &'static str {
        match self {
            Engine::Mysql(_) => "MySQL",
            Engine::Postgres(_) => "PostgreSQL",
        }
    }

    pub(super) fn version(&self) -> &str {
        match self {
            Engine::Mysql(version) => &version.0,
            Engine::Postgres(version) => &version.0,
        }
    }

    /// The family of its parameters: `mysql8.4`, `postgres17`.
    pub(super) fn family(&self) -> String {
        self.dialect().family(self.name(), self.version())
    }

    /// The logs that RDS hands on to CloudWatch; MySQL writes those of slow statements only as files.
    pub(super) fn logs(&self) -> &'static [&'static str] {
        match self {
            Engine::Mysql(_) => &["error", "slowquery"],
            Engine::Postgres(_) => &["postgresql", "upgrade"],
        }
    }

    /// Parameters that refuse plain text on the way, and log what is slow: a second or more.
    pub(super) fn parameters(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Engine::Mysql(_) => &[
                ("log_output", "FILE"),
                ("long_query_time", "1"),
                ("require_secure_transport", "1"),
                ("slow_query_log", "1"),
            ],
            Engine::Postgres(_) => &[
                ("log_min_duration_statement", "1000"),
                ("log_statement", "ddl"),
                ("rds.force_ssl", "1"),
            ],
        }
    }

    /// The bytes of memory for which RDS allows one connection more.
    /// See <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections>.
    pub(super) fn memory_of_a_connection(&self) -> f64 {
        match self {
            Engine::Mysql(_) => 12_582_880.0,
            Engine::Postgres(_) => 9_531_392.0,
        }
    }

    /// Names that the first user cannot have.
    pub(super) fn reserved_usernames(&self) -> &'static [&'static str] {
        match self {
            Engine::Mysql(_) => &["rdsadmin", "mysql.sys", "mysql.session"],
            Engine::Postgres(_) => &["admin", "rdsadmin", "postgresql", "public", "replication"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_belong_to_the_major_version() {
        assert_eq!(Engine::from(MysqlVersion::V8_4_11).family(), "mysql8.4");
        assert_eq!(Engine::from(PostgresVersion::V17_11).family(), "postgres17");
        assert_eq!(Engine::from(PostgresVersion::of("19.1")).family(), "postgres19");
    }
}
