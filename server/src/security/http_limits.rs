//! Limits on connections, and on the size and duration of requests and responses.

use std::time::Duration;

/// Limits on connections, and on the size and duration of requests and responses. Those without an
/// option on the command line are fixed; tests make them shorter.
#[derive(Clone, Copy, Debug)]
pub struct HttpLimits {
    /// For a request's head, from its first byte on.
    pub head_time: Duration,
    /// For an idle connection. It must be longer than that of a load balancer in front, which would
    /// otherwise reuse a connection that is being closed.
    pub keep_alive: Duration,
    /// For a request's body.
    pub body_time: Duration,
    /// From the end of a request's head to the head of its response. A request that takes longer is
    /// answered with a timeout.
    pub request_time: Duration,
    /// Between two successful writes of a response.
    pub write_time: Duration,
    /// For the client to take the rest of a response that is complete. An event stream never is.
    pub send_time: Duration,
    /// Bytes of all large responses that clients have not taken yet.
    pub unsent_bytes: usize,
    /// Concurrent connections of one address. A school may have only one address, and a browser
    /// opens six connections.
    pub connections_per_address: usize,
    /// Concurrent connections in all.
    pub connections: usize,
}

impl Default for HttpLimits {
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
