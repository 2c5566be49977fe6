//! Ports for programs that are stopped and started again.

use std::net::{TcpListener, UdpSocket};

/// Below the ports that the kernel gives to outgoing connections (32768 and up on Linux): one of those would take
/// the place of a program that is gone for a moment.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// A TCP port of this machine. No other case uses it until it is dropped.
pub(crate) struct Port {
    number: u16,
    /// The UDP port of the same number stands for the claim, also while nobody listens.
    _claim: UdpSocket,
}

impl Port {
    pub(crate) fn claim() -> Self {
        // Not of the case's seed: cases that run at once would ask for the same.
        let mut numbers = std::iter::repeat_with(|| fastrand::u16(PORTS));
        let claim = |number| {
            let claim = UdpSocket::bind(("127.0.0.1", number)).ok()?;
            TcpListener::bind(("127.0.0.1", number)).ok()?;
            Some(Self { number, _claim: claim })
        };
        numbers.find_map(claim).expect("a free port")
    }

    pub(crate) fn number(&self) -> u16 {
        self.number
    }
}
