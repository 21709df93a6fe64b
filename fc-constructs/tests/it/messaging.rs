use fc_cdk_core::{App, Stack};
use fc_constructs::{messaging::Topic, security::Key};

use crate::template;

#[test]
fn an_encrypted_topic_lets_alarms_use_its_key() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let key = Key::builder().build(&stack, "Key");
    let topic = Topic::builder().encryption_key(key).build(&stack, "Alarms");
    topic.allow_service("cloudwatch.amazonaws.com");
    topic.subscribe_email("ops@example.com");
    insta::assert_snapshot!(template(&app));
}
