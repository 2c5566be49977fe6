//! A list of registrations with one answer.

use std::{fmt, str::FromStr};

use crate::{QuestionId, QuestionOption};

/// The length of an id and a colon.
#[cfg(feature = "openapi")]
const PREFIX: usize = 37;

/// The answer that registrations of a list have. In a query string: the id of the question, a
/// colon, and the answer, an option of `ANY_OF` among others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerFilter {
    /// To which question.
    pub question: QuestionId,
    /// In normal form: an option, `true`, a country code, any other text.
    pub value: String,
}

schema!(
    AnswerFilter,
    crate::schema::text(
        "The id of a question, a colon and an answer",
        "01939c2e-7b5a-7000-8000-000000000001:M"
    )
    .min_length(Some(PREFIX + 1))
    .max_length(Some(PREFIX + AnswerFilter::MAX_LENGTH))
    .pattern(Some(concat!(
        r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}:",
        r"[^\u0000]*[^\s\u0000][^\u0000]*$",
    )))
);

impl AnswerFilter {
    /// The longest answer to look for, in characters: as long as an option.
    pub const MAX_LENGTH: usize = QuestionOption::MAX_LENGTH;
}

impl fmt::Display for AnswerFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.question, self.value)
    }
}

impl FromStr for AnswerFilter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "Answer must be the id of a question, a colon and the answer".to_owned();
        let (question, value) = text.split_once(':').ok_or_else(wrong)?;
        let question = question.parse().map_err(|_| wrong())?;
        if value.contains('\0') {
            return Err("Answer must not contain control characters".into());
        }
        if value.is_empty() || value.chars().count() > Self::MAX_LENGTH {
            let max = Self::MAX_LENGTH;
            return Err(format!("Answer must have 1 to {max} characters after the colon"));
        }
        Ok(Self { question, value: value.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_to_look_for_is_read_as_it_is_written() {
        let id = "01939c2e-7b5a-7000-8000-000000000001";
        let filter: AnswerFilter = format!("{id}:9:00 to 10:00").parse().unwrap();
        assert_eq!(filter.value, "9:00 to 10:00");
        assert_eq!(filter.to_string().parse(), Ok(filter));
        let long = format!("{id}:{}", "x".repeat(101));
        for wrong in ["", ":", id, &format!("{id}:"), "x:M", &format!("{id}:\0"), &long] {
            assert!(wrong.parse::<AnswerFilter>().is_err(), "{wrong:?}");
        }
    }
}
