//! Where a call may go.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use stdx::Networks;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::OutboundError;

/// Whose word an address is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Members': https to public networks, and whatever the operator allows.
    Members {
        /// Networks that the operator allows beside the public ones, over http as well.
        allowed: Networks,
    },
    /// The operator's own: anything.
    Operator,
}

impl Reach {
    fn may(&self, address: IpAddr, secure: bool) -> bool {
        match self {
            Self::Operator => true,
            Self::Members { allowed } => allowed.have(address) || (secure && is_public(address)),
        }
    }
}

/// Resolves a name as the system does, and refuses it whole when any of its addresses is out of reach: a name that is half
/// inside is not somebody's public server.
#[derive(Debug)]
pub(crate) struct Judging {
    pub reach: Reach,
    pub system: DefaultResolver,
}

impl Resolver for Judging {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.system.resolve(uri, config, timeout).map_err(|error| match error {
            ureq::Error::Io(_) => ureq::Error::HostNotFound,
            other => other,
        })?;
        let secure = uri.scheme_str() == Some("https");
        if found.iter().all(|address: &SocketAddr| self.reach.may(address.ip(), secure)) {
            Ok(found)
        } else {
            Err(ureq::Error::Other(Box::new(OutboundError::NotAllowed)))
        }
    }
}

/// IANA's special-purpose registries (RFC 6890): what is not globally reachable, with the bits that count.
const NOT_PUBLIC_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];
/// Of 2000::/3, the only part of IPv6 that is given out: protocol assignments (Teredo among them), documentation, 6to4.
const NOT_PUBLIC_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => !NOT_PUBLIC_V4
            .iter()
            .any(|(network, bits)| (u32::from(*network) ^ u32::from(v4)).leading_zeros() >= *bits),
        IpAddr::V6(v6) => {
            v6.segments().first().is_some_and(|first| first >> 13 == 1)
                && !NOT_PUBLIC_V6
                    .iter()
                    .any(|(network, bits)| (u128::from(*network) ^ u128::from(v6)).leading_zeros() >= *bits)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_given_out_is_public() {
        for public in ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1", "::ffff:9.9.9.9"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for other in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.8.9.1",
            "169.254.169.254",
            "172.31.255.255",
            "192.168.1.1",
            "198.19.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "3fff::1",
        ] {
            assert!(!is_public(other.parse().unwrap()), "{other}");
        }
    }
}
