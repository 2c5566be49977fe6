//! Registering for a competition, giving the seat back, and who is registered.

mod cancel;
mod register;
mod rosters;
pub(crate) mod view;

pub use cancel::{Cancelled, cancel};
pub use register::{Answer, register};
pub use rosters::{mine, roster, viewer_state};
