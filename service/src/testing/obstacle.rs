//! Ways to stand in the program's way. On PostgreSQL only, where nothing else is said.

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

/// Locks whatever a request may write; reading goes on.
const LOCK_ALL: &str = "\
    LOCK TABLE users, competitions, registrations, mailbox, idempotency_logs, jobs, failed_jobs, \
        refresh_tokens, sessions, password_resets IN EXCLUSIVE MODE";

/// Keeps everybody else from what it locks, a competition or all mailboxes, until it is dropped.
#[derive(Debug)]
pub struct Hold(Transaction);

impl Hold {
    /// Lets the others go on.
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
        let competition = competition::Entity::find_by_id(id.0).lock_exclusive().one(&tx).await;
        competition.expect("an answer").expect("a competition");
        Hold(tx)
    }

    /// Keeps everybody from writing into mailboxes.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn lock_mailbox(&self) -> Hold {
        let tx = self.ctx.db.connection().begin().await.expect("a transaction");
        let lock = "SET LOCAL idle_in_transaction_session_timeout = 0; LOCK TABLE mailbox IN EXCLUSIVE MODE";
        tx.execute_unprepared(lock).await.expect("a lock");
        Hold(tx)
    }

    /// Keeps everybody else from writing anything until it is dropped; who reads without a lock
    /// goes on. On SQLite as well.
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
            // The locks are taken one by one, which may end in a deadlock with who has written a
            // part already.
            if self.ctx.db.is_sqlite() || tx.execute_unprepared(LOCK_ALL).await.is_ok() {
                return Hold(tx);
            }
        }
    }

    /// From now on the database fails whenever it is to write a registration of this participant's, like a bug
    /// that only one row brings out.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn poison(&self, participant: &Actor) {
        let id = participant.user().expect("somebody who is signed in").id;
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
             CREATE TRIGGER poison BEFORE INSERT ON registrations FOR EACH ROW EXECUTE FUNCTION poison();"
        ))
        .await;
    }

    /// How often the poison has worked.
    ///
    /// # Panics
    /// When there is none.
    pub async fn poisonings(&self) -> i64 {
        let sql = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS count FROM poisonings";
        self.number(sql).await
    }

    /// From now on every mail takes so long to write.
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
