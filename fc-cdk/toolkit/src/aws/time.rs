//! [`Time`]: when something happened, by AWS's clock.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_sdk_cloudformation::primitives::{DateTime, DateTimeFormat};

/// A point in time, in milliseconds since 1970 (UTC).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time(pub(crate) i64);

impl Time {
    /// Now, by this machine's clock.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a deployment takes is told, and nothing is made of it"
    )]
    pub(crate) fn now() -> Time {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
    }

    /// How much later this is than another point; zero if it is not later.
    pub(crate) fn since(self, earlier: Time) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// `12:34:56`, in UTC.
    pub(crate) fn clock(self) -> String {
        let seconds = self.0.div_euclid(1000).rem_euclid(86_400);
        format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

impl From<&DateTime> for Time {
    fn from(time: &DateTime) -> Time {
        Time(time.to_millis().unwrap_or_default())
    }
}

impl fmt::Display for Time {
    /// As in AWS's own answers: `2026-11-22T12:34:56.789Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = DateTime::from_millis(self.0).fmt(DateTimeFormat::DateTime);
        f.write_str(text.as_deref().unwrap_or("unknown"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_utc() {
        let time = Time(1_795_358_096_789);
        assert_eq!(time.to_string(), "2026-11-22T14:34:56.789Z");
        assert_eq!(time.clock(), "14:34:56");
        assert_eq!(time.since(Time(time.0 - 3000)), Duration::from_secs(3));
        assert_eq!(Time(time.0 - 3000).since(time), Duration::ZERO);
    }
}
