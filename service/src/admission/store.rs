//! What a batch reads and writes. All of its SQL is here.
//!
//! PostgreSQL is asked once for everything and told once: on one machine a round trip costs as much as a dozen rows.

use std::collections::{HashMap, HashSet};

use domain::{CompetitionId, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, JsonValue, QueryFilter,
    QueryTrait, Statement, UpdateMany,
    sea_query::{ArrayType, Expr, Value},
};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{ledger::Changes, request::Request};
use crate::{
    Error, Result, competitions,
    db::bulk::{self, Writes},
    entity::{competition, idempotency_log, job, registration},
    idempotency::{Kept, Scope},
};

/// What a batch has to know.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) competition: competition::Model,
    /// What was answered before to the keys in the batch.
    pub(super) answers: HashMap<(UserId, String), Kept>,
    /// The registrations of those who register or cancel.
    pub(super) seats: Vec<registration::Model>,
    /// The tags of the competition, if anybody wants to change it.
    pub(super) tags: Vec<String>,
}

/// Locks the competition's row, if there is one: others who want to change the competition wait.
/// The statement that reads comes after it and is another: under READ COMMITTED a statement that
/// waits for a lock has looked at the other tables before, and would decide on registrations and
/// answers as they were then.
pub(super) fn lock(id: CompetitionId) -> String {
    // A UUID needs no quoting.
    format!("SELECT 1 FROM competitions WHERE id = '{}' FOR UPDATE", id.0)
}

/// The competition, and what belongs to it and to the requests. Each registration and each answer
/// is looked up by itself, so that none is found by a scan: under SERIALIZABLE that would conflict
/// with every other writer. And a registration by its user: `IS NOT DISTINCT FROM` keeps the
/// planner, which may know the table as empty, from going through all registrations for the
/// competition.
const READ: &str = "\
    SELECT to_json(competition) AS competition, \
        (SELECT coalesce(json_agg(log), '[]') \
            FROM unnest($2::uuid[], $3::text[]) AS asked (user_id, key) CROSS JOIN LATERAL \
                (SELECT * FROM idempotency_logs AS kept \
                    WHERE kept.user_id = asked.user_id AND kept.key = asked.key LIMIT 1) AS log) AS answers, \
        (SELECT coalesce(json_agg(seat), '[]') \
            FROM unnest($4::uuid[]) AS asked (user_id) CROSS JOIN LATERAL \
                (SELECT * FROM registrations AS held \
                    WHERE held.user_id = asked.user_id \
                        AND held.competition_id IS NOT DISTINCT FROM $1 LIMIT 1) AS seat) AS seats \
    FROM competitions AS competition WHERE id = $1";

/// Reads what is decided on, in a transaction that holds the [`lock`]. `Ok(None)` if there is no
/// such competition.
pub(super) async fn read(
    tx: &impl ConnectionTrait,
    id: CompetitionId,
    requests: &[&Request],
) -> Result<Option<Known>> {
    let scopes: Vec<_> =
        requests.iter().filter_map(|request| Some(&request.keyed.as_ref()?.scope)).collect();
    // Twice the same user would find the same row twice.
    let users: HashSet<Uuid> = requests
        .iter()
        .filter(|request| request.wish.is_about_seat())
        .map(|request| request.user.id.0)
        .collect();
    let found = if tx.get_database_backend() == DbBackend::Postgres {
        read_at_once(tx, id, &scopes, users).await?
    } else {
        read_one_by_one(tx, id, &scopes, users).await?
    };
    let Some((competition, answers, seats)) = found else { return Ok(None) };
    let answers =
        answers.into_iter().map(|log| ((UserId(log.user_id), log.key.clone()), log.into()));
    let tags = if requests.iter().any(|request| !request.wish.is_about_seat()) {
        competitions::tags_of(tx, std::iter::once(id.0)).await?.remove(&id.0).unwrap_or_default()
    } else {
        Vec::new()
    };
    Ok(Some(Known { competition, answers: answers.collect(), seats, tags }))
}

type Rows = (competition::Model, Vec<idempotency_log::Model>, Vec<registration::Model>);

async fn read_at_once(
    tx: &impl ConnectionTrait,
    id: CompetitionId,
    scopes: &[&Scope],
    users: HashSet<Uuid>,
) -> Result<Option<Rows>> {
    let (owners, keys): (Vec<_>, Vec<_>) = scopes.iter().map(|scope| scope.id()).unzip();
    let values = [
        id.0.into(),
        array(ArrayType::Uuid, owners.into_iter().map(|owner| owner.0)),
        array(ArrayType::String, keys),
        array(ArrayType::Uuid, users),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, READ, values);
    let Some(row) = tx.query_one_raw(statement).await? else { return Ok(None) };
    Ok(Some((
        from_json(row.try_get("", "competition")?)?,
        from_json(row.try_get("", "answers")?)?,
        from_json(row.try_get("", "seats")?)?,
    )))
}

fn array<V: Into<Value>>(kind: ArrayType, values: impl IntoIterator<Item = V>) -> Value {
    Value::Array(kind, Some(Box::new(values.into_iter().map(Into::into).collect())))
}

fn from_json<T: DeserializeOwned>(value: JsonValue) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::Corrupt(format!("a row as JSON: {error}")))
}

async fn read_one_by_one(
    tx: &impl ConnectionTrait,
    id: CompetitionId,
    scopes: &[&Scope],
    users: HashSet<Uuid>,
) -> Result<Option<Rows>> {
    let found = competition::Entity::find_by_id(id.0).one(tx).await?;
    let Some(competition) = found else { return Ok(None) };
    let mut answers = Vec::new();
    for scope in scopes {
        let (owner, key) = scope.id();
        answers.extend(idempotency_log::Entity::find_by_id((owner.0, key)).one(tx).await?);
    }
    let seats = registration::Entity::find()
        .filter(registration::Column::CompetitionId.eq(id.0))
        .filter(registration::Column::UserId.is_in(users));
    Ok(Some((competition, answers, seats.all(tx).await?)))
}

/// Writes all that a batch has decided.
///
/// # Errors
/// [`Error::Conflict`] when the competition has changed since it was read.
pub(super) async fn write(
    tx: &impl ConnectionTrait,
    logs: Vec<idempotency_log::Model>,
    jobs: Vec<job::Model>,
    changes: Changes,
) -> Result<()> {
    let Changes { inserted, updated, competition, tags, .. } = changes;
    let competition_id = competition.as_ref().map(|(before, _)| before.id);
    let set = competition.map(|(before, after)| compare_and_set(&before, after));
    let is_set = if tx.get_database_backend() == DbBackend::Postgres {
        let mut writes = match &set {
            Some(set) => Writes::beginning_with(set.build(DbBackend::Postgres)),
            None => Writes::default(),
        };
        writes.insert(&inserted)?;
        writes.update(&updated)?;
        writes.insert(&logs)?;
        writes.insert(&jobs)?;
        let changed = writes.run(tx).await?;
        set.is_none() || changed == 1
    } else {
        bulk::insert(tx, inserted).await?;
        bulk::update(tx, updated).await?;
        bulk::insert(tx, logs).await?;
        bulk::insert(tx, jobs).await?;
        match set {
            Some(set) => set.exec(tx).await?.rows_affected == 1,
            None => true,
        }
    };
    if !is_set {
        return Err(Error::Conflict);
    }
    if let (Some(id), Some(tags)) = (competition_id, tags) {
        competitions::replace_tags(tx, id, &tags).await?;
    }
    Ok(())
}

/// Whatever happened since the row was read shows in its version; and no more seats than there are, whoever says so.
fn compare_and_set(
    before: &competition::Model,
    after: competition::Model,
) -> UpdateMany<competition::Entity> {
    use competition::Column as C;
    let taken = after.registered - before.registered;
    let mut update = competition::Entity::update_many()
        .col_expr(C::Registered, Expr::col(C::Registered).add(taken))
        .col_expr(C::Version, Expr::col(C::Version).add(1));
    if after.revision != before.revision {
        update = update
            .col_expr(C::Title, after.title.into())
            .col_expr(C::TitleKey, after.title_key.into())
            .col_expr(C::Description, after.description.into())
            .col_expr(C::SearchText, after.search_text.into())
            .col_expr(C::Capacity, after.capacity.into())
            .col_expr(C::RegDeadline, after.reg_deadline.into())
            .col_expr(C::StartDate, after.start_date.into())
            .col_expr(C::TimeZone, after.time_zone.into())
            .col_expr(C::RegOpensAt, after.reg_opens_at.into())
            .col_expr(C::CancelledAt, after.cancelled_at.into())
            .col_expr(C::StartChangedAt, after.start_changed_at.into())
            .col_expr(C::Revision, after.revision.into())
            .col_expr(C::UpdatedAt, after.updated_at.into());
    }
    update
        .filter(C::Id.eq(before.id))
        .filter(C::Version.eq(before.version))
        .filter(Expr::col(C::Registered).add(taken).between(0, after.capacity))
}
