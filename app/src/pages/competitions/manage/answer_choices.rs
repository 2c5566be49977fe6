//! The answers that a roster can be filtered by.

#[cfg(feature = "ssr")]
use domain::{AnswerFilter, Question, QuestionKind};
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
    /// `None` for a question that is answered in one's own words.
    pub(super) fn of(question: Question) -> Option<Self> {
        let answers: Vec<_> = match question.kind {
            QuestionKind::OneOf | QuestionKind::AnyOf => {
                question.options.into_iter().map(|option| (option.clone(), option)).collect()
            }
            QuestionKind::YesNo => {
                [("true", "Yes"), ("false", "No")].map(|(a, b)| (a.into(), b.into())).to_vec()
            }
            _ => return None,
        };
        let filter = |value| AnswerFilter { question: question.id, value }.to_string();
        let choices = answers.into_iter().map(|(value, words)| (filter(value), words)).collect();
        Some(Self { label: question.label, choices })
    }
}
