//! The command line of the shop's infrastructure: `cargo run --bin shop-infra -- --help`.

mod config_command; // the settings: schema, check, show
mod history_command; // what changed when

use std::process::ExitCode;

use fc_cdk::App;
use shop_infra::Revision;

fn main() -> ExitCode {
    fc_cdk::cli("shop-infra")
        .about("The infrastructure of an apparel shop that builds marketing analytics")
        .version(env!("CARGO_PKG_VERSION"))
        .rules(fc_constructs::RULES)
        .revisions(&Revision::NAMES)
        .ids_lock(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../snapshots/shop-infra/{revision}/ids.lock"
        ))
        .arg(config_command::config_arg())
        .arg(config_command::set_arg())
        .command(config_command::definition(), config_command::run)
        .command(history_command::definition(), history_command::run)
        .run(|context| {
            let revision = context.revision().map_or(Ok(Revision::NEWEST), str::parse)?;
            let settings = config_command::settings(context)?;
            let app = App::new();
            shop_infra::shop(&app, &settings, revision);
            Ok::<App, String>(app)
        })
}
