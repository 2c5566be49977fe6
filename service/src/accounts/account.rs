//! A user and the version of their credentials.

use domain::User;
use serde::{Deserialize, Serialize};

use crate::{Actor, entity::user};

/// Counts the passwords of a user. A session or token is valid while its version is the current
/// one, so that changing the password revokes all of them, in every process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CredentialsVersion(pub(crate) i32);

impl CredentialsVersion {
    /// The version of the first password.
    pub const FIRST: Self = Self(1);
}

/// A user and the version of their credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The user.
    pub user: User,
    /// Stored in sessions and tokens.
    pub credentials: CredentialsVersion,
}

impl From<Account> for Actor {
    fn from(account: Account) -> Self {
        account.user.into()
    }
}

impl From<user::Model> for Account {
    fn from(row: user::Model) -> Self {
        let credentials = CredentialsVersion(row.credentials_version);
        Self { user: row.into_user(), credentials }
    }
}
