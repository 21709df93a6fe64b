//! A construct without a required setting: the message names the one that is missing.

use fc_cdk_core::{App, Stack};
use fc_constructs::network::ThreeTierVpc;

fn main() {
    let app = App::new();
    let stack = Stack::new(&app, "Network");
    ThreeTierVpc::builder().zones(3).build(&stack, "Vpc");
}
