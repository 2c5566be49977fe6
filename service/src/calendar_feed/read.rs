//! Reading a feed.

use chrono::TimeDelta;
use domain::{ErrorCode, PublicError};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};

use super::{FeedKey, events};
use crate::{
    Context, Result,
    calendar_file::feed,
    entity::{
        calendar_feed::{Column, Entity, Model},
        user,
    },
};

/// A read within this time after the recorded one is not recorded: calendars read every hour, and
/// the owner wants to know whether one still does.
const READ_RECORDED_EVERY: TimeDelta = TimeDelta::days(1);

/// The feed with this key, as an iCalendar file: the registrations of its owner with a seat or
/// waiting for one, and the competitions that they organize. Anyone who has the key may read it.
///
/// # Errors
/// [`ErrorCode::CalendarFeedNotFound`] for a text that is no key or was one, and for the key of an
/// account that is disabled or deleted.
pub async fn read(ctx: &Context, key: &str) -> Result<String> {
    let key = FeedKey::parse(key).ok_or_else(not_found)?;
    let found = Entity::find()
        .find_also_related(user::Entity)
        .filter(Column::Hash.eq(key.hash()))
        .one(ctx.db.connection())
        .await?;
    let Some((row, Some(owner))) = found else { return Err(not_found().into()) };
    // A deleted account whose row stays has no address.
    if owner.disabled_at.is_some() || owner.email.is_empty() {
        return Err(not_found().into());
    }
    record(ctx, &row).await;
    Ok(feed(events::of(ctx, owner.id).await?))
}

fn not_found() -> PublicError {
    let message = "There is no calendar at this address. It may have been renewed or removed: \
                   make a new one on the page of your account.";
    PublicError::new(ErrorCode::CalendarFeedNotFound, message)
}

/// Records that the feed was read. A failure is only logged: a database that takes no writes can
/// still be read.
async fn record(ctx: &Context, row: &Model) {
    let now = ctx.now().utc();
    let long_ago = now - READ_RECORDED_EVERY;
    if row.last_read_at.is_some_and(|last| last > long_ago) {
        return;
    }
    let recorded = Entity::update_many()
        .col_expr(Column::LastReadAt, Expr::value(now))
        .filter(Column::Hash.eq(&row.hash))
        // Another process may have recorded it meanwhile.
        .filter(Column::LastReadAt.is_null().or(Column::LastReadAt.lte(long_ago)))
        .exec(&*ctx.db.autocommit().await)
        .await;
    if let Err(error) = recorded {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "the last read of a calendar feed was not recorded");
    }
}
