//! The link of a mail that verifies an email address.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use crate::{
    Faults, PublicError, Raw,
    account::{filled, refuse_unknown},
};

/// The body that verifies an address with the link of a mail, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "token": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    }))
)]
#[serde(expecting = "an object")]
pub struct EmailLinkInput {
    /// What the link in the mail holds behind `token=`.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, required, min_length = 1, pattern = r"\S")
    )]
    #[serde(default)]
    pub token: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

impl EmailLinkInput {
    /// Returns the token. Only the database can tell whether it is valid.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<String, PublicError> {
        let mut faults = Faults::default();
        let token = faults.check("token", filled(self.token, "Token"));
        refuse_unknown(&mut faults, &self.unknown);
        faults.finish(token)
    }
}
