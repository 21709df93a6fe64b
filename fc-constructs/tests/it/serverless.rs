use std::time::Duration;

use fc_cdk_core::{App, Stack};
use fc_constructs::{
    messaging::Topic,
    security::Key,
    serverless::{Code, Function},
};

use crate::{messages, template};

const SOURCE: &str = "def handler(event, context): return event";

#[test]
fn a_function_has_a_role_and_a_log_group_of_its_own() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let topic = Topic::builder().build(&stack, "Topic");
    let function = Function::builder()
        .runtime("python3.13")
        .handler("index.handler")
        .code(Code::Inline(SOURCE.into()))
        .encryption_key(Key::builder().build(&stack, "Key"))
        .build(&stack, "Function");
    function.add_environment("TOPIC", &topic);
    function.allow_invoke("FromTopic", "sns.amazonaws.com", &topic);
    topic.subscribe("Function", "lambda", &function);
    insta::assert_snapshot!(template(&app));
}

#[test]
fn sizes_that_lambda_does_not_have_are_refused_at_the_users_line() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    Function::builder()
        .runtime("python3.13")
        .handler("index.handler")
        .code(Code::Inline(SOURCE.into()))
        .timeout(Duration::from_secs(1000))
        .memory_mib(64u32)
        .build(&stack, "Function");
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[bad-function]: `S/Function`: timeout: a function runs 1 to 900 seconds, not 1000
      --> fc-constructs/tests/it/serverless.rs:41:10
      help: split the work into steps
      docs: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    error[bad-function]: `S/Function`: memory_mib: a function has 128 to 10240 MiB of memory, not 64
      --> fc-constructs/tests/it/serverless.rs:41:10
      help: choose a size in that range
      docs: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    error[illegal-value]: `S/Function/Resource`: MemorySize: 64 is too small
      --> fc-constructs/tests/it/serverless.rs:41:10
      help: 128 to 32768 is allowed
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
    ");
}
