//! The account of the user.

mod change_password;
mod delete;
pub(crate) mod email;
mod messages;
mod page;
mod profile;
mod roles;
mod tokens;

pub use email::{EmailPage, EmailScreen};
pub use page::{AccountPage, AccountScreen};
pub use profile::TypedProfile;
pub use tokens::{
    NewToken, RevokeTokenPage, RevokeTokenScreen, TokenRow, TokensPage, TokensScreen, TypedToken,
};
