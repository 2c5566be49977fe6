//! A client that does as little as HTTP/1.1 allows, so that the time measured is the server's.

mod connection;
mod latencies;
mod load;
mod request;

pub(crate) use connection::Connection;
pub(crate) use latencies::Latencies;
pub(crate) use load::{Load, Outcome};
pub(crate) use request::{get, post, post_json};
