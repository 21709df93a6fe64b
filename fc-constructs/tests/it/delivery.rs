use fc_cdk_core::{App, Node, Stack, json};
use fc_constructs::{
    compute::WebAsg,
    containers::{FargateService, Repository},
    delivery::{
        BuildSpec, ContainerPipeline, ContainerTarget, DeployTarget, Ec2Pipeline, Source, Speed,
    },
    messaging::Topic,
    monitoring::{Alarm, AlarmSet, Threshold},
    network::ThreeTierVpc,
    storage::Bucket,
};

use crate::{messages, template};

#[test]
fn a_pipeline_starts_by_a_change_and_deploys_in_place() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    Ec2Pipeline::builder()
        .source(Source::repository("shop"))
        .targets([DeployTarget::new("Web", "web-asg")])
        .build(&stack, "Pipeline");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn a_pipeline_deploys_two_tiers_of_another_stack_and_closes_no_cycle() {
    let app = App::new();
    let compute = Stack::new(&app, "Compute");
    let delivery = Stack::new(&app, "Delivery");
    let vpc = ThreeTierVpc::builder().cidr("10.0.0.0/16").build(&compute, "Vpc");
    let servers = |id: &str| {
        WebAsg::builder()
            .vpc(&vpc)
            .subnets(&vpc.web)
            .load_balancer_subnets(&vpc.public)
            .build(&compute, id)
    };
    let (web, was) = (servers("Web"), servers("Was"));
    let topic = Topic::builder().build(&compute, "Topic");
    let alarms =
        AlarmSet::builder().topic(topic).build(&compute, "Alarms").watch("Web", &web.alarms());
    let logs = Bucket::builder().build(&delivery, "Logs");
    Ec2Pipeline::builder()
        .source(Source::existing_repository("shop").branch("release"))
        .targets([
            DeployTarget::servers("Was", &was).artifact("was"),
            DeployTarget::servers("Web", &web)
                .artifact("web")
                .speed(Speed::HalfAtATime)
                .roll_back_on(&alarms),
        ])
        .pipeline_name("shop")
        .build_spec(BuildSpec::inline(
            json!({ "version": "0.2", "phases": { "build": { "commands": ["make"] } } }),
        ))
        .build_image("aws/codebuild/amazonlinux-x86_64-standard:5.0")
        .environment([("STAGE".to_owned(), fc_cdk_core::intrinsics::stack_name())])
        .build_timeout_minutes(10u16)
        .approval(true)
        .notifications(Topic::builder().build(&delivery, "Failures"))
        .access_logs(logs)
        .artifact_days(90u32)
        .build(&delivery, "Pipeline");
    let assembly = app.synth();
    assert_eq!(messages(&assembly), "");
    let stack = assembly.stack("Delivery").unwrap();
    assert_eq!(stack.dependencies(), ["Compute"]);
    assert!(assembly.stack("Compute").unwrap().dependencies().is_empty());
    insta::assert_snapshot!(stack.template().to_json_pretty());
}

#[test]
fn code_comes_from_a_connection_or_a_bucket() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let arn = "arn:aws:codeconnections:ap-northeast-1:111122223333:connection/0f9e3a0c-4a7d-4a4e-8a54-1f2a3b4c5d6e";
    let target = || [DeployTarget::new("Web", "web-asg")];
    let connected = Ec2Pipeline::builder()
        .source(Source::connection(arn, "shop/web"))
        .targets(target())
        .build(&stack, "Connection");
    assert!(connected.trigger.is_none());
    let bucket = Bucket::builder().build(&stack, "Code");
    let stored = Ec2Pipeline::builder()
        .source(Source::bucket(&bucket, "web.zip"))
        .targets(target())
        .build(&stack, "Bucket");
    assert!(stored.trigger.is_some());
    insta::assert_snapshot!(template(&app));
}

#[test]
fn pipelines_that_cannot_run_are_refused_at_the_users_line() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    Ec2Pipeline::builder()
        .source(Source::repository("shop.git"))
        .targets([])
        .build_timeout_minutes(1u16)
        .build(&stack, "Empty");
    let target = || DeployTarget::new("the web", "web-asg").artifact("web-files");
    Ec2Pipeline::builder()
        .source(Source::connection("my-connection", "shop").branch(""))
        .targets([target(), target()])
        .build(&stack, "Twice");
    let bucket = Bucket::builder().build(&stack, "Code");
    let alarm = Alarm::builder()
        .metric(fc_constructs::monitoring::Metric::new("Shop", "Errors"))
        .threshold(Threshold::above(0))
        .build(&stack, "Alarm");
    Ec2Pipeline::builder()
        .source(Source::bucket(&bucket, "web.tar"))
        .targets([DeployTarget::new("Web", "web-asg").roll_back_on([&alarm])])
        .build(&stack, "Archive");
    insta::assert_snapshot!(messages(&app.synth()), @r"
    error[bad-pipeline]: `S/Empty`: targets: the pipeline deploys to no servers
      --> fc-constructs/tests/it/delivery.rs:102:10
      help: give it a `DeployTarget`
      docs: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    error[bad-pipeline]: `S/Empty`: source: `shop.git` is no name for a CodeCommit repository
      --> fc-constructs/tests/it/delivery.rs:102:10
      help: use letters, digits, dots, dashes and underscores, 100 at most, and no `.git` at the end
      docs: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    error[bad-pipeline]: `S/Twice`: targets: `web-files` is no name for an artifact of the build
      --> fc-constructs/tests/it/delivery.rs:107:10
      help: use letters, digits and underscores, and another name than `Source`
      docs: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    error[bad-pipeline]: `S/Twice`: targets: `web-files` is no name for an artifact of the build
      --> fc-constructs/tests/it/delivery.rs:107:10
      help: use letters, digits and underscores, and another name than `Source`
      docs: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    error[bad-pipeline]: `S/Twice`: targets: there are two targets `the web`
      --> fc-constructs/tests/it/delivery.rs:107:10
      help: give each target a name of its own
      docs: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    error[bad-pipeline]: `S/Twice`: source: `shop` does not say whose repository it is
      --> fc-constructs/tests/it/delivery.rs:107:10
      help: write `owner/name`
      docs: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    error[bad-pipeline]: `S/Twice`: source: `my-connection` is no ARN
      --> fc-constructs/tests/it/delivery.rs:107:10
      help: give the ARN of the connection, which its page in the console shows
      docs: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    error[bad-pipeline]: `S/Twice`: source: the branch has no name
      --> fc-constructs/tests/it/delivery.rs:107:10
      help: leave `branch` out for `main`
      docs: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    error[bad-pipeline]: `S/Archive`: source: `web.tar` is no ZIP archive
      --> fc-constructs/tests/it/delivery.rs:116:10
      help: put the code into an archive `NAME.zip`
      docs: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    error[illegal-value]: `S/Empty/Repository`: RepositoryName: AWS does not take `shop.git`
      --> fc-constructs/tests/it/delivery.rs:102:10
      help: it has to match `^[a-zA-Z0-9._\-]+(?<!\.git)$`
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codecommit-repository.html
    error[illegal-value]: `S/Empty/Project`: TimeoutInMinutes: 1 is too small
      --> fc-constructs/tests/it/delivery.rs:102:10
      help: 5 to 2160 is allowed
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codebuild-project.html
    error[illegal-value]: `S/Twice/Resource`: Stages.2.Actions.0.Name: AWS does not take `the web`
      --> fc-constructs/tests/it/delivery.rs:107:10
      help: it has to match `^[A-Za-z0-9.@\-_]{1,100}$`
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codepipeline-pipeline.html
    ");
}

/// Two services, each with images of its own.
fn services(stack: &Stack) -> [FargateService; 2] {
    ["Was", "Web"].map(|id| {
        let images = Repository::builder().build(stack, &format!("{id}Images"));
        FargateService::builder()
            .vpc("vpc-0123456789abcdef0")
            .subnets(["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"])
            .load_balancer(["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"])
            .repository(images)
            .build(stack, id)
    })
}

#[test]
fn a_pipeline_builds_images_and_deploys_them_to_services_of_another_stack() {
    let app = App::new();
    let [was, web] = services(&Stack::new(&app, "Servers"));
    let stack = Stack::new(&app, "Delivery");
    let topic = Topic::builder().build(&stack, "Alarms");
    ContainerPipeline::builder()
        .source(Source::repository("shop"))
        .targets([
            ContainerTarget::service("Was", &was),
            ContainerTarget::service("Web", &web).directory("frontend/web"),
        ])
        .approval(true)
        .notifications(topic)
        .build(&stack, "Pipeline");
    let assembly = app.synth();
    assert_eq!(messages(&assembly), "");
    let template = |name: &str| {
        let stack = assembly.stack(name);
        stack.map(|stack| stack.template().to_json_pretty()).unwrap_or_default()
    };
    assert!(assembly.stack("Servers").is_some_and(|stack| stack.dependencies().is_empty()));
    insta::assert_snapshot!(template("Delivery"));
}

#[test]
fn where_a_pipeline_for_containers_takes_the_place_of_one_for_servers_code_and_artifacts_stay() {
    let ids = |containers: bool| {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        if containers {
            ContainerPipeline::builder()
                .source(Source::repository("shop"))
                .targets(
                    services(&stack)
                        .iter()
                        .map(|service| {
                            ContainerTarget::service(service.scope().id().to_string(), service)
                        })
                        .collect::<Vec<_>>(),
                )
                .build(&stack, "Pipeline");
        } else {
            Ec2Pipeline::builder()
                .source(Source::repository("shop"))
                .targets([DeployTarget::new("Web", "web-asg").instance_role("web-role")])
                .build(&stack, "Pipeline");
        }
        let assembly = app.synth();
        assert_eq!(messages(&assembly), "");
        let resources = assembly.stacks()[0].template().resources();
        let of_pipeline = resources.filter(|one| one.logical_id().starts_with("Pipeline"));
        let all = of_pipeline.map(|one| format!("{} {}", one.logical_id(), one.type_name()));
        all.collect::<Vec<_>>()
    };
    let (servers, containers) = (ids(false), ids(true));
    // The pipeline for containers has nothing that the other one does not have, so nothing is made when it comes.
    assert!(containers.iter().all(|id| servers.contains(id)), "{containers:?}");
    let left: Vec<String> = servers.into_iter().filter(|id| !containers.contains(id)).collect();
    insta::assert_snapshot!(left.join("\n"), @"
    PipelineApplication7BC8E452 AWS::CodeDeploy::Application
    PipelineDeployRole3451C4A0 AWS::IAM::Role
    PipelineDeployRoleDefaultPolicy31B6E8A1 AWS::IAM::Policy
    PipelineDeploymentGroupWeb55652664 AWS::CodeDeploy::DeploymentGroup
    ");
}

#[test]
fn targets_of_containers_that_cannot_work_are_refused_at_the_users_line() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let [was, _] = services(&stack);
    let bare = FargateService::builder()
        .vpc("vpc-0123456789abcdef0")
        .subnets(["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"])
        .load_balancer(["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"])
        .build(&stack, "Bare");
    ContainerPipeline::builder()
        .source(Source::repository("shop"))
        .targets(Vec::new())
        .build(&stack, "Nothing");
    ContainerPipeline::builder()
        .source(Source::existing_repository("shop"))
        .targets([
            ContainerTarget::service("Was", &was),
            ContainerTarget::service("was", &was),
            ContainerTarget::service("Bare", &bare),
            ContainerTarget::service("a b", &was).directory("$(rm -rf)"),
        ])
        .build(&stack, "Wrong");
    insta::assert_snapshot!(messages(&app.synth()), @r"
    error[bad-pipeline]: `Shop/Nothing`: targets: the pipeline deploys to no service
      --> fc-constructs/tests/it/delivery.rs:262:10
      help: give it a `ContainerTarget`
      docs: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    error[bad-pipeline]: `Shop/Wrong`: targets: there are two targets `was`
      --> fc-constructs/tests/it/delivery.rs:271:10
      help: give each target a name of its own
      docs: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    error[bad-pipeline]: `Shop/Wrong`: targets: there is no repository for the images of `Bare`
      --> fc-constructs/tests/it/delivery.rs:271:10
      help: give the service a `repository`, or the target
      docs: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    error[bad-pipeline]: `Shop/Wrong`: targets: `a b` is no name for an action
      --> fc-constructs/tests/it/delivery.rs:271:10
      help: use letters, digits, dots, dashes and underscores
      docs: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    error[bad-pipeline]: `Shop/Wrong`: targets: `$(rm -rf)` is no folder of the code
      --> fc-constructs/tests/it/delivery.rs:271:10
      help: give a path in the code, of letters, digits, dots, dashes and slashes
      docs: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
    error[illegal-value]: `Shop/Wrong/Resource`: Stages.2.Actions.2.Name: AWS does not take `a b`
      --> fc-constructs/tests/it/delivery.rs:271:10
      help: it has to match `^[A-Za-z0-9.@\-_]{1,100}$`
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codepipeline-pipeline.html
    ");
}

/// What the build does, with an `aws` and a `docker` that only say how they were called; ECR has the image of `was` already.
#[test]
fn the_build_pushes_what_is_not_there_yet_and_names_all_images() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let targets = services(&stack);
    let targets = [("Was", "was"), ("Web", "frontend/web")].iter().zip(&targets).map(
        |((id, directory), service)| ContainerTarget::service(*id, service).directory(*directory),
    );
    ContainerPipeline::builder()
        .source(Source::repository("shop"))
        .targets(targets.collect::<Vec<_>>())
        .build(&stack, "Pipeline");
    let assembly = app.synth();
    assert_eq!(messages(&assembly), "");
    let mut resources = assembly.stacks()[0].template().resources();
    let project = resources.find(|one| one.type_name() == "AWS::CodeBuild::Project").unwrap();
    let spec = project.property("Source.BuildSpec").and_then(Node::as_str).unwrap();
    let spec = Node::parse_json(spec).unwrap();
    let commands = |phase: &str| {
        let phase = spec.as_map().unwrap().get("phases").and_then(|all| all.as_map()?.get(phase));
        let commands = phase.and_then(|phase| phase.as_map()?.get("commands")?.as_list()).unwrap();
        commands.iter().map(|one| format!("{}\n", one.as_str().unwrap())).collect::<String>()
    };
    let fakes = r#"
        aws() { case "$*" in *get-login-password*) echo secret;; *"shop/was"*) true;; *) false;; esac; }
        docker() { echo "docker $*"; }
        cd "$(mktemp -d)"
    "#;
    let script =
        format!("{fakes}\n{}{}tail -n +1 images-*.json", commands("pre_build"), commands("build"));
    let output = std::process::Command::new("sh")
        .args(["-e", "-c", &script])
        .env("CODEBUILD_RESOLVED_SOURCE_VERSION", "arn/0123.abc")
        .env("REPOSITORY_WAS", "1.dkr.ecr.eu-west-1.amazonaws.com/shop/was")
        .env("REPOSITORY_WEB", "1.dkr.ecr.eu-west-1.amazonaws.com/shop/web")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout), @r#"
    docker login --username AWS --password-stdin 1.dkr.ecr.eu-west-1.amazonaws.com
    docker build --tag 1.dkr.ecr.eu-west-1.amazonaws.com/shop/web:carn0123abc frontend/web
    docker push 1.dkr.ecr.eu-west-1.amazonaws.com/shop/web:carn0123abc
    ==> images-was.json <==
    [{"name":"app","imageUri":"1.dkr.ecr.eu-west-1.amazonaws.com/shop/was:carn0123abc"}]
    ==> images-web.json <==
    [{"name":"app","imageUri":"1.dkr.ecr.eu-west-1.amazonaws.com/shop/web:carn0123abc"}]
    "#);
}
