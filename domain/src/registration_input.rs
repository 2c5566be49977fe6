//! The body of a registration.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::{AccessCode, AnswerInput, Faults, PublicError, Raw, account::optional_text};

/// The body of a registration, unchecked. Clients of the first version of the API send anything:
/// only these fields of an object are read.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(rename_all = "camelCase", example = json!({
        "answers": [{ "questionId": "01939c2e-7b5a-7000-8000-000000000001", "value": "M" }],
    }))
)]
pub struct RegistrationInput {
    /// The answers to the questions of the competition, in any order; none when it is absent or
    /// null.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<Vec<AnswerInput>>, max_items = 20)
    )]
    pub answers: Raw<Vec<AnswerInput>>,
    /// What admits the participant, unless the competition is open; ignored if it is.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<AccessCode>))]
    pub access_code: Raw<String>,
}

impl RegistrationInput {
    /// The access code, if one was sent. A blank one is none.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ValidationFailed`] for a text that no code has.
    pub fn access_code(&self) -> Result<Option<AccessCode>, PublicError> {
        let mut faults = Faults::default();
        let code = optional_text(self.access_code.clone(), "Access code", AccessCode::parse);
        let code = faults.check("accessCode", code);
        faults.finish(code)
    }
}

impl<'de> Deserialize<'de> for RegistrationInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = match Value::deserialize(deserializer)? {
            Value::Object(fields) => fields,
            _ => return Ok(Self::default()),
        };
        let mut take = |name| fields.remove(name).unwrap_or_default();
        Ok(Self {
            answers: Raw::from_value(take("answers")),
            access_code: Raw::from_value(take("accessCode")),
        })
    }
}
