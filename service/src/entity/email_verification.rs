//! An address that the owner of an account is to verify: that of the account, or a new one.

use domain::UserId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "email_verifications")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) user_id: UserId,
    pub(crate) email: String,
    /// The form that addresses are compared in.
    pub(crate) email_key: String,
    /// The hash of the token of the link; `None` until a mail is written.
    pub(crate) link_hash: Option<String>,
    /// The hash of the code, with the account as its salt; `None` until a mail is written.
    pub(crate) code_hash: Option<String>,
    /// How many codes may still be tried.
    pub(crate) tries_left: i32,
    /// When a mail was last asked for or written.
    pub(crate) asked_at: DateTimeUtc,
    pub(crate) expires_at: DateTimeUtc,
    /// When its mail server refused the address for good.
    pub(crate) refused_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
