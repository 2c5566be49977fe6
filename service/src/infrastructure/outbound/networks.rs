//! The addresses that requests may go to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// Which addresses a request may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Public addresses, and the networks of the operator.
    Public,
    /// The networks of the operator only: for ports other than those of HTTPS.
    AllowedOnly,
}

/// The networks that an operator has allowed although they are not public.
#[derive(Clone, Debug, Default)]
pub(super) struct Networks(pub(super) Vec<IpNet>);

impl Networks {
    pub(super) fn permit(&self, address: IpAddr, reach: Reach) -> bool {
        let is_allowed = self.0.iter().any(|network| network.contains(&address));
        is_allowed || (reach == Reach::Public && is_public(address))
    }
}

/// Whether an address belongs to a host on the internet, by the special-purpose registries of IANA
/// (RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = matches!(
        (a, b, c),
        // This network, private, loopback, multicast, reserved and broadcast.
        (0 | 10 | 127 | 224..=255, _, _)
            // Shared by the customers of a provider.
            | (100, 64..=127, _)
            // Link-local; clouds have their metadata there.
            | (169, 254, _)
            | (172, 16..=31, _)
            // Protocol assignments, documentation, relays of 6to4, private.
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            // Benchmarks, documentation.
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !is_special
}

/// Global unicast is `2000::/3`. The rest is loopback, link-local, unique local, multicast, or
/// embeds an IPv4 address: mapped (`::ffff:0:0/96`) and NAT64 (`64:ff9b::/96`).
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let is_special = matches!(
        (a, b),
        // Protocol assignments, among them Teredo, which embeds IPv4 addresses.
        (0x2001, 0x0000..=0x01ff)
            // Documentation.
            | (0x2001, 0x0db8)
            | (0x3fff, 0x0000..=0x0fff)
            // 6to4 embeds IPv4 addresses.
            | (0x2002, _)
    );
    (0x2000..=0x3fff).contains(&a) && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn addresses_that_are_not_public_are_refused() {
        for refused in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address(refused)), "{refused}");
        }
    }

    #[test]
    fn public_addresses_are_permitted() {
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "2a00:1450::1",
            "3ffe::1",
        ] {
            assert!(is_public(address(public)), "{public}");
        }
    }

    #[test]
    fn networks_of_the_operator_are_permitted_and_nothing_beside_them() {
        let networks =
            Networks(vec!["10.1.0.0/16".parse().unwrap(), "fd00:1::/32".parse().unwrap()]);
        for (text, public, allowed_only) in [
            ("10.1.2.3", true, true),
            ("10.2.0.1", false, false),
            ("fd00:1::7", true, true),
            ("fd00:2::7", false, false),
            ("::ffff:10.1.2.3", false, false),
            ("8.8.8.8", true, false),
        ] {
            let address = address(text);
            assert_eq!(networks.permit(address, Reach::Public), public, "{text}");
            assert_eq!(networks.permit(address, Reach::AllowedOnly), allowed_only, "{text}");
        }
    }
}
