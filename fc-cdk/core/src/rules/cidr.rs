//! [`Cidr`]: ranges of addresses.

use std::net::IpAddr;

/// A range of IPv4 or IPv6 addresses, without the bits behind its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cidr {
    pub(super) is_v6: bool,
    first: u128,
    pub(super) prefix: u8,
}

impl Cidr {
    /// Reads `10.0.0.0/16` or `2001:db8::/56`.
    pub(super) fn parse(text: &str) -> Option<Cidr> {
        let (address, prefix) = text.split_once('/')?;
        if prefix.is_empty() || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let prefix: u8 = prefix.parse().ok()?;
        let (is_v6, bits, first) = match address.parse().ok()? {
            IpAddr::V4(address) => (false, 32, u128::from(u32::from(address))),
            IpAddr::V6(address) => (true, 128, u128::from(address)),
        };
        if prefix > bits {
            return None;
        }
        let free = u32::from(bits - prefix);
        let first = first.checked_shr(free).unwrap_or(0).checked_shl(free).unwrap_or(0);
        Some(Cidr { is_v6, first, prefix })
    }

    /// Whether all addresses of the other are among its own.
    pub(super) fn contains(self, other: Cidr) -> bool {
        self.prefix <= other.prefix && self.overlaps(other)
    }

    /// Whether they share an address.
    pub(super) fn overlaps(self, other: Cidr) -> bool {
        let bits = if self.is_v6 { 128 } else { 32 };
        let free = u32::from(bits - self.prefix.min(other.prefix));
        let network = |cidr: Cidr| cidr.first.checked_shr(free).unwrap_or(0);
        self.is_v6 == other.is_v6 && network(self) == network(other)
    }

    /// The part of this number, of parts with so many bits: what `Fn::Cidr` gives.
    pub(super) fn part(self, number: usize, bits: u32) -> Option<Cidr> {
        let width: u32 = if self.is_v6 { 128 } else { 32 };
        let prefix = width.checked_sub(bits).filter(|prefix| *prefix >= u32::from(self.prefix))?;
        let parts = 1_u128.checked_shl(prefix - u32::from(self.prefix))?;
        let number = u128::try_from(number).ok().filter(|number| *number < parts)?;
        let first = self.first.checked_add(number.checked_shl(bits)?)?;
        Some(Cidr { is_v6: self.is_v6, first, prefix: u8::try_from(prefix).ok()? })
    }

    /// Whether it is every address.
    pub(super) fn is_everything(self) -> bool {
        self.prefix == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_those_of_the_function() {
        let net = Cidr::parse("10.0.0.0/16").unwrap_or_else(|| panic!("a range"));
        assert_eq!(net.part(3, 8), Cidr::parse("10.0.3.0/24"));
        assert_eq!(net.part(255, 8), Cidr::parse("10.0.255.0/24"));
        assert_eq!(net.part(256, 8), None);
        assert_eq!(net.part(0, 17), None);
        assert_eq!(net.part(0, 40), None);
    }

    #[test]
    fn ranges_compare_by_their_prefixes() {
        let cidr = |text| Cidr::parse(text).unwrap_or_else(|| panic!("{text} is a range"));
        assert!(cidr("10.0.0.0/16").contains(cidr("10.0.255.0/24")));
        assert!(!cidr("10.0.255.0/24").contains(cidr("10.0.0.0/16")));
        assert!(cidr("10.0.255.0/24").overlaps(cidr("10.0.0.0/16")));
        assert!(!cidr("10.0.0.0/25").overlaps(cidr("10.0.0.128/25")));
        assert!(cidr("0.0.0.0/0").is_everything() && cidr("::/0").is_everything());
        assert!(!cidr("::/0").overlaps(cidr("0.0.0.0/0")));
        assert!(cidr("2001:db8::/56").contains(cidr("2001:db8:0:ff::/64")));
        assert_eq!(cidr("10.0.0.7/24"), cidr("10.0.0.0/24"));
        for bad in [
            "10.0.0.0",
            "10.0.0.0/33",
            "10.0.0/24",
            "10.0.0.256/24",
            "::/129",
            "a/8",
            "10.0.0.0/+8",
            "10.0.0.0/",
        ] {
            assert_eq!(Cidr::parse(bad), None, "{bad}");
        }
    }
}
