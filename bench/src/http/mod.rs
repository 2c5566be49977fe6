//! A minimal HTTP/1.1 client, so that the measured time is that of the server.

mod connection;
mod latencies;
mod load;
mod request;

pub(crate) use connection::Connection;
pub(crate) use latencies::Latencies;
pub(crate) use load::{Load, Outcome};
pub(crate) use request::{get, get_as, post, post_form, post_json};
