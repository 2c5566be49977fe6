//! A message in a mailbox.

use domain::{CompetitionId, MailId, RegistrationId, UserId};
use sea_orm::entity::prelude::*;

use crate::calendar_file::CalendarMethod;

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
    /// The competition that it is about. It may not exist any more.
    pub(crate) competition_id: Option<CompetitionId>,
    /// The registration that it is about. It may not exist any more.
    pub(crate) registration_id: Option<RegistrationId>,
    /// What it does to the event of the registration in the calendar of its reader.
    pub(crate) calendar: Option<CalendarMethod>,
    /// The revision of the competition that the mail has sent an event of; `None` if it was sent
    /// without one, or not at all.
    pub(crate) event_revision: Option<i32>,
    /// When its reader deleted it, which marks it as read as well.
    pub(crate) deleted_at: Option<DateTimeUtc>,
    /// When it was not mailed because its reader had not verified their address.
    pub(crate) held_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
