//! Who asks: sessions of browsers, tokens of API clients.

mod actor;
mod session_store;
mod tokens;

pub(crate) use actor::{CurrentActor, resolve};
pub(crate) use session_store::Sessions;
pub use tokens::Tokens;
