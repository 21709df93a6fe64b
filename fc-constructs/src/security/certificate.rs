//! [`Certificate`]: a certificate for HTTPS.

use std::time::Duration;

use fc_cdk_aws::{
    certificatemanager::{self as acm, DomainValidationOption},
    ids,
};
use fc_cdk_core::{Scope, Value};

use super::needs;
use crate::{
    Names,
    builder::construct,
    dns::DnsZone,
    handle::stands_for,
    monitoring::{Metric, Statistic},
};

/// A public certificate of ACM, which AWS proves by records in the domain's zone and renews by itself, at no cost.
///
/// Makes one `AWS::CertificateManager::Certificate`. Load balancers take certificates of their own region, CloudFront those of us-east-1
/// alone: make it in a stack of that region; references from other regions work. A deployment waits until the domain's name
/// servers are those of the zone.
///
/// ```
/// use fc_cdk_core::{App, Environment, Stack};
/// use fc_constructs::{dns::DnsZone, security::Certificate};
/// let app = App::new();
/// let dns = Stack::new(&app, "Dns").with_environment(Environment::region("ap-northeast-1"));
/// let zone = DnsZone::builder().domain("example.com").build(&dns, "Zone");
/// let edge = Stack::new(&app, "Edge").with_environment(Environment::region("us-east-1"));
/// let certificate = Certificate::builder()
///     .domain("shop.example.com")
///     .alternative_names(["www.shop.example.com"])
///     .zone(&zone)
///     .build(&edge, "Certificate");
/// ```
///
/// Reference: <https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html>.
#[derive(Clone)]
pub struct Certificate {
    /// The certificate itself, for everything that has no setting here.
    pub handle: acm::CertificateHandle,
}

construct! {
    Certificate, CertificateBuilder, CertificateOptions {
        required {
            /// The domain, such as `shop.example.com` or `*.example.com`. Another one replaces the certificate.
            domain: Into<String>,
            /// The zone of the domain, where the records that prove it are made.
            zone: Into<DnsZone>,
        }
        optional {
            /// Further domains of the zone. Other ones replace the certificate. Default: none.
            alternative_names: Into<Names> = Names::default(),
        }
    }
}

impl Certificate {
    fn create(
        scope: &Scope,
        domain: String,
        zone: DnsZone,
        options: CertificateOptions,
    ) -> Certificate {
        let names = options.alternative_names.0;
        zone.check_name(scope, &domain, "domain");
        names.iter().for_each(|name| zone.check_name(scope, name, "alternative_names"));
        // `*.example.com` and `example.com` are proven by the same record.
        let all: Vec<&str> = std::iter::once(&domain).chain(&names).map(String::as_str).collect();
        let same = |name: &str| name.strip_prefix("*.").is_some_and(|base| all.contains(&base));
        let proofs = all
            .iter()
            .filter(|name| !same(name))
            .map(|name| DomainValidationOption::new().domain_name(*name).hosted_zone_id(zone.id()));
        let mut certificate = acm::Certificate::new()
            .domain_name(domain.as_str())
            .validation_method("DNS")
            .domain_validation_options(proofs.collect::<Vec<_>>());
        if !names.is_empty() {
            certificate = certificate.subject_alternative_names(names);
        }
        Certificate { handle: certificate.build(scope, "Resource") }
    }

    /// The ARN.
    pub fn arn(&self) -> Value<ids::certificatemanager::CertificateArn> {
        self.handle.certificate_arn()
    }

    /// How many days the certificate is still good for; AWS renews it 60 days before, if the records are still there.
    pub fn metric_days_to_expiry(&self) -> Metric {
        Metric::new("AWS/CertificateManager", "DaysToExpiry")
            .dimension("CertificateArn", self.arn())
            .statistic(Statistic::Minimum)
            .period(Duration::from_secs(86_400))
    }
}

stands_for!(Certificate.handle: acm::CertificateHandle);
