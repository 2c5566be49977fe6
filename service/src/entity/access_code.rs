//! An access code of a competition.

use std::collections::HashMap;

use domain::{AccessCodeDraft, CompetitionId, RegistrationStatus};
use sea_orm::{FromQueryResult, QuerySelect, entity::prelude::*};

use super::registration;
use crate::{Result, infrastructure::db::bulk};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "access_codes")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) competition_id: CompetitionId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) code: String,
    /// Orders the codes of a competition.
    pub(crate) position: i32,
    /// How many registrations can be active with it; `None` for any number.
    pub(crate) max_uses: Option<i32>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The access codes of those competitions that have any, in their order.
pub(crate) async fn access_codes_of(
    db: &impl ConnectionTrait,
    competitions: impl IntoIterator<Item = CompetitionId>,
) -> Result<HashMap<CompetitionId, Vec<AccessCodeDraft>>> {
    let these = bulk::any_of(db, Column::CompetitionId, competitions);
    let mut rows = Entity::find().filter(these).all(db).await?;
    rows.sort_unstable_by_key(|row| row.position);
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        let max_uses = row.max_uses.map(i32::unsigned_abs);
        let draft = AccessCodeDraft { code: row.code, max_uses };
        found.entry(row.competition_id).or_default().push(draft);
    }
    Ok(found)
}

/// Inserts the access codes of a competition that has none.
pub(crate) async fn insert_access_codes(
    tx: &impl ConnectionTrait,
    competition: CompetitionId,
    codes: &[AccessCodeDraft],
) -> Result<()> {
    let row = |(position, draft): (usize, &AccessCodeDraft)| Model {
        competition_id: competition,
        code: draft.code.clone(),
        position: i32::try_from(position).expect("MAX_ACCESS_CODES fits"),
        max_uses: draft
            .max_uses
            .map(|max| i32::try_from(max).expect("the highest number of uses fits")),
    };
    bulk::insert(tx, codes.iter().enumerate().map(row).collect()).await
}

/// Replaces the access codes of a competition.
pub(crate) async fn replace_access_codes(
    tx: &impl ConnectionTrait,
    competition: CompetitionId,
    codes: &[AccessCodeDraft],
) -> Result<()> {
    let these = Column::CompetitionId.eq(competition);
    Entity::delete_many().filter(these).exec(tx).await?;
    insert_access_codes(tx, competition, codes).await
}

/// How many registrations are active with an access code.
#[derive(Debug, FromQueryResult)]
struct Uses {
    competition_id: CompetitionId,
    access_code: String,
    uses: i64,
}

/// How many registrations are active with these access codes, of those codes that have any.
pub(crate) async fn uses_of(
    db: &impl ConnectionTrait,
    competitions: impl IntoIterator<Item = CompetitionId>,
    codes: impl IntoIterator<Item = String>,
) -> Result<HashMap<(CompetitionId, String), u64>> {
    let rows = counting(db, competitions, codes).into_model::<Uses>().all(db).await?;
    let uses = |row: Uses| ((row.competition_id, row.access_code), row.uses.unsigned_abs());
    Ok(rows.into_iter().map(uses).collect())
}

fn counting(
    db: &impl ConnectionTrait,
    competitions: impl IntoIterator<Item = CompetitionId>,
    codes: impl IntoIterator<Item = String>,
) -> Select<registration::Entity> {
    use registration::Column as C;
    let active = RegistrationStatus::ALL.into_iter().filter(|status| status.is_active());
    registration::Entity::find()
        .select_only()
        .columns([C::CompetitionId, C::AccessCode])
        .column_as(C::Id.count(), "uses")
        .filter(bulk::any_of(db, C::CompetitionId, competitions))
        .filter(bulk::any_of(db, C::AccessCode, codes))
        .filter(C::Status.is_in(active))
        .group_by(C::CompetitionId)
        .group_by(C::AccessCode)
}
