//! Changing the email address of an account.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use crate::{
    Email, Faults, PublicError, Raw,
    account::{filled, refuse_unknown, text},
};

/// The body of a change of the address, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({ "email": "ada@lovelace.example", "password": "password123" }))
)]
#[serde(expecting = "an object")]
pub struct EmailChangeInput {
    /// An address with no account, in any case.
    #[cfg_attr(feature = "openapi", schema(value_type = Email, required))]
    #[serde(default)]
    pub email: Raw<String>,
    /// The password of the account.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, required, format = Password, min_length = 1, pattern = r"\S")
    )]
    #[serde(default)]
    pub password: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// A change of the address that is complete. The database has the password and other accounts.
#[derive(Clone)]
pub struct EmailChange {
    /// The address that the account is to have.
    pub email: Email,
    /// The password as typed.
    pub password: String,
}

impl EmailChangeInput {
    /// Applies every rule that needs no database.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<EmailChange, PublicError> {
        let mut faults = Faults::default();
        let email = text(self.email, "Email").and_then(|text| Email::parse_new(&text));
        let email = faults.check("email", email);
        let password = faults.check("password", filled(self.password, "Password"));
        refuse_unknown(&mut faults, &self.unknown);
        faults.finish(email.zip(password).map(|(email, password)| EmailChange { email, password }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_the_address_reports_every_fault_at_once() {
        let body = r#"{"email":"ada@mailhost","password":" ","role":"ADMIN"}"#;
        let input: EmailChangeInput = serde_json::from_str(body).unwrap();
        let error = input.check().err().unwrap();
        let faults: Vec<_> = error.fields.iter().map(|fault| &*fault.message).collect();
        assert_eq!(
            faults,
            [
                "Email must be a valid email address, like name@example.com",
                "Password must not be blank",
                "Field role is not known here",
            ]
        );
    }
}
