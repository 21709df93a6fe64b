use fc_cdk_core::{App, Stack, policy::Principal};
use fc_constructs::{
    security::{Key, Role},
    storage::Bucket,
};

use crate::template;

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
