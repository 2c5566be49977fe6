//! Reading the tables without the use cases, and causing failures that no use case causes.

use domain::{CompetitionId, JobId, RegistrationId, RegistrationStatus, UserId};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use super::{World, audit::CONFIRM};
use crate::{
    Actor,
    entity::{
        competition, cron_tick, failed_job, idempotency_log,
        job::{self, State},
        job_audit, mail, registration,
    },
};

/// A competition in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The count in the row of the competition.
    pub registered: u64,
    /// Registrations that hold a seat.
    pub seats_taken: u64,
    /// The count of the waiting list in the row of the competition.
    pub waitlisted: u64,
    /// Registrations on the waiting list.
    pub waiting: u64,
    /// The count of registrations that wait for approval, in the row of the competition.
    pub awaiting_approval: u64,
    /// Registrations that wait for approval.
    pub awaiting: u64,
    /// Items of jobs that confirm registrations, in any state.
    pub confirmation_jobs: u64,
    /// Grows with every change.
    pub version: i32,
}

/// The jobs in numbers; of a job of several items, the items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// Waiting for a worker or, delayed, for their time.
    pub waiting: u64,
    /// Claimed by a worker.
    pub active: u64,
    /// Done.
    pub completed: u64,
    /// Among the dead letters.
    pub dead: u64,
}

impl World {
    /// A competition in numbers. Jobs are counted for all competitions.
    ///
    /// # Panics
    /// When the competition does not exist.
    pub async fn tally(&self, id: CompetitionId) -> Tally {
        let db = self.ctx.db.connection();
        let row = competition::Entity::find_by_id(id).one(db).await.expect("an answer");
        let row = row.expect("a competition");
        let seats_taken = registration::Entity::find()
            .filter(registration::Column::CompetitionId.eq(id))
            .filter(registration::Column::Status.is_in(RegistrationStatus::with_seat()));
        let waiting = registration::Entity::find()
            .filter(registration::Column::CompetitionId.eq(id))
            .filter(registration::Column::Status.eq(RegistrationStatus::Waitlisted))
            .filter(registration::Column::WaitlistNumber.is_not_null());
        let awaiting = registration::Entity::find()
            .filter(registration::Column::CompetitionId.eq(id))
            .filter(registration::Column::Status.eq(RegistrationStatus::AwaitingApproval));
        let jobs: Option<i64> = job::Entity::find()
            .select_only()
            .column_as(job::Column::Items.sum(), "items")
            .filter(job::Column::Kind.is_in(CONFIRM))
            .into_tuple()
            .one(db)
            .await
            .expect("a sum")
            .flatten();
        Tally {
            registered: u64::try_from(row.registered).expect("no negative number of seats"),
            seats_taken: seats_taken.count(db).await.expect("a count"),
            waitlisted: u64::try_from(row.waitlisted).expect("no negative number"),
            waiting: waiting.count(db).await.expect("a count"),
            awaiting_approval: u64::try_from(row.awaiting_approval).expect("no negative number"),
            awaiting: awaiting.count(db).await.expect("a count"),
            confirmation_jobs: u64::try_from(jobs.unwrap_or_default()).expect("a number of jobs"),
            version: row.version,
        }
    }

    /// The users on the waiting list of a competition, in order.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn waiting_list(&self, id: CompetitionId) -> Vec<UserId> {
        let waiting = registration::Entity::find()
            .filter(registration::Column::CompetitionId.eq(id))
            .filter(registration::Column::Status.eq(RegistrationStatus::Waitlisted))
            .order_by_asc(registration::Column::WaitlistNumber);
        let rows = waiting.all(self.ctx.db.connection()).await.expect("the waiting list");
        rows.into_iter().map(|row| row.user_id).collect()
    }

    /// The jobs in numbers.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn queue(&self) -> Queue {
        let db = self.ctx.db.connection();
        let columns = [job::Column::State, job::Column::Items];
        let jobs = job::Entity::find().select_only().columns(columns).into_tuple();
        let jobs: Vec<(State, i32)> = jobs.all(db).await.expect("the jobs");
        let items = |(_, items): &(State, i32)| u64::try_from(*items).expect("no negative number");
        let count = |state| jobs.iter().filter(|(found, _)| *found == state).map(items).sum();
        Queue {
            waiting: count(State::Waiting),
            active: count(State::Active),
            completed: count(State::Completed),
            dead: failed_job::Entity::find().count(db).await.expect("a count"),
        }
    }

    /// The jobs that are not dead letters.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn job_ids(&self) -> Vec<JobId> {
        let ids = job::Entity::find().select_only().column(job::Column::Id).into_tuple();
        ids.all(self.ctx.db.connection()).await.expect("the jobs")
    }

    /// The last errors of the dead letters.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn dead_letter_errors(&self) -> Vec<String> {
        let reasons =
            failed_job::Entity::find().select_only().column(failed_job::Column::LastError);
        reasons.into_tuple().all(self.ctx.db.connection()).await.expect("the dead letters")
    }

    /// The audit trail of the dead letters: `revived by console`.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn job_audits(&self) -> Vec<String> {
        let audits = job_audit::Entity::find().order_by_asc(job_audit::Column::Id);
        let audits = audits.all(self.ctx.db.connection()).await.expect("the audit trail");
        audits
            .into_iter()
            .map(|audit| format!("{} by {}", audit.action.to_value(), audit.actor))
            .collect()
    }

    /// How many idempotency records there are.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn idempotency_records(&self) -> u64 {
        idempotency_log::Entity::find().count(self.ctx.db.connection()).await.expect("a count")
    }

    /// How many ticks of the schedule are stored.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn ticks_kept(&self) -> u64 {
        cron_tick::Entity::find().count(self.ctx.db.connection()).await.expect("a count")
    }

    /// How many messages are in all mailboxes together.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn mails(&self) -> u64 {
        mail::Entity::find().count(self.ctx.db.connection()).await.expect("a count")
    }

    /// Makes the database refuse every registration of one participant, whatever the program does.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn refuse_registrations_of(&self, actor: &Actor) {
        self.refuse(actor, "registrations").await;
    }

    /// Makes the database refuse every message to one participant, whatever the program does.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn refuse_mail_to(&self, actor: &Actor) {
        self.refuse(actor, "mailbox").await;
    }

    /// Refuses the rows that one participant would get in a table.
    async fn refuse(&self, actor: &Actor, table: &str) {
        let user = actor.user().expect("a user who is logged in").id;
        let sql = match self.ctx.db.connection().get_database_backend() {
            DbBackend::Postgres => format!(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 RAISE EXCEPTION 'poison'; END $$; \
                 CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW \
                 WHEN (NEW.user_id = '{user}') EXECUTE FUNCTION refuse()"
            ),
            _ => format!(
                "CREATE TRIGGER refuse BEFORE INSERT ON {table} WHEN NEW.user_id = x'{}' \
                 BEGIN SELECT RAISE(ABORT, 'poison'); END",
                user.0.simple()
            ),
        };
        self.execute(&sql).await.expect("a trigger");
    }

    /// Ends what [`World::refuse_mail_to`] began.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn accept_all_mail(&self) {
        let sql = match self.ctx.db.connection().get_database_backend() {
            DbBackend::Postgres => "DROP TRIGGER refuse ON mailbox",
            _ => "DROP TRIGGER refuse",
        };
        self.execute(sql).await.expect("no trigger");
    }

    /// Forgets that a registration was confirmed and reminded of: as after restoring a part of a
    /// backup.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn forget_progress(&self, id: RegistrationId, status: RegistrationStatus) {
        let db = self.ctx.db.autocommit().await;
        self.mark(&*db, id, status).await;
    }

    /// How often jobs were claimed that are not dead letters.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn claims_made(&self) -> i64 {
        let epochs = job::Entity::find().select_only().column(job::Column::Epoch).into_tuple();
        let epochs: Vec<i32> = epochs.all(self.ctx.db.connection()).await.expect("the jobs");
        epochs.into_iter().map(i64::from).sum()
    }

    /// Gives every job a kind that no program knows.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn retire_all_jobs(&self) {
        job::Entity::update_many()
            .col_expr(job::Column::Kind, Expr::value("retired"))
            .exec(&*self.ctx.db.autocommit().await)
            .await
            .expect("retired jobs");
    }

    /// Runs a statement that no use case would, to see what the schema has to say.
    ///
    /// # Errors
    /// What the database says.
    pub async fn execute(&self, sql: &str) -> Result<u64, DbErr> {
        let db = self.ctx.db.autocommit().await;
        Ok(db.execute_unprepared(sql).await?.rows_affected())
    }

    async fn mark(&self, db: &impl ConnectionTrait, id: RegistrationId, to: RegistrationStatus) {
        let marked = registration::Entity::update_many()
            .col_expr(registration::Column::Status, Expr::value(to))
            .col_expr(
                registration::Column::RemindedAt,
                Expr::value(None::<chrono::DateTime<chrono::Utc>>),
            )
            .col_expr(
                registration::Column::RemindedStart,
                Expr::value(None::<chrono::DateTime<chrono::Utc>>),
            )
            .filter(registration::Column::Id.eq(id))
            .exec(db)
            .await
            .expect("another status");
        assert_eq!(marked.rows_affected, 1, "there is no registration {id}");
    }
}
