//! Ports for programs that are stopped and started again.

use std::net::{TcpListener, UdpSocket};

/// Below the ephemeral ports (32768 and up on Linux). An outgoing connection could take one of
/// those while its program restarts.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// A TCP port, reserved for this case until it is dropped.
pub(crate) struct Port {
    number: u16,
    /// Holding the UDP port of the same number reserves it, even while no program listens.
    _reservation: UdpSocket,
}

impl Port {
    pub(crate) fn reserve() -> Self {
        // Not seeded: concurrent cases with one seed would try the same ports.
        let mut numbers = std::iter::repeat_with(|| fastrand::u16(PORTS));
        let reserve = |number| {
            let reservation = UdpSocket::bind(("127.0.0.1", number)).ok()?;
            TcpListener::bind(("127.0.0.1", number)).ok()?;
            Some(Self { number, _reservation: reservation })
        };
        numbers.find_map(reserve).expect("a free port")
    }

    pub(crate) fn number(&self) -> u16 {
        self.number
    }
}
