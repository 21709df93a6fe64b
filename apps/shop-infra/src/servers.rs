//! The web and the WAS tier: an internet-facing load balancer, Nginx, an internal load balancer, the application.

use fc_cdk::{Scope, codes, prelude::*};
use fc_constructs::compute::{UserData, WebAsg};

use crate::{Settings, data::Data, network::Network};

/// The port of the application.
const WAS_PORT: u16 = 8080;

pub(crate) struct Servers {
    pub(crate) web: WebAsg,
    pub(crate) was: WebAsg,
}

pub(crate) fn stack(scope: &Scope, settings: &Settings, network: &Network, data: &Data) -> Servers {
    let stack =
        settings.stack(scope, "Servers", "The web servers and the application servers of the shop");
    let vpc = &network.vpc;

    // Until the pipeline has delivered the application, Nginx answers the health check.
    let environment = sub!(
        "DATABASE_HOST={data.database.endpoint_address()}\nDATABASE_SECRET={data.database.secret_arn()}\n"
    );
    let was = WebAsg::builder()
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
        )
        .build(&stack, "Was");
    let web = WebAsg::builder()
        .vpc(vpc)
        .subnets(&vpc.web)
        .load_balancer_subnets(&vpc.public)
        .internet_facing(true)
        .instance_type(settings.instances.web.as_str())
        .max_capacity(6)
        .requests_target(1000)
        .health_check_path("/healthz")
        .access_logs(&network.access_logs)
        .user_data(UserData::nginx_proxy(80, was.url()).codedeploy_agent())
        .build(&stack, "Web");

    stack.allow(
        codes::PLAIN_HTTP,
        "a certificate needs a domain name, which the shop has not been given yet; HTTPS comes with it",
    );
    was.allow_from(&web, "the web servers");
    data.database.allow_from(&was.security_group);
    data.database.grant_read_secret(&was);

    Output::new(&stack, "Url", web.url()).description("Where the shop is");
    Servers { web, was }
}
