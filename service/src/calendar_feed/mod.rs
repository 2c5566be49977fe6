//! Calendar feeds: a secret address for each user, at which calendars read their registrations, and
//! the competitions that they organize.
//!
//! The address is shown once, when it is made; the database holds the SHA-256 of its key. Renewing
//! replaces it, and removing ends it, from the next read on in every process. A disabled account
//! has no feed until it is enabled. A new password keeps it: an address reads one calendar, and
//! stays in calendars that nobody thinks of then.

mod events;
mod handover;
mod key;
mod links;
mod read;
mod renew;

use domain::{CalendarFeed, ErrorCode, PublicError};
use sea_orm::EntityTrait;

pub use self::{handover::Handover, key::FeedKey, links::FeedLinks, read::read, renew::renew};
use crate::{Actor, Context, Result, entity::calendar_feed};

/// The actor's feed; `Ok(None)` without one.
///
/// # Errors
/// Unauthorized; [`ErrorCode::Forbidden`] for a personal access token.
pub async fn find(ctx: &Context, actor: &Actor) -> Result<Option<CalendarFeed>> {
    let owner = actor.owner()?.id;
    let row = calendar_feed::Entity::find_by_id(owner).one(ctx.db.connection()).await?;
    Ok(row.map(calendar_feed::Model::into_view))
}

/// The actor's feed.
///
/// # Errors
/// As for [`find`]; [`ErrorCode::CalendarFeedNotFound`].
pub async fn get(ctx: &Context, actor: &Actor) -> Result<CalendarFeed> {
    let none = || PublicError::new(ErrorCode::CalendarFeedNotFound, "You have no calendar feed");
    Ok(find(ctx, actor).await?.ok_or_else(none)?)
}

/// Ends the actor's feed, if there is one. Calendars that have read it keep its events until they
/// read it again.
///
/// # Errors
/// As for [`find`].
pub async fn remove(ctx: &Context, actor: &Actor) -> Result<()> {
    let owner = actor.owner()?.id;
    let deleted = calendar_feed::Entity::delete_by_id(owner);
    let deleted = deleted.exec(&*ctx.db.autocommit().await).await?;
    if deleted.rows_affected > 0 {
        tracing::info!(user.id = %owner, "a calendar feed was removed");
    }
    Ok(())
}
