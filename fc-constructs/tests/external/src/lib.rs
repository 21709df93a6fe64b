//! Reports that are written every night: a stack that keeps them and one that writes them.

mod nightly; // a construct of our own

use fc_cdk::prelude::*;
use fc_constructs::{messaging::Topic, security::Key, storage::Bucket};

pub use crate::nightly::{Nightly, codes::RULES};

/// The stack of what is kept.
pub struct Store {
    /// The reports.
    pub reports: Bucket,
    /// Who hears of failures.
    pub alarms: Topic,
}

/// Both stacks.
pub fn reports(scope: &Scope) {
    let store = store(scope);
    let stack = Stack::new(scope, "Work").with_description("Writes the reports");
    let code = "def handler(event, context):\n    return event\n";
    let nightly = Nightly::new(&stack, "Nightly", 2, code, &store.alarms);
    nightly.function.add_environment("BUCKET", store.reports.handle.bucket_name().cast::<String>());
    store.reports.grant_write(&nightly);
}

fn store(scope: &Scope) -> Store {
    let stack = Stack::new(scope, "Store").with_description("Keeps the reports");
    let key = Key::builder().description("Encrypts the reports").build(&stack, "Key");
    let reports =
        Bucket::builder().encryption_key(key).expire_after_days(400u32).build(&stack, "Reports");
    let alarms = Topic::builder().display_name("Reports").build(&stack, "Alarms");
    Output::new(&stack, "Bucket", &reports);
    Store { reports, alarms }
}
