//! Positions on waiting lists.

use std::collections::HashMap;

use domain::{CompetitionId, RegistrationId, RegistrationStatus::Waitlisted, RosterEntry};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait as _, FromQueryResult, JoinType, Order,
    QueryFilter, QuerySelect, QueryTrait as _,
    sea_query::{Alias, Expr, Func, IntoCondition, Query, WindowStatement},
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

#[derive(FromQueryResult)]
struct Counted {
    id: RegistrationId,
    position: i64,
}

/// Sets the positions of entries of one competition. It numbers the list once, however many entries
/// there are: counting those ahead of each is the square of it.
///
/// # Errors
/// When the database fails.
pub(super) async fn set_positions(
    db: &impl ConnectionTrait,
    competition: CompetitionId,
    entries: &mut [RosterEntry],
) -> Result<()> {
    use registration::Column::{CompetitionId, Id, WaitlistNumber};
    let is_waiting = |entry: &&RosterEntry| entry.registration.status == Waitlisted;
    let waiting: Vec<_> =
        entries.iter().filter(is_waiting).map(|entry| entry.registration.id).collect();
    if waiting.is_empty() {
        return Ok(());
    }
    let mut line = registration::Entity::find()
        .select_only()
        .column(Id)
        .filter(CompetitionId.eq(competition))
        .filter(WaitlistNumber.is_not_null())
        .into_query();
    let mut by_number = WindowStatement::new();
    by_number.order_by(WaitlistNumber, Order::Asc);
    line.expr_window_as(Func::cust("ROW_NUMBER"), by_number, "position");
    let positions = Query::select()
        .columns(["id", "position"])
        // The name that `any_of` gives to the column.
        .from_subquery(line, registration::Entity)
        .and_where(any_of(db, Id, waiting))
        .to_owned();
    let counted = Counted::find_by_statement(db.get_database_backend().build(&positions));
    let position = |one: Counted| (one.id, count(i32::try_from(one.position).unwrap_or(i32::MAX)));
    let found: HashMap<_, _> = counted.all(db).await?.into_iter().map(position).collect();
    for entry in entries {
        entry.waitlist_position = found.get(&entry.registration.id).copied();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::RosterQuery;

    use super::super::{cancel_registration, register, roster, roster_after};
    use crate::{slice::Cursor, testing::World};

    #[tokio::test]
    async fn the_roster_of_a_waiting_list_has_its_order_and_positions() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let sprint = world.competition(&ada).seats(1).waitlist(9).create().await;
        let people = world.participants(6).await;
        for participant in &people {
            register(&world.ctx, participant, sprint, None).await.unwrap().outcome.unwrap();
        }
        // The second in line leaves and comes back: behind everyone, however early the first time.
        let late = &people[2];
        cancel_registration(&world.ctx, late, sprint, None).await.unwrap().outcome.unwrap();
        register(&world.ctx, late, sprint, None).await.unwrap().outcome.unwrap();

        let filter = |sort: &str, search: Option<&str>| {
            let query = RosterQuery {
                status: Some("WAITLISTED".into()),
                sort: Some(sort.into()),
                search: search.map(Into::into),
                ..RosterQuery::default()
            };
            query.check().unwrap()
        };
        let user = |at: usize| people[at].user().unwrap().id;
        let in_line = [1, 3, 4, 5, 2].map(user);
        let expected: Vec<_> = in_line.into_iter().zip((1..=5).map(Some)).collect();
        let row = |entry: &domain::RosterEntry| (entry.user.id, entry.waitlist_position);
        let forwards = filter("waitlist", None);
        let listed = roster(&world.ctx, &ada, sprint, &forwards).await.unwrap().items;
        assert_eq!(listed.iter().map(row).collect::<Vec<_>>(), expected);

        let backwards = filter("-waitlist", None);
        let mut read = Vec::new();
        let mut cursor = Cursor::first(2);
        loop {
            let part = roster_after(&world.ctx, &ada, sprint, &backwards, &cursor).await.unwrap();
            read.extend(part.items.iter().map(row));
            let Some(next) = part.next else { break };
            cursor = Cursor { after: Some(next), limit: 2 };
        }
        read.reverse();
        assert_eq!(read, expected);

        let name = late.user().unwrap().name.to_lowercase();
        let found = filter("waitlist", Some(&name));
        let found = roster(&world.ctx, &ada, sprint, &found).await.unwrap().items;
        assert_eq!(found.iter().map(row).collect::<Vec<_>>(), [(user(2), Some(5))]);
        let seated = RosterQuery { status: Some("PENDING".into()), ..RosterQuery::default() };
        let seated = roster(&world.ctx, &ada, sprint, &seated.check().unwrap()).await.unwrap();
        assert_eq!(seated.items.iter().map(row).collect::<Vec<_>>(), [(user(0), None)]);
    }
}
