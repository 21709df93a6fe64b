//! Which region a value belongs to, as far as synth knows it.

use fc_cdk_core::{Node, Scope};

/// The region of CloudFront: its certificates, web access lists, metrics and logs are there alone.
pub(crate) const CLOUDFRONT_REGION: &str = "us-east-1";

/// The region that a construct is deployed to, where its stack says so.
pub(crate) fn region_of_scope(scope: &Scope) -> Option<String> {
    scope.environment().region.map(|region| region.to_string())
}

/// The region of the resource that an ARN or a reference names; nothing where only AWS knows, and for resources without a region.
pub(crate) fn region_of(scope: &Scope, value: &Node) -> Option<String> {
    match value.as_str() {
        Some(arn) => arn.split(':').nth(3).filter(|region| !region.is_empty()).map(str::to_owned),
        None => scope.target_of(value).and_then(|target| region_of_scope(&target)),
    }
}
