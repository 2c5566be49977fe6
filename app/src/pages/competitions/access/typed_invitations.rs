//! Invitations, as a form sends them.

use domain::{ErrorCode, FieldError, InvitationsInput, PublicError, addresses_in};

/// The most wrong addresses that an error names.
const MAX_NAMED: usize = 5;

/// The addresses in a text.
///
/// # Errors
/// A fault of the field `emails`.
pub(super) fn input(text: &str) -> Result<InvitationsInput, PublicError> {
    let emails = addresses_in(text).map_err(|message| {
        PublicError::on_field(ErrorCode::ValidationFailed, "emails", &message)
    })?;
    Ok(InvitationsInput { emails: emails.into(), ..Default::default() })
}

/// The error with its faults of single addresses at the field of all, by address.
pub(super) fn as_shown(mut error: PublicError, text: &str) -> PublicError {
    let emails = addresses_in(text).unwrap_or_default();
    let mut wrong = Vec::new();
    error.fields.retain(|FieldError { field, .. }| {
        let index = field.strip_prefix("emails.").and_then(|index| index.parse::<usize>().ok());
        let email = index.and_then(|index| emails.get(index));
        wrong.extend(email.cloned());
        email.is_none()
    });
    if !wrong.is_empty() {
        let more = wrong.len().saturating_sub(MAX_NAMED);
        wrong.truncate(MAX_NAMED);
        let mut message = format!("Not an email address: {}", wrong.join(", "));
        if more > 0 {
            message += &format!(", and {more} more");
        }
        error.fields.push(FieldError { field: "emails".into(), message });
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_addresses_are_named_at_the_field_of_all() {
        let text = "grace@x.example, a@, b@, c@, d@, e@, f@, g@";
        let error = input(text).unwrap().check().unwrap_err();
        let shown = as_shown(error, text).fields;
        assert_eq!(shown.len(), 1);
        assert_eq!(shown[0].field, "emails");
        assert_eq!(shown[0].message, "Not an email address: a@, b@, c@, d@, e@, and 2 more");
    }

    #[test]
    fn a_line_without_an_address_is_a_fault_of_the_field() {
        let error = input("grace@x.example\nlinus").unwrap_err();
        assert_eq!(error.about("emails"), Some("Line 2 has no email address"));
    }
}
