//! The version of a user's credentials.

use serde::{Deserialize, Serialize};

/// Counts the passwords of a user, and how often they have ended their other sessions. A session or
/// token is valid while its version is the current one, so that both revoke all of them, in every
/// process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CredentialsVersion(pub(crate) i32);

impl CredentialsVersion {
    /// The version of the first password.
    pub const FIRST: Self = Self(1);
}
