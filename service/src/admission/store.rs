//! The statements of a transaction of admission.
//!
//! On PostgreSQL it reads in one round trip and writes in one, whatever the number of competitions:
//! even on one machine a round trip costs as much as a dozen rows. Only the fields, tags and
//! sections of an edited competition, and the [`other_registrations`], are read apart.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use domain::{CompetitionId, Timestamp, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IdenStatic, Iterable, JsonValue,
    QueryFilter, QueryResult, Statement, sea_query::ArrayType,
};
use serde::de::DeserializeOwned;

use super::{
    access::{self, Access},
    changes::{Changes, NewAnswers},
    command::Request,
    compare_and_set::{SetSeats, compare_and_set, is_edited},
    other_registrations,
    parts::{self, Parts},
};
use crate::{
    Error, Result,
    entity::{
        answer, competition, competition_change, idempotency_log, job, registration,
        registration_event,
    },
    idempotency::{RequestKey, StoredResponse},
    infrastructure::db::bulk::{self, Writes, any_of, array},
};

/// What the decisions of a transaction depend on.
#[derive(Debug)]
pub(super) struct Snapshot {
    /// Those that exist.
    pub(super) competitions: Vec<CompetitionRead>,
    /// The responses stored under the keys of the requests.
    pub(super) responses: HashMap<(UserId, String), StoredResponse>,
}

/// A competition, and what the decisions on it depend on.
#[derive(Debug)]
pub(super) struct CompetitionRead {
    pub(super) competition: competition::Model,
    /// Of the users who register, cancel or are added, and those that are reviewed.
    pub(super) registrations: Vec<registration::Model>,
    /// The first on the waiting list, in order: as many as can be given a seat.
    pub(super) line: Vec<registration::Model>,
    pub(super) parts: Parts,
    pub(super) access: Access,
}

/// What to do about a row that another transaction has locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IfLocked {
    Wait,
    Skip,
}

/// The statement that locks the rows of those competitions that exist, in the order of their ids,
/// and returns their ids.
///
/// [`read`] sends another statement afterwards. One statement could not do both: under READ
/// COMMITTED its snapshot is older than its wait for the lock, so it would read registrations and
/// responses from before the wait.
pub(super) fn lock(competitions: &[CompetitionId], if_locked: IfLocked) -> String {
    // UUIDs need no quoting.
    let ids: Vec<_> = competitions.iter().map(|id| format!("'{id}'")).collect();
    let ids = ids.join(", ");
    let skip = match if_locked {
        IfLocked::Wait => "",
        IfLocked::Skip => " SKIP LOCKED",
    };
    format!("SELECT id FROM competitions WHERE id IN ({ids}) ORDER BY id FOR UPDATE{skip}")
}

/// The competitions in the rows of [`lock`].
pub(super) fn locked(rows: &[QueryResult]) -> Result<HashSet<CompetitionId>> {
    Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?)
}

/// Reads competitions, idempotency records and registrations in one row. The texts of a competition
/// are left empty unless it is edited: they are most of its row.
///
/// `LATERAL` makes the planner look each row up in an index: under SERIALIZABLE, a scan conflicts
/// with every other writer of its table. `IS NOT DISTINCT FROM` makes it look registrations up by
/// user, where stale statistics of an empty table would have it read all registrations for the
/// competition.
static READ: LazyLock<String> = LazyLock::new(|| {
    let columns: Vec<_> = competition::Column::iter()
        .map(|column| match (column, column.as_str()) {
            (competition::Column::Description | competition::Column::SearchText, name) => {
                format!("CASE WHEN asked.is_edited THEN stored.{name} ELSE '' END AS {name}")
            }
            (_, name) => format!("stored.{name}"),
        })
        .collect();
    READ_TEMPLATE.replace("{columns}", &columns.join(", "))
});

const READ_TEMPLATE: &str = "\
    SELECT \
        (SELECT coalesce(json_agg(competition), '[]') \
            FROM unnest($1::uuid[], $6::boolean[]) AS asked (id, is_edited) CROSS JOIN LATERAL \
                (SELECT {columns} FROM competitions AS stored \
                    WHERE stored.id = asked.id LIMIT 1) \
                AS competition) AS competitions, \
        (SELECT coalesce(json_agg(log), '[]') \
            FROM unnest($2::uuid[], $3::text[]) AS asked (user_id, key) CROSS JOIN LATERAL \
                (SELECT * FROM idempotency_logs AS stored \
                    WHERE stored.user_id = asked.user_id AND stored.key = asked.key \
                    LIMIT 1) AS log) AS responses, \
        (SELECT coalesce(json_agg(registration), '[]') \
            FROM unnest($4::uuid[], $5::uuid[]) AS asked (user_id, competition_id) \
                CROSS JOIN LATERAL \
                (SELECT * FROM registrations AS made \
                    WHERE made.user_id = asked.user_id \
                        AND made.competition_id IS NOT DISTINCT FROM asked.competition_id \
                    LIMIT 1) AS registration) AS registrations";

/// Reads what the decisions on `requests` depend on, in a transaction that holds the [`lock`] on
/// their competitions.
pub(super) async fn read(
    tx: &impl ConnectionTrait,
    requests: &[&Request],
    now: Timestamp,
) -> Result<Snapshot> {
    let competitions: HashSet<_> = requests.iter().map(|request| request.competition).collect();
    let edited: HashSet<_> = requests
        .iter()
        .filter(|request| request.command.edits_competition())
        .map(|request| request.competition)
        .collect();
    let keys: Vec<_> =
        requests.iter().filter_map(|request| Some(&request.keyed.as_ref()?.key)).collect();
    // A set: a user with two requests for a competition must not find the same row twice.
    let registrants: HashSet<_> = requests
        .iter()
        .filter_map(|request| Some((request.registrant()?, request.competition)))
        .collect();
    let (competitions, records, registrations) = if tx.get_database_backend() == DbBackend::Postgres
    {
        read_at_once(tx, competitions, &edited, &keys, registrants).await?
    } else {
        read_one_by_one(tx, competitions, &keys, registrants).await?
    };
    let reviewed = other_registrations::reviewed(tx, requests).await?;
    let mut registrations_of: HashMap<_, Vec<_>> = HashMap::new();
    for row in registrations.into_iter().chain(reviewed) {
        registrations_of.entry(row.competition_id).or_default().push(row);
    }
    let mut lines = HashMap::new();
    for competition in &competitions {
        let line = other_registrations::line(tx, competition, requests, now).await?;
        lines.insert(competition.id, line);
    }
    let asking = competitions.iter().filter(|row| row.questions_version > 0);
    let asking = asking.map(|row| row.id).filter(|id| edited.contains(id)).collect();
    let mut parts = parts::read(tx, edited, asking).await?;
    let mut access = access::read(tx, &competitions, requests).await?;
    let competitions = competitions.into_iter().map(|competition| CompetitionRead {
        registrations: registrations_of.remove(&competition.id).unwrap_or_default(),
        line: lines.remove(&competition.id).unwrap_or_default(),
        parts: parts.remove(&competition.id).unwrap_or_default(),
        access: access.remove(&competition.id).unwrap_or_default(),
        competition,
    });
    let responses = records.into_iter().map(|log| ((log.user_id, log.key.clone()), log.into()));
    Ok(Snapshot { competitions: competitions.collect(), responses: responses.collect() })
}

type Rows = (Vec<competition::Model>, Vec<idempotency_log::Model>, Vec<registration::Model>);

async fn read_at_once(
    tx: &impl ConnectionTrait,
    competitions: HashSet<CompetitionId>,
    edited: &HashSet<CompetitionId>,
    keys: &[&RequestKey],
    registrants: HashSet<(UserId, CompetitionId)>,
) -> Result<Rows> {
    let are_edited: Vec<_> = competitions.iter().map(|id| edited.contains(id)).collect();
    let (owners, keys): (Vec<_>, Vec<_>) = keys.iter().map(|key| key.id()).unzip();
    let (users, registered_for): (Vec<_>, Vec<_>) = registrants.into_iter().unzip();
    let values = [
        array(ArrayType::Uuid, competitions),
        array(ArrayType::Uuid, owners),
        array(ArrayType::String, keys),
        array(ArrayType::Uuid, users),
        array(ArrayType::Uuid, registered_for),
        array(ArrayType::Bool, are_edited),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, &*READ, values);
    let row = tx.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| Error::Corrupt("a SELECT without a row".to_owned()))?;
    Ok((
        from_json(row.try_get("", "competitions")?)?,
        from_json(row.try_get("", "responses")?)?,
        from_json(row.try_get("", "registrations")?)?,
    ))
}

fn from_json<T: DeserializeOwned>(value: JsonValue) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::Corrupt(format!("a row as JSON: {error}")))
}

async fn read_one_by_one(
    tx: &impl ConnectionTrait,
    competitions: HashSet<CompetitionId>,
    keys: &[&RequestKey],
    registrants: HashSet<(UserId, CompetitionId)>,
) -> Result<Rows> {
    let (mut found, mut records, mut registrations) = (Vec::new(), Vec::new(), Vec::new());
    for id in competitions {
        found.extend(competition::Entity::find_by_id(id).one(tx).await?);
    }
    for key in keys {
        records.extend(idempotency_log::Entity::find_by_id(key.id()).one(tx).await?);
    }
    let mut users: HashMap<_, Vec<_>> = HashMap::new();
    for (user, competition) in registrants {
        users.entry(competition).or_default().push(user);
    }
    for (competition, users) in users {
        let made = registration::Entity::find()
            .filter(registration::Column::CompetitionId.eq(competition))
            .filter(registration::Column::UserId.is_in(users));
        registrations.extend(made.all(tx).await?);
    }
    Ok((found, records, registrations))
}

/// Writes everything that a transaction has decided.
///
/// # Errors
/// [`Error::Conflict`] when a competition has changed since it was read.
pub(super) async fn write(
    tx: &impl ConnectionTrait,
    records: Vec<idempotency_log::Model>,
    jobs: Vec<job::Model>,
    changes: Vec<Changes>,
) -> Result<()> {
    let is_postgres = tx.get_database_backend() == DbBackend::Postgres;
    let (mut inserted, mut updated, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    let mut events: Vec<registration_event::Model> = Vec::new();
    let mut competition_changes: Vec<competition_change::Model> = Vec::new();
    let (mut answers, mut accepted) = (NewAnswers::default(), Vec::new());
    let (mut set_seats, mut set_one) = (SetSeats::default(), Vec::new());
    for change in changes {
        inserted.extend(change.inserted);
        updated.extend(change.updated);
        events.extend(change.events);
        competition_changes.extend(change.competition_changes);
        answers.append(change.answers);
        accepted.extend(change.accepted);
        let Some((before, after)) = change.competition else { continue };
        parts.push((after.id, change.parts));
        if is_postgres && !is_edited(&before, &after) {
            set_seats.add(&before, &after);
        } else {
            set_one.push(compare_and_set(&before, after));
        }
    }
    for set in set_one {
        if set.exec(tx).await?.rows_affected != 1 {
            return Err(Error::Conflict);
        }
    }
    if !answers.renewed.is_empty() {
        let renewed = any_of(tx, answer::Column::RegistrationId, answers.renewed);
        answer::Entity::delete_many().filter(renewed).exec(tx).await?;
    }
    if is_postgres {
        let expected = set_seats.len();
        let mut writes = match set_seats.statement() {
            Some(set) => Writes::beginning_with(set),
            None => Writes::default(),
        };
        writes.insert(&inserted)?;
        writes.update(&updated)?;
        writes.insert(&answers.rows)?;
        writes.insert(&events)?;
        writes.insert(&competition_changes)?;
        writes.insert(&records)?;
        writes.insert(&jobs)?;
        let changed = writes.run(tx).await?;
        if expected > 0 && changed != expected {
            return Err(Error::Conflict);
        }
    } else {
        bulk::insert(tx, inserted).await?;
        bulk::update(tx, updated).await?;
        bulk::insert(tx, answers.rows).await?;
        bulk::insert(tx, events).await?;
        bulk::insert(tx, competition_changes).await?;
        bulk::insert(tx, records).await?;
        bulk::insert(tx, jobs).await?;
    }
    access::accept(tx, accepted).await?;
    for (id, new) in parts {
        parts::write(tx, id, new).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{registration::register, testing::World};

    async fn read(world: &World, id: CompetitionId) -> competition::Model {
        let found = competition::Entity::find_by_id(id).one(world.ctx.db.connection()).await;
        found.unwrap().unwrap()
    }

    /// Takes a seat in each competition, if it is as it was read.
    async fn try_take_seats(world: &World, as_read: &[&competition::Model]) -> Result<()> {
        let changes = as_read.iter().map(|before| {
            let after =
                competition::Model { registered: before.registered + 1, ..(*before).clone() };
            Changes { competition: Some(((*before).clone(), after)), ..Changes::default() }
        });
        let tx = world.ctx.db.begin_serializable().await?;
        write(&*tx, Vec::new(), Vec::new(), changes.collect()).await?;
        tx.commit().await
    }

    #[tokio::test]
    async fn a_batch_conflicts_when_the_competition_has_changed_since_it_was_read() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(9).create().await;
        let stale = read(&world, id).await;
        let grace = world.participant("Grace").await;
        register(&world.ctx, &grace, id, None).await.unwrap().outcome.unwrap();
        assert!(matches!(try_take_seats(&world, &[&stale]).await, Err(Error::Conflict)));
        let fresh = read(&world, id).await;
        try_take_seats(&world, &[&fresh]).await.unwrap();
        let now = read(&world, id).await;
        assert_eq!((now.registered, now.version, now.revision), (2, 3, 1));
    }

    #[tokio::test]
    async fn the_compare_and_set_sells_no_seat_beyond_the_capacity() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(1).create().await;
        try_take_seats(&world, &[&read(&world, id).await]).await.unwrap();
        let full = read(&world, id).await;
        assert!(matches!(try_take_seats(&world, &[&full]).await, Err(Error::Conflict)));
    }

    #[tokio::test]
    async fn one_stale_competition_of_a_transaction_changes_none() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let (one, other) =
            (world.competition(&ada).create().await, world.competition(&ada).create().await);
        let stale = read(&world, one).await;
        try_take_seats(&world, &[&stale]).await.unwrap();
        let fresh = read(&world, other).await;
        let refused = try_take_seats(&world, &[&stale, &fresh]).await;
        assert!(matches!(refused, Err(Error::Conflict)), "{refused:?}");
        assert_eq!(read(&world, other).await.registered, 0);
    }
}
