//! What a request to register holds beside the competition and the user.

use domain::AccessCode;

use super::AnsweredForm;

/// What a request to register holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct RegistrationForm {
    /// `None` if no answers were sent, and the questions were not read.
    pub(crate) answers: Option<Box<AnsweredForm>>,
    pub(crate) access_code: Option<AccessCode>,
}

impl From<AnsweredForm> for RegistrationForm {
    fn from(answers: AnsweredForm) -> Self {
        Self { answers: Some(Box::new(answers)), access_code: None }
    }
}
