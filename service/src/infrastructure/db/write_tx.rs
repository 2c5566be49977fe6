//! What writes: a transaction, or a connection for a single statement.

use std::ops::Deref;

use tokio::sync::SemaphorePermit;

use super::{Connection, Transaction};
use crate::{Error, Result, commit_watch};

/// A write transaction. Dropping it rolls back.
pub(crate) struct WriteTx<'a> {
    pub(super) tx: Transaction,
    pub(super) _permit: Option<SemaphorePermit<'a>>,
}

impl WriteTx<'_> {
    /// # Errors
    /// [`Error::OutcomeUnknown`] when the connection fails before the response.
    pub(crate) async fn commit(self) -> Result<()> {
        let pending = commit_watch::commit_begins();
        let committed = self.tx.commit().await.map_err(Error::of_commit);
        if committed.as_ref().is_err_and(|error| !matches!(error, Error::OutcomeUnknown(_))) {
            pending.rolled_back();
        }
        committed
    }

    /// Rolls back and waits for it, so that the locks are free. A failure changes nothing either,
    /// and is ignored.
    pub(crate) async fn rollback(self) {
        if let Err(error) = self.tx.rollback().await {
            tracing::debug!(error = &error as &dyn std::error::Error, "a rollback failed");
        }
    }
}

impl Deref for WriteTx<'_> {
    type Target = Transaction;

    fn deref(&self) -> &Transaction {
        &self.tx
    }
}

/// A connection with the writer's permit.
pub(crate) struct Autocommit<'a> {
    pub(super) connection: &'a Connection,
    pub(super) _permit: Option<SemaphorePermit<'a>>,
}

impl Deref for Autocommit<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}
