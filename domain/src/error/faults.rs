//! Collects the faults of the fields of an input.

use super::{ErrorCode, FieldError, PublicError, shorten};

/// Faults that are reported at once, at most.
const MAX_FAULTS: usize = 50;
/// Longest name of a field in a response, in bytes; longer ones are made up by a client.
const MAX_FIELD: usize = 64;
/// Longest sentence about a fault, in bytes.
const MAX_FAULT: usize = 256;

/// Collects the faults of an input, so that all are reported at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldError>);

impl Faults {
    /// Adds a fault. Drops faults beyond a limit and shortens long names, so that a response is not
    /// much larger than its request.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        if self.0.len() < MAX_FAULTS {
            let field = shorten(field.to_owned(), MAX_FIELD);
            self.0.push(FieldError { field, message: shorten(message.into(), MAX_FAULT) });
        }
    }

    /// The value; `None` adds a fault.
    pub fn check<T>(&mut self, field: &str, checked: Result<T, String>) -> Option<T> {
        checked.map_err(|message| self.add(field, message)).ok()
    }

    /// Whether there are none so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `value` if there are no faults.
    ///
    /// # Errors
    /// [`ErrorCode::ValidationFailed`] with all faults.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, PublicError> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => {
                let messages: Vec<_> = self.0.iter().map(|fault| &*fault.message).collect();
                let error = PublicError::new(ErrorCode::ValidationFailed, messages.join("; "));
                Err(PublicError { fields: self.0, ..error })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::public_error::MAX_MESSAGE, *};

    #[test]
    fn an_error_is_bounded_whatever_was_sent() {
        let mut faults = Faults::default();
        for number in 0..10_000 {
            let name = format!("{number}{}", "ä".repeat(200));
            faults.add(&name, format!("Field {name} is not known here"));
        }
        let error = faults.finish(None::<()>).unwrap_err();
        assert_eq!(error.fields.len(), MAX_FAULTS);
        let name = &error.fields[0].field;
        assert!(name.starts_with("0ää") && name.ends_with('…'));
        assert!(serde_json::to_string(&error).unwrap().len() < 40_000);
        let message = PublicError::new(ErrorCode::MalformedBody, "ä".repeat(100_000)).message;
        assert!(message.len() <= MAX_MESSAGE, "{}", message.len());
    }
}
