//! Authentication and permissions: sessions of browsers, tokens of API clients.

mod actor;
mod permission;
mod sessions;
mod tokens;

pub(crate) use actor::{Authenticator, CurrentActor, ForUser, bearer, resolve};
pub(crate) use permission::{Admin, LoggedIn, Organizer, Owner, Participant};
pub(crate) use sessions::{Sessions, attach};
pub use tokens::{TokenFault, TokenLifetime, Tokens};
