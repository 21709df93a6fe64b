use std::time::{Duration, Instant};

use fc_cdk_testing::deploy::{Effect, Emulator, Fault};

#[test]
fn faults_happen_when_and_as_often_as_they_should() {
    let Some(emulator) = Emulator::for_tests(fc_cdk_aws::resource_type) else { return };
    let account = emulator.new_account();
    let proxy = account.proxy().unwrap();
    let through = account.through(&proxy);
    let list = || through.call("ListStacks", &[]).map(drop).map_err(|error| error.to_string());

    proxy.add(Fault::throttling("ListStacks").after(1).times(1));
    proxy.add(Fault::error("DescribeStacks", 500, "InternalFailure", "oh <no>"));
    assert_eq!(list(), Ok(()));
    assert_eq!(list(), Err("ListStacks: Throttling: Rate exceeded".to_owned()));
    assert_eq!(list(), Ok(()));
    let failed = through.stacks().unwrap_err().to_string();
    assert_eq!(failed, "DescribeStacks: InternalFailure: oh <no>");
    let statuses: Vec<_> = proxy.calls().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [Some(200), Some(400), Some(200), Some(500)]);
    assert_eq!(
        (proxy.count("ListStacks"), proxy.calls()[0].service.as_str()),
        (3, "cloudformation")
    );

    proxy.clear();
    proxy.add(Fault::on("ListStacks", Effect::Disconnect).lasts(Duration::from_millis(300)));
    assert!(list().is_err());
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(list(), Ok(()));

    proxy.clear();
    proxy.add(Fault::on("*", Effect::Delay(Duration::from_millis(200))).times(1));
    let start = Instant::now();
    assert_eq!(list(), Ok(()));
    assert!(start.elapsed() >= Duration::from_millis(200));
}

#[test]
fn a_lost_reply_is_of_something_done() {
    let Some(emulator) = Emulator::for_tests(fc_cdk_aws::resource_type) else { return };
    let account = emulator.new_account();
    let proxy = account.proxy().unwrap();
    proxy.add(Fault::on("CreateStack", Effect::LostReply));
    let template = r#"{"Resources":{"Topic":{"Type":"AWS::SNS::Topic"}}}"#;
    let parameters = [("StackName", "Lost"), ("TemplateBody", template)];
    assert!(account.through(&proxy).call("CreateStack", &parameters).is_err());
    assert!(account.stack("Lost").unwrap().is_some());
}
