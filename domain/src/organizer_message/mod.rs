//! Messages of organizers to the participants of their competitions.

mod input;
mod recipients;
mod status;
mod view;

pub use input::{
    MAX_MESSAGES, MAX_MESSAGES_A_DAY, MAX_SCHEDULED_AHEAD, OrganizerMessageDraft,
    OrganizerMessageInput, SendMessage, SendMessageInput,
};
pub use recipients::MessageRecipients;
pub use status::OrganizerMessageStatus;
pub use view::{MessageUpdate, OrganizerMessage, Recipient, RecipientPreview};
