//! A change of a competition that its participants are notified of.

use domain::CompetitionId;
use sea_orm::entity::prelude::*;

use crate::change_notice::NotifiedFacts;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "competition_changes")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) competition_id: CompetitionId,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) before: NotifiedFacts,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) after: NotifiedFacts,
    /// What the organizer adds; of several edits, a line for each.
    pub(crate) note: Option<String>,
    /// When the edit was made; of several edits, the last one.
    pub(crate) made_at: DateTimeUtc,
    /// When its notice was due. From then on the row stays as it is; until then, a later edit becomes
    /// a part of its notice.
    pub(crate) frozen_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
