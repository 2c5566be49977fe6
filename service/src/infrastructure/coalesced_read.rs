//! The query of a batch of reads by id, which a [`Combiner`](crate::Combiner) has collected.

use std::{collections::HashMap, hash::Hash, time::Duration};

use domain::PublicError;
use tokio::time::timeout;

use crate::{Db, Error, Result};

/// How long one try of [`read_with_timeout`] may take. Reads by primary key take milliseconds.
pub(crate) const READ_TIMEOUT: Duration = Duration::from_secs(3);

/// The response to each of `ids` in the same order: the value that `read` has found for it, `None`
/// if there is none, or the failure of the whole query, which is logged once.
pub(crate) async fn read_each<I, R, F, Fut>(db: &Db, ids: &[I], read: F) -> Vec<Result<Option<R>>>
where
    I: Eq + Hash,
    R: Clone,
    F: Fn() -> Fut,
    Fut: Future<Output = Result<HashMap<I, R>>>,
{
    match read_with_timeout(db, read).await {
        Ok(found) => ids.iter().map(|id| Ok(found.get(id).cloned())).collect(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a combined query failed");
            let failure = PublicError::from(error);
            ids.iter().map(|_| Err(failure.clone().into())).collect()
        }
    }
}

/// Runs `read`, and runs it again on a new connection if it takes longer than [`READ_TIMEOUT`].
pub(crate) async fn read_with_timeout<R, F, Fut>(db: &Db, read: F) -> Result<R>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<R>>,
{
    let generation = db.generation();
    if let Ok(found) = timeout(READ_TIMEOUT, read()).await {
        return found;
    }
    db.replace_connections(generation, "a read timed out");
    timeout(READ_TIMEOUT, read()).await.map_err(|_| Error::TimedOut)?
}
