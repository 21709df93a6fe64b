use fc_cdk_core::{App, Stack, policy::Principal};
use fc_constructs::{
    monitoring::{Alarm, Threshold},
    security::{Key, Role},
    storage::{
        Age, ArchiveRule, Bucket, ObjectLock, StorageClass, TieredArchiveBucket, Tiers, class,
    },
};

use crate::{messages, template};

#[test]
fn a_bucket_is_private_encrypted_versioned_and_kept() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    Bucket::builder().build(&stack, "Bucket");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn grants_include_the_key_and_logs_go_to_the_log_bucket() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let logs = Bucket::builder().expire_after_days(90u32).build(&stack, "Logs");
    let key = Key::builder().build(&stack, "Key");
    let bucket = Bucket::builder()
        .encryption_key(key)
        .access_logs(logs)
        .versioned(false)
        .build(&stack, "Bucket");
    let role =
        Role::builder().assumed_by(Principal::service("glue.amazonaws.com")).build(&stack, "Role");
    bucket.grant_read_write(&role);
    insta::assert_snapshot!(template(&app));
}

/// What the law wants of purchases: warm for a quarter, cold for two years, then frozen.
fn tiers() -> Tiers<class::DeepArchive> {
    let warm = Tiers::new().standard_ia(Age::days(30));
    warm.glacier_flexible(Age::days(90)).deep_archive(Age::years(2))
}

#[test]
fn an_archive_gets_cheaper_and_goes_after_five_calendar_years() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let archive = TieredArchiveBucket::builder()
        .rules([ArchiveRule::all_objects().tiers(tiers()).delete_after(Age::years(5))])
        .legal_retention(Age::years(5))
        .build(&stack, "Archive");
    let role =
        Role::builder().assumed_by(Principal::service("glue.amazonaws.com")).build(&stack, "Role");
    archive.grant_read(&role);
    archive.grant_write(&role);
    archive.grant_restore(&role);
    Alarm::builder()
        .metric(archive.metric_size(StorageClass::DeepArchive))
        .threshold(Threshold::above(1e12))
        .evaluation_periods(1u32)
        .build(&stack, "Size");
    Alarm::builder()
        .metric(archive.metric_objects())
        .threshold(Threshold::below(1))
        .evaluation_periods(1u32)
        .build(&stack, "Objects");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn every_setting_of_an_archive_reaches_the_template() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let logs = Bucket::builder().expire_after_days(90u32).build(&stack, "Logs");
    let key = Key::builder().build(&stack, "Key");
    TieredArchiveBucket::builder()
        .rules([
            ArchiveRule::prefix("raw/").tiers(Tiers::new().deep_archive(Age::days(0))),
            ArchiveRule::prefix("orders/")
                .tiers(Tiers::new().intelligent_tiering(Age::days(0)).one_zone_ia(Age::days(60))),
            ArchiveRule::prefix("tmp/").delete_after(Age::days(3)),
            ArchiveRule::prefix("pictures/")
                .tiers(Tiers::new().glacier_instant(Age::days(1)).glacier_flexible(Age::days(91))),
        ])
        .object_lock(ObjectLock::compliance(Age::days(30)))
        .delete_old_versions_after(Age::years(1))
        .encryption_key(key)
        .bucket_name("shop-archive")
        .access_logs(logs)
        .build(&stack, "Archive");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn a_bucket_that_becomes_an_archive_keeps_its_logical_ids() {
    let ids = |make: &dyn Fn(&Stack)| {
        let app = App::new();
        let stack = Stack::new(&app, "S");
        make(&stack);
        let assembly = app.synth();
        let ids = assembly.stacks()[0].template().resource_ids();
        ids.map(ToString::to_string).collect::<Vec<_>>()
    };
    let bucket = ids(&|stack| {
        Bucket::builder().build(stack, "Backups");
    });
    let archive = ids(&|stack| {
        let rule = ArchiveRule::all_objects().tiers(tiers());
        TieredArchiveBucket::builder().rules([rule]).build(stack, "Backups");
    });
    assert_eq!(bucket, archive);
}

#[test]
fn an_age_in_years_is_never_short() {
    let leap = |year: u32| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    for years in 1..=30u16 {
        // From the first of January or the first of March of any year, to the same day.
        for start in 2000..2400 {
            let leaps = |first: u32| (first..first + u32::from(years)).filter(|&y| leap(y)).count();
            let longest = 365 * u32::from(years) + leaps(start).max(leaps(start + 1)) as u32;
            assert!(Age::years(years).in_days() >= longest, "{years} years from {start}");
        }
    }
    assert_eq!(Age::years(5).in_days(), 1_827);
    assert_eq!(Age::days(1).to_string(), "1 day");
}

#[test]
fn archives_that_s3_or_the_law_refuse_are_refused_at_the_users_line() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let days = Age::days;
    TieredArchiveBucket::builder()
        .rules([
            ArchiveRule::prefix("early/").tiers(Tiers::new().standard_ia(days(29))),
            ArchiveRule::prefix("order/")
                .tiers(Tiers::new().standard_ia(days(90)).glacier_flexible(days(60))),
            ArchiveRule::prefix("stay/")
                .tiers(Tiers::new().one_zone_ia(days(30)).deep_archive(days(59))),
            ArchiveRule::prefix("deletion/")
                .tiers(Tiers::new().glacier_flexible(days(30)))
                .delete_after(days(30)),
            ArchiveRule::prefix("early/bird/").delete_after(days(0)),
            ArchiveRule::prefix("nothing/"),
            ArchiveRule::prefix("billed/")
                .tiers(Tiers::new().glacier_flexible(days(30)).deep_archive(days(60))),
        ])
        .delete_old_versions_after(days(0))
        .build(&stack, "Days");
    TieredArchiveBucket::builder()
        .rules([ArchiveRule::all_objects().tiers(tiers()).delete_after(days(5 * 365))])
        .legal_retention(Age::years(5))
        .delete_old_versions_after(days(90))
        .build(&stack, "Law");
    TieredArchiveBucket::builder()
        .rules([ArchiveRule::all_objects().delete_after(Age::years(5))])
        .legal_retention(Age::years(5))
        .object_lock(ObjectLock::governance(Age::years(5)))
        .delete_old_versions_after(days(1))
        .build(&stack, "Locked");
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[bad-archive]: `S/Days`: rules: `early/`: objects move to `STANDARD_IA` after 29 days, 30 are the least
      --> fc-constructs/tests/it/storage.rs:151:10
      help: give `Age::days(30)` or more, or move them to a Glacier class
      docs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    error[bad-archive]: `S/Days`: rules: `order/`: objects move to `GLACIER` after 60 days, but to the warmer `STANDARD_IA` after 90 days
      --> fc-constructs/tests/it/storage.rs:151:10
      help: give `GLACIER` an age above 90 days
      docs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    error[bad-archive]: `S/Days`: rules: `stay/`: objects stay in `ONEZONE_IA` for 29 days, 30 are the least
      --> fc-constructs/tests/it/storage.rs:151:10
      help: give `DEEP_ARCHIVE` an age of 60 days or more
      docs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    error[bad-archive]: `S/Days`: rules: `deletion/`: objects are deleted after 30 days, and move to `GLACIER` after 30 days
      --> fc-constructs/tests/it/storage.rs:151:10
      help: delete them later, or leave `GLACIER` out
      docs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    error[bad-archive]: `S/Days`: rules: the rules for `early/` and for `early/bird/` are about the same objects
      --> fc-constructs/tests/it/storage.rs:151:10
      help: S3 would apply both: give each rule prefixes that no other rule has
      docs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    error[bad-archive]: `S/Days`: rules: `early/bird/`: objects are deleted at once
      --> fc-constructs/tests/it/storage.rs:151:10
      help: give an age of a day or more
      docs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    error[bad-archive]: `S/Days`: rules: the rule for `nothing/` does nothing
      --> fc-constructs/tests/it/storage.rs:151:10
      help: give it `tiers` or `delete_after`, or leave it out
      docs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    warning[early-move]: `S/Days`: rules: `billed/`: objects stay in `GLACIER` for 30 days, and S3 bills 90 at least
      --> fc-constructs/tests/it/storage.rs:151:10
      help: move them on later, or leave `GLACIER` out
      docs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    error[bad-archive]: `S/Days`: delete_old_versions_after: old versions are deleted at once
      --> fc-constructs/tests/it/storage.rs:151:10
      help: give an age of a day or more
      docs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    error[bad-archive]: `S/Law`: rules: all objects: objects are deleted after 1825 days, and the law wants them for 1827 days
      --> fc-constructs/tests/it/storage.rs:156:10
      help: give `delete_after` the age of `legal_retention`; `Age::years` counts leap days
      docs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    error[bad-archive]: `S/Law`: delete_old_versions_after: what is overwritten or deleted by mistake is gone after 90 days, and the law wants it for 1827 days
      --> fc-constructs/tests/it/storage.rs:156:10
      help: keep old versions for 1827 days, or lock objects until then with `object_lock`
      docs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    ");
}
