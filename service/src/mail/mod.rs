//! Mail: its words, the mailbox on the site, and the delivery of its messages by SMTP.

pub mod delivery;
pub(crate) mod html_part;
pub(crate) mod limits;
pub mod mailbox;
pub(crate) mod smtp;
mod spans;
pub(crate) mod templates;
pub(crate) mod when_and_where;

pub use spans::linked_text;
