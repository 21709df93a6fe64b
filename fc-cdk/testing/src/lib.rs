//! Tests of infrastructure: what templates say, and what synth finds. For the `[dev-dependencies]` of apps and of crates of constructs.
//!
//! ```
//! use fc_cdk_core::{App, Stack, json};
//! use fc_cdk_testing::{Findings, TemplateTest, like, list_with};
//!
//! fn orders() -> App {
//!     let app = App::new();
//!     let stack = Stack::new(&app, "Orders");
//!     stack.raw_resource("Topic", "AWS::SNS::Topic", json!({ "Tags": [{ "Key": "team", "Value": "shop" }] }));
//!     app
//! }
//!
//! Findings::of_app(&orders()).none();
//! let template = TemplateTest::of_app(&orders());
//! template.has_properties("AWS::SNS::Topic", like!({ "Tags": list_with([like!({ "Key": "team" })]) }));
//! ```
//!
//! - [`TemplateTest`]: which resources there are, how many, what they have and have not; outputs and all other sections.
//! - [`like!`] and the functions beside it: [`any`], [`absent`], [`text`], [`list_with`], [`not`], [`mentions`], [`Capture`]…
//! - [`Findings`]: the errors and warnings of synth, by rule and construct, with the line of each.
//! - [`assert_template_snapshot!`]: whole templates, in which the hashes of assets do not matter.
//! - [`deploy`]: an emulator of AWS to deploy to, and what can go wrong on the way.

pub mod deploy; // deploys on this machine
mod findings; // what synth finds wrong
mod known; // whether what a test asks for can be
mod pattern; // what a part of a template should look like
mod snapshot; // templates as snapshots
mod template; // what a template says

pub use crate::{
    findings::Findings,
    pattern::{
        Capture, Pattern, absent, any, attribute_of, exactly, json_text, list_with, mentions, not,
        one_of, reference_to, text,
    },
    template::{Found, TemplateTest},
};
