//! The command line of the shop's infrastructure: `cargo run --bin shop-infra -- --help`.

use std::process::ExitCode;

use fc_cdk::App;
use shop_infra::Settings;

fn main() -> ExitCode {
    fc_cdk::cli("shop-infra")
        .about("The infrastructure of an apparel shop that builds marketing analytics")
        .version(env!("CARGO_PKG_VERSION"))
        .ids_lock(concat!(env!("CARGO_MANIFEST_DIR"), "/../../snapshots/shop-infra/v1.0/ids.lock"))
        .run(|_context| {
            let app = App::new();
            shop_infra::shop(&app, &Settings::default());
            app
        })
}
