//! Registering for a competition, giving the seat back, and who is registered.

mod cancel;
mod mine;
mod register;
mod roster;
pub(crate) mod view;

pub use cancel::{Cancelled, cancel};
pub(crate) use mine::{count, newest};
pub use mine::{mine, viewer_state};
pub use register::{Answer, register};
pub use roster::{RosterExport, browse_roster, export_roster, roster};
