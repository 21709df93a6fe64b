use fc_cdk_core::{App, Environment, IntoValue, Node, Stack, template::TemplateResource};
use fc_constructs::{
    compute::{Schedule, WebAsg},
    containers::{
        Cluster, ContainerImage, ContainerSecret, FargateService, Repository, SharedListener,
    },
    database::{Database, MysqlVersion},
    messaging::Topic,
    monitoring::AlarmSet,
    network::{NatGateways, ThreeTierVpc},
    security::{Key, Secret},
    storage::Bucket,
};

use crate::{messages, template};

const VPC: &str = "vpc-0123456789abcdef0";
const SUBNETS: [&str; 2] = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];

#[test]
fn a_repository_keeps_its_images_and_their_names() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    Repository::builder().build(&stack, "Images");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn a_service_needs_only_a_network() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    FargateService::builder().vpc(VPC).subnets(SUBNETS).load_balancer(SUBNETS).build(&stack, "Web");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn a_service_with_everything() {
    let app = App::new().with_environment(Environment::region("ap-northeast-1"));
    let stack = Stack::new(&app, "Shop");
    let vpc = ThreeTierVpc::builder()
        .cidr("10.0.0.0/16")
        .nat_gateways(NatGateways::Single)
        .flow_logs(false)
        .build(&stack, "Vpc");
    let key = Key::builder().build(&stack, "Key");
    let images = Repository::builder()
        .repository_name("shop/web")
        .encryption_key(&key)
        .keep_images(10u32)
        .build(&stack, "Images");
    let database = Database::builder()
        .engine(MysqlVersion::V8_4_11)
        .vpc(&vpc)
        .subnets(&vpc.db)
        .encryption_key(&key)
        .build(&stack, "Database");
    let api = Secret::builder().encryption_key(&key).build(&stack, "Api");
    let logs = Bucket::builder().build(&stack, "Logs");
    let topic = Topic::builder().build(&stack, "Topic");
    let web = FargateService::builder()
        .vpc(&vpc)
        .subnets(&vpc.web)
        .load_balancer(&vpc.public)
        .internet_facing(true)
        .certificate("arn:aws:acm:ap-northeast-1:111122223333:certificate/12345678-1234-1234-1234-123456789012")
        .image(ContainerImage::repository(&images, "1f3c"))
        .port(8080)
        .health_check_path("/healthz")
        .cpu(1024u32)
        .memory_mib(3072u32)
        .x86(true)
        .environment([("MODE".to_owned(), "shop".into_value())])
        .secrets([
            ("API_KEY", ContainerSecret::of(&api)),
            ("DATABASE_PASSWORD", ContainerSecret::of_database(&database).field("password")),
        ])
        .writable(["/tmp", "/var/cache/app"])
        .min_capacity(1)
        .max_capacity(8)
        .desired_capacity(2)
        .cpu_target(50)
        .memory_target(70)
        .requests_target(1000)
        .encryption_key(&key)
        .access_logs(&logs)
        .deletion_protection(false)
        .build(&stack, "Web");
    web.schedule(
        "Evening",
        Schedule::cron("0 18 * * 1-5").time_zone("Asia/Tokyo").min_capacity(4).max_capacity(8),
    );
    web.add_environment("DATABASE_HOST", database.endpoint_address());
    web.add_secret("DATABASE_USER", &ContainerSecret::of_database(&database).field("username"));
    database.allow_from(&web);
    let alarms = AlarmSet::builder().topic(topic).dashboard(false).build(&stack, "Alarms");
    alarms.watch("Web", &web.alarms());
    insta::assert_snapshot!(template(&app));
}

/// The resources of the only stack, without the metadata.
fn resources(app: &App) -> Vec<(String, String)> {
    let assembly = app.synth();
    assert_eq!(messages(&assembly), "");
    let resource = |resource: TemplateResource<'_>| {
        let mut body = resource.body().clone();
        body.remove("Metadata");
        (resource.logical_id().to_string(), Node::Map(body).to_json())
    };
    assembly.stacks()[0].template().resources().map(resource).collect()
}

#[test]
fn where_tasks_take_the_place_of_servers_the_load_balancer_and_the_rules_stay() {
    let make = |servers: bool| {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        let vpc = ThreeTierVpc::builder().cidr("10.0.0.0/16").flow_logs(false).build(&stack, "Vpc");
        let database = Database::builder()
            .engine(MysqlVersion::V8_4_11)
            .vpc(&vpc)
            .subnets(&vpc.db)
            .build(&stack, "Database");
        if servers {
            let web = WebAsg::builder()
                .vpc(&vpc)
                .subnets(&vpc.web)
                .load_balancer_subnets(&vpc.public)
                .internet_facing(true)
                .build(&stack, "Web");
            database.allow_from(&web);
        } else {
            let web = FargateService::builder()
                .vpc(&vpc)
                .subnets(&vpc.web)
                .load_balancer(&vpc.public)
                .internet_facing(true)
                .build(&stack, "Web");
            database.allow_from(&web);
        }
        stack.allow("plain-http", "there is no domain yet");
        resources(&app)
    };
    let (servers, tasks) = (make(true), make(false));
    let told = |mark: &str, id: &str| format!("{mark} {id}\n");
    let mut report = String::new();
    for (id, resource) in &servers {
        match tasks.iter().find(|(other, _)| other == id) {
            None => report.push_str(&told("-", id)),
            Some((_, other)) if other != resource => {
                // CloudFormation refuses to make a resource one of another type.
                let kind = |body: &str| body.split(',').next().map(str::to_owned);
                assert_eq!(kind(other), kind(resource), "{id}");
                report.push_str(&told("~", id));
            }
            Some(_) if id.starts_with("Web") => report.push_str(&told("=", id)),
            Some(_) => {}
        }
    }
    for (id, _) in tasks.iter().filter(|(id, _)| servers.iter().all(|(other, _)| other != id)) {
        report.push_str(&told("+", id));
    }
    insta::assert_snapshot!(report);
}

#[test]
fn services_share_a_listener_and_a_cluster() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let cluster = Cluster::builder().build(&stack, "Cluster");
    let service = || FargateService::builder().vpc(VPC).subnets(SUBNETS).cluster(&cluster);
    let shop = service().load_balancer(SUBNETS).build(&stack, "Shop");
    let shared =
        SharedListener::of_service(&shop, 10).paths(["/reviews/*"]).hosts(["shop.example.com"]);
    let reviews =
        service().load_balancer(shared).min_capacity(2).max_capacity(2).build(&stack, "Reviews");
    assert!(reviews.scalable_target.is_none() && reviews.scaling_policies.is_empty());
    let all = resources(&app);
    let ids: Vec<&str> =
        all.iter().map(|(id, _)| id.as_str()).filter(|id| id.starts_with("Reviews")).collect();
    insta::assert_snapshot!(ids.join("\n"));
    let rule = all.iter().find(|(id, _)| id.starts_with("ReviewsListenerRule"));
    insta::assert_snapshot!(rule.map(|(_, rule)| rule.as_str()).unwrap_or_default());
    let service = all.iter().find(|(id, _)| id.starts_with("ReviewsService"));
    let service = service.map(|(_, service)| service.as_str()).unwrap_or_default();
    assert!(
        service.contains(r#""DesiredCount":2"#) && service.contains("ReviewsListenerRule"),
        "{service}"
    );
}

#[test]
fn what_cannot_work_is_refused_all_at_once() {
    let app = App::new().with_environment(Environment::region("ap-northeast-1"));
    let stack = Stack::new(&app, "Shop");
    let vpc = ThreeTierVpc::builder().cidr("10.0.0.0/16").build(&stack, "Vpc");
    Repository::builder()
        .repository_name("Shop")
        .keep_images(0u32)
        .expire_untagged_after_days(0u32)
        .build(&stack, "Images");
    let web = FargateService::builder()
        .vpc(&vpc)
        .subnets(&vpc.db)
        .load_balancer(&vpc.web)
        .internet_facing(true)
        .certificate(
            "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012",
        )
        .min_capacity(5)
        .max_capacity(3)
        .cpu(512u32)
        .memory_mib(8192u32)
        .cpu_target(0)
        .requests_target(0)
        .exec(true)
        .health_check_path("healthz")
        .environment([("A".to_owned(), "1".into_value()), ("A".to_owned(), "2".into_value())])
        .writable(["tmp"])
        .stop_timeout(std::time::Duration::from_secs(121))
        .build(&stack, "Web");
    web.schedule("Nightly", Schedule::cron("0 0 1 * 1").min_capacity(3).max_capacity(2));
    web.schedule("Nothing", Schedule::cron("@daily"));
    web.schedule("Desired", Schedule::cron("0 0 * * *").desired_capacity(2));
    let fixed = FargateService::builder()
        .vpc(&vpc)
        .subnets(&vpc.public)
        .load_balancer(SharedListener::of_service(&web, 0).paths(["reviews"]))
        .min_capacity(1)
        .max_capacity(1)
        .cpu(300u32)
        .build(&stack, "Fixed");
    fixed.schedule("Evening", Schedule::cron("0 18 * * *").min_capacity(2));
    FargateService::builder()
        .vpc(VPC)
        .subnets(Vec::<&str>::new())
        .load_balancer(SharedListener::of_service(&web, 2))
        .memory_mib(1536u32)
        .build(&stack, "Nowhere");
    insta::assert_snapshot!(messages(&app.synth()));
}

#[test]
fn metrics_name_the_service_and_the_load_balancer() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let web = FargateService::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer(SUBNETS)
        .build(&stack, "Web");
    let metrics = [
        web.metric_cpu(),
        web.metric_memory(),
        web.metric_running_tasks(),
        web.metric_requests(),
        web.metric_response_time(),
        web.metric_server_errors(),
        web.metric_load_balancer_errors(),
        web.metric_unhealthy_tasks(),
    ];
    let described: Vec<String> = metrics
        .iter()
        .map(|metric| {
            let dimensions: Vec<&str> =
                metric.dimensions.iter().map(|(name, _)| name.as_str()).collect();
            let statistic = metric.statistic.name();
            format!("{} {} {statistic} by {}", metric.namespace, metric.name, dimensions.join(", "))
        })
        .collect();
    insta::assert_snapshot!(described.join("\n"));
}
