//! The answers that a roster can be filtered by.

#[cfg(feature = "ssr")]
use domain::{AnswerFilter, Question};
use serde::{Deserialize, Serialize};

/// A question, and the answers to choose from; none for a question whose answers are typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerChoices {
    /// The [`domain::AnswerFilter`] of the question, without an answer.
    pub prefix: String,
    /// The question.
    pub label: String,
    /// The [`domain::AnswerFilter`] of each answer, and the answer in words.
    pub choices: Vec<(String, String)>,
}

impl AnswerChoices {
    /// Whether its answers are typed.
    pub(super) fn is_typed(&self) -> bool {
        self.choices.is_empty()
    }

    #[cfg(feature = "ssr")]
    pub(in crate::pages::competitions) fn of(question: Question) -> Self {
        let filter = |value| AnswerFilter { question: question.id, value }.to_string();
        let choices = question.choices().into_iter();
        let choices = choices.map(|(value, words)| (filter(value), words)).collect();
        Self { prefix: filter(String::new()), choices, label: question.label }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::{QuestionId, QuestionKind};

    use super::*;

    #[test]
    fn a_roster_is_filtered_by_countries_under_their_names_and_by_typed_text() {
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
        let countries = of(QuestionKind::Country).choices;
        assert!(countries.contains(&(format!("{id}:DE"), "Germany".into())), "{countries:?}");
        let text = of(QuestionKind::ShortText);
        assert!(text.is_typed());
        assert_eq!(text.prefix, format!("{id}:"));
    }
}
