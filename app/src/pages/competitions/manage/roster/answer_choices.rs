//! The answers that a roster can be filtered by.

#[cfg(feature = "ssr")]
use domain::{AnswerFilter, Question};
use serde::{Deserialize, Serialize};

/// A question, and the answers to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerChoices {
    /// The question.
    pub label: String,
    /// The [`domain::AnswerFilter`] of each answer, and the answer in words.
    pub choices: Vec<(String, String)>,
}

#[cfg(feature = "ssr")]
impl AnswerChoices {
    /// `None` for a question without answers to choose from.
    pub(super) fn of(question: Question) -> Option<Self> {
        let filter = |value| AnswerFilter { question: question.id, value }.to_string();
        let choices = question.choices().into_iter();
        let choices: Vec<_> = choices.map(|(value, words)| (filter(value), words)).collect();
        (!choices.is_empty()).then_some(Self { label: question.label, choices })
    }
}
