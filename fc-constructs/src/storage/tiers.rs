//! [`Tiers`]: which storage classes objects move through as they age.

use std::marker::PhantomData;

use fc_cdk_aws::s3::{NoncurrentVersionTransition, Transition};

use super::Age;

/// A storage class of S3 that objects can move to, warmest first.
///
/// | class | read within | bills at least |
/// |---|---|---|
/// | `StandardIa`, `OneZoneIa` | milliseconds | 30 days |
/// | `IntelligentTiering` | milliseconds | |
/// | `GlacierInstant` | milliseconds | 90 days |
/// | `GlacierFlexible` | minutes to hours | 90 days |
/// | `DeepArchive` | 12 to 48 hours | 180 days |
///
/// See <https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the table above says it")]
pub enum StorageClass {
    Standard,
    StandardIa,
    IntelligentTiering,
    OneZoneIa,
    GlacierInstant,
    GlacierFlexible,
    DeepArchive,
}

impl StorageClass {
    /// S3's word for it: `STANDARD_IA`.
    pub const fn name(self) -> &'static str {
        match self {
            StorageClass::Standard => "STANDARD",
            StorageClass::StandardIa => "STANDARD_IA",
            StorageClass::IntelligentTiering => "INTELLIGENT_TIERING",
            StorageClass::OneZoneIa => "ONEZONE_IA",
            StorageClass::GlacierInstant => "GLACIER_IR",
            StorageClass::GlacierFlexible => "GLACIER",
            StorageClass::DeepArchive => "DEEP_ARCHIVE",
        }
    }

    /// CloudWatch's word for the bytes in it: `StandardIAStorage`.
    pub(super) const fn storage_type(self) -> &'static str {
        match self {
            StorageClass::Standard => "StandardStorage",
            StorageClass::StandardIa => "StandardIAStorage",
            StorageClass::IntelligentTiering => "IntelligentTieringFAStorage",
            StorageClass::OneZoneIa => "OneZoneIAStorage",
            StorageClass::GlacierInstant => "GlacierInstantRetrievalStorage",
            StorageClass::GlacierFlexible => "GlacierStorage",
            StorageClass::DeepArchive => "DeepArchiveStorage",
        }
    }

    pub(super) const fn is_infrequent_access(self) -> bool {
        matches!(self, StorageClass::StandardIa | StorageClass::OneZoneIa)
    }

    /// The days that S3 bills at least for an object in the class.
    pub const fn minimum_billed_days(self) -> u32 {
        match self {
            StorageClass::Standard | StorageClass::IntelligentTiering => 0,
            StorageClass::StandardIa | StorageClass::OneZoneIa => 30,
            StorageClass::GlacierInstant | StorageClass::GlacierFlexible => 90,
            StorageClass::DeepArchive => 180,
        }
    }
}

/// The class that objects are in after the moves of a [`Tiers`], as types.
#[expect(missing_docs, reason = "the names are S3's")]
pub mod class {
    pub struct Standard;
    pub struct StandardIa;
    pub struct IntelligentTiering;
    pub struct OneZoneIa;
    pub struct GlacierInstant;
    pub struct GlacierFlexible;
    pub struct DeepArchive;
}

/// Implemented by the classes that objects can leave for a colder one.
#[diagnostic::on_unimplemented(
    message = "S3 moves no objects from `{Self}` to `{Colder}`",
    label = "objects are in `{Self}` here",
    note = "name the classes from warm to cold: `standard_ia`, `intelligent_tiering`, `one_zone_ia`, `glacier_instant`, `glacier_flexible`, `deep_archive`"
)]
pub trait MovesTo<Colder> {}

macro_rules! moves {
    ($($from:ident: $($to:ident)+;)*) => { $($(impl MovesTo<class::$to> for class::$from {})+)* };
}

moves! {
    Standard: StandardIa IntelligentTiering OneZoneIa GlacierInstant GlacierFlexible DeepArchive;
    StandardIa: IntelligentTiering OneZoneIa GlacierInstant GlacierFlexible DeepArchive;
    IntelligentTiering: OneZoneIa GlacierInstant GlacierFlexible DeepArchive;
    OneZoneIa: GlacierFlexible DeepArchive;
    GlacierInstant: GlacierFlexible DeepArchive;
    GlacierFlexible: DeepArchive;
}

/// A move to a colder class at an age.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    pub(super) class: StorageClass,
    pub(super) after: Age,
}

impl Move {
    pub(super) fn transition(self) -> Transition {
        Transition::new()
            .storage_class(self.class.name())
            .transition_in_days(i64::from(self.after.in_days()))
    }

    /// The same move for versions that have been overwritten or deleted, whose age begins then.
    pub(super) fn of_old_versions(self) -> NoncurrentVersionTransition {
        NoncurrentVersionTransition::new()
            .storage_class(self.class.name())
            .transition_in_days(i64::from(self.after.in_days()))
    }
}

/// The storage classes that objects move through as they age, from warm to cold: another order does not compile.
///
/// Ages that S3 refuses are reported at the line that builds the bucket, as are moves out of a class before the time that S3 bills for it.
/// Objects below 128 KiB stay where they are, since moving them costs more than it saves.
///
/// ```
/// use fc_constructs::storage::{Age, Tiers};
/// Tiers::new().standard_ia(Age::days(30)).glacier_flexible(Age::days(90)).deep_archive(Age::years(2));
/// ```
///
/// ```compile_fail
/// use fc_constructs::storage::{Age, Tiers};
/// Tiers::new().deep_archive(Age::days(30)).glacier_flexible(Age::days(90));
/// ```
///
/// See <https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html>.
#[must_use = "tiers do nothing until a rule has them"]
pub struct Tiers<Coldest = class::Standard> {
    pub(super) moves: Vec<Move>,
    coldest: PhantomData<Coldest>,
}

impl Tiers {
    /// Objects that stay in S3 Standard, so far.
    pub fn new() -> Tiers {
        Tiers { moves: Vec::new(), coldest: PhantomData }
    }
}

impl Default for Tiers {
    fn default() -> Tiers {
        Tiers::new()
    }
}

macro_rules! tiers {
    ($($(#[$doc:meta])* $name:ident $class:ident)*) => {
        impl<Coldest> Tiers<Coldest> {
            $(
                $(#[$doc])*
                pub fn $name(mut self, after: Age) -> Tiers<class::$class>
                where
                    Coldest: MovesTo<class::$class>,
                {
                    self.moves.push(Move { class: StorageClass::$class, after });
                    Tiers { moves: self.moves, coldest: PhantomData }
                }
            )*
        }
    };
}

tiers! {
    /// Moves objects of this age, 30 days or more, to Standard-IA: half the price, and a fee for reading.
    standard_ia StandardIa
    /// Moves objects of this age to Intelligent-Tiering, which moves each by when it was last read.
    intelligent_tiering IntelligentTiering
    /// Moves objects of this age, 30 days or more, to One Zone-IA, which a fire in one data center can destroy.
    one_zone_ia OneZoneIa
    /// Moves objects of this age to Glacier Instant Retrieval, read within milliseconds.
    glacier_instant GlacierInstant
    /// Moves objects of this age to Glacier Flexible Retrieval, read within minutes to hours.
    glacier_flexible GlacierFlexible
    /// Moves objects of this age to Glacier Deep Archive, read within 12 to 48 hours.
    deep_archive DeepArchive
}
