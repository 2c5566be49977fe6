//! A tag of a competition.

use std::collections::HashMap;

use domain::{CompetitionId, Tag};
use sea_orm::{QueryOrder, entity::prelude::*};

use crate::{Result, infrastructure::db::bulk};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "competition_tags")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) competition_id: CompetitionId,
    #[sea_orm(primary_key, auto_increment = false)]
    /// The tag in the form that is compared.
    pub(crate) tag: String,
    /// The tag as it was typed.
    pub(crate) label: String,
    /// Counted from 0, in the organizer's order.
    pub(crate) position: i16,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::competition::Entity",
        from = "Column::CompetitionId",
        to = "super::competition::Column::Id"
    )]
    Competition,
}

impl Related<super::competition::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Competition.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The tags of some competitions as they were typed, in the organizer's order.
pub(crate) async fn tags_of(
    db: &impl ConnectionTrait,
    competitions: impl IntoIterator<Item = CompetitionId>,
) -> Result<HashMap<CompetitionId, Vec<String>>> {
    let rows = Entity::find()
        .filter(bulk::any_of(db, Column::CompetitionId, competitions))
        .order_by_asc(Column::Position)
        .all(db)
        .await?;
    let mut tags: HashMap<CompetitionId, Vec<String>> = HashMap::new();
    for row in rows {
        tags.entry(row.competition_id).or_default().push(row.label);
    }
    Ok(tags)
}

/// Replaces the tags of a competition.
pub(crate) async fn replace_tags(
    tx: &impl ConnectionTrait,
    competition: CompetitionId,
    tags: &[Tag],
) -> Result<()> {
    Entity::delete_many().filter(Column::CompetitionId.eq(competition)).exec(tx).await?;
    insert_tags(tx, competition, tags).await
}

/// Inserts the tags of a competition that has none.
pub(crate) async fn insert_tags(
    tx: &impl ConnectionTrait,
    competition: CompetitionId,
    tags: &[Tag],
) -> Result<()> {
    let rows = (0..).zip(tags).map(|(position, tag)| Model {
        competition_id: competition,
        tag: tag.key(),
        label: tag.to_string(),
        position,
    });
    bulk::insert(tx, rows.collect()).await
}
