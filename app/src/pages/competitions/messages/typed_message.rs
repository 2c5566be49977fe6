//! A message, as a form sends it.

use serde::{Deserialize, Serialize};

/// The text in the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedMessage {
    /// One line.
    pub subject: String,
    /// Markdown.
    pub text: String,
    /// The names of the chosen statuses.
    pub statuses: Vec<String>,
    /// The chosen [`domain::AnswerFilter`], without the answer if that is typed.
    pub answer: String,
    /// A typed answer.
    pub value: String,
}

impl From<domain::OrganizerMessage> for TypedMessage {
    fn from(message: domain::OrganizerMessage) -> Self {
        Self {
            subject: message.subject,
            text: message.text,
            statuses: message.statuses.iter().map(ToString::to_string).collect(),
            answer: message.answer.unwrap_or_default(),
            value: String::new(),
        }
    }
}

#[cfg(feature = "ssr")]
impl TypedMessage {
    /// Every field is given: none of an edited message stays as it was.
    pub(super) fn input(self) -> domain::OrganizerMessageInput {
        use crate::pages::competitions::manage::answer_of;

        let answer = answer_of(self.answer, Some(self.value)).unwrap_or_default();
        domain::OrganizerMessageInput {
            subject: self.subject.into(),
            text: self.text.into(),
            statuses: self.statuses.into(),
            answer: answer.into(),
            ..Default::default()
        }
    }
}
