//! What an organizer writes to participants.

use super::characters::{one_line, paragraphs};

/// Longest subject, in characters.
const MAX_SUBJECT: usize = 120;
/// Longest text, in characters.
const MAX_TEXT: usize = 5_000;

text!(
    /// The subject of a message to participants: 1 to 120 characters on one line.
    MessageSubject
);

schema!(MessageSubject, crate::schema::line("One line", "Bring a laptop", MAX_SUBJECT));

impl MessageSubject {
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_line("Subject", text, MAX_SUBJECT).map(Self)
    }
}

text!(
    /// The text of a message to participants: 1 to 5,000 characters, Markdown.
    MessageText
);

schema!(
    MessageText,
    crate::schema::paragraphs(
        "Markdown, without control characters",
        "Please bring **your own** laptop.",
        MAX_TEXT
    )
);

impl MessageText {
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        paragraphs("Message", text, MAX_TEXT).map(Self)
    }
}
