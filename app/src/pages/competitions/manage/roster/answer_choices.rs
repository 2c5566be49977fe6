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

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::{QuestionId, QuestionKind};

    use super::*;

    #[test]
    fn a_roster_is_filtered_by_countries_under_their_names_and_by_no_text() {
        let id = "01939c2e-7b5a-7000-8000-000000000001";
        let of = |kind| {
            AnswerChoices::of(Question {
                id: QuestionId(id.parse().unwrap()),
                kind,
                label: "From".into(),
                help: None,
                required: false,
                options: Vec::new(),
                link: None,
            })
        };
        let countries = of(QuestionKind::Country).unwrap().choices;
        assert!(countries.contains(&(format!("{id}:DE"), "Germany".into())), "{countries:?}");
        assert_eq!(of(QuestionKind::ShortText), None);
    }
}
