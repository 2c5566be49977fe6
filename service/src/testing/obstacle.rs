//! Locks and failures that obstruct the program. On PostgreSQL only, unless stated otherwise.

use std::time::Duration;

use domain::CompetitionId;
use sea_orm::{
    ConnectionTrait, EntityTrait, QuerySelect, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

use super::World;
use crate::{
    Actor,
    entity::competition,
    infrastructure::db::{Connection, Transaction},
};

/// Locks all tables that a request writes to. Reads are not blocked.
const LOCK_ALL: &str = "\
    LOCK TABLE users, competitions, registrations, mailbox, idempotency_logs, jobs, failed_jobs, \
        refresh_tokens, sessions, password_resets IN EXCLUSIVE MODE";

/// A transaction that holds locks until it is dropped.
#[derive(Debug)]
pub struct Hold(Transaction);

impl Hold {
    /// Releases the locks.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn release(self) {
        self.0.rollback().await.expect("an end");
    }
}

impl World {
    /// Holds the lock on a competition's row.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn hold(&self, id: CompetitionId) -> Hold {
        let tx = self.ctx.db.connection().begin().await.expect("a transaction");
        let competition = competition::Entity::find_by_id(id).lock_exclusive().one(&tx).await;
        competition.expect("an answer").expect("a competition");
        Hold(tx)
    }

    /// Blocks all writes to mailboxes.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn lock_mailbox(&self) -> Hold {
        let tx = self.ctx.db.connection().begin().await.expect("a transaction");
        let lock = "SET LOCAL idle_in_transaction_session_timeout = 0; \
                    LOCK TABLE mailbox IN EXCLUSIVE MODE";
        tx.execute_unprepared(lock).await.expect("a lock");
        Hold(tx)
    }

    /// Blocks all other writes, but no reads without a lock. On SQLite as well.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn hold_writes(&self) -> Hold {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        loop {
            let tx = match self.ctx.db.connection() {
                Connection::Sqlite(db) => {
                    let begun = db.begin_with_options(options).await;
                    Transaction::Sqlite(begun.expect("a transaction"))
                }
                db @ Connection::Postgres(_) => db.begin().await.expect("a transaction"),
            };
            // The locks are taken one by one, which may deadlock with a transaction that has
            // written to some of the tables.
            if self.ctx.db.is_sqlite() || tx.execute_unprepared(LOCK_ALL).await.is_ok() {
                return Hold(tx);
            }
        }
    }

    /// Makes the database fail for each registration of this participant, like a bug that only one
    /// row triggers.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn poison(&self, participant: &Actor) {
        let id = participant.user().expect("a user who is logged in").id;
        // A sequence counts on when its transaction is rolled back.
        self.obstruct(&format!(
            "CREATE SEQUENCE poisonings;
             CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 IF NEW.user_id = '{id}' THEN
                     PERFORM nextval('poisonings');
                     RAISE EXCEPTION 'a poisoned row';
                 END IF;
                 RETURN NEW;
             END $$;
             CREATE TRIGGER poison BEFORE INSERT ON registrations \
             FOR EACH ROW EXECUTE FUNCTION poison();"
        ))
        .await;
    }

    /// How often [`poison`](Self::poison) has failed a registration.
    ///
    /// # Panics
    /// When no participant is poisoned.
    pub async fn poisonings(&self) -> i64 {
        let sql = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS count FROM poisonings";
        self.number(sql).await
    }

    /// Delays each write of a message by `pause`.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn slow_mail(&self, pause: Duration) {
        let seconds = pause.as_secs_f64();
        self.obstruct(&format!(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN PERFORM pg_sleep({seconds}); RETURN NEW; END $$;
             CREATE TRIGGER dawdle BEFORE INSERT ON mailbox FOR EACH ROW EXECUTE FUNCTION dawdle();"
        ))
        .await;
    }

    async fn obstruct(&self, sql: &str) {
        self.ctx.db.connection().execute_unprepared(sql).await.expect("an obstacle");
    }
}
