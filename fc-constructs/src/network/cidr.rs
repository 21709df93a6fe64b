//! [`Cidr`]: a block of IPv4 addresses.

use std::{error::Error, fmt, net::Ipv4Addr, str::FromStr};

/// A block of IPv4 addresses, such as `10.0.0.0/16`.
///
/// ```
/// use fc_constructs::network::Cidr;
/// let block: Cidr = "10.0.0.0/16".parse()?;
/// assert_eq!(block.size(), 65_536);
/// assert_eq!(block.nth(20, 3).map(|subnet| subnet.to_string()), Some("10.0.48.0/20".into()));
/// assert!("10.0.0.1/16".parse::<Cidr>().is_err()); // not the first address of the block
/// # Ok::<(), fc_constructs::network::CidrError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    first: u32,
    prefix: u8,
}

impl Cidr {
    /// The usual block of a VPC.
    pub(super) const TEN: Cidr = Cidr { first: 0x0A00_0000, prefix: 16 };

    /// The length of the part that all addresses share: 16 in `10.0.0.0/16`.
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// The first address.
    pub fn first(self) -> Ipv4Addr {
        self.first.into()
    }

    /// How many addresses there are; AWS keeps five of each subnet for itself.
    pub fn size(self) -> u64 {
        1 << (32 - self.prefix)
    }

    /// The block number `index`, from 0, of those with the given prefix that this one can be cut into; `None` where there is none.
    pub fn nth(self, prefix: u8, index: u32) -> Option<Cidr> {
        if prefix < self.prefix || prefix > 32 || u64::from(index) >= 1 << (prefix - self.prefix) {
            return None;
        }
        let offset = u64::from(index) << (32 - prefix);
        Some(Cidr { first: self.first + u32::try_from(offset).ok()?, prefix })
    }

    /// Whether all addresses of the other block are in this one.
    pub fn contains(self, other: Cidr) -> bool {
        self.prefix <= other.prefix && other.first & mask(self.prefix) == self.first
    }

    /// Whether any address is in both blocks.
    pub fn overlaps(self, other: Cidr) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// Whether the addresses are nobody's on the internet: `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16` (RFC 1918) and
    /// `100.64.0.0/10` (RFC 6598), which AWS recommends for VPCs.
    pub fn is_private(self) -> bool {
        const PRIVATE: [Cidr; 4] = [
            Cidr { first: 0x0A00_0000, prefix: 8 },
            Cidr { first: 0xAC10_0000, prefix: 12 },
            Cidr { first: 0xC0A8_0000, prefix: 16 },
            Cidr { first: 0x6440_0000, prefix: 10 },
        ];
        PRIVATE.iter().any(|range| range.contains(self))
    }
}

fn mask(prefix: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0)
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first(), self.prefix)
    }
}

impl fmt::Debug for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl From<Cidr> for String {
    fn from(block: Cidr) -> String {
        block.to_string()
    }
}

/// Why a text is not a block of IPv4 addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CidrError {
    text: String,
    /// The block that was probably meant.
    meant: Option<Cidr>,
}

impl CidrError {
    /// What to write instead.
    pub fn help(&self) -> String {
        match self.meant {
            Some(block) => format!("write `{block}`, whose first address it is"),
            None => "write an address, a slash and 0 to 32, such as `10.0.0.0/16`".into(),
        }
    }
}

impl fmt::Display for CidrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.meant {
            Some(block) => {
                write!(f, "`{}` is not the first address of a /{} block", self.text, block.prefix)
            }
            None => write!(f, "`{}` is not a block of IPv4 addresses", self.text),
        }
    }
}

impl Error for CidrError {}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Cidr, CidrError> {
        let parse = || {
            let (address, prefix) = text.split_once('/')?;
            let digits = prefix.len() <= 2 && prefix.bytes().all(|byte| byte.is_ascii_digit());
            let prefix = prefix.parse().ok().filter(|prefix| digits && *prefix <= 32)?;
            Some((u32::from(address.parse::<Ipv4Addr>().ok()?), prefix))
        };
        let Some((address, prefix)) = parse() else {
            return Err(CidrError { text: text.into(), meant: None });
        };
        let block = Cidr { first: address & mask(prefix), prefix };
        if block.first != address {
            return Err(CidrError { text: text.into(), meant: Some(block) });
        }
        Ok(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn blocks_are_written_as_they_are_read() {
        for text in ["0.0.0.0/0", "10.0.0.0/16", "192.168.1.128/25", "255.255.255.255/32"] {
            assert_eq!(block(text).to_string(), text);
        }
        assert_eq!(block("0.0.0.0/0").size(), 1 << 32);
    }

    #[test]
    fn what_is_no_block_is_refused_with_the_block_that_is_meant() {
        let refused = [
            "",
            "10.0.0.0",
            "10.0.0.0/",
            "10.0.0/16",
            "10.0.0.0/33",
            "10.0.0.0/+8",
            "10.0.0.0/016",
            "::/0",
            " 10.0.0.0/8",
            "10.0.0.256/8",
            "10.0.0.0/16/8",
        ];
        for text in refused {
            let error = text.parse::<Cidr>().unwrap_err();
            assert_eq!(error.to_string(), format!("`{text}` is not a block of IPv4 addresses"));
        }
        let error = "10.0.5.0/16".parse::<Cidr>().unwrap_err();
        assert_eq!(error.to_string(), "`10.0.5.0/16` is not the first address of a /16 block");
        assert_eq!(error.help(), "write `10.0.0.0/16`, whose first address it is");
    }

    #[test]
    fn blocks_are_cut_contained_and_compared() {
        let vpc = block("10.1.0.0/16");
        assert_eq!(vpc.nth(18, 3), Some(block("10.1.192.0/18")));
        assert_eq!(vpc.nth(18, 4), None);
        assert_eq!(vpc.nth(15, 0), None);
        assert_eq!(vpc.nth(33, 0), None);
        assert_eq!(block("0.0.0.0/0").nth(32, u32::MAX), Some(block("255.255.255.255/32")));
        assert!(vpc.contains(block("10.1.255.0/24")));
        assert!(!vpc.contains(block("10.2.0.0/24")));
        assert!(vpc.overlaps(block("10.0.0.0/8")) && block("10.0.0.0/8").overlaps(vpc));
        assert!(!vpc.overlaps(block("10.2.0.0/16")));
    }

    #[test]
    fn private_ranges_end_where_the_standards_say() {
        for text in ["10.255.0.0/16", "172.31.0.0/16", "192.168.255.0/24", "100.127.0.0/16"] {
            assert!(block(text).is_private(), "{text}");
        }
        for text in
            ["11.0.0.0/16", "172.32.0.0/16", "192.169.0.0/24", "100.128.0.0/16", "172.0.0.0/8"]
        {
            assert!(!block(text).is_private(), "{text}");
        }
    }
}
