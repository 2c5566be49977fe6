//! The mailbox of the user.

mod address;
mod change;
mod line;
mod list;
mod page;
mod read_all;
mod reader;

pub use line::MailLine;
pub use page::{MailboxPage, MailboxScreen};
pub use reader::OpenMail;
