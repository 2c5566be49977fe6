//! Whether what the product depends on answers.

use std::time::Duration;

use domain::UserId;
use sea_orm::prelude::Uuid;
use tokio::time::timeout;

use crate::{Context, Error, Result, accounts};

/// A database that takes longer does not answer.
const LIMIT: Duration = Duration::from_secs(3);

/// Asks the database as requests do: who somebody is, together with everybody else who asks that, and whether it takes
/// changes.
///
/// # Errors
/// When it does not answer in time, or its server takes no changes.
pub async fn database(ctx: &Context) -> Result<()> {
    let ask = async {
        accounts::find(ctx, UserId(Uuid::nil())).await?;
        ctx.db.check_writable().await
    };
    timeout(LIMIT, ask).await.map_err(|_| Error::TimedOut)?
}
