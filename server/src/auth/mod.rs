//! Who asks: sessions of browsers, tokens of API clients.

mod actor;
mod session_cache;
mod session_store;
mod tokens;

pub(crate) use actor::{CurrentActor, bearer, resolve};
pub use session_cache::SessionCache;
pub(crate) use session_store::Sessions;
pub use tokens::{TokenFault, TokenLifetime, Tokens};
