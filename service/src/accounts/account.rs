//! A user, and which of their passwords counts.

use domain::User;
use serde::{Deserialize, Serialize};

use crate::{Actor, entity::user};

/// Counts the passwords of a user. A session or a token is worth something for as long as the password that it was
/// given for is the current one: to change the password is to end them all, in every process, without looking for any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CredentialsVersion(pub(crate) i32);

impl CredentialsVersion {
    /// That of everybody who has never changed it.
    pub const FIRST: Self = Self(1);
}

/// A user, and which of their passwords counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub user: User,
    /// Goes into sessions and tokens.
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
