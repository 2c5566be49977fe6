//! Registrations that decisions depend on although their users have sent no request: the first on a
//! waiting list, and those that an organizer reviews. Each is read in a round trip of its own: few
//! competitions have a list, and fewer requests free a seat or review.

use std::collections::HashSet;

use domain::{CompetitionId, RegistrationId, Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::command::Request;
use crate::{
    Result,
    entity::{competition, registration},
    infrastructure::db::bulk::any_of,
};

/// The registrations that organizers review, of the competitions of the requests.
pub(super) async fn reviewed(
    tx: &impl ConnectionTrait,
    requests: &[&Request],
) -> Result<Vec<registration::Model>> {
    let reviewing = || requests.iter().filter(|request| !request.command.reviewed().is_empty());
    let ids: HashSet<_> = reviewing().flat_map(|request| request.command.reviewed()).collect();
    let competitions: HashSet<_> = reviewing().map(|request| request.competition).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(those(tx, ids.into_iter().copied(), competitions).all(tx).await?)
}

fn those(
    tx: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = RegistrationId>,
    competitions: impl IntoIterator<Item = CompetitionId>,
) -> Select<registration::Entity> {
    registration::Entity::find().filter(any_of(tx, registration::Column::Id, ids)).filter(any_of(
        tx,
        registration::Column::CompetitionId,
        competitions,
    ))
}

/// The first on the waiting list of a competition, in order: as many as the requests may give a
/// seat.
pub(super) async fn line(
    tx: &impl ConnectionTrait,
    competition: &competition::Model,
    requests: &[&Request],
    now: Timestamp,
) -> Result<Vec<registration::Model>> {
    match can_be_promoted(competition, requests, now) {
        0 => Ok(Vec::new()),
        number => Ok(first(competition.id, number).all(tx).await?),
    }
}

/// How many on the waiting list the requests may give a seat.
fn can_be_promoted(competition: &competition::Model, requests: &[&Request], now: Timestamp) -> u64 {
    let waiting = u64::try_from(competition.waitlisted).unwrap_or(0);
    let about = || requests.iter().filter(|request| request.competition == competition.id);
    // An edit may move the time until which they are.
    let is_edited = || about().any(|request| request.command.edits_competition());
    if waiting == 0 || !(competition.passes_seats_on(now) || is_edited()) {
        return 0;
    }
    let freed: u64 = about().map(|request| request.command.may_free(competition.capacity)).sum();
    let free = u64::try_from(competition.capacity - competition.registered).unwrap_or(0);
    waiting.min(freed + free)
}

fn first(competition: CompetitionId, limit: u64) -> Select<registration::Entity> {
    registration::Entity::find()
        .filter(registration::Column::CompetitionId.eq(competition))
        .filter(registration::Column::WaitlistNumber.is_not_null())
        .order_by_asc(registration::Column::WaitlistNumber)
        .limit(limit)
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, QueryTrait, Statement};

    use super::*;
    use crate::{registration::register, testing::World};

    async fn plan(world: &World, query: Select<registration::Entity>) -> String {
        let query = query.build(DbBackend::Postgres);
        let explain = Statement { sql: format!("EXPLAIN {}", query.sql), ..query };
        let tx = world.ctx.db.begin_serializable().await.unwrap();
        let lines = tx.query_all_raw(explain).await.unwrap();
        let lines: Vec<String> = lines.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        lines.join("\n")
    }

    #[tokio::test]
    async fn other_registrations_are_read_from_indexes_with_and_without_statistics() {
        let world = World::new().await;
        // Only PostgreSQL plans by statistics, and conflicts when it scans a table.
        if world.ctx.db.is_sqlite() {
            return;
        }
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(300).waitlist(30).create().await;
        let mut ids = Vec::new();
        for participant in world.participants_in_bulk(330).await {
            let new = register(&world.ctx, &participant, id, None).await.unwrap();
            ids.push(new.outcome.unwrap().registration.id);
        }
        for is_analyzed in [false, true] {
            if is_analyzed {
                world.execute("ANALYZE registrations").await.unwrap();
            }
            let line = plan(&world, first(id, 5)).await;
            assert!(line.contains("registrations_waitlist_key"), "{is_analyzed}: {line}");
            for reviewed in [&ids[..1], &ids[..100]] {
                let query = those(world.ctx.db.connection(), reviewed.iter().copied(), [id]);
                let plan = plan(&world, query).await;
                assert!(!plan.contains("Seq Scan"), "{is_analyzed}: {plan}");
            }
        }
    }
}
