//! When tokens were last used.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::PersonalTokenId;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};
use tokio::sync::Semaphore;

use crate::{Context, Result, entity::personal_token, infrastructure::db::bulk};

/// A use within this time after the recorded one is not recorded, so that a busy token costs a
/// write a minute.
const PRECISION: TimeDelta = TimeDelta::minutes(1);

/// Records the use of tokens, beside the requests and one write at a time. A use that comes while
/// a write runs is not recorded; the next one is.
#[derive(Debug)]
pub(super) struct LastUse(Arc<Semaphore>);

impl Default for LastUse {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl LastUse {
    /// Records that these tokens are used now.
    pub(super) fn record<'a>(
        &self,
        ctx: &Context,
        tokens: impl Iterator<Item = &'a personal_token::Model>,
    ) {
        let now = ctx.now().utc();
        let is_due = |token: &&personal_token::Model| {
            token.last_used_at.is_none_or(|last| now - last >= PRECISION)
        };
        let due: Vec<_> = tokens.filter(is_due).map(|token| token.id).collect();
        if due.is_empty() {
            return;
        }
        let Ok(permit) = Arc::clone(&self.0).try_acquire_owned() else { return };
        let ctx = ctx.clone();
        tokio::spawn(async move {
            if let Err(error) = write(&ctx, due, now).await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "the last use of a personal access token was not recorded");
            }
            drop(permit);
        });
    }
}

async fn write(ctx: &Context, ids: Vec<PersonalTokenId>, now: DateTime<Utc>) -> Result<()> {
    let db = ctx.db.autocommit().await;
    let last = personal_token::Column::LastUsedAt;
    personal_token::Entity::update_many()
        .col_expr(last, Expr::value(now))
        .filter(bulk::any_of(&*db, personal_token::Column::Id, ids))
        // Another process may have recorded it meanwhile.
        .filter(last.is_null().or(last.lte(now - PRECISION)))
        .exec(&*db)
        .await?;
    Ok(())
}
