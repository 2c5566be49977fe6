//! The email address of an account: verifying it and changing it.

mod change;
mod code;
mod link;
mod status;
mod suggestion;

pub use change::{EmailChange, EmailChangeInput};
pub use code::{EmailCode, EmailCodeInput};
pub use link::EmailLinkInput;
pub use status::{EmailStatus, PendingEmail};
pub use suggestion::suggested_email;
