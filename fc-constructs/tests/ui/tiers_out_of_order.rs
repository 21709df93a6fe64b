//! Storage classes in an order that S3 refuses: the message names the two, and the right order.

use fc_constructs::storage::{Age, Tiers};

fn main() {
    let frozen = Tiers::new().deep_archive(Age::days(30));
    frozen.glacier_flexible(Age::days(90));
}
