//! Registering for a competition, and who is registered.

mod admission;
mod lanes;
mod register;
mod rosters;
mod view;

pub(crate) use lanes::Lanes;
pub use register::{Answer, register};
pub use rosters::{mine, roster, viewer_state};
