//! The mailbox of the user.

mod address;
mod marks;
mod page;
mod reader;

use marks::{MarkMailUnread, ReadAllMail};
pub use page::{MailLine, MailboxPage, MailboxScreen};
pub use reader::OpenMail;
