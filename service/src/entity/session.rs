//! A browser's session.

use domain::{BrowserSessionId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "sessions")]
pub(crate) struct Model {
    /// SHA-256 of the id in the browser's cookie.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) data: String,
    pub(crate) expires_at: DateTimeUtc,
    /// `None` for a visitor, like all that follows, and for a session of an earlier release that
    /// has not been used since.
    pub(crate) user_id: Option<UserId>,
    /// Names the session in the list of its user.
    pub(crate) public_id: Option<BrowserSessionId>,
    /// The version of the user's credentials that it was opened with.
    pub(crate) credentials_version: Option<i32>,
    pub(crate) logged_in_at: Option<DateTimeUtc>,
    pub(crate) last_used_at: Option<DateTimeUtc>,
    /// The browser and its system in words, if it names them.
    pub(crate) browser: Option<String>,
    /// The time zone of the browser at the login.
    pub(crate) time_zone: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
