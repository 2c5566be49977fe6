//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The network address of a client. Create one only from a source that the
/// client cannot choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The address of clients whose real address is unknown. They all count as one client.
    pub const UNKNOWN: Self = Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED));

    /// The network that identifies a client: its IPv4 address, or the /64 of its IPv6 address,
    /// because a client may use any address of its /64.
    pub fn network(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
            }
            v4 => v4,
        }
    }
}

impl From<IpAddr> for ClientAddress {
    fn from(address: IpAddr) -> Self {
        Self(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_identified_by_its_ipv4_address_or_its_ipv6_network() {
        for (address, network) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2::", "2001:db8:1:2::"),
        ] {
            let address = ClientAddress::from(address.parse::<IpAddr>().unwrap());
            assert_eq!(address.network().to_string(), network);
        }
    }
}
