//! Changing a password, asking for a new one when it was forgotten, and deleting an account.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use crate::{
    Email, Faults, Password, PublicError, Raw,
    account::{filled, refuse_unknown, text},
};

/// The body of a change of password, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "currentPassword": "password123", "newPassword": "correct horse battery",
    }))
)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct PasswordChangeInput {
    /// The password that the account has now.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, required, format = Password, min_length = 1, pattern = r"\S")
    )]
    #[serde(default)]
    pub current_password: Raw<String>,
    /// 8 characters to 72 bytes.
    #[cfg_attr(feature = "openapi", schema(value_type = Password, required))]
    #[serde(default)]
    pub new_password: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// A change of password that is complete. Whether the current one is right, the database tells.
#[derive(Clone)]
pub struct PasswordChange {
    /// The current password as typed.
    pub current: String,
    /// The one that the account is to have.
    pub new: Password,
}

impl PasswordChangeInput {
    /// Applies every rule that needs no database.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<PasswordChange, PublicError> {
        let mut faults = Faults::default();
        let current =
            faults.check("currentPassword", filled(self.current_password, "Current password"));
        let new = text(self.new_password, "New password").and_then(Password::parse);
        let new = faults.check("newPassword", new);
        refuse_unknown(&mut faults, &self.unknown);
        faults.finish(current.zip(new).map(|(current, new)| PasswordChange { current, new }))
    }
}

/// The body of a request for a link to set a new password, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({ "email": "participant1@minicompete.com" }))
)]
#[serde(expecting = "an object")]
pub struct ResetRequestInput {
    /// The address of the account, in any case.
    #[cfg_attr(feature = "openapi", schema(value_type = Email, required))]
    #[serde(default)]
    pub email: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

impl ResetRequestInput {
    /// Requires an address. Does not check that it has an account: the response must not reveal
    /// that.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<Email, PublicError> {
        let mut faults = Faults::default();
        let email = faults.check("email", text(self.email, "Email").and_then(|t| Email::parse(&t)));
        refuse_unknown(&mut faults, &self.unknown);
        faults.finish(email)
    }
}

/// The body that sets a new password, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "token": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "password": "correct horse battery",
    }))
)]
#[serde(expecting = "an object")]
pub struct PasswordResetInput {
    /// What the link in the mail holds behind `token=`.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, required, min_length = 1, pattern = r"\S")
    )]
    #[serde(default)]
    pub token: Raw<String>,
    /// 8 characters to 72 bytes.
    #[cfg_attr(feature = "openapi", schema(value_type = Password, required))]
    #[serde(default)]
    pub password: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// A new password and the token of a reset link. Only the database can tell whether the token is
/// valid.
#[derive(Clone)]
pub struct PasswordReset {
    /// From the link.
    pub token: String,
    /// The one that the account is to have.
    pub password: Password,
}

impl PasswordResetInput {
    /// Applies every rule that needs no database.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<PasswordReset, PublicError> {
        let mut faults = Faults::default();
        let token = faults.check("token", filled(self.token, "Token"));
        let password = text(self.password, "Password").and_then(Password::parse);
        let password = faults.check("password", password);
        refuse_unknown(&mut faults, &self.unknown);
        faults
            .finish(token.zip(password).map(|(token, password)| PasswordReset { token, password }))
    }
}

/// The body that deletes an account, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({ "password": "password123" }))
)]
#[serde(expecting = "an object")]
pub struct AccountDeletionInput {
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

impl AccountDeletionInput {
    /// The word that confirms the deletion in the form, in upper or lower case.
    pub const CONFIRMATION: &str = "delete";

    /// Requires the password, and does not compare it.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<String, PublicError> {
        let mut faults = Faults::default();
        let password = faults.check("password", filled(self.password, "Password"));
        refuse_unknown(&mut faults, &self.unknown);
        faults.finish(password)
    }

    /// The same for the form, which also requires the [word of confirmation](Self::CONFIRMATION),
    /// so that no account is deleted by accident.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check_confirmed(self, typed: &str) -> Result<String, PublicError> {
        let mut faults = Faults::default();
        let password = faults.check("password", filled(self.password, "Password"));
        if !typed.trim().eq_ignore_ascii_case(Self::CONFIRMATION) {
            faults.add("confirmation", format!("Type the word {} to confirm", Self::CONFIRMATION));
        }
        faults.finish(password)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_password_reports_every_fault_at_once() {
        let body = r#"{"currentPassword":" ","newPassword":"short","role":"ADMIN"}"#;
        let input: PasswordChangeInput = serde_json::from_str(body).unwrap();
        let error = input.check().err().unwrap();
        let faults: Vec<_> =
            error.fields.iter().map(|fault| (&*fault.field, &*fault.message)).collect();
        assert_eq!(
            faults,
            [
                ("currentPassword", "Current password must not be blank"),
                ("newPassword", "Password must have at least 8 characters"),
                ("role", "Field role is not known here"),
            ]
        );
    }
}
