//! A user's messages.

mod page;
mod reader;

pub use page::{MailLine, MailboxPage, MailboxScreen};
