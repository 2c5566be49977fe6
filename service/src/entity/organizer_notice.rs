//! What an organizer has been notified of a competition, with one timing.

use domain::CompetitionId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "organizer_notices")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) competition_id: CompetitionId,
    /// `AT_ONCE` or `DAILY`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) timing: String,
    /// Registrations and cancellations until then were looked at.
    pub(crate) seen_until: DateTimeUtc,
    /// The version of the competition when nothing newer was left.
    pub(crate) seen_version: i32,
    pub(crate) was_full: bool,
    pub(crate) had_waiting: bool,
    /// When the organizer was notified last.
    pub(crate) noticed_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
