//! Refresh tokens, as clients send them.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use crate::{
    Faults, PublicError, Raw,
    account::{filled, refuse_unknown},
};

/// The body that asks for a new pair of tokens, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "refreshToken": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }))
)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct RefreshInput {
    /// The one that came with the last token.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, required, min_length = 1, pattern = r"\S")
    )]
    #[serde(default)]
    pub refresh_token: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

impl RefreshInput {
    /// Requires a token; whether it is good, the database tells.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<String, PublicError> {
        let mut faults = Faults::default();
        let token = faults.check("refreshToken", filled(self.refresh_token, "Refresh token"));
        refuse_unknown(&mut faults, &self.unknown);
        faults.finish(token)
    }
}

/// The body of a sign-out, unchecked. All of it may be absent.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "refreshToken": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }))
)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct LogoutInput {
    /// The refresh token that is to be worth nothing from now on, and with it all that came before
    /// it.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<String>, min_length = 1, pattern = r"\S")
    )]
    #[serde(default)]
    pub refresh_token: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

impl LogoutInput {
    /// The token, if one was sent.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<Option<String>, PublicError> {
        let mut faults = Faults::default();
        let token = match self.refresh_token {
            Raw::Missing => Some(None),
            raw => faults.check("refreshToken", filled(raw, "Refresh token")).map(Some),
        };
        refuse_unknown(&mut faults, &self.unknown);
        faults.finish(token)
    }
}
