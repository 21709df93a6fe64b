//! What the generated types promise, as their users see it.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking, say what they counted, and are told where the real templates are"
)]

mod corpus; // nothing of real templates is lost, and nothing is said against them
mod detection; // mistakes are found
#[cfg(all(feature = "s3", feature = "ec2", feature = "iam", feature = "kms", feature = "lambda"))]
mod literals; // what is known now is checked at synth
mod policies; // policies that do not do what they say
mod quiet; // no more is said than is certain
#[cfg(all(feature = "s3", feature = "ec2", feature = "iam", feature = "kms", feature = "lambda"))]
mod references; // handles go where their identifiers are wanted
mod rule_files; // cases for each rule file of cfn-lint
mod tables; // what the specification says at run time
mod typed; // mistakes that do not compile
#[cfg(all(
    feature = "s3",
    feature = "ec2",
    feature = "iam",
    feature = "kms",
    feature = "lambda",
    // With all services at once, other names are shortened in the messages.
    not(feature = "full")
))]
mod ui; // what must not compile
