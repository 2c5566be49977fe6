//! What deleting an account would do.

use domain::{DeletionPreview, NamedCompetitions};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};

use super::{blocking, has_participants, is_current, to_cancel};
use crate::{
    Actor, Context, Result,
    competitions::{self, was_ever_registered_for},
    entity::{calendar_feed, competition, mail, personal_token, registration, webhook},
};

/// Titles of each kind, at most.
const MAX_NAMED: u64 = 5;

/// What [`super::delete`] would do now.
///
/// # Errors
/// Unauthorized.
pub async fn preview_deletion(ctx: &Context, actor: &Actor) -> Result<DeletionPreview> {
    let id = actor.user()?.id;
    let db = ctx.db.connection();
    let own = || competitions::own(id);
    let current = || own().filter(is_current(ctx));
    let all = own().count(db).await?;
    let blocking = named(ctx, blocking(ctx, id)).await?;
    let deleted = named(ctx, own().filter(was_ever_registered_for().not())).await?;
    let cancelled = current().filter(has_participants().not()).filter(was_ever_registered_for());
    let cancelled = named(ctx, cancelled).await?;
    let seats = to_cancel(ctx, id).count(db).await?;
    let registered = registration::Entity::find().filter(registration::Column::UserId.eq(id));
    let active = registered.filter(super::is_active()).count(db).await?;
    let tokens = personal_token::Entity::find().filter(personal_token::Column::UserId.eq(id));
    let webhooks = webhook::Entity::find().filter(webhook::Column::OrganizerId.eq(id));
    let messages = mail::Entity::find().filter(mail::Column::UserId.eq(id));
    let ended = blocking.count + deleted.count + cancelled.count;
    Ok(DeletionPreview {
        seats: NamedCompetitions { count: seats, titles: titles(ctx, to_cancel(ctx, id)).await? },
        past: active.saturating_sub(seats),
        messages: messages.count(db).await?,
        tokens: tokens.count(db).await?,
        has_calendar_feed: calendar_feed::Entity::find_by_id(id).one(db).await?.is_some(),
        webhooks: webhooks.count(db).await?,
        kept: all.saturating_sub(ended),
        blocking,
        deleted,
        cancelled,
    })
}

/// Competitions, and the titles of the first of them.
async fn named(ctx: &Context, found: Select<competition::Entity>) -> Result<NamedCompetitions> {
    let count = found.clone().count(ctx.db.connection()).await?;
    Ok(NamedCompetitions { count, titles: titles(ctx, found).await? })
}

/// The titles of the first competitions that are selected or joined.
async fn titles<E: EntityTrait>(ctx: &Context, found: Select<E>) -> Result<Vec<String>> {
    let titles = found
        .select_only()
        .column(competition::Column::Title)
        .order_by_asc(competition::Column::Title)
        .order_by_asc(competition::Column::Id)
        .limit(MAX_NAMED)
        .into_tuple::<String>();
    Ok(titles.all(ctx.db.connection()).await?)
}
