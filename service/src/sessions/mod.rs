//! Sessions of browsers: the user, and values for the next page.
//!
//! tower-sessions reads and saves a session once in a request, and puts its id into the cookie;
//! [`Store`] is the storage behind it, and [`Session`] the interface for handlers. The table and
//! Redis have the hash of an id only, so that a copy of them opens no session. Redis is a cache in
//! front of the table, for a minute.
//!
//! Only a new session inserts a row. Every other write updates an existing row, so that a request
//! that began before a logout cannot bring the session back.

mod browser;
mod cache;
mod contents;
mod id;
mod lifetime;
mod list;
mod log_out;
mod rows;
mod session;
mod store;

pub use contents::{Holder, MAX_BYTES};
pub use lifetime::{MAX_TOTAL, MAX_UNUSED};
pub use list::list;
pub use log_out::{log_out, log_out_others};
pub use session::Session;
pub use store::{Cookie, Store};
pub use tower_sessions::session::Id as SessionId;
