//! The sections of a competition. A competition without any has no row.

use std::collections::HashMap;

use domain::{CompetitionId, Sections};
use sea_orm::entity::prelude::*;

use crate::{Result, infrastructure::db::bulk};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "competition_sections")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) competition_id: CompetitionId,
    /// Markdown, as are the others.
    pub(crate) rules: Option<String>,
    pub(crate) prizes: Option<String>,
    pub(crate) schedule: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The sections of those competitions that have any.
pub(crate) async fn sections_of(
    db: &impl ConnectionTrait,
    competitions: impl IntoIterator<Item = CompetitionId>,
) -> Result<HashMap<CompetitionId, Sections>> {
    let these = bulk::any_of(db, Column::CompetitionId, competitions);
    let rows = Entity::find().filter(these).all(db).await?;
    let sections = |row: Model| {
        let Model { competition_id, rules, prizes, schedule } = row;
        (competition_id, Sections { rules, prizes, schedule })
    };
    Ok(rows.into_iter().map(sections).collect())
}

/// Replaces the sections of a competition.
pub(crate) async fn replace_sections(
    tx: &impl ConnectionTrait,
    competition: CompetitionId,
    sections: Sections,
) -> Result<()> {
    Entity::delete_by_id(competition).exec(tx).await?;
    insert_sections(tx, competition, sections).await
}

/// Inserts the sections of a competition that has none.
pub(crate) async fn insert_sections(
    tx: &impl ConnectionTrait,
    competition: CompetitionId,
    sections: Sections,
) -> Result<()> {
    if sections.is_empty() {
        return Ok(());
    }
    let Sections { rules, prizes, schedule } = sections;
    let row = Model { competition_id: competition, rules, prizes, schedule };
    bulk::insert(tx, vec![row]).await
}
