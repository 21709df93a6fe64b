use std::time::Duration;

use fc_cdk_core::{App, Environment, Stack, policy::Principal};
use fc_constructs::{
    compute::{UserData, WebAsg},
    monitoring::Retention,
    network::{NatGateways, ThreeTierVpc},
    operations::{SessionAccess, Workbench, WorkbenchKind},
    security::{Key, Role},
    storage::Bucket,
};

use crate::{messages, template};

const VPC: &str = "vpc-0123456789abcdef0";
const SUBNETS: [&str; 2] = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];

#[test]
fn what_cannot_be_is_refused_all_at_once() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let vpc = ThreeTierVpc::builder()
        .cidr("10.0.0.0/16")
        .nat_gateways(NatGateways::None)
        .build(&stack, "Vpc");
    let sessions = SessionAccess::builder()
        .tag(("aws:sessions".to_owned(), "yes".to_owned()))
        .idle_timeout(Duration::from_secs(59))
        .max_duration(Duration::from_secs(90_000))
        .build(&stack, "Sessions");
    Workbench::builder()
        .vpc(&vpc)
        .subnets(&vpc.was)
        .stop_after(Duration::from_secs(400))
        .cloud9_roles(true)
        .build(&stack, "Isolated");
    Workbench::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .kind(WorkbenchKind::Cloud9)
        .sessions(&sessions)
        .user_data(UserData::new())
        .build(&stack, "Cloud9");
    Workbench::builder().vpc(VPC).subnets(Vec::<&str>::new()).build(&stack, "Nowhere");
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[bad-session]: `S/Sessions`: idle_timeout: a session waits 1 to 60 minutes for a key press, not 59s
      --> fc-constructs/tests/it/operations.rs:30:10
      help: give a length in that range
      docs: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-configure-preferences-cli.html
    error[bad-session]: `S/Sessions`: max_duration: a session lasts a minute to a day, not 90000s
      --> fc-constructs/tests/it/operations.rs:30:10
      help: give a length in that range
      docs: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-configure-preferences-cli.html
    error[bad-session]: `S/Sessions`: tag: no server can have the tag `aws:sessions`
      --> fc-constructs/tests/it/operations.rs:30:10
      help: give a key that does not begin with `aws:`
      docs: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-configure-preferences-cli.html
    error[bad-workbench]: `S/Isolated`: subnets: the machine is in isolated subnets, from where it reaches neither packages nor Systems Manager
      --> fc-constructs/tests/it/operations.rs:36:10
      help: give it a private tier, with a NAT gateway
    error[bad-workbench]: `S/Isolated`: stop_after: the machine cannot stop after 400s without work
      --> fc-constructs/tests/it/operations.rs:36:10
      help: give a multiple of 5 minutes, up to a day
    error[bad-workbench]: `S/Isolated`: kind: an instance has no owner, and needs no roles of Cloud9
      --> fc-constructs/tests/it/operations.rs:36:10
      help: leave out `owner_arn` and `cloud9_roles`, or choose `WorkbenchKind::Cloud9`
    error[bad-workbench]: `S/Cloud9`: kind: Cloud9 chooses the image of its instance, and what that does first
      --> fc-constructs/tests/it/operations.rs:43:10
      help: leave out `user_data` and `image`, or choose `WorkbenchKind::Instance`
    error[bad-workbench]: `S/Nowhere`: subnets: the machine has no subnet
      --> fc-constructs/tests/it/operations.rs:44:63
      help: give a tier of a VPC, or the id of a subnet
    ");
}

#[test]
fn sessions_are_logged_and_reach_servers_with_the_tag_alone() {
    let app = App::new().with_environment(Environment::region("ap-northeast-1"));
    let stack = Stack::new(&app, "Shop");
    let web = WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .build(&stack, "Web");
    let role = Role::builder().assumed_by(Principal::this_account()).build(&stack, "Operators");
    let sessions = SessionAccess::builder().groups(["operators"]).build(&stack, "Sessions");
    sessions.enable(&web);
    sessions.grant_access(&role);
    let template = template(&app);
    assert!(template.contains("\"Key\": \"session-access\""));
    let start = template.find("\"Operators").unwrap_or_default();
    insta::assert_snapshot!(&template[start..]);
}

#[test]
fn sessions_with_everything_are_the_preferences_of_the_account() {
    let app = App::new().with_environment(Environment::region("ap-northeast-1"));
    let stack = Stack::new(&app, "Shop");
    let key = Key::builder().build(&stack, "Key");
    let bucket = Bucket::builder().encryption_key(&key).build(&stack, "Bucket");
    let sessions = SessionAccess::builder()
        .tag(("reach".to_owned(), "web".to_owned()))
        .log_retention(Retention::FiveYears)
        .encryption_key(&key)
        .bucket(&bucket)
        .idle_timeout(Duration::from_secs(600))
        .max_duration(Duration::from_secs(3600))
        .account_default(true)
        .build(&stack, "Sessions");
    let workbench = Workbench::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .sessions(&sessions)
        .instance_type("m7i.large")
        .image("ami-0123456789abcdef0")
        .volume_size_gib(100)
        .user_data(UserData::new().install(["git"]))
        .stop_after(Duration::from_secs(1800))
        .termination_protection(false)
        .build(&stack, "Workbench");
    workbench.allow_deploy(["ap-northeast-1"]);
    let role = Role::builder().assumed_by(Principal::this_account()).build(&stack, "Developers");
    workbench.grant_start_stop(&role);
    assert_eq!(workbench.metric_cpu().map(|metric| metric.name), Some("CPUUtilization".into()));
    let template = template(&app);
    let start = template.find("\"SessionsLogGroup").unwrap_or_default();
    insta::assert_snapshot!(&template[start..]);
}

#[test]
fn a_workbench_is_an_instance_that_nobody_reaches_from_outside() {
    let app = App::new();
    let stack = Stack::new(&app, "Operations");
    Workbench::builder().vpc(VPC).subnets(SUBNETS).build(&stack, "Workbench");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn a_workbench_is_an_environment_of_cloud9_where_that_is_still_there() {
    let app = App::new();
    let stack = Stack::new(&app, "Operations");
    let sessions = SessionAccess::builder().build(&Stack::new(&app, "Sessions"), "Sessions");
    let workbench = Workbench::builder()
        .sessions(&sessions)
        .vpc(VPC)
        .subnets(SUBNETS)
        .kind(WorkbenchKind::Cloud9)
        .owner_arn("arn:aws:iam::111122223333:user/developer")
        .cloud9_roles(true)
        .build(&stack, "Workbench");
    assert!(workbench.instance.is_none() && workbench.metric_cpu().is_none());
    insta::assert_snapshot!(template(&app));
}
