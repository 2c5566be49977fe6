//! Sessions of browsers: whose they are, and what waits in them for the next page.
//!
//! tower-sessions reads and saves them once a request, and carries their ids in the cookie;
//! [`Store`] is where they lie, and [`Session`] what may be done with one. The table and Redis know
//! the hash of an id only, so that a copy of either opens no session. The table is the truth and
//! Redis a cache of a minute in front of it.
//!
//! A row is made for a new session and by nothing else: every other write updates a row that
//! exists, so that a request that began before a log-out cannot bring the session back.

mod cache;
mod contents;
mod id;
mod lifetime;
mod rows;
mod session;
mod store;

pub use contents::{Holder, MAX_BYTES};
pub use session::Session;
pub use store::{Cookie, Store};
pub use tower_sessions::session::Id as SessionId;
