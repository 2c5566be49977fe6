//! A user and the version of their credentials.

use domain::User;

use crate::{Actor, credentials::CredentialsVersion, entity::user};

/// A user and the version of their credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The user.
    pub user: User,
    /// Stored in sessions and tokens.
    pub credentials: CredentialsVersion,
}

impl From<Account> for Actor {
    /// A user who has logged in.
    fn from(Account { user, credentials }: Account) -> Self {
        Self::logged_in(user, credentials)
    }
}

impl From<user::Model> for Account {
    fn from(row: user::Model) -> Self {
        let credentials = CredentialsVersion(row.credentials_version);
        Self { user: row.into_user(), credentials }
    }
}
