//! The web and the WAS tier: an internet-facing load balancer, Nginx, an internal load balancer, the application. On servers, or in
//! containers: load balancers, listeners and the rules between the tiers stay what they are.

use fc_cdk::{Scope, Value, codes, prelude::*};
use fc_constructs::{
    compute::{UserData, WebAsg},
    containers::{Cluster, ContainerImage, FargateService, Repository},
    edge::{EdgeOrigin, Protected},
    monitoring::WebAlarms,
    network::SecurityGroup,
    operations::SessionAccess,
    security::{Certificate, Grantee, Key, Role},
};

use crate::{Compute, Features, Settings, data::Data, network::Network};

/// The port of the application.
const WAS_PORT: u16 = 8080;

pub(crate) struct Servers {
    pub(crate) web: Tier,
    pub(crate) was: Tier,
    /// Encrypts what CloudFront says to the web tier's load balancer, where it is in front.
    pub(crate) key: Option<Key>,
}

/// What a tier runs on.
pub(crate) enum Tier {
    Servers(WebAsg),
    Containers(FargateService),
}

pub(crate) fn stack(
    scope: &Scope,
    settings: &Settings,
    features: &Features,
    network: &Network,
    data: &Data,
) -> Servers {
    let stack =
        settings.stack(scope, "Servers", "The web servers and the application servers of the shop");
    let key = features.edge.then(|| {
        Key::builder()
            .description("Encrypts what CloudFront says to the shop, images and logs of containers")
            .build(&stack, "Key")
    });
    let (web, was) = match (features.compute, &key) {
        (Compute::Containers, Some(key)) => containers(&stack, features, network, data, key),
        _ => servers(&stack, settings, features, network, data),
    };
    if !features.edge {
        stack.allow(
            codes::PLAIN_HTTP,
            "a certificate needs a domain name, which the shop has not been given yet; HTTPS comes with it",
        );
    }
    data.database.allow_from(was.security_group());
    Output::new(&stack, "Url", web.url()).description("Where the shop is");
    Servers { web, was, key }
}

fn servers(
    stack: &Scope,
    settings: &Settings,
    features: &Features,
    network: &Network,
    data: &Data,
) -> (Tier, Tier) {
    let vpc = &network.vpc;
    // One certificate for both load balancers.
    let zone = network.zone.as_ref().filter(|_| features.https);
    let certificate = zone.map(|zone| {
        Certificate::builder().domain(&settings.domain).zone(zone).build(stack, "Certificate")
    });
    // Until the pipeline has delivered the application, Nginx answers the health check.
    let environment = sub!(
        "DATABASE_HOST={data.database.endpoint_address()}\nDATABASE_PORT={data.database.port()}\nDATABASE_SECRET={data.database.secret_arn()}\n"
    );
    let mut was = WebAsg::builder()
        .vpc(vpc)
        .subnets(&vpc.was)
        .load_balancer_subnets(&vpc.was)
        .port(WAS_PORT)
        .instance_type(settings.instances.was.as_str())
        .max_capacity(6)
        .health_check_path("/healthz")
        .access_logs(&network.access_logs)
        .user_data(
            UserData::nginx(WAS_PORT)
                .install(["java-21-amazon-corretto-headless"])
                .file("/etc/shop.env", environment)
                .codedeploy_agent(),
        );
    if let Some(certificate) = &certificate {
        was = was.certificate(certificate);
    }
    let was = was.build(stack, "Was");
    let mut web = WebAsg::builder()
        .vpc(vpc)
        .subnets(&vpc.web)
        .load_balancer_subnets(&vpc.public)
        .internet_facing(true)
        // Where CloudFront is in front, nobody else gets through.
        .open(!features.edge)
        .instance_type(settings.instances.web.as_str())
        .max_capacity(6)
        .requests_target(1000)
        .health_check_path("/healthz")
        .access_logs(&network.access_logs)
        .user_data(UserData::nginx_proxy(80, was.url()).codedeploy_agent());
    if let Some(certificate) = &certificate {
        web = web.certificate(certificate);
    }
    let web = web.build(stack, "Web");
    was.allow_from(&web, "the web servers");
    // New web servers ask for the application where it is by then.
    web.auto_scaling_group.depends_on(&was.listener_rule);
    data.database.grant_read_secret(&was);
    (Tier::Servers(web), Tier::Servers(was))
}

fn containers(
    stack: &Scope,
    features: &Features,
    network: &Network,
    data: &Data,
    key: &Key,
) -> (Tier, Tier) {
    let vpc = &network.vpc;
    let cluster = Cluster::builder().build(stack, "Cluster");
    let images = |tier: &str| {
        Repository::builder().encryption_key(key).build(stack, &format!("{tier}Images"))
    };
    let was = FargateService::builder()
        .vpc(vpc)
        .subnets(&vpc.was)
        .load_balancer(&vpc.was)
        .cluster(cluster.clone())
        .encryption_key(key)
        .repository(images("Was"))
        .port(WAS_PORT)
        .cpu(512u32)
        .memory_mib(1024u32)
        .max_capacity(6)
        .health_check_path("/healthz")
        .access_logs(&network.access_logs)
        .environment(vec![
            ("DATABASE_HOST".to_owned(), data.database.endpoint_address()),
            ("DATABASE_PORT".to_owned(), data.database.port().to_string().into_value()),
            ("DATABASE_SECRET".to_owned(), data.database.secret_arn()),
        ])
        .build(stack, "Was");
    let web = FargateService::builder()
        .vpc(vpc)
        .subnets(&vpc.web)
        .load_balancer(&vpc.public)
        .cluster(cluster)
        .encryption_key(key)
        .repository(images("Web"))
        .image(ContainerImage::nginx_proxy(was.url()))
        .internet_facing(true)
        .open(!features.edge)
        .max_capacity(6)
        .requests_target(1000)
        .health_check_path("/healthz")
        .access_logs(&network.access_logs)
        .build(stack, "Web");
    was.allow_from(&web, "the web servers");
    web.service.depends_on(&was.listener_rule);
    data.database.grant_read_secret(&was);
    (Tier::Containers(web), Tier::Containers(was))
}

impl Servers {
    /// Lets those who may open shells on the servers.
    pub(crate) fn enable_sessions(&self, sessions: &SessionAccess) {
        for tier in [&self.web, &self.was] {
            if let Tier::Servers(servers) = tier {
                sessions.enable(servers);
            }
        }
    }
}

impl Grantee for Tier {
    fn grant_role(&self) -> &Role {
        match self {
            Tier::Servers(servers) => servers.grant_role(),
            Tier::Containers(service) => service.grant_role(),
        }
    }
}

impl Tier {
    /// The tier as CloudFront asks it.
    pub(crate) fn origin(&self) -> EdgeOrigin {
        match self {
            Tier::Servers(servers) => servers.into(),
            Tier::Containers(service) => service.into(),
        }
    }

    /// The tier's load balancer as Shield protects it.
    pub(crate) fn protected(&self) -> Protected {
        match self {
            Tier::Servers(servers) => servers.into(),
            Tier::Containers(service) => service.into(),
        }
    }

    pub(crate) fn alarms(&self) -> WebAlarms {
        match self {
            Tier::Servers(servers) => servers.alarms(),
            Tier::Containers(service) => service.alarms(),
        }
    }

    fn security_group(&self) -> &SecurityGroup {
        match self {
            Tier::Servers(servers) => &servers.security_group,
            Tier::Containers(service) => &service.security_group,
        }
    }

    fn url(&self) -> Value<String> {
        match self {
            Tier::Servers(servers) => servers.url(),
            Tier::Containers(service) => service.url(),
        }
    }
}
