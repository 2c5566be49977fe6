//! Whether what the product depends on answers.

use crate::{Context, Result};

/// Asks the database something.
///
/// # Errors
/// When it does not answer.
pub async fn database(ctx: &Context) -> Result<()> {
    Ok(ctx.db.connection().ping().await?)
}
