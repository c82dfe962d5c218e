//! Networks of addresses, as people write them.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

/// Networks such as `10.0.0.0/8` or `::1`.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Networks(Arc<[Network]>);

/// An address and how many of its first bits count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Network {
    address: IpAddr,
    bits: u8,
}

impl Networks {
    /// Reads each of `texts`.
    ///
    /// # Errors
    /// The first text that is no network.
    pub fn read<T: AsRef<str>>(texts: &[T]) -> Result<Self, String> {
        let read = |text: &T| text.as_ref().parse().map_err(|()| text.as_ref().to_owned());
        texts.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Whether one of them has the address.
    pub fn have(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.has(address.to_canonical()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them in one spelling.
    pub fn texts(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().map(ToString::to_string)
    }
}

impl Network {
    fn has(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (u32::from(own) ^ u32::from(other)).leading_zeros() >= u32::from(self.bits)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                (u128::from(own) ^ u128::from(other)).leading_zeros() >= u32::from(self.bits)
            }
            _ => false,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.trim().parse().map_err(|_| ())?;
        let most: u8 = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.trim().parse()).map_err(|_| ())?;
        if bits > most { Err(()) } else { Ok(Self { address, bits }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_or_refused() {
        for wrong in ["10.0.0.0/33", "::/129", "10.0.0", "", "10.0.0.0/8/8", "localhost"] {
            assert_eq!(Networks::read(&[wrong.to_owned()]), Err(wrong.to_owned()));
        }
        let all = Networks::read(&["0.0.0.0/0"]).unwrap();
        assert!(all.have("8.8.8.8".parse().unwrap()));
        assert!(!all.have("::1".parse().unwrap()));
    }
}
