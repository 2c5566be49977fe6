//! How much and how slowly a client may send.

use std::time::Duration;

/// How much and how slowly a client may send. The same everywhere; tests make them shorter.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A request's head takes no longer than this from its first byte on.
    pub head_time: Duration,
    /// A connection over which nothing comes is kept for so long. Balancers reuse connections:
    /// theirs must end first.
    pub keep_alive: Duration,
    /// A request's body takes no longer than this.
    pub body_time: Duration,
    /// A request that takes longer, from its head to the head of its answer, is answered that it
    /// did.
    pub request_time: Duration,
    /// A client that takes nothing of its answer for so long is gone.
    pub write_time: Duration,
    /// A client has so long to take the rest of an answer that is complete. Event streams are never
    /// complete.
    pub send_time: Duration,
    /// Bytes of large answers that clients have not taken yet, in all.
    pub unsent_bytes: usize,
    /// Connections from one address at the same time: a school may have only one, and a browser
    /// opens six.
    pub connections_per_address: usize,
    /// Connections at the same time, in all.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_time: Duration::from_secs(30),
            keep_alive: Duration::from_secs(90),
            body_time: Duration::from_secs(20),
            request_time: Duration::from_secs(30),
            write_time: Duration::from_secs(30),
            send_time: Duration::from_secs(120),
            unsent_bytes: 256 * 1024 * 1024,
            connections_per_address: 4_000,
            connections: 10_000,
        }
    }
}
