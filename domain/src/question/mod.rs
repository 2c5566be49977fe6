//! Questions that organizers ask on registration, and the answers to them.

mod answer;
mod answer_filter;
mod check;
mod input;
mod kind;
mod list;

use serde::{Deserialize, Serialize};

pub use answer::{Answer, AnswerInput, AnswerValue, GivenAnswer, RegistrationPatch, given_answers};
pub use answer_filter::AnswerFilter;
pub use check::countries;
pub(crate) use input::questions;
pub use input::{MAX_OPTIONS, MAX_QUESTIONS, QuestionDraft, QuestionInput};
pub use kind::QuestionKind;
pub use list::{MAX_STORED_QUESTIONS, Questions};

use crate::QuestionId;

/// A question of a competition.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// Which one. It stays the same when the question is edited.
    pub id: QuestionId,
    /// What it asks for.
    pub kind: QuestionKind,
    /// The question, in one line.
    #[cfg_attr(feature = "openapi", schema(example = "T-shirt size"))]
    pub label: String,
    /// What helps to answer it, in one line.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub help: Option<String>,
    /// Whether it must be answered; a `YES_NO` with yes.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub required: bool,
    /// The options of `ONE_OF` and `ANY_OF`; empty for the others.
    #[cfg_attr(feature = "openapi", schema(example = json!(["S", "M", "L"])))]
    pub options: Vec<String>,
    /// A page to read before answering, such as terms.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub link: Option<String>,
}

impl Question {
    /// The question as an organizer answers it for a participant who has answered `values`. It
    /// needs no answer, because it may be newer than the registration; and an answer can be kept
    /// although its option was removed.
    #[must_use]
    pub fn for_organizer(mut self, values: &[String]) -> Self {
        self.required = false;
        if matches!(self.kind, QuestionKind::OneOf | QuestionKind::AnyOf) {
            let removed = values.iter().filter(|value| !self.options.contains(value));
            let removed: Vec<_> = removed.cloned().collect();
            self.options.extend(removed);
        }
        self
    }

    /// The answers to choose from, in normal form, and in words; none for a question that is
    /// answered in one's own words.
    pub fn choices(&self) -> Vec<(String, String)> {
        match self.kind {
            QuestionKind::OneOf | QuestionKind::AnyOf => {
                self.options.iter().map(|option| (option.clone(), option.clone())).collect()
            }
            QuestionKind::YesNo => {
                let choice = |yes: bool| (yes.to_string(), AnswerValue::YesNo(yes).in_words());
                [true, false].map(choice).into()
            }
            QuestionKind::Country => {
                countries().map(|(code, name)| (code.to_owned(), name.to_owned())).collect()
            }
            _ => Vec::new(),
        }
    }
}
