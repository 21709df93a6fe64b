//! Which subnet has which block of addresses.
//!
//! The plan depends on the VPC's block alone, not on how many zones and tiers are in use, so that adding one moves no other. Each zone has
//! a quarter of the VPC; in it, the first quarter holds the public and the database subnet in quarters of its own, the second the web
//! tier and the third the WAS tier. The rest is free.
//!
//! | zone 1 of 10.0.0.0/16 | block | addresses |
//! |---|---|---|
//! | public | 10.0.0.0/22 | 1,019 |
//! | db | 10.0.4.0/22 | 1,019 |
//! | free | 10.0.8.0/21 | |
//! | web | 10.0.16.0/20 | 4,091 |
//! | was | 10.0.32.0/20 | 4,091 |
//! | free | 10.0.48.0/20 | |

use fc_cdk_core::{Diagnostic, Scope};

use super::{Cidr, TierName, codes};

/// The smallest VPC that the plan fits into: load balancers want subnets of at least a /27.
/// See <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html>.
const SMALLEST_PLANNED: u8 = 21;

const QUOTAS: &str = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html";

/// The blocks of all subnets: by zone, then as in [`TierName::ALL`].
pub(super) struct Addresses {
    pub(super) vpc: Cidr,
    pub(super) zones: Vec<[Cidr; 4]>,
}

/// The blocks that the user gave for a tier, one for each zone.
pub(super) type Given = Vec<(TierName, Vec<String>)>;

pub(super) fn plan(
    scope: &Scope,
    cidr: &str,
    zones: usize,
    given: &Given,
    connected: &[String],
) -> Addresses {
    let mut errors = Vec::new();
    let vpc = vpc_block(cidr, given.len() < TierName::ALL.len(), &mut errors);
    let vpc = vpc.unwrap_or(Cidr::TEN);
    let mut plan: Vec<[Cidr; 4]> = (0..zones as u32).map(|zone| planned(vpc, zone)).collect();
    for (tier, blocks) in given {
        give(*tier, blocks, &mut plan, &mut errors);
    }
    // What follows from a wrong block would only repeat that it is wrong.
    if errors.is_empty() {
        inside(vpc, &plan, &mut errors);
        overlaps(&plan, &mut errors);
        apart(vpc, connected, &mut errors);
        if !vpc.is_private() {
            let message = format!(
                "`{vpc}` holds addresses that belong to others on the internet, whom the VPC then cannot reach"
            );
            let help = "use a block of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10";
            errors
                .push(Diagnostic::warning(codes::PUBLIC_CIDR, message).property("cidr").help(help));
        }
    }
    errors.into_iter().for_each(|error| scope.report(error));
    Addresses { vpc, zones: plan }
}

fn vpc_block(cidr: &str, planned: bool, errors: &mut Vec<Diagnostic>) -> Option<Cidr> {
    let vpc: Cidr = match cidr.parse() {
        Ok(vpc) => vpc,
        Err(error) => {
            let help = error.help();
            errors.push(
                Diagnostic::error(codes::BAD_CIDR, error.to_string()).property("cidr").help(help),
            );
            return None;
        }
    };
    if !(16..=28).contains(&vpc.prefix()) {
        let message =
            format!("a VPC has a block of /16 to /28, and `{vpc}` is a /{}", vpc.prefix());
        let help = format!("take `{}/16`, or a smaller block", vpc.first());
        errors.push(
            Diagnostic::error(codes::BAD_CIDR, message).property("cidr").help(help).docs(QUOTAS),
        );
        return None;
    }
    if planned && vpc.prefix() > SMALLEST_PLANNED {
        let message = format!(
            "`{vpc}` is too small for the subnets of four zones, of which the smallest would be a /{}",
            vpc.prefix() + 6,
        );
        let help = format!(
            "take a /{SMALLEST_PLANNED} or larger, such as `{}/16`, or give the blocks of all four tiers with `tier_cidrs`",
            vpc.first(),
        );
        errors.push(
            Diagnostic::error(codes::CIDR_TOO_SMALL, message)
                .property("cidr")
                .help(help)
                .docs(QUOTAS),
        );
        return None;
    }
    Some(vpc)
}

/// The blocks of one zone. A block that does not exist, since there are too many zones, is the whole VPC: the number of zones is
/// reported, and nothing is written.
fn planned(vpc: Cidr, zone: u32) -> [Cidr; 4] {
    let nth = |bits: u8, index: u32| vpc.nth(vpc.prefix() + bits, index).unwrap_or(vpc);
    TierName::ALL.map(|tier| match tier {
        TierName::Public => nth(6, zone * 16),
        TierName::Db => nth(6, zone * 16 + 1),
        TierName::Web => nth(4, zone * 4 + 1),
        TierName::Was => nth(4, zone * 4 + 2),
    })
}

fn give(tier: TierName, blocks: &[String], plan: &mut [[Cidr; 4]], errors: &mut Vec<Diagnostic>) {
    let property = format!("tier_cidrs({tier})");
    if blocks.len() != plan.len() {
        let message = format!("there are {} blocks for {} zones", blocks.len(), plan.len());
        let help = "give one block for each zone";
        errors.push(Diagnostic::error(codes::BAD_CIDR, message).property(&property).help(help));
    }
    for (text, zone) in blocks.iter().zip(plan) {
        match text.parse::<Cidr>() {
            Ok(block) if (16..=28).contains(&block.prefix()) => zone[tier as usize] = block,
            Ok(block) => {
                let message = format!(
                    "a subnet has a block of /16 to /28, and `{block}` is a /{}",
                    block.prefix()
                );
                errors.push(
                    Diagnostic::error(codes::BAD_CIDR, message).property(&property).docs(QUOTAS),
                );
            }
            Err(error) => {
                let help = error.help();
                errors.push(
                    Diagnostic::error(codes::BAD_CIDR, error.to_string())
                        .property(&property)
                        .help(help),
                );
            }
        }
    }
}

/// All subnets with what to call them.
fn named(plan: &[[Cidr; 4]]) -> Vec<(String, Cidr)> {
    let each = TierName::ALL.into_iter().flat_map(|tier| {
        plan.iter().enumerate().map(move |(zone, blocks)| {
            (format!("{tier} subnet of zone {}", zone + 1), blocks[tier as usize])
        })
    });
    each.collect()
}

fn inside(vpc: Cidr, plan: &[[Cidr; 4]], errors: &mut Vec<Diagnostic>) {
    for (name, block) in named(plan) {
        if !vpc.contains(block) {
            let message = format!("`{block}`, the {name}, is not in the VPC's `{vpc}`");
            let help = "give a part of the VPC's block";
            errors.push(
                Diagnostic::error(codes::BAD_CIDR, message).property("tier_cidrs").help(help),
            );
        }
    }
}

fn overlaps(plan: &[[Cidr; 4]], errors: &mut Vec<Diagnostic>) {
    let named = named(plan);
    for (place, (name, block)) in named.iter().enumerate() {
        for (other_name, other) in &named[place + 1..] {
            if block.overlaps(*other) {
                let message = format!(
                    "`{block}`, the {name}, and `{other}`, the {other_name}, share addresses"
                );
                let help = "give each subnet addresses of its own";
                errors.push(
                    Diagnostic::error(codes::CIDR_OVERLAP, message)
                        .property("tier_cidrs")
                        .help(help),
                );
            }
        }
    }
}

/// Between networks that are connected, an address has to lead to one of them.
fn apart(vpc: Cidr, connected: &[String], errors: &mut Vec<Diagnostic>) {
    let property = "connected_networks";
    for text in connected {
        match text.parse::<Cidr>() {
            Ok(other) if other.overlaps(vpc) => {
                let message = format!(
                    "the VPC's `{vpc}` and `{other}`, which it will be connected to, share addresses"
                );
                let help = "give the VPC addresses of its own, in `cidr`";
                errors.push(
                    Diagnostic::error(codes::CIDR_OVERLAP, message).property(property).help(help),
                );
            }
            Ok(_) => {}
            Err(error) => {
                let help = error.help();
                errors.push(
                    Diagnostic::error(codes::BAD_CIDR, error.to_string())
                        .property(property)
                        .help(help),
                );
            }
        }
    }
}
