//! The body of a request to add a role to an account.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

#[cfg(feature = "openapi")]
use crate::role::SignupRole;
use crate::{Faults, PublicError, Raw, Role, account::refuse_unknown, role::assignable};

/// The body of a request to add a role, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({ "role": "ORGANIZER" })))]
#[serde(expecting = "an object")]
pub struct RoleInput {
    /// `PARTICIPANT` or `ORGANIZER`.
    #[cfg_attr(feature = "openapi", schema(value_type = SignupRole, required))]
    #[serde(default)]
    pub role: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

impl RoleInput {
    /// Applies every rule.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<Role, PublicError> {
        let mut faults = Faults::default();
        let role = faults.check("role", assignable(&self.role));
        refuse_unknown(&mut faults, &self.unknown);
        faults.finish(role)
    }
}
