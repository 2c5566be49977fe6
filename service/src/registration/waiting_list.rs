//! Positions on waiting lists.

use std::collections::HashMap;

use domain::RegistrationId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait, IntoCondition},
};

use crate::{
    Result,
    entity::{count, registration},
    infrastructure::db::bulk::any_of,
};

/// How many are on the waiting list up to each of the registrations that are on it, counted from 1.
///
/// # Errors
/// When the database fails.
pub(super) async fn positions(
    db: &impl ConnectionTrait,
    rows: impl IntoIterator<Item = &registration::Model>,
) -> Result<HashMap<RegistrationId, u32>> {
    use registration::Column::{CompetitionId, Id, WaitlistNumber};
    let waiting = rows.into_iter().filter(|row| row.waitlist_number.is_some());
    let waiting: Vec<_> = waiting.map(|row| row.id).collect();
    if waiting.is_empty() {
        return Ok(HashMap::new());
    }
    let ahead = || Alias::new("ahead");
    let in_line = registration::Entity::belongs_to(registration::Entity)
        .from(CompetitionId)
        .to(CompetitionId)
        .on_condition(|own, ahead| {
            let number = Expr::col((ahead, WaitlistNumber));
            number.lte(Expr::col((own, WaitlistNumber))).into_condition()
        });
    let counted: Vec<(RegistrationId, i64)> = registration::Entity::find()
        .select_only()
        .column(Id)
        .column_as(Expr::col((ahead(), Id)).count(), "position")
        .join_as(JoinType::InnerJoin, in_line.into(), ahead())
        .filter(any_of(db, Id, waiting))
        .filter(WaitlistNumber.is_not_null())
        .group_by(Id)
        .into_tuple()
        .all(db)
        .await?;
    let position = |(id, ahead)| (id, count(i32::try_from(ahead).unwrap_or(i32::MAX)));
    Ok(counted.into_iter().map(position).collect())
}
