//! A message in a mailbox.

use domain::{MailId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "mailbox")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: MailId,
    pub(crate) user_id: UserId,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    /// The words of the subject and the body; in rows of earlier releases, both in lower case.
    pub(crate) search_text: String,
    pub(crate) sent_at: DateTimeUtc,
    pub(crate) read_at: Option<DateTimeUtc>,
    pub(crate) dedup_key: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
