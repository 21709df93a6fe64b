//! The command line: `cargo run -- synth`.

use std::process::ExitCode;

use fc_cdk::prelude::*;

fn main() -> ExitCode {
    let cli = fc_cdk::cli("reports").about("Reports that are written every night");
    cli.rules(fc_constructs::RULES).rules(&[reports::RULES]).run(|context| {
        let app = App::new().with_environment(context.environment());
        reports::reports(&app);
        app
    })
}
