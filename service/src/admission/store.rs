//! The statements of a batch.
//!
//! On PostgreSQL a batch reads in one round trip and writes in one: even on one machine a round
//! trip costs as much as a dozen rows. Only the tags of an edited competition are read and written
//! apart.

use std::collections::{HashMap, HashSet};

use domain::{CompetitionId, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, JsonValue, QueryFilter,
    QueryTrait, Statement, UpdateMany,
    sea_query::{ArrayType, Expr, Value},
};
use serde::de::DeserializeOwned;

use super::{changes::Changes, command::Request};
use crate::{
    Error, Result,
    entity::{
        competition,
        competition_tag::{replace_tags, tags_of},
        idempotency_log, job, registration,
    },
    idempotency::{RequestKey, StoredResponse},
    infrastructure::db::bulk::{self, Writes},
};

/// What the decisions of a batch depend on.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) competition: competition::Model,
    /// The responses stored under the keys in the batch.
    pub(super) responses: HashMap<(UserId, String), StoredResponse>,
    /// The registrations of the users who register or cancel.
    pub(super) registrations: Vec<registration::Model>,
    /// The tags of the competition, if a command needs them.
    pub(super) tags: Vec<String>,
}

/// The statement that locks the row of a competition, if there is one.
///
/// [`read`] sends another statement afterwards. One statement could not do both: under READ
/// COMMITTED its snapshot is older than its wait for the lock, so it would read registrations and
/// responses from before the wait.
pub(super) fn lock(id: CompetitionId) -> String {
    // A UUID needs no quoting.
    format!("SELECT 1 FROM competitions WHERE id = '{id}' FOR UPDATE")
}

/// Reads the competition, the idempotency records and the registrations in one row.
///
/// `LATERAL` makes the planner look each record and each registration up in an index: under
/// SERIALIZABLE, a scan conflicts with every other writer of its table. `IS NOT DISTINCT FROM`
/// makes it look registrations up by user, where stale statistics of an empty table would have it
/// read all registrations for the competition.
const READ: &str = "\
    SELECT to_json(competition) AS competition, \
        (SELECT coalesce(json_agg(log), '[]') \
            FROM unnest($2::uuid[], $3::text[]) AS asked (user_id, key) CROSS JOIN LATERAL \
                (SELECT * FROM idempotency_logs AS stored \
                    WHERE stored.user_id = asked.user_id AND stored.key = asked.key \
                    LIMIT 1) AS log) AS responses, \
        (SELECT coalesce(json_agg(registration), '[]') \
            FROM unnest($4::uuid[]) AS asked (user_id) CROSS JOIN LATERAL \
                (SELECT * FROM registrations AS made \
                    WHERE made.user_id = asked.user_id \
                        AND made.competition_id IS NOT DISTINCT FROM $1 \
                    LIMIT 1) AS registration) AS registrations \
    FROM competitions AS competition WHERE id = $1";

/// Reads what the decisions depend on, in a transaction that holds the [`lock`]. `Ok(None)` if
/// there is no such competition.
pub(super) async fn read(
    tx: &impl ConnectionTrait,
    id: CompetitionId,
    requests: &[&Request],
) -> Result<Option<Snapshot>> {
    let keys: Vec<_> =
        requests.iter().filter_map(|request| Some(&request.keyed.as_ref()?.key)).collect();
    // A set: a user who is in the batch twice must not find the same row twice.
    let users: HashSet<UserId> = requests
        .iter()
        .filter(|request| request.command.needs_registration())
        .map(|request| request.user.id)
        .collect();
    let found = if tx.get_database_backend() == DbBackend::Postgres {
        read_at_once(tx, id, &keys, users).await?
    } else {
        read_one_by_one(tx, id, &keys, users).await?
    };
    let Some((competition, records, registrations)) = found else { return Ok(None) };
    let responses = records.into_iter().map(|log| ((log.user_id, log.key.clone()), log.into()));
    let responses = responses.collect();
    let tags = if requests.iter().any(|request| request.command.needs_tags()) {
        tags_of(tx, std::iter::once(id)).await?.remove(&id).unwrap_or_default()
    } else {
        Vec::new()
    };
    Ok(Some(Snapshot { competition, responses, registrations, tags }))
}

type Rows = (competition::Model, Vec<idempotency_log::Model>, Vec<registration::Model>);

async fn read_at_once(
    tx: &impl ConnectionTrait,
    id: CompetitionId,
    keys: &[&RequestKey],
    users: HashSet<UserId>,
) -> Result<Option<Rows>> {
    let (owners, keys): (Vec<_>, Vec<_>) = keys.iter().map(|key| key.id()).unzip();
    let values = [
        id.into(),
        array(ArrayType::Uuid, owners),
        array(ArrayType::String, keys),
        array(ArrayType::Uuid, users),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, READ, values);
    let Some(row) = tx.query_one_raw(statement).await? else { return Ok(None) };
    Ok(Some((
        from_json(row.try_get("", "competition")?)?,
        from_json(row.try_get("", "responses")?)?,
        from_json(row.try_get("", "registrations")?)?,
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
    keys: &[&RequestKey],
    users: HashSet<UserId>,
) -> Result<Option<Rows>> {
    let found = competition::Entity::find_by_id(id).one(tx).await?;
    let Some(competition) = found else { return Ok(None) };
    let mut records = Vec::new();
    for key in keys {
        records.extend(idempotency_log::Entity::find_by_id(key.id()).one(tx).await?);
    }
    let registrations = registration::Entity::find()
        .filter(registration::Column::CompetitionId.eq(id))
        .filter(registration::Column::UserId.is_in(users));
    Ok(Some((competition, records, registrations.all(tx).await?)))
}

/// Writes everything that a batch has decided.
///
/// # Errors
/// [`Error::Conflict`] when the competition has changed since it was read.
pub(super) async fn write(
    tx: &impl ConnectionTrait,
    records: Vec<idempotency_log::Model>,
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
        writes.insert(&records)?;
        writes.insert(&jobs)?;
        let changed = writes.run(tx).await?;
        set.is_none() || changed == 1
    } else {
        bulk::insert(tx, inserted).await?;
        bulk::update(tx, updated).await?;
        bulk::insert(tx, records).await?;
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
        replace_tags(tx, id, &tags).await?;
    }
    Ok(())
}

/// Updates the row of a competition if its `version` is still that of `before`, and if no more
/// seats are taken than there are.
///
/// `version` counts all changes of the row, for this comparison only. `revision` counts the edits
/// of the competition's fields: clients see it as the version, and base edits and `If-Match` on it.
fn compare_and_set(
    before: &competition::Model,
    after: competition::Model,
) -> UpdateMany<competition::Entity> {
    use competition::Column as C;
    let is_edited =
        competition::Model { registered: before.registered, ..after.clone() } != *before;
    // Without `..`: a new column has to be written here, or listed with those that never change.
    let competition::Model {
        id,
        organizer_id: _,
        has_webhooks: _,
        created_at: _,
        version: _,
        registered,
        revision,
        title,
        title_key,
        description,
        search_text,
        capacity,
        reg_deadline,
        start_date,
        time_zone,
        reg_opens_at,
        cancelled_at,
        start_changed_at,
        updated_at,
    } = after;
    let taken = registered - before.registered;
    let mut update = competition::Entity::update_many()
        .col_expr(C::Registered, Expr::col(C::Registered).add(taken))
        .col_expr(C::Version, Expr::col(C::Version).add(1));
    // Registrations alone do not send the texts.
    if is_edited {
        update = update
            .col_expr(C::Revision, revision.into())
            .col_expr(C::Title, title.into())
            .col_expr(C::TitleKey, title_key.into())
            .col_expr(C::Description, description.into())
            .col_expr(C::SearchText, search_text.into())
            .col_expr(C::Capacity, capacity.into())
            .col_expr(C::RegDeadline, reg_deadline.into())
            .col_expr(C::StartDate, start_date.into())
            .col_expr(C::TimeZone, time_zone.into())
            .col_expr(C::RegOpensAt, reg_opens_at.into())
            .col_expr(C::CancelledAt, cancelled_at.into())
            .col_expr(C::StartChangedAt, start_changed_at.into())
            .col_expr(C::UpdatedAt, updated_at.into());
    }
    update
        .filter(C::Id.eq(id))
        .filter(C::Version.eq(before.version))
        .filter(Expr::col(C::Registered).add(taken).between(0, capacity))
}
