//! The addresses that CloudFront asks origins from, as the prefix list that AWS keeps in each region.

use fc_cdk_aws::ids::ec2::PrefixListId;
use fc_cdk_core::{IntoValue, Value};

/// The ids of `com.amazonaws.global.cloudfront.origin-facing`. They differ by region and never change; there is no public list of them by
/// AWS, so regions that joined later are missing.
const ORIGIN_FACING: [(&str, &str); 21] = [
    ("af-south-1", "pl-c0aa4fa9"),
    ("ap-east-1", "pl-14b2577d"),
    ("ap-northeast-1", "pl-58a04531"),
    ("ap-northeast-2", "pl-22a6434b"),
    ("ap-northeast-3", "pl-31a14458"),
    ("ap-south-1", "pl-9aa247f3"),
    ("ap-southeast-1", "pl-31a34658"),
    ("ap-southeast-2", "pl-b8a742d1"),
    ("ca-central-1", "pl-38a64351"),
    ("eu-central-1", "pl-a3a144ca"),
    ("eu-north-1", "pl-fab65393"),
    ("eu-south-1", "pl-1bbc5972"),
    ("eu-west-1", "pl-4fa04526"),
    ("eu-west-2", "pl-93a247fa"),
    ("eu-west-3", "pl-75b1541c"),
    ("me-south-1", "pl-17b2577e"),
    ("sa-east-1", "pl-5da64334"),
    ("us-east-1", "pl-3b927c52"),
    ("us-east-2", "pl-b6a144df"),
    ("us-west-1", "pl-4ea04527"),
    ("us-west-2", "pl-82a045eb"),
];

/// The prefix list of a region, where it is known.
pub(super) fn origin_facing(region: Option<&str>) -> Option<Value<PrefixListId>> {
    let (_, id) = ORIGIN_FACING.iter().find(|(name, _)| Some(*name) == region)?;
    Some((*id).into_value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_region_has_a_list_of_its_own() {
        for (place, (region, id)) in ORIGIN_FACING.iter().enumerate() {
            assert!(id.starts_with("pl-") && id.len() == 11, "{region}");
            assert!(
                ORIGIN_FACING[..place].iter().all(|(other, list)| other < region && list != id)
            );
        }
        let tokyo = origin_facing(Some("ap-northeast-1")).map(|id| id.into_node().to_json());
        assert_eq!(tokyo.as_deref(), Some("\"pl-58a04531\""));
        assert!(origin_facing(None).is_none() && origin_facing(Some("mars-1")).is_none());
    }
}
