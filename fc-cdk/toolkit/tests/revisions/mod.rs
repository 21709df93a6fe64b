use fc_cdk_aws::s3;
use fc_cdk_core::{App, Stack};
use fc_cdk_toolkit::{Cli, Exit, Terminal, Variables};

use crate::Sandbox;

#[test]
fn revisions_are_built_compared_and_locked_one_by_one() {
    let sandbox = Sandbox::new("revisions");
    let output = sandbox.output().display().to_string();
    let run = |arguments: &[&str]| {
        let (mut terminal, captured) = Terminal::captured();
        let cli = Cli::new("shop")
            .revisions(&["v1", "v2"])
            .ids_lock(sandbox.0.join("{revision}.lock"))
            .resource_types(fc_cdk_aws::resource_type);
        let exit = cli.run_with(arguments, &Variables::default(), &mut terminal, |context| {
            let app = App::new();
            let stack = Stack::new(&app, "Data");
            stack.allow("public-bucket", "this is about revisions");
            s3::Bucket::new().build(&stack, "Orders");
            if context.revision() == Some("v2") {
                s3::Bucket::new()
                    .build(&Stack::new(&app, "News"), "Clicks")
                    .allow("public-bucket", "the same");
            }
            app
        });
        (exit, captured.out() + &captured.err())
    };
    let names = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(names(&run(&["list"]).1), ["Data", "News"]);
    assert_eq!(names(&run(&["list", "--revision", "v1"]).1), ["Data"]);

    // A lock of each: what came with the second has not vanished from the first.
    for revision in ["v2", "v1"] {
        let arguments = ["synth", "-q", "-o", &output, "--revision", revision];
        assert_eq!(run(&[&arguments[..], &["--accept-ids"]].concat()).0, Exit::Ok);
        assert_eq!(run(&arguments), (Exit::Ok, String::new()));
    }
    assert_eq!(sandbox.names(), ["cdk.out", "v1.lock", "v2.lock"]);

    let (exit, report) = run(&["diff", "--from", "v1", "--fail"]);
    assert_eq!(exit, Exit::Differences);
    assert!(report.contains("News") && report.contains("+"), "{report}");
    assert!(!report.contains("Orders"), "{report}");
    assert_eq!(run(&["diff", "--from", "v2", "--to", "v2", "--fail"]).0, Exit::Ok);
    assert_eq!(run(&["diff", "Data", "--from", "v1", "--fail"]).0, Exit::Ok);
    // A stack that goes can be named, too.
    assert_eq!(run(&["diff", "News", "--from", "v2", "--to", "v1", "--fail"]).0, Exit::Differences);

    let (exit, message) = run(&["diff", "--from", "v3"]);
    assert_eq!(exit, Exit::Error);
    assert!(message.contains("invalid value 'v3'") && message.contains("v1, v2"), "{message}");
    let (exit, message) = run(&["diff", "--to", "v2"]);
    assert_eq!(exit, Exit::Error);
    assert!(message.contains("--from"), "{message}");
    assert_eq!(run(&["diff", "--from", "v1", "--against", "."]).0, Exit::Error);
}
