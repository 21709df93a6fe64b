//! A resource leaves its stack by `orphan` and comes back by `import`, and is the same all the time.

use std::{env, fs, process};

use fc_cdk_aws::{sns, sqs};
use fc_cdk_core::{NestedStack, Output, Stack, json, sub};
use fc_cdk_testing::deploy::Account;
use fc_cdk_toolkit::Exit;
use insta::assert_snapshot;

use crate::{account, deploy, run};

fn shop(stack: &Stack) {
    stack.allow("stateful-without-policy", "this is about handing over");
    let orders = sqs::Queue::new().queue_name("orders").build(stack, "Orders");
    let (arn, name) = (orders.arn(), orders.queue_name());
    let news = stack.raw_resource(
        "Note",
        "AWS::SSM::Parameter",
        json!({ "Type": "String", "Value": sub!("{arn} of {name}") }),
    );
    news.depends_on(&orders);
    Output::new(stack, "Address", orders.queue_url());
}

fn queue(account: &Account<'_>) -> Option<String> {
    let resources = account.resources("Shop").unwrap();
    resources.into_iter().find(|it| it.logical_id == "Orders").map(|it| it.physical_id)
}

#[test]
fn a_resource_leaves_and_comes_back() {
    let Some(account) = account() else { return };
    let template = run(&account, &["synth", "Shop"], shop).out;
    deploy(&account, "CreateStack", &[("TemplateBody", &template)]);
    let before = queue(&account).unwrap();

    let typo = run(&account, &["orphan", "Shop/Order"], shop);
    assert_snapshot!(typo.err, @"
    error: there is no resource at `Shop/Order`, neither deployed nor in the app
    help: did you mean `Shop/Orders`?
    ");
    let left = run(&account, &["orphan", "Shop/Orders"], shop);
    assert_eq!(left.exit, Exit::Ok, "{}", left.err);
    assert_snapshot!(left.out.replace(&before, "URL"), @"`Shop/Orders` has left the stack `Shop`: AWS::SQS::Queue URL");
    assert_eq!(queue(&account), None);
    let template = account.template("Shop").unwrap().to_json_pretty();
    assert_snapshot!(template.replace(&before, "URL").replace(account.id(), "ACCOUNT"), @r#"
    {
     "Resources": {
      "Note": {
       "Type": "AWS::SSM::Parameter",
       "Properties": {
        "Type": "String",
        "Value": {
         "Fn::Sub": "arn:aws:sqs:ap-northeast-1:ACCOUNT:orders of orders"
        }
       }
      }
     },
     "Outputs": {
      "Address": {
       "Value": "URL"
      }
     }
    }
    "#);
    let again = run(&account, &["orphan", "Shop/Orders"], shop);
    assert_eq!(
        (again.exit, &*again.err),
        (Exit::Ok, "`Shop/Orders` is not in the deployed stack\n")
    );

    let unknown = run(&account, &["import", "Shop"], shop);
    assert_eq!(unknown.exit, Exit::Error);
    assert_snapshot!(unknown.err, @"
    error: what identifies these is not known: Orders: QueueUrl
    help: write a file by `--record-resource-mapping FILE`, fill it in, and give it by `--resource-mapping FILE`
    ");
    let file = env::temp_dir().join(format!("fc-cdk-import-{}.json", process::id()));
    let path = file.display().to_string();
    let recorded = run(&account, &["import", "Shop", "--record-resource-mapping", &path], shop);
    assert_eq!(recorded.exit, Exit::Ok, "{}", recorded.err);
    assert_snapshot!(fs::read_to_string(&file).unwrap(), @r#"
    {
     "Orders": {
      "QueueUrl": ""
     }
    }
    "#);
    fs::write(&file, json!({ "Orders": { "QueueUrl": before.as_str() } }).to_json()).unwrap();
    let taken = run(&account, &["import", "Shop", "--resource-mapping", &path], shop);
    fs::remove_file(&file).unwrap();
    assert_eq!(taken.exit, Exit::Ok, "{}", taken.err);
    assert_eq!(queue(&account).as_deref(), Some(&*before));
    assert_eq!(taken.out, "`Shop` has 1 resource more\n");
    let none = run(&account, &["import", "Shop"], shop);
    assert!(none.err.contains("there is nothing to take over"), "{}", none.err);
}

#[test]
fn what_identifies_a_resource_may_stand_in_the_template() {
    let Some(account) = account() else { return };
    let news = |stack: &Stack| {
        sns::Topic::new().build(stack, "News");
    };
    let unknown = run(&account, &["import", "Shop"], news);
    assert_eq!(unknown.exit, Exit::Error);
    assert!(unknown.err.contains("News: TopicArn"), "{}", unknown.err);
    let wrong = run(&account, &["import", "Shop", "--only", "Shop/Xyz"], news);
    assert!(wrong.err.contains("these could: News"), "{}", wrong.err);
}

#[test]
fn several_stacks_take_over_at_once() {
    let Some(account) = account() else { return };
    let topic = |name: &str| {
        let made = account.call_service(("sns", "2010-03-31"), "CreateTopic", &[("Name", name)]);
        made.unwrap().find("TopicArn").unwrap().text.clone()
    };
    let (mine, theirs) = (topic("mine"), topic("theirs"));
    let both = |stack: &Stack| {
        sns::Topic::new().build(stack, "News");
        sns::Topic::new().build(&Stack::new(stack, "Other"), "News");
    };
    let file = env::temp_dir().join(format!("fc-cdk-imports-{}.json", process::id()));
    let path = file.display().to_string();
    let stacks = ["import", "Shop", "Shop/Other"];
    let recorded =
        run(&account, &[&stacks[..], &["--record-resource-mapping", &path]].concat(), both);
    assert_eq!(recorded.exit, Exit::Ok, "{}", recorded.err);
    let recorded = fs::read_to_string(&file).unwrap();
    assert_snapshot!(recorded, @r#"
    {
     "Shop": {
      "News": {
       "TopicArn": ""
      }
     },
     "Shop/Other": {
      "News": {
       "TopicArn": ""
      }
     }
    }
    "#);
    let (first, second) = recorded.split_once("Other").unwrap();
    let first = first.replacen("\"\"", &format!("\"{mine}\""), 1);
    let second = second.replacen("\"\"", &format!("\"{theirs}\""), 1);
    // One identifier that is not known stops all of them.
    fs::write(&file, &recorded).unwrap();
    let arguments = [&stacks[..], &["--resource-mapping", &path]].concat();
    let none = run(&account, &arguments, both);
    assert_eq!(none.exit, Exit::Error);
    assert!(account.stacks().unwrap().is_empty());
    fs::write(&file, format!("{first}Other{second}")).unwrap();
    let taken = run(&account, &arguments, both);
    fs::remove_file(&file).unwrap();
    assert_eq!(taken.exit, Exit::Ok, "{}", taken.err);
    assert_snapshot!(taken.out, @"
    `Shop` has 1 resource more
    `Shop/Other` has 1 resource more
    ");
    let stacks = account.stacks().unwrap();
    let resources = stacks.iter().flat_map(|stack| account.resources(&stack.name).unwrap());
    let mut ids: Vec<String> = resources.map(|resource| resource.physical_id).collect();
    ids.sort();
    assert_eq!((stacks.len(), ids), (2, vec![mine, theirs]));
}

#[test]
fn a_resource_leaves_a_nested_stack() {
    let Some(account) = account() else { return };
    let around = |stack: &Stack| {
        let nested = NestedStack::new(stack, "Messages");
        let inner = NestedStack::new(&nested, "Inner");
        inner.allow("stateful-without-policy", "this is about handing over");
        let orders = sqs::Queue::new().queue_name("orders").build(&inner, "Orders");
        let name = json!({ "Type": "String", "Value": orders.queue_name() });
        inner.raw_resource("Name", "AWS::SSM::Parameter", name);
        sns::Topic::new().build(&nested, "News");
    };
    for words in [&["bootstrap"][..], &["deploy", "--yes"]] {
        let done = run(&account, words, around);
        assert_eq!(done.exit, Exit::Ok, "{}", done.err);
    }
    let of_inner = || {
        let stacks = account.stacks().unwrap();
        let inner = stacks.iter().find(|it| it.name.contains("Inner")).unwrap().name.clone();
        let resources = account.resources(&inner).unwrap().into_iter();
        resources.map(|it| (it.type_name, it.physical_id)).collect::<Vec<_>>()
    };
    let before = of_inner();
    let queue = before.iter().find(|(name, _)| name == "AWS::SQS::Queue").unwrap().1.clone();
    let left = run(&account, &["orphan", "Shop/Messages/Inner/Orders"], around);
    assert_eq!(left.exit, Exit::Ok, "{}", left.err);
    assert_snapshot!(left.out.replace(&queue, "URL"), @"`Shop/Messages/Inner/Orders` has left the stack `Shop/Messages/Inner`: AWS::SQS::Queue URL");
    let after = of_inner();
    assert!(!after.iter().any(|(_, id)| *id == queue), "{after:?}");
    let parameter = before.iter().find(|(name, _)| name == "AWS::SSM::Parameter").unwrap();
    assert!(after.contains(parameter), "{after:?}");
    // It is there still.
    let found =
        account.call_service(("sqs", "2012-11-05"), "GetQueueUrl", &[("QueueName", "orders")]);
    assert!(found.is_ok(), "{found:?}");
}
