//! The answers of a request to register.

use domain::{AnswerInput, ErrorCode, GivenAnswer, PublicError, Question, Raw, given_answers};
use serde_json::{Value, json};

/// The answers of a request to register, checked before the competition is locked: its questions
/// are not read under the lock. It is decided on only if the questions are still the same.
#[derive(Debug)]
pub(crate) struct AnsweredForm {
    /// What the client sent, for the fingerprint; `None` if it sent no answers.
    sent: Option<Value>,
    /// Of the questions that the answers were checked against.
    questions_version: i32,
    checked: Result<Vec<GivenAnswer>, PublicError>,
}

impl AnsweredForm {
    /// Checks answers to the questions that a competition asks at this version.
    pub(crate) fn new(
        answers: Raw<Vec<AnswerInput>>,
        asked: &[Question],
        questions_version: i32,
    ) -> Self {
        let sent = match &answers {
            Raw::Missing => None,
            Raw::WrongType => Some(Value::Bool(false)),
            Raw::Given(answers) => {
                let mut answers: Vec<_> = answers.iter().collect();
                // In any order, they are the same request.
                answers.sort_by(|a, b| a.question_id.cmp(&b.question_id));
                let pair = |answer: &AnswerInput| json!([answer.question_id, answer.value]);
                Some(answers.into_iter().map(pair).collect())
            }
        };
        Self { sent, questions_version, checked: given_answers(answers, asked) }
    }

    /// What the client sent.
    pub(super) fn sent(&self) -> Option<&Value> {
        self.sent.as_ref()
    }
}

/// The answers, if they were checked against the questions at `version`.
///
/// # Errors
/// [`ErrorCode::QuestionsChanged`] if they were not; every wrong answer at once.
pub(super) fn answers_at(
    form: Option<&AnsweredForm>,
    version: i32,
) -> Result<Vec<GivenAnswer>, PublicError> {
    if form.map_or(0, |form| form.questions_version) != version {
        let message = "The organizer has just changed the questions: look at them, then try again";
        return Err(PublicError::new(ErrorCode::QuestionsChanged, message));
    }
    form.map_or(Ok(Vec::new()), |form| form.checked.clone())
}
