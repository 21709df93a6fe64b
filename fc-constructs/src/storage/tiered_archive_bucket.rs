//! [`TieredArchiveBucket`]: a bucket whose objects get cheaper as they age, and go when they may.

use fc_cdk_aws::{
    ids,
    s3::{
        DefaultRetention, NoncurrentVersionTransition, ObjectLockConfiguration,
        ObjectLockConfigurationObjectLockEnabled, ObjectLockRule, Rule,
    },
};
use fc_cdk_core::{Diagnostic, IntoValue, Scope, Value};

use super::{Age, Bucket, StorageClass, Tiers, codes, needs, tiers::Move};
use crate::{
    builder::construct,
    monitoring::{Metric, Statistic},
    security::{Grantee, Key},
};

const CONSTRAINTS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html";
const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

/// What becomes of objects as they age: all of a bucket, or those below a prefix.
///
/// ```
/// use fc_constructs::storage::{Age, ArchiveRule, Tiers};
/// ArchiveRule::prefix("raw/").tiers(Tiers::new().deep_archive(Age::days(7))).delete_after(Age::years(5));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a rule does nothing until a bucket has it"]
pub struct ArchiveRule {
    prefix: Option<String>,
    moves: Vec<Move>,
    delete_after: Option<Age>,
}

impl ArchiveRule {
    /// A rule for all objects of the bucket.
    pub fn all_objects() -> ArchiveRule {
        ArchiveRule { prefix: None, moves: Vec::new(), delete_after: None }
    }

    /// A rule for the objects whose keys begin so, such as `raw/`.
    pub fn prefix(prefix: impl Into<String>) -> ArchiveRule {
        ArchiveRule { prefix: Some(prefix.into()), ..ArchiveRule::all_objects() }
    }

    /// The classes that the objects move through. Default: they stay in S3 Standard.
    pub fn tiers<Coldest>(mut self, tiers: Tiers<Coldest>) -> ArchiveRule {
        self.moves = tiers.moves;
        self
    }

    /// The age at which the objects are deleted. Default: never.
    pub fn delete_after(mut self, age: Age) -> ArchiveRule {
        self.delete_after = Some(age);
        self
    }

    /// For people: `all objects`, or the prefix in backquotes.
    fn about(&self) -> String {
        self.prefix.as_ref().map_or("all objects".to_owned(), |prefix| format!("`{prefix}`"))
    }
}

/// Keeps each version of an object from being deleted or overwritten until it has an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectLock {
    mode: &'static str,
    until: Age,
}

impl ObjectLock {
    /// Nobody deletes a version before it has this age but who may `s3:BypassGovernanceRetention`.
    pub fn governance(until: Age) -> ObjectLock {
        ObjectLock { mode: "GOVERNANCE", until }
    }

    /// Nobody deletes a version before it has this age, not even the account's root user, and nobody can shorten it: try governance first.
    pub fn compliance(until: Age) -> ObjectLock {
        ObjectLock { mode: "COMPLIANCE", until }
    }
}

/// A bucket whose objects move to cheaper storage as they age, and are deleted when they may be.
///
/// Makes what a [`Bucket`] makes, one `AWS::S3::Bucket` and one `AWS::S3::BucketPolicy`, with the same logical ids: a bucket that becomes an archive
/// stays the same bucket. It is private, encrypted, versioned, takes no plain HTTP, and is kept with its data when it leaves the stack; uploads that
/// were not finished are gone after a week.
///
/// The classes of [`Tiers`] compile in an order that S3 takes only. What days say is checked at synth: 30 days before Standard-IA and One Zone-IA,
/// 30 days in them, each age above the last, deletion after the last move, and no deletion before a legal retention is over. Moving objects on before
/// S3 has billed the least time for a class (90 days for the Glacier classes, 180 for Deep Archive) is a warning.
///
/// Versions that were overwritten or deleted move through the same classes, from the day on which that happened, and are kept for
/// `delete_old_versions_after`. Objects that a rule deletes become such versions too: where they should go for good soon after, lock them for as long as the
/// law wants them and keep old versions for a few days.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::storage::{Age, ArchiveRule, ObjectLock, TieredArchiveBucket, Tiers};
/// let app = App::new();
/// let stack = Stack::new(&app, "Data");
/// let tiers = Tiers::new().standard_ia(Age::days(30)).glacier_flexible(Age::days(90)).deep_archive(Age::years(2));
/// TieredArchiveBucket::builder()
///     .rules([ArchiveRule::all_objects().tiers(tiers).delete_after(Age::years(5))])
///     .legal_retention(Age::years(5))
///     .object_lock(ObjectLock::governance(Age::years(5)))
///     .build(&stack, "Purchases");
/// ```
///
/// Reference: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html>.
#[derive(Clone)]
pub struct TieredArchiveBucket {
    /// The bucket, for grants to services and everything that has no setting here.
    pub bucket: Bucket,
}

construct! {
    TieredArchiveBucket, TieredArchiveBucketBuilder, TieredArchiveBucketOptions {
        required {
            /// What becomes of objects as they age. No two rules are about the same objects.
            rules: Into<Vec<ArchiveRule>>,
        }
        optional {
            /// How long the law wants the data: no rule deletes anything before. Default: nothing that the law wants.
            legal_retention: Into<Age>,
            /// How long nobody can delete or overwrite a version. It cannot be switched off again, and holds for what is written from then on.
            /// Default: versions can be deleted.
            object_lock: Into<ObjectLock>,
            /// The time after which versions are deleted that were overwritten or deleted before. Default: 90 days; where there is a legal retention
            /// that no object lock covers, that.
            delete_old_versions_after: Into<Age>,
            /// The key that encrypts the objects. Default: S3's own keys (SSE-S3), which cost nothing.
            encryption_key: Into<Key>,
            /// The name, unique in all of AWS. Default: CloudFormation makes one.
            bucket_name: IntoValue<ids::s3::BucketName>,
            /// The bucket that hears of each request; see [`BucketBuilder::access_logs`](super::BucketBuilder::access_logs). Default: nobody does.
            access_logs: Into<Bucket>,
        }
    }
}

impl TieredArchiveBucket {
    fn create(
        scope: &Scope,
        rules: Vec<ArchiveRule>,
        options: TieredArchiveBucketOptions,
    ) -> TieredArchiveBucket {
        let (legal, lock) = (options.legal_retention, options.object_lock);
        let unlocked = legal.filter(|&legal| lock.is_none_or(|lock| lock.until < legal));
        let old_versions = options.delete_old_versions_after.or(unlocked).unwrap_or(Age::days(90));
        let is_right =
            check(scope, &rules, legal) & check_old_versions(scope, old_versions, unlocked);
        let mut builder = Bucket::builder().expire_old_versions_after_days(old_versions.in_days());
        // With other rules, synth would say the same things again about what the rules became.
        if is_right {
            builder = builder.lifecycle_rules(
                rules.iter().map(|rule| rule.lifecycle_rule(old_versions)).collect::<Vec<_>>(),
            );
        }
        if let Some(key) = options.encryption_key {
            builder = builder.encryption_key(key);
        }
        if let Some(name) = options.bucket_name {
            builder = builder.bucket_name(name);
        }
        if let Some(logs) = options.access_logs {
            builder = builder.access_logs(logs);
        }
        // `Default` is no part of logical ids, so they are those of a `Bucket` in this place.
        let bucket = builder.build(scope, "Default");
        if let Some(lock) = lock {
            let retention =
                DefaultRetention::new().mode(lock.mode).days(i64::from(lock.until.in_days()));
            let configuration = ObjectLockConfiguration::new()
                .object_lock_enabled(ObjectLockConfigurationObjectLockEnabled::Enabled)
                .rule(ObjectLockRule::new().default_retention(retention));
            bucket.handle.set_property("ObjectLockEnabled", true);
            bucket.handle.set_property("ObjectLockConfiguration", configuration.into_value());
        }
        TieredArchiveBucket { bucket }
    }

    /// The ARN.
    pub fn arn(&self) -> Value<ids::s3::BucketArn> {
        self.bucket.arn()
    }

    /// Lets a role list the bucket and read its objects; those in the Glacier classes only once they are restored.
    pub fn grant_read(&self, grantee: &impl Grantee) {
        self.bucket.grant_read(grantee);
    }

    /// Lets a role write objects, and delete them where no object lock is.
    pub fn grant_write(&self, grantee: &impl Grantee) {
        self.bucket.grant_write(grantee);
    }

    /// Lets a role bring objects back from the Glacier classes for a while.
    pub fn grant_restore(&self, grantee: &impl Grantee) {
        self.bucket.grant(grantee, &["s3:RestoreObject"], "*");
    }

    /// The bytes in a storage class, measured once a day.
    pub fn metric_size(&self, class: StorageClass) -> Metric {
        self.metric("BucketSizeBytes", class.storage_type())
    }

    /// How many objects and versions there are, measured once a day.
    pub fn metric_objects(&self) -> Metric {
        self.metric("NumberOfObjects", "AllStorageTypes")
    }

    fn metric(&self, name: &str, storage_type: &str) -> Metric {
        Metric::new("AWS/S3", name)
            .dimension("BucketName", &self.bucket)
            .dimension("StorageType", storage_type)
            .statistic(Statistic::Average)
            .period(DAY)
    }
}

crate::handle::stands_for!(TieredArchiveBucket.bucket: Bucket);

impl ArchiveRule {
    fn lifecycle_rule(&self, old_versions: Age) -> Rule {
        let id = match &self.prefix {
            Some(prefix) => format!("Archive {prefix}"),
            None => "Archive".to_owned(),
        };
        let mut rule = Rule::new()
            .id(id)
            .status("Enabled")
            .prefix(self.prefix.as_deref())
            .expiration_in_days(self.delete_after.map(|age| i64::from(age.in_days())));
        if !self.moves.is_empty() {
            rule = rule.transitions(self.moves.iter().map(|step| step.transition()));
        }
        // A move pays only where the version then stays for what S3 bills.
        let pays = |step: &&Move| {
            step.after.in_days() + step.class.minimum_billed_days() <= old_versions.in_days()
        };
        let old: Vec<NoncurrentVersionTransition> =
            self.moves.iter().filter(pays).map(|step| step.of_old_versions()).collect();
        if old.is_empty() { rule } else { rule.noncurrent_version_transitions(old) }
    }
}

fn report(scope: &Scope, property: &str, message: String, help: impl Into<String>) {
    let diagnostic = Diagnostic::error(codes::BAD_ARCHIVE, message);
    scope.report(diagnostic.property(property).help(help).docs(CONSTRAINTS));
}

/// Whether S3, and the law, would take the rules.
fn check(scope: &Scope, rules: &[ArchiveRule], legal: Option<Age>) -> bool {
    let mut is_right = true;
    let mut refuse = |message: String, help: String| {
        is_right = false;
        report(scope, "rules", message, help);
    };
    for (place, rule) in rules.iter().enumerate() {
        let about = rule.about();
        if rule.moves.is_empty() && rule.delete_after.is_none() {
            refuse(
                format!("the rule for {about} does nothing"),
                "give it `tiers` or `delete_after`, or leave it out".into(),
            );
        }
        for other in &rules[..place] {
            let prefix = |rule: &ArchiveRule| rule.prefix.clone().unwrap_or_default();
            let (one, two) = (prefix(other), prefix(rule));
            if one.starts_with(&two) || two.starts_with(&one) {
                refuse(
                    format!(
                        "the rules for {} and for {about} are about the same objects",
                        other.about()
                    ),
                    "S3 would apply both: give each rule prefixes that no other rule has".into(),
                );
            }
        }
        check_moves(&rule.moves, &about, &mut refuse);
        check_deletion(rule, legal, &about, &mut refuse);
        warn_of_minimum_charges(scope, &rule.moves, &about);
    }
    is_right
}

fn check_moves(moves: &[Move], about: &str, refuse: &mut impl FnMut(String, String)) {
    for step in moves {
        let (class, after) = (step.class, step.after);
        if class.is_infrequent_access() && after < Age::days(30) {
            refuse(
                format!(
                    "{about}: objects move to `{}` after {after}, 30 are the least",
                    class.name()
                ),
                "give `Age::days(30)` or more, or move them to a Glacier class".into(),
            );
        }
    }
    for pair in moves.windows(2) {
        let [warm, cold] = pair else { continue };
        let (warm_name, cold_name) = (warm.class.name(), cold.class.name());
        if cold.after <= warm.after {
            refuse(
                format!(
                    "{about}: objects move to `{cold_name}` after {}, but to the warmer `{warm_name}` after {}",
                    cold.after, warm.after
                ),
                format!("give `{cold_name}` an age above {}", warm.after),
            );
        } else if warm.class.is_infrequent_access()
            && cold.after.in_days() - warm.after.in_days() < 30
        {
            refuse(
                format!(
                    "{about}: objects stay in `{warm_name}` for {}, 30 are the least",
                    Age::days(cold.after.in_days() - warm.after.in_days())
                ),
                format!(
                    "give `{cold_name}` an age of {} or more",
                    Age::days(warm.after.in_days() + 30)
                ),
            );
        }
    }
}

fn check_deletion(
    rule: &ArchiveRule,
    legal: Option<Age>,
    about: &str,
    refuse: &mut impl FnMut(String, String),
) {
    let Some(deletion) = rule.delete_after else { return };
    if deletion == Age::days(0) {
        refuse(
            format!("{about}: objects are deleted at once"),
            "give an age of a day or more".into(),
        );
    }
    if let Some(last) = rule.moves.iter().find(|step| deletion <= step.after) {
        let name = last.class.name();
        refuse(
            format!(
                "{about}: objects are deleted after {deletion}, and move to `{name}` after {}",
                last.after
            ),
            format!("delete them later, or leave `{name}` out"),
        );
    }
    if let Some(legal) = legal.filter(|&legal| deletion < legal) {
        refuse(
            format!(
                "{about}: objects are deleted after {deletion}, and the law wants them for {legal}"
            ),
            "give `delete_after` the age of `legal_retention`; `Age::years` counts leap days"
                .into(),
        );
    }
}

/// Whether old versions are kept for as long as the law wants, where no object lock sees to it.
fn check_old_versions(scope: &Scope, old_versions: Age, unlocked: Option<Age>) -> bool {
    let property = "delete_old_versions_after";
    if old_versions == Age::days(0) {
        let message = "old versions are deleted at once".to_owned();
        report(scope, property, message, "give an age of a day or more");
        return false;
    }
    if let Some(legal) = unlocked.filter(|&legal| old_versions < legal) {
        let message = format!(
            "what is overwritten or deleted by mistake is gone after {old_versions}, and the law wants it for {legal}"
        );
        let help =
            format!("keep old versions for {legal}, or lock objects until then with `object_lock`");
        report(scope, property, message, help);
        return false;
    }
    true
}

fn warn_of_minimum_charges(scope: &Scope, moves: &[Move], about: &str) {
    for pair in moves.windows(2) {
        let [warm, cold] = pair else { continue };
        let (name, billed) = (warm.class.name(), warm.class.minimum_billed_days());
        let stay = cold.after.in_days().saturating_sub(warm.after.in_days());
        if stay > 0 && stay < billed && !warm.class.is_infrequent_access() {
            let message = format!(
                "{about}: objects stay in `{name}` for {}, and S3 bills {billed} at least",
                Age::days(stay)
            );
            scope.report(
                Diagnostic::warning(codes::EARLY_MOVE, message)
                    .property("rules")
                    .help(format!("move them on later, or leave `{name}` out"))
                    .docs(CONSTRAINTS),
            );
        }
    }
}
