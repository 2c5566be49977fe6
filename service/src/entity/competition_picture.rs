//! A picture that the texts of a competition show.

use std::collections::BTreeSet;

use domain::{AssetId, CompetitionId};
use sea_orm::{QuerySelect, QueryTrait, entity::prelude::*};

use super::{asset, competition};
use crate::{Result, infrastructure::db::bulk};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "competition_pictures")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) competition_id: CompetitionId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) asset_id: AssetId,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Replaces the pictures of a competition.
pub(crate) async fn replace_pictures(
    tx: &impl ConnectionTrait,
    competition: CompetitionId,
    pictures: BTreeSet<AssetId>,
) -> Result<()> {
    Entity::delete_many().filter(Column::CompetitionId.eq(competition)).exec(tx).await?;
    insert_pictures(tx, competition, pictures).await
}

/// Inserts the pictures of a competition that has none. Those that its organizer does not have are
/// left out: a text may name them since before pictures were shown.
pub(crate) async fn insert_pictures(
    tx: &impl ConnectionTrait,
    competition: CompetitionId,
    pictures: BTreeSet<AssetId>,
) -> Result<()> {
    if pictures.is_empty() {
        return Ok(());
    }
    let organizer = competition::Entity::find()
        .select_only()
        .column(competition::Column::OrganizerId)
        .filter(competition::Column::Id.eq(competition))
        .into_query();
    let stored: Vec<AssetId> = asset::Entity::find()
        .select_only()
        .column(asset::Column::Id)
        .filter(bulk::any_of(tx, asset::Column::Id, pictures))
        .filter(asset::Column::OwnerId.in_subquery(organizer))
        .filter(asset::Column::State.eq(asset::State::Stored))
        .into_tuple()
        .all(tx)
        .await?;
    let row = |asset_id| Model { competition_id: competition, asset_id };
    bulk::insert(tx, stored.into_iter().map(row).collect()).await
}
