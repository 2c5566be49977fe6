//! A change of a competition that its participants are notified of.

use domain::CompetitionId;
use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::competition;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
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
    /// When its notice was due. From then on the row stays as it is; until then, a later edit
    /// becomes a part of its notice.
    pub(crate) frozen_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The title of a competition, when it takes place, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub(crate) struct NotifiedFacts {
    pub(crate) title: String,
    pub(crate) start_date: Option<DateTimeUtc>,
    pub(crate) ends_at: Option<DateTimeUtc>,
    pub(crate) venue_name: Option<String>,
    pub(crate) venue_address: Option<String>,
    pub(crate) online_url: Option<String>,
    /// Of the times. Another zone alone is no change.
    pub(crate) time_zone: String,
}

impl NotifiedFacts {
    pub(crate) fn of(row: &competition::Model) -> Self {
        Self {
            title: row.title.clone(),
            start_date: row.start_date,
            ends_at: row.ends_at,
            venue_name: row.venue_name.clone(),
            venue_address: row.venue_address.clone(),
            online_url: row.online_url.clone(),
            time_zone: row.time_zone.clone(),
        }
    }

    pub(crate) fn differ_from(&self, other: &Self) -> bool {
        Self { time_zone: other.time_zone.clone(), ..self.clone() } != *other
    }
}
