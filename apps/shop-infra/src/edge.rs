//! What CloudFront takes from us-east-1 alone: the certificate of its domain, and the web access list.

use fc_cdk::Scope;
use fc_constructs::{
    dns::DnsZone,
    edge::{WebAcl, WebAclScope},
    security::{Certificate, Key},
};

use crate::{Settings, network::Network};

/// The region of CloudFront's control plane.
pub(crate) const REGION: &str = "us-east-1";

pub(crate) struct Edge {
    pub(crate) zone: DnsZone,
    pub(crate) certificate: Certificate,
    pub(crate) web_acl: WebAcl,
}

/// Makes the stack, where the shop has a domain.
pub(crate) fn stack(scope: &Scope, settings: &Settings, network: &Network) -> Option<Edge> {
    let zone = network.zone.clone()?;
    let about = "The certificate and the web access list of the shop, for CloudFront";
    let stack = settings.stack_in(REGION, scope, "Edge", about);
    let certificate =
        Certificate::builder().domain(&settings.domain).zone(&zone).build(&stack, "Certificate");
    let key =
        Key::builder().description("Encrypts the log of the shop's visitors").build(&stack, "Key");
    let web_acl =
        WebAcl::builder().scope(WebAclScope::CloudFront).log_key(key).build(&stack, "WebAcl");
    Some(Edge { zone, certificate, web_acl })
}
