//! Sessions of browsers: whose they are, and what waits in them for the next page.
//!
//! The cookie holds an id of 256 random bits; the table and Redis know its hash only, so that a copy of either opens no
//! session. The table is the truth and Redis a cache of a minute in front of it.
//!
//! A row is made by [`Session::commit`] of a new session and by nothing else: every other write updates a row that exists,
//! so that a request that began before a log-out cannot bring the session back.

mod cache;
mod contents;
mod id;
mod lifetime;
mod rows;
mod session;

pub use contents::{Holder, MAX_BYTES};
pub use id::{InvalidSessionId, SessionId};
pub use session::{CookieChange, Session};
