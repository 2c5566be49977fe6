//! Mail: its words, the mailbox on the site, and the delivery of its messages by SMTP.

pub mod delivery;
mod html_part;
pub(crate) mod limits;
pub mod mailbox;
pub(crate) mod smtp;
pub(crate) mod templates;
