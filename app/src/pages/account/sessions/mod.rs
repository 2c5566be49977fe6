//! Where the user is logged in.

mod log_out;
mod page;
mod row;

pub use page::{SessionsPage, SessionsScreen};
pub use row::SessionRow;

/// The address of the sessions.
pub(super) const SESSIONS: &str = "/account/sessions";
