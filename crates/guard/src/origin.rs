//! From where somebody calls, as the ledger keeps it: keyed marks of the address and of its network. What an address saw can be
//! asked for afterwards by whoever knows the address; the ledger itself holds none.

use std::net::IpAddr;

use crate::error::GuardError;
use crate::guard::Guard;

/// How many of an address's first bits are its network's.
const NETWORK_BITS: [(bool, u8); 2] = [(true, 24), (false, 64)];
/// Half the bytes of a keyed hash tell addresses apart for good.
const MARK_BYTES: usize = 8;

impl Guard {
    /// From where a caller calls, as the ledger keeps it.
    pub(crate) fn origin_of(&self, address: IpAddr) -> String {
        let address = address.to_canonical();
        format!("{}.{}", self.mark(address, None), self.mark(address, Some(bits_of(address))))
    }

    /// What to look for in the ledger for an address (`203.0.113.7`) or a network (`203.0.113.0/24`, `2001:db8::/64`).
    ///
    /// # Errors
    /// It is neither; networks of other sizes are not told apart.
    pub fn origin_mark(&self, text: &str) -> Result<String, GuardError> {
        let invalid = || GuardError::Invalid {
            field: "address",
            want: "an address (203.0.113.7), or a network of the size that is kept: /24, or /64 of IPv6"
                .to_owned(),
        };
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| invalid())?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| invalid())?;
        let address = address.to_canonical();
        match bits {
            Some(bits) if bits != bits_of(address) => Err(invalid()),
            bits => Ok(self.mark(address, bits)),
        }
    }

    fn mark(&self, address: IpAddr, bits: Option<u8>) -> String {
        let kept = |all: u32| bits.map_or(all, u32::from);
        let text = match address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32 - kept(32)).unwrap_or(0);
                format!("4 {} {}", kept(32), u32::from(address) & mask)
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128 - kept(128)).unwrap_or(0);
                format!("6 {} {}", kept(128), u128::from(address) & mask)
            }
        };
        let mac = self.0.origin_hash.short(text.as_bytes());
        mac.iter().take(MARK_BYTES).map(|byte| format!("{byte:02x}")).collect()
    }
}

fn bits_of(address: IpAddr) -> u8 {
    NETWORK_BITS.into_iter().find(|(four, _)| *four == address.is_ipv4()).map_or(0, |(_, bits)| bits)
}
