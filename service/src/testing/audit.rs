//! The state of every registration and every tick, read without the use cases.

use std::collections::HashMap;

use domain::{CompetitionId, RegistrationId, RegistrationStatus, Timestamp, UserId};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Statement,
};
use serde_json::Value;

use super::World;
use crate::{
    entity::{
        competition, cron_tick, failed_job,
        job::{self, State},
        mail, registration,
    },
    mail::dedup_keys::{APPROVAL, CANCELLATION, CONFIRMATION},
};

/// Jobs that confirm registrations: of this release, and of the one before.
pub(super) const CONFIRM: [&str; 2] = ["confirm_registrations", "confirm_registration"];

/// A registration, with its messages and jobs.
#[derive(Clone, Debug)]
pub struct Audited {
    /// The id of the registration.
    pub id: RegistrationId,
    /// The participant.
    pub user: UserId,
    /// The competition.
    pub competition: CompetitionId,
    /// Its status.
    pub status: RegistrationStatus,
    /// Whether the competition was cancelled.
    pub competition_cancelled: bool,
    /// Cancellation notices in the mailbox.
    pub cancellations: usize,
    /// Confirmations of it in the mailbox.
    pub mails: usize,
    /// Jobs to confirm it that are done.
    pub done: usize,
    /// Jobs to confirm it that are neither done nor dead.
    pub open: usize,
    /// Jobs to confirm it that are in the dead letter queue.
    pub dead: usize,
}

/// The row of a job that confirms a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    /// `ready`, `running` or `done`.
    pub state: String,
    /// The registrations that it confirms.
    pub items: usize,
    /// How often it was claimed.
    pub epoch: i32,
    /// How often it failed.
    pub attempts: i32,
    /// How often it was postponed.
    pub postponements: i32,
    /// How many workers were gone before they finished it.
    pub lost_leases: i32,
    /// When it was done.
    pub finished_at: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct Count {
    count: i64,
}

impl World {
    /// All registrations.
    ///
    /// # Panics
    /// When the database fails or holds a value that this program never writes.
    pub async fn audit(&self) -> Vec<Audited> {
        let db = self.ctx.db.connection();
        let mut mails = self.mails_by_registration(CONFIRMATION).await;
        for (id, number) in self.mails_by_registration(APPROVAL).await {
            *mails.entry(id).or_default() += number;
        }
        let cancellations = self.mails_by_registration(CANCELLATION).await;
        let jobs = job::Entity::find().filter(job::Column::Kind.is_in(CONFIRM));
        let jobs = jobs.all(db).await.expect("the jobs");
        let (done, open): (Vec<_>, Vec<_>) =
            jobs.iter().partition(|job| job.state == State::Completed);
        let done = count(done.into_iter().flat_map(|job| subjects(&job.payload)));
        let open = count(open.into_iter().flat_map(|job| subjects(&job.payload)));
        let dead = failed_job::Entity::find().filter(failed_job::Column::Kind.is_in(CONFIRM));
        let dead = dead.all(db).await.expect("the dead letter queue");
        let dead = count(dead.iter().flat_map(|job| subjects(&job.payload)));

        let competition_cancelled = competition::Entity::find()
            .select_only()
            .column(competition::Column::Id)
            .filter(competition::Column::CancelledAt.is_not_null());
        let competition_cancelled: Vec<CompetitionId> =
            competition_cancelled.into_tuple().all(db).await.expect("competitions");
        let rows = registration::Entity::find().all(db).await.expect("the registrations");
        let of = |counts: &HashMap<_, usize>, id| counts.get(&id).copied().unwrap_or_default();
        let audited = rows.into_iter().map(|row| {
            let id = row.id;
            Audited {
                id,
                user: row.user_id,
                competition: row.competition_id,
                status: row.status,
                competition_cancelled: competition_cancelled.contains(&row.competition_id),
                cancellations: of(&cancellations, id),
                mails: of(&mails, id),
                done: of(&done, id),
                open: of(&open, id),
                dead: of(&dead, id),
            }
        });
        audited.collect()
    }

    /// How many messages each registration has whose dedup keys are `kind`, the id of the
    /// registration and, possibly, more after a colon.
    async fn mails_by_registration(&self, kind: &str) -> HashMap<RegistrationId, usize> {
        let keys = mail::Entity::find()
            .select_only()
            .column(mail::Column::DedupKey)
            .filter(mail::Column::DedupKey.starts_with(kind))
            .into_tuple::<String>();
        let keys = keys.all(self.ctx.db.connection()).await.expect("the mailbox");
        count(keys.iter().map(|key| {
            let id = key[kind.len()..].split(':').next().expect("an id");
            id.parse().expect("an id")
        }))
    }

    /// How many registrations there are.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn registrations(&self) -> u64 {
        registration::Entity::find().count(self.ctx.db.connection()).await.expect("a count")
    }

    /// The jobs that confirm registrations, oldest first; without those in the dead letter queue.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn confirmation_jobs(&self) -> Vec<JobRow> {
        let jobs = job::Entity::find().filter(job::Column::Kind.is_in(CONFIRM));
        let rows = jobs.order_by_asc(job::Column::Id).all(self.ctx.db.connection()).await;
        let row = |row: job::Model| JobRow {
            state: row.state.to_value(),
            items: row.items.try_into().expect("no negative number"),
            epoch: row.epoch,
            attempts: row.attempts,
            postponements: row.postponements,
            lost_leases: row.lost_leases,
            finished_at: row.finished_at.map(Timestamp::from),
        };
        rows.expect("the jobs").into_iter().map(row).collect()
    }

    /// The ticks of a schedule that fired, in order.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn ticks(&self, name: &str) -> Vec<Timestamp> {
        let ticks = cron_tick::Entity::find()
            .select_only()
            .column(cron_tick::Column::ScheduledAt)
            .filter(cron_tick::Column::Name.eq(name))
            .order_by_asc(cron_tick::Column::ScheduledAt)
            .into_tuple::<chrono::DateTime<chrono::Utc>>();
        let ticks = ticks.all(self.ctx.db.connection()).await.expect("the ticks");
        ticks.into_iter().map(Timestamp::from).collect()
    }

    /// How many jobs are neither done nor dead, at one moment.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn open_jobs(&self) -> i64 {
        self.number("SELECT count(*) AS count FROM jobs WHERE state <> 'done'").await
    }

    /// How many jobs of a kind there are or were.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn jobs_of_kind(&self, kind: &str) -> usize {
        let db = self.ctx.db.connection();
        let jobs = job::Entity::find().filter(job::Column::Kind.eq(kind));
        let dead = failed_job::Entity::find().filter(failed_job::Column::Kind.eq(kind));
        jobs.all(db).await.expect("the jobs").len() + dead.all(db).await.expect("the dead").len()
    }

    /// How many transactions wrote the registrations for a competition. On PostgreSQL only.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn transactions(&self, id: CompetitionId) -> i64 {
        self.number(&format!(
            "SELECT count(DISTINCT xmin::text) AS count FROM registrations \
             WHERE competition_id = '{id}'"
        ))
        .await
    }

    /// How many database sessions of this program are idle in a transaction. On PostgreSQL only.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn idle_in_transaction(&self) -> i64 {
        self.number(
            "SELECT count(*) AS count FROM pg_stat_activity
             WHERE application_name = 'mini-compete' AND state LIKE 'idle in transaction%'",
        )
        .await
    }

    /// The column `count` of the one row that `sql` selects.
    pub(super) async fn number(&self, sql: &str) -> i64 {
        let db = self.ctx.db.connection();
        let sql = Statement::from_string(db.get_database_backend(), sql);
        let row = Count::find_by_statement(sql).one(db).await.expect("an answer");
        row.expect("a row").count
    }
}

fn count(ids: impl Iterator<Item = RegistrationId>) -> HashMap<RegistrationId, usize> {
    let mut counts = HashMap::new();
    for id in ids {
        *counts.entry(id).or_default() += 1;
    }
    counts
}

/// The registrations that a job confirms.
fn subjects(payload: &Value) -> Vec<RegistrationId> {
    let id = |value: &Value| value.as_str().expect("an id").parse().expect("an id");
    match payload["registrations"].as_array() {
        Some(registrations) => registrations.iter().map(|one| id(&one["id"])).collect(),
        None => vec![id(&payload["registration_id"])],
    }
}
