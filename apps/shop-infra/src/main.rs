//! The command line of the shop's infrastructure: `cargo run --bin shop-infra -- --help`.

use std::process::ExitCode;

use fc_cdk::App;
use shop_infra::{Revision, Settings};

fn main() -> ExitCode {
    fc_cdk::cli("shop-infra")
        .about("The infrastructure of an apparel shop that builds marketing analytics")
        .version(env!("CARGO_PKG_VERSION"))
        .revisions(&Revision::NAMES)
        .ids_lock(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../snapshots/shop-infra/{revision}/ids.lock"
        ))
        .run(|context| {
            let revision = context.revision().map_or(Ok(Revision::NEWEST), str::parse)?;
            let app = App::new();
            shop_infra::shop(&app, &Settings::default(), revision);
            Ok::<App, String>(app)
        })
}
