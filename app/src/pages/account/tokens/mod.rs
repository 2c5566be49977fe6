//! The personal access tokens of the user.

mod create;
mod list;
mod new_token;
mod page;
mod revoke;
mod row;

pub use create::TypedToken;
pub use new_token::NewToken;
pub use page::{TokensPage, TokensScreen};
pub use revoke::{RevokeTokenPage, RevokeTokenScreen};
pub use row::TokenRow;

/// The address of the tokens.
pub(crate) const TOKENS: &str = "/account/tokens";
/// The key of the handover of a new token in the session.
#[cfg(feature = "ssr")]
const HANDOVER: &str = "new_token";
