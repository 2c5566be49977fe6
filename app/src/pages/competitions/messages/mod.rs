//! The messages of an organizer to the participants of a competition.

mod delete;
mod form;
mod list;
mod page;
mod progress;
mod recipients;
mod row;
mod send;
mod send_test;
mod stop;
mod typed_message;
mod typed_sending;
mod unsent;
mod updates;

pub use form::{EditMessagePage, MessageFormScreen, WriteMessagePage};
pub use list::{MessagesPage, MessagesScreen};
pub use page::{MessagePage, MessageScreen};
pub use recipients::RecipientsLine;
pub use row::MessageRow;
pub use typed_message::TypedMessage;
pub use typed_sending::TypedSending;
pub use updates::Update;
pub(super) use updates::Updates;
