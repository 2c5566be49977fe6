//! Mail: its words, the mailbox on the site, and the delivery of its messages by SMTP.

pub(crate) mod answers;
pub(crate) mod dedup_keys;
pub mod delivery;
pub(crate) mod enclosures;
pub(crate) mod example;
pub(crate) mod held_messages;
pub(crate) mod html_part;
pub(crate) mod limits;
pub(crate) mod links;
pub mod mailbox;
mod markdown_part;
mod outcomes;
pub(crate) mod preferences;
mod rate;
pub(crate) mod reader;
pub(crate) mod refused_addresses;
mod shown_text;
pub(crate) mod smtp;
mod spans;
pub(crate) mod templates;
pub(crate) mod unsubscribe_key;
pub(crate) mod when_and_where;

pub use outcomes::outcomes;
pub use rate::MailRate;
pub use shown_text::{ShownText, shown_text};
pub use spans::LinkedText;
