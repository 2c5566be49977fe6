//! A connection that is checked out of the pool.

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
    Pool, TEST_TIMEOUT, close_in_background,
    failure::{conn_err, log_failure},
};
use crate::{
    error,
    infrastructure::db::session::{Refusal, Session},
};

/// How long a statement may take on this side; longer than the `statement_timeout` of the session,
/// so that it expires only when the connection is dead.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(12);

/// Whether a connection can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    /// A statement was sent, and its response has not been read.
    AwaitingResponse,
    Broken,
}

/// A connection that is checked out. Dropping it returns it to the pool, after a rollback if it is
/// inside a transaction.
pub(in crate::infrastructure::db) struct PooledConnection {
    session: Option<Session>,
    pool: Pool,
    permit: Option<OwnedSemaphorePermit>,
    state: State,
    in_transaction: bool,
    response_timeout: Duration,
}

impl fmt::Debug for PooledConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PooledConnection").field("session", &self.session).finish_non_exhaustive()
    }
}

impl PooledConnection {
    pub(in crate::infrastructure::db) fn new(
        pool: &Pool,
        session: Session,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            session: Some(session),
            pool: pool.clone(),
            permit: Some(permit),
            state: State::Ready,
            in_transaction: false,
            response_timeout: RESPONSE_TIMEOUT,
        }
    }

    /// Names the server process of the session.
    #[cfg(test)]
    pub(in crate::infrastructure::db) fn backend(&self) -> &str {
        self.session.as_ref().expect("a session until it is dropped").backend()
    }

    /// Whether the server accepts no writes.
    pub(in crate::infrastructure::db) fn is_read_only(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.is_read_only)
    }

    /// Retires all connections that were open together with this one.
    pub(in crate::infrastructure::db) fn retire_all(&self, why: &str) {
        if let Some(session) = &self.session {
            self.pool.retire(session.generation, why);
        }
    }

    /// Shortens the time that a statement may take.
    pub(in crate::infrastructure::db) fn set_response_timeout(&mut self, timeout: Duration) {
        self.response_timeout = timeout.min(RESPONSE_TIMEOUT);
    }

    pub(in crate::infrastructure::db) async fn verify(&mut self) -> Result<(), DbErr> {
        let Some(session) = &mut self.session else { return Err(closed()) };
        session.verify().await.map_err(conn_err)
    }

    pub(in crate::infrastructure::db) async fn execute(
        &mut self,
        statement: &Statement,
    ) -> Result<PgQueryResult, DbErr> {
        let query = query(statement);
        let limit = self.response_timeout;
        let response = timeout(limit, query.execute(self.send()?)).await;
        self.received(response.ok()).map_err(exec_err)
    }

    pub(in crate::infrastructure::db) async fn row(
        &mut self,
        statement: &Statement,
    ) -> Result<Option<PgRow>, DbErr> {
        let query = query(statement);
        let limit = self.response_timeout;
        let response = timeout(limit, query.fetch_optional(self.send()?)).await;
        self.received(response.ok()).map_err(query_err)
    }

    pub(in crate::infrastructure::db) async fn rows(
        &mut self,
        statement: &Statement,
    ) -> Result<Vec<PgRow>, DbErr> {
        let query = query(statement);
        let limit = self.response_timeout;
        let response = timeout(limit, query.fetch_all(self.send()?)).await;
        self.received(response.ok()).map_err(query_err)
    }

    /// Sends one or more statements without parameters in one message.
    pub(in crate::infrastructure::db) async fn simple(
        &mut self,
        sql: &str,
    ) -> Result<PgQueryResult, DbErr> {
        let sql = AssertSqlSafe(sql.to_owned());
        let limit = self.response_timeout;
        let response = timeout(limit, self.send()?.execute(sql)).await;
        self.received(response.ok()).map_err(exec_err)
    }

    /// Begins a transaction, with more statements without parameters in the same message. Returns
    /// their rows.
    pub(in crate::infrastructure::db) async fn begin(
        &mut self,
        sql: &str,
    ) -> Result<Vec<PgRow>, DbErr> {
        // Before sending: if this future is dropped, the transaction may have begun.
        self.in_transaction = true;
        let sql = AssertSqlSafe(sql.to_owned());
        let limit = self.response_timeout;
        let response = timeout(limit, self.send()?.fetch_all(sql)).await;
        self.received(response.ok()).map_err(exec_err)
    }

    pub(in crate::infrastructure::db) async fn commit(mut self) -> Result<(), DbErr> {
        self.response_timeout = RESPONSE_TIMEOUT;
        let response = self.simple("COMMIT").await;
        // A COMMIT that the server refuses ends the transaction as well.
        self.in_transaction = self.state != State::Ready;
        response.map(drop)
    }

    pub(in crate::infrastructure::db) async fn rollback(mut self) -> Result<(), DbErr> {
        self.simple("ROLLBACK").await?;
        self.in_transaction = false;
        Ok(())
    }

    /// The connection, marked as awaiting a response.
    fn send(&mut self) -> Result<&mut PgConnection, DbErr> {
        if self.state == State::Broken {
            return Err(closed());
        }
        self.state = State::AwaitingResponse;
        self.session.as_mut().map(|session| &mut session.raw).ok_or_else(closed)
    }

    /// Updates the state by the response to a statement; `None` if it timed out.
    fn received<T>(&mut self, response: Option<Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
        let Some(response) = response else {
            self.state = State::Broken;
            self.retire_all("a statement timed out");
            let message = "the database does not answer";
            return Err(sqlx::Error::Io(std::io::Error::new(
                std::io::ErrorKind::TimedOut,
                message,
            )));
        };
        self.state = match &response {
            Err(error) if error::is_read_only(error) => {
                self.retire_all("the server accepts no writes any more");
                State::Broken
            }
            Err(error) if error::has_lost_session(error) => {
                log_failure(&Refusal::SettingsLost("a prepared statement".to_owned()).into());
                State::Broken
            }
            Err(error) if error::ends_connection(error) => State::Broken,
            _ => State::Ready,
        };
        response
    }
}

impl Drop for PooledConnection {
    fn drop(&mut self) {
        let Some(mut session) = self.session.take() else { return };
        let (pool, permit) = (self.pool.clone(), self.permit.take());
        if self.state == State::Broken {
            return close_in_background(session);
        }
        if self.state == State::Ready && !self.in_transaction {
            pool.put_back(session);
            return drop(permit);
        }
        let Ok(runtime) = Handle::try_current() else { return };
        // The caller was dropped before the response, or before the end of its transaction.
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
                // It may be slow rather than dead: keep the other connections.
                Ok(Err(_)) | Err(_) => close_in_background(session),
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
