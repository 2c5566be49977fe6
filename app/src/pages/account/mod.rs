//! The account of the user.

mod change_password;
mod delete;
mod page;
mod profile;

pub use page::{AccountPage, AccountScreen};
pub use profile::TypedProfile;
