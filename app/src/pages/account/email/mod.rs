//! The email address of the account: verifying it and changing it.

mod change;
mod code;
mod page;
mod send;

pub use page::{EmailPage, EmailScreen};

/// The address of the page.
pub(crate) const EMAIL: &str = "/account/email";
