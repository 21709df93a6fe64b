//! [`Age`]: how old an object is, in days as S3 counts them.

use std::fmt;

/// An age of objects, in days as lifecycle rules count them: from creation, rounded up to the next midnight in UTC.
///
/// ```
/// use fc_constructs::storage::Age;
/// assert_eq!(Age::years(5).in_days(), 1_827); // with both leap days that five years can have
/// assert_eq!(Age::years(2).in_days(), 731);
/// assert_eq!(Age::years(2).to_string(), "731 days");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Age(u32);

impl Age {
    /// An age in days.
    pub const fn days(days: u32) -> Age {
        Age(days)
    }

    /// An age in calendar years, with as many leap days as that many years in a row can have: an object of this age is never younger than
    /// the years say, whenever it was made.
    pub const fn years(years: u16) -> Age {
        let years = years as u32;
        Age(365 * years + years.div_ceil(4))
    }

    /// The days.
    pub const fn in_days(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} day{}", self.0, if self.0 == 1 { "" } else { "s" })
    }
}
