//! What an organizer asks, and what participants answer.

use super::characters::{one_line, paragraphs};

/// Longest question, in characters.
const MAX_LABEL: usize = 200;
/// Longest help of a question, in characters.
const MAX_HELP: usize = 300;

text!(
    /// A question: 1 to 200 characters on one line.
    QuestionLabel
);

schema!(QuestionLabel, crate::schema::line("One line", "T-shirt size", MAX_LABEL));

impl QuestionLabel {
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_line("Question", text, MAX_LABEL).map(Self)
    }
}

text!(
    /// What helps to answer a question: 1 to 300 characters on one line.
    QuestionHelp
);

schema!(QuestionHelp, crate::schema::line("One line", "You get it at the start", MAX_HELP));

impl QuestionHelp {
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_line("Help", text, MAX_HELP).map(Self)
    }
}

text!(
    /// An option to choose: 1 to 100 characters on one line.
    QuestionOption
);

schema!(QuestionOption, crate::schema::line("One line", "M", Self::MAX_LENGTH));

impl QuestionOption {
    /// The longest option, in characters.
    pub(crate) const MAX_LENGTH: usize = 100;

    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_line("Option", text, Self::MAX_LENGTH).map(Self)
    }
}

text!(
    /// An answer in the participant's own words.
    AnswerText
);

impl AnswerText {
    /// Longest answer on one line, in characters.
    pub const MAX_LINE: usize = 200;
    /// Longest answer of several lines, in characters.
    pub const MAX_PARAGRAPHS: usize = 2_000;

    /// An answer of 1 to 200 characters on one line.
    ///
    /// # Errors
    /// The end of a sentence about the fault.
    pub fn parse_line(text: &str) -> Result<Self, String> {
        one_line("the answer", text, Self::MAX_LINE).map(Self)
    }

    /// An answer of 1 to 2,000 characters.
    ///
    /// # Errors
    /// The end of a sentence about the fault.
    pub fn parse_paragraphs(text: &str) -> Result<Self, String> {
        paragraphs("the answer", text, Self::MAX_PARAGRAPHS).map(Self)
    }
}
