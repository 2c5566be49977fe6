//! A connection that is in use.

use std::{fmt, time::Duration};

use sea_orm::{
    DbErr, RuntimeErr, Statement,
    sqlx::{
        self, AssertSqlSafe, Executor, Postgres,
        postgres::{PgConnection, PgQueryResult, PgRow},
        query::Query,
    },
};
use sea_query_sqlx::SqlxValues;
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit, time::timeout};

use super::{
    pool::{Pool, TEST_TIMEOUT, conn_err, discard, report},
    session::{Refusal, Session},
};
use crate::error;

/// A statement that the server has not ended by then will not be answered.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(12);

/// What a connection is in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    /// A statement is under way.
    Asked,
    /// Of no use any more.
    Broken,
}

/// A connection that is in use. Dropping it gives it back, after a rollback if it is inside a
/// transaction.
pub(super) struct Lease {
    session: Option<Session>,
    pool: Pool,
    permit: Option<OwnedSemaphorePermit>,
    state: State,
    in_transaction: bool,
    limit: Duration,
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease").field("session", &self.session).finish_non_exhaustive()
    }
}

impl Lease {
    pub(super) fn new(pool: &Pool, session: Session, permit: OwnedSemaphorePermit) -> Self {
        Self {
            session: Some(session),
            pool: pool.clone(),
            permit: Some(permit),
            state: State::Ready,
            in_transaction: false,
            limit: ANSWER_TIMEOUT,
        }
    }

    /// The session of the server that it has.
    #[cfg(test)]
    pub(super) fn backend(&self) -> &str {
        self.session.as_ref().expect("a session until it is dropped").backend()
    }

    /// Whether the server takes no changes.
    pub(super) fn reads_only(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.reads_only)
    }

    /// None of the connections that were open together with this one is used again.
    pub(super) fn condemn_all(&self, why: &str) {
        if let Some(session) = &self.session {
            self.pool.condemn(session.generation, why);
        }
    }

    /// From now on an answer that takes longer does not come.
    pub(super) fn limit(&mut self, limit: Duration) {
        self.limit = limit.min(ANSWER_TIMEOUT);
    }

    pub(super) async fn verify(&mut self) -> Result<(), DbErr> {
        let Some(session) = &mut self.session else { return Err(closed()) };
        session.verify().await.map_err(conn_err)
    }

    pub(super) async fn execute(&mut self, statement: &Statement) -> Result<PgQueryResult, DbErr> {
        let query = query(statement);
        let limit = self.limit;
        let answer = timeout(limit, query.execute(self.ask()?)).await;
        self.answered(answer.ok()).map_err(exec_err)
    }

    pub(super) async fn row(&mut self, statement: &Statement) -> Result<Option<PgRow>, DbErr> {
        let query = query(statement);
        let limit = self.limit;
        let answer = timeout(limit, query.fetch_optional(self.ask()?)).await;
        self.answered(answer.ok()).map_err(query_err)
    }

    pub(super) async fn rows(&mut self, statement: &Statement) -> Result<Vec<PgRow>, DbErr> {
        let query = query(statement);
        let limit = self.limit;
        let answer = timeout(limit, query.fetch_all(self.ask()?)).await;
        self.answered(answer.ok()).map_err(query_err)
    }

    /// One or more statements that have no parameters, in one message.
    pub(super) async fn simple(&mut self, sql: &str) -> Result<PgQueryResult, DbErr> {
        let sql = AssertSqlSafe(sql.to_owned());
        let limit = self.limit;
        let answer = timeout(limit, self.ask()?.execute(sql)).await;
        self.answered(answer.ok()).map_err(exec_err)
    }

    /// Begins a transaction, with statements that have no parameters in the same message.
    pub(super) async fn begin(&mut self, sql: &str) -> Result<(), DbErr> {
        // Before it is sent: one that is given up half-way may have begun.
        self.in_transaction = true;
        self.simple(sql).await.map(drop)
    }

    pub(super) async fn commit(mut self) -> Result<(), DbErr> {
        self.limit = ANSWER_TIMEOUT;
        let answer = self.simple("COMMIT").await;
        // A COMMIT that is refused has ended the transaction as well.
        self.in_transaction = self.state != State::Ready;
        answer.map(drop)
    }

    pub(super) async fn rollback(mut self) -> Result<(), DbErr> {
        self.simple("ROLLBACK").await?;
        self.in_transaction = false;
        Ok(())
    }

    /// The connection, from which an answer is expected from now on.
    fn ask(&mut self) -> Result<&mut PgConnection, DbErr> {
        if self.state == State::Broken {
            return Err(closed());
        }
        self.state = State::Asked;
        self.session.as_mut().map(|session| &mut session.raw).ok_or_else(closed)
    }

    /// Takes note of how a statement ended; `None` if it did not in time.
    fn answered<T>(&mut self, answer: Option<Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
        let Some(answer) = answer else {
            self.state = State::Broken;
            self.condemn_all("a statement was not answered in time");
            let message = "the database does not answer";
            return Err(sqlx::Error::Io(std::io::Error::new(
                std::io::ErrorKind::TimedOut,
                message,
            )));
        };
        self.state = match &answer {
            Err(error) if error::is_read_only(error) => {
                self.condemn_all("the server takes no changes any more");
                State::Broken
            }
            Err(error) if error::has_lost_session(error) => {
                report(&Refusal::Forgetful("a prepared statement".to_owned()).into());
                State::Broken
            }
            Err(error) if error::ends_connection(error) => State::Broken,
            _ => State::Ready,
        };
        answer
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut session) = self.session.take() else { return };
        let (pool, permit) = (self.pool.clone(), self.permit.take());
        if self.state == State::Broken {
            return discard(session);
        }
        if self.state == State::Ready && !self.in_transaction {
            pool.put_back(session);
            return drop(permit);
        }
        let Ok(runtime) = Handle::try_current() else { return };
        // Whoever asked went away before the answer, or before the end of the transaction.
        let in_transaction = self.in_transaction;
        runtime.spawn(async move {
            let _permit = permit;
            let end = async {
                if in_transaction {
                    session.raw.execute("ROLLBACK").await.map(drop)
                } else {
                    session.verify().await
                }
            };
            match timeout(TEST_TIMEOUT, end).await {
                Ok(Ok(())) => pool.put_back(session),
                // What takes long may only be slow, and says nothing about the other connections.
                Ok(Err(_)) | Err(_) => discard(session),
            }
        });
    }
}

fn query(statement: &Statement) -> Query<'_, Postgres, SqlxValues> {
    let values = statement.values.clone().unwrap_or_else(|| sea_orm::Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), SqlxValues(values))
}

fn closed() -> DbErr {
    conn_err(sqlx::Error::Io(std::io::ErrorKind::NotConnected.into()))
}

fn exec_err(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}

fn query_err(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}
