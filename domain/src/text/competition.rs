//! What an organizer writes of a competition.

use super::characters::{one_line, paragraphs};
use crate::normal_form;

/// Longest title, in characters.
const MAX_TITLE: usize = 200;
/// Longest description, in characters.
const MAX_DESCRIPTION: usize = 10_000;
/// Longest section, in characters.
const MAX_SECTION: usize = 10_000;
/// Longest summary, in characters.
const MAX_SUMMARY: usize = 160;
/// Longest name of a venue, in characters.
const MAX_VENUE_NAME: usize = 120;
/// Longest address of a venue, in characters.
const MAX_VENUE_ADDRESS: usize = 300;
/// Longest description of a cover, in characters.
const MAX_COVER_ALT: usize = 250;
/// Longest reason of a rejection, in characters.
const MAX_REJECTION_REASON: usize = 300;

text!(
    /// The title of a competition: 1 to 200 characters on one line.
    Title
);

schema!(
    Title,
    crate::schema::line("One line, without control characters", "Code Sprint", MAX_TITLE)
);

impl Title {
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_line("Title", text, MAX_TITLE).map(Self)
    }
}

text!(
    /// What a competition is about: 1 to 10,000 characters, Markdown.
    Description
);

schema!(
    Description,
    crate::schema::paragraphs(
        "Markdown, without control characters",
        "24 hours of code",
        MAX_DESCRIPTION
    )
);

impl Description {
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        paragraphs("Description", text, MAX_DESCRIPTION).map(Self)
    }
}

text!(
    /// A section about a competition, beside its description: 1 to 10,000 characters, Markdown.
    SectionText
);

schema!(
    SectionText,
    crate::schema::paragraphs(
        "Markdown, without control characters",
        "One idea a team.",
        MAX_SECTION
    )
);

impl SectionText {
    /// `label` begins the sentence about a fault.
    ///
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(label: &str, text: &str) -> Result<Self, String> {
        paragraphs(label, text, MAX_SECTION).map(Self)
    }
}

text!(
    /// What a competition is about in one line: 1 to 160 characters.
    Summary
);

schema!(Summary, crate::schema::line("One line", "Build something in a day", MAX_SUMMARY));

impl Summary {
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_line("Summary", text, MAX_SUMMARY).map(Self)
    }
}

text!(
    /// The name of the place where a competition is held: 1 to 120 characters on one line.
    VenueName
);

schema!(VenueName, crate::schema::line("One line", "Town Hall", MAX_VENUE_NAME));

impl VenueName {
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_line("Venue", text, MAX_VENUE_NAME).map(Self)
    }
}

text!(
    /// The postal address of a venue: 1 to 300 characters on one line.
    VenueAddress
);

schema!(
    VenueAddress,
    crate::schema::line("One line", "Rathausplatz 1, 10115 Berlin", MAX_VENUE_ADDRESS)
);

impl VenueAddress {
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_line("Address", text, MAX_VENUE_ADDRESS).map(Self)
    }
}

text!(
    /// What a cover shows: 1 to 250 characters on one line.
    CoverAlt
);

schema!(
    CoverAlt,
    crate::schema::line("One line", "Two teams at a table full of laptops", MAX_COVER_ALT)
);

impl CoverAlt {
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_line("Description of the picture", text, MAX_COVER_ALT).map(Self)
    }
}

text!(
    /// Why an organizer rejects a registration: 1 to 300 characters on one line.
    RejectionReason
);

schema!(
    RejectionReason,
    crate::schema::line("One line", "The competition is for students only", MAX_REJECTION_REASON)
);

impl RejectionReason {
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_line("Reason", text, MAX_REJECTION_REASON).map(Self)
    }
}

text!(
    /// What an organizer adds to the notice of a change: 1 to 500 characters on one line.
    ChangeNote
);

schema!(
    ChangeNote,
    crate::schema::line("One line", "The hall is closed on Sunday", Self::MAX_LENGTH)
);

impl ChangeNote {
    /// The longest note, in characters.
    pub const MAX_LENGTH: usize = 500;

    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_line("Message to participants", text, Self::MAX_LENGTH).map(Self)
    }
}

text!(
    /// A tag as it was typed: 1 to 40 characters, no comma.
    Tag
);

schema!(Tag, crate::schema::item("One line, without commas", "coding", Self::MAX_LENGTH));

impl Tag {
    /// The longest tag, in characters.
    pub(crate) const MAX_LENGTH: usize = 40;

    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        let tag = one_line("Tag", text, Self::MAX_LENGTH)?;
        if tag.contains(',') { Err("Tags must not contain a comma".into()) } else { Ok(Self(tag)) }
    }

    /// The form that tags are compared in: `Rust` and `rust` are one tag.
    pub fn key(&self) -> String {
        normal_form::lower(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_look_the_same_are_equal() {
        let key = |text: &str| Tag::parse(text).unwrap().key();
        assert_eq!(key("Caf\u{E9}"), key("CAFE\u{301}"));
        assert_eq!(key("ru\u{200B}st"), key("Rust"));
        assert!(Tag::parse("a,b").is_err());
    }
}
