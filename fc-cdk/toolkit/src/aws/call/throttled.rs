//! [`Throttled`]: answers that ask for fewer calls are tried again.

use aws_smithy_runtime_api::client::{
    interceptors::context::InterceptorContext,
    retries::classifiers::{ClassifyRetry, RetryAction},
};

/// What the names of such errors, or their messages, have in them.
const WORDS: [&[u8]; 5] =
    [b"Throttl", b"RequestLimitExceeded", b"TooManyRequests", b"SlowDown", b"Rate exceeded"];

/// Knows an answer that asks for fewer calls. Most services give such answers the status of any other refusal.
#[derive(Debug)]
pub(super) struct Throttled;

impl ClassifyRetry for Throttled {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(response) = context.response() else { return RetryAction::NoActionIndicated };
        let status = response.status().as_u16();
        let body = response.body().bytes().unwrap_or_default();
        let says_so =
            || WORDS.iter().any(|word| body.windows(word.len()).any(|part| part == *word));
        if status == 429 || ((400..500).contains(&status) && says_so()) {
            RetryAction::throttling_error()
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "answers that ask for fewer calls"
    }
}
