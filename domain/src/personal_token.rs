//! Personal access tokens.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{Faults, PersonalTokenId, PublicError, Raw, Timestamp, TokenName, account};

/// The longest lifetime of a token that expires, in days.
pub const MAX_TOKEN_DAYS: u32 = 365;

/// What a client may do with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(
    feature = "sea-orm",
    sea_orm(rs_type = "String", db_type = "Text", rename_all = "lowercase")
)]
#[serde(rename_all = "lowercase")]
pub enum TokenScope {
    /// Everything that changes nothing.
    Read,
    /// Everything that its owner may do, except managing credentials.
    Write,
}

impl TokenScope {
    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

impl fmt::Display for TokenScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TokenScope {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Read, Self::Write].into_iter().find(|scope| scope.as_str() == text).ok_or(())
    }
}

/// A personal access token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PersonalToken {
    /// Names the token.
    pub id: PersonalTokenId,
    /// The name that its owner gave it.
    #[cfg_attr(feature = "openapi", schema(example = "Results importer"))]
    pub name: String,
    /// What a client may do with it.
    pub scope: TokenScope,
    /// When it was created.
    pub created_at: Timestamp,
    /// From when on it is rejected; `null` if it never expires.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute; `null` if it never was.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub last_used_at: Option<Timestamp>,
}

impl PersonalToken {
    /// Whether it is rejected for its age.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }
}

/// The body that creates a token, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({ "name": "Results importer", "scope": "read", "expiresInDays": 90 }))
)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct PersonalTokenInput {
    /// 1 to 100 characters. The user has no other token with this name.
    #[cfg_attr(feature = "openapi", schema(value_type = TokenName, required))]
    #[serde(default)]
    pub name: Raw<String>,
    /// `read` or `write`.
    #[cfg_attr(feature = "openapi", schema(value_type = TokenScope, required))]
    #[serde(default)]
    pub scope: Raw<String>,
    /// Days until it expires, from 1 to 365; without it, the token never expires.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<u32>, minimum = 1, maximum = 365)
    )]
    #[serde(default)]
    pub expires_in_days: Raw<i64>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// A token to be created, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPersonalToken {
    /// The name.
    pub name: TokenName,
    /// What a client may do with it.
    pub scope: TokenScope,
    /// Days until it expires; `None` if it never does.
    pub days: Option<u32>,
}

impl PersonalTokenInput {
    /// Applies every rule that needs no database.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<NewPersonalToken, PublicError> {
        let mut faults = Faults::default();
        let name = account::text(self.name, "Name").and_then(|text| TokenName::parse(&text));
        let name = faults.check("name", name);
        let scope = faults.check("scope", scope(&self.scope));
        let days = faults.check("expiresInDays", days(&self.expires_in_days));
        account::refuse_unknown(&mut faults, &self.unknown);
        let token = name.zip(scope).zip(days);
        faults.finish(token.map(|((name, scope), days)| NewPersonalToken { name, scope, days }))
    }
}

fn scope(raw: &Raw<String>) -> Result<TokenScope, String> {
    let scope = match raw {
        Raw::Given(text) => text.parse().ok(),
        Raw::Missing | Raw::WrongType => None,
    };
    scope.ok_or_else(|| "Scope must be read or write".into())
}

fn days(raw: &Raw<i64>) -> Result<Option<u32>, String> {
    let days = match raw {
        Raw::Missing => return Ok(None),
        Raw::Given(days) => u32::try_from(*days).ok(),
        Raw::WrongType => None,
    };
    match days.filter(|days| (1..=MAX_TOKEN_DAYS).contains(days)) {
        Some(days) => Ok(Some(days)),
        None => Err(format!("Expiry must be a whole number from 1 to {MAX_TOKEN_DAYS} days")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str) -> Result<NewPersonalToken, Vec<String>> {
        let input: PersonalTokenInput = serde_json::from_str(body).unwrap();
        let messages = |error: PublicError| {
            error.fields.into_iter().map(|fault| fault.message).collect::<Vec<_>>()
        };
        input.check().map_err(messages)
    }

    #[test]
    fn a_new_token_reports_every_fault_at_once() {
        let faults = check(r#"{"name":" ","scope":"admin","expiresInDays":0,"token":"x"}"#);
        assert_eq!(
            faults.unwrap_err(),
            [
                "Name must not be blank",
                "Scope must be read or write",
                "Expiry must be a whole number from 1 to 365 days",
                "Field token is not known here",
            ]
        );
        let missing = check("{}").unwrap_err();
        assert_eq!(missing, ["Name must not be blank", "Scope must be read or write"]);
    }

    #[test]
    fn a_token_expires_after_a_year_at_most_or_never() {
        let days = |days: &str| {
            let body = format!(r#"{{"name":"CI","scope":"read","expiresInDays":{days}}}"#);
            check(&body).ok().map(|token| token.days)
        };
        assert_eq!(
            (days("null"), days("1"), days("365")),
            (Some(None), Some(Some(1)), Some(Some(365)))
        );
        for bad in ["0", "366", "-1", "1.5", "\"\"", "true", "4294967297"] {
            assert_eq!(days(bad), None, "{bad}");
        }
    }
}
