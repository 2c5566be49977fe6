//! Users, signing up and logging in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::IgnoredAny};

#[cfg(feature = "openapi")]
use crate::role::SignupRole;
use crate::{Email, Faults, Password, PersonName, PublicError, Raw, Role, UserId, role};

/// A user, as the user sees themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// Who.
    pub id: UserId,
    /// The address as it was typed at sign-up.
    #[cfg_attr(feature = "openapi", schema(format = "email", example = "ada@example.com"))]
    pub email: String,
    /// The name others see.
    #[cfg_attr(feature = "openapi", schema(example = "Ada Lovelace"))]
    pub name: String,
    /// The role that they signed up with.
    pub role: Role,
    /// What they may do: `role` first, then the role that they have added, if they have.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(["PARTICIPANT"])))]
    #[serde(default)]
    pub roles: Vec<Role>,
    /// The IANA time zone that times are shown to them in; `null` for that of their browser.
    #[cfg_attr(feature = "openapi", schema(required, example = "Europe/Berlin"))]
    #[serde(rename = "timeZone", default)]
    pub time_zone: Option<String>,
    /// Whether they have verified that they read the mail of the address. Until then messages stay
    /// in the mailbox on the site.
    #[cfg_attr(feature = "openapi", schema(required))]
    #[serde(rename = "emailVerified", default = "unknown_to_earlier_releases")]
    pub email_verified: bool,
    /// Whether the mail server of the address has refused the last mail to it for good: the address
    /// does not exist, for example.
    #[cfg_attr(feature = "openapi", schema(required))]
    #[serde(rename = "emailRefused", default)]
    pub email_refused: bool,
}

/// A page that a server of an earlier release has rendered asks for no verification.
fn unknown_to_earlier_releases() -> bool {
    true
}

impl User {
    /// Whether they have this role.
    pub fn has_role(&self, role: Role) -> bool {
        // A page that a server of an earlier release has rendered knows no `roles`.
        self.role == role || self.roles.contains(&role)
    }

    /// The role that they can add to theirs.
    pub fn addable_role(&self) -> Option<Role> {
        match (self.has_role(Role::Participant), self.has_role(Role::Organizer)) {
            (true, false) => Some(Role::Organizer),
            (false, true) => Some(Role::Participant),
            // Administrators have no other role.
            (false, false) | (true, true) => None,
        }
    }
}

/// The body of a sign-up, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "name": "Ada Lovelace", "email": "ada@example.com",
        "password": "correct horse battery", "role": "PARTICIPANT",
    }))
)]
#[serde(expecting = "an object")]
pub struct SignupInput {
    /// The name others see; not blank.
    #[cfg_attr(feature = "openapi", schema(value_type = PersonName, required))]
    #[serde(default)]
    pub name: Raw<String>,
    /// An address with no account yet, in any case.
    #[cfg_attr(feature = "openapi", schema(value_type = Email, required))]
    #[serde(default)]
    pub email: Raw<String>,
    /// 8 characters to 72 bytes.
    #[cfg_attr(feature = "openapi", schema(value_type = Password, required))]
    #[serde(default)]
    pub password: Raw<String>,
    /// `PARTICIPANT` or `ORGANIZER`.
    #[cfg_attr(feature = "openapi", schema(value_type = SignupRole, required))]
    #[serde(default)]
    pub role: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// A sign-up that has been checked.
#[derive(Clone, Debug)]
pub struct Signup {
    /// The name others see.
    pub name: PersonName,
    /// The address to sign in with.
    pub email: Email,
    /// The password to sign in with.
    pub password: Password,
    /// Participant or organizer.
    pub role: Role,
}

impl SignupInput {
    /// Applies every rule.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<Signup, PublicError> {
        let mut faults = Faults::default();
        let name =
            faults.check("name", text(self.name, "Name").and_then(|t| PersonName::parse(&t)));
        let email =
            faults.check("email", text(self.email, "Email").and_then(|t| Email::parse_new(&t)));
        let password =
            faults.check("password", text(self.password, "Password").and_then(Password::parse));
        let role = faults.check("role", role::assignable(&self.role));
        refuse_unknown(&mut faults, &self.unknown);
        let signup = name.zip(email).zip(password).zip(role);
        let signup =
            signup.map(|(((name, email), password), role)| Signup { name, email, password, role });
        faults.finish(signup)
    }
}

/// The body of a login, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({ "email": "participant1@minicompete.com", "password": "password123" }))
)]
#[serde(expecting = "an object")]
pub struct LoginInput {
    /// The address of the account, in any case.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, required, format = "email", min_length = 1)
    )]
    #[serde(default)]
    pub email: Raw<String>,
    /// Its password.
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

/// A login that has been checked for completeness.
#[derive(Clone)]
pub struct Login {
    /// The address, compared without case.
    pub email: String,
    /// The password as typed: a password that no account could have is wrong, not invalid.
    pub password: String,
}

impl LoginInput {
    /// Requires both fields. Their format is not checked, so that the response reveals nothing.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<Login, PublicError> {
        let mut faults = Faults::default();
        let email = faults.check("email", filled(self.email, "Email"));
        let password = faults.check("password", filled(self.password, "Password"));
        refuse_unknown(&mut faults, &self.unknown);
        let login = email.zip(password).map(|(email, password)| Login { email, password });
        faults.finish(login)
    }
}

/// The text of a required field, which must not be blank.
pub(crate) fn filled(raw: Raw<String>, label: &str) -> Result<String, String> {
    text(raw, label).and_then(|text| {
        if text.trim().is_empty() { Err(format!("{label} must not be blank")) } else { Ok(text) }
    })
}

/// The text of a required field.
pub(crate) fn text(raw: Raw<String>, label: &str) -> Result<String, String> {
    match raw {
        Raw::Given(text) => Ok(text),
        Raw::Missing => Err(format!("{label} must not be blank")),
        Raw::WrongType => Err(format!("{label} must be text")),
    }
}

/// A text that may be missing; a blank one is none, because a form sends it for what was left out.
pub(crate) fn optional_text<T>(
    raw: Raw<String>,
    label: &str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Option<T>, String> {
    match raw {
        Raw::Missing => Ok(None),
        Raw::WrongType => Err(format!("{label} must be text")),
        Raw::Given(text) if text.trim().is_empty() => Ok(None),
        Raw::Given(text) => parse(&text).map(Some),
    }
}

/// A flag, which is `false` when it is missing.
pub(crate) fn flag(raw: &Raw<bool>, label: &str) -> Result<bool, String> {
    match raw {
        Raw::Missing => Ok(false),
        Raw::Given(flag) => Ok(*flag),
        Raw::WrongType => Err(format!("{label} must be true or false")),
    }
}

/// Adds a fault for each unknown field.
pub(crate) fn refuse_unknown(faults: &mut Faults, unknown: &BTreeMap<String, IgnoredAny>) {
    refuse_unknown_in(faults, "", unknown);
}

/// The same for an object inside a body, whose fields begin with `prefix` in errors.
pub(crate) fn refuse_unknown_in(
    faults: &mut Faults,
    prefix: &str,
    unknown: &BTreeMap<String, IgnoredAny>,
) {
    for field in unknown.keys() {
        faults.add(&format!("{prefix}{field}"), format!("Field {field} is not known here"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signup_reports_every_fault_at_once() {
        let body = r#"{"name":" ","email":7,"role":"ADMIN","isAdmin":true}"#;
        let input: SignupInput = serde_json::from_str(body).unwrap();
        let error = input.check().unwrap_err();
        let faults: Vec<_> = error.fields.iter().map(|fault| &*fault.message).collect();
        assert_eq!(
            faults,
            [
                "Name must not be blank",
                "Email must be text",
                "Password must not be blank",
                "Role must be PARTICIPANT or ORGANIZER",
                "Field isAdmin is not known here",
            ]
        );
    }
}
