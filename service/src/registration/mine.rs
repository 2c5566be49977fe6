//! The registrations of a participant.

use std::collections::HashMap;

use domain::{CompetitionId, Contact, MyRegistration, Page, Paging, Role, UserId, ViewerState};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    Actor, Context, Error, Result,
    entity::{competition, competition_tag::tags_of, registration, user},
};

/// One page of the actor's registrations, newest first, including cancelled ones.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but a participant.
pub async fn mine(ctx: &Context, actor: &Actor, paging: Paging) -> Result<Page<MyRegistration>> {
    let total = count(ctx, actor).await?;
    let items = newest(ctx, actor, paging).await?;
    Ok(Page { items, total, page: paging.page, limit: paging.limit })
}

/// The number of the actor's registrations, cancelled ones included.
pub(crate) async fn count(ctx: &Context, actor: &Actor) -> Result<u64> {
    let user = actor.require(Role::Participant)?;
    let own = registration::Entity::find().filter(registration::Column::UserId.eq(user.id));
    Ok(own.count(ctx.db.connection()).await?)
}

/// The same without the total.
pub(crate) async fn newest(
    ctx: &Context,
    actor: &Actor,
    paging: Paging,
) -> Result<Vec<MyRegistration>> {
    let user = actor.require(Role::Participant)?;
    let db = ctx.db.connection();
    let rows = registration::Entity::find()
        .find_also_related(competition::Entity)
        .filter(registration::Column::UserId.eq(user.id))
        .order_by_desc(registration::Column::RegisteredAt)
        .order_by_desc(registration::Column::Id)
        .offset(paging.offset())
        .limit(paging.limit)
        .all(db)
        .await?;
    let mut tags = tags_of(db, rows.iter().map(|(row, _)| row.competition_id)).await?;
    let organizers = organizers_of(ctx, &rows).await?;
    rows.into_iter()
        .map(|(row, competition)| {
            let corrupt = || {
                Error::Corrupt(format!(
                    "registration {} has no competition or no organizer",
                    row.id
                ))
            };
            let competition = competition.ok_or_else(corrupt)?;
            let organizer = organizers.get(&competition.organizer_id).ok_or_else(corrupt)?;
            let tags = tags.remove(&competition.id).unwrap_or_default();
            Ok(MyRegistration {
                competition: competition.into_registered(tags, organizer.clone()),
                registration: row.into_view(),
            })
        })
        .collect()
}

/// The actor's registration for a competition, if any.
///
/// # Errors
/// When the database fails.
pub async fn viewer_state(ctx: &Context, actor: &Actor, id: CompetitionId) -> Result<ViewerState> {
    let Some(user) = actor.try_user() else { return Ok(ViewerState::default()) };
    let row = registration::Entity::find()
        .filter(registration::Column::UserId.eq(user.id))
        .filter(registration::Column::CompetitionId.eq(id))
        .one(ctx.db.connection())
        .await?;
    let registration = row.as_ref().map(|row| row.status);
    let registration_id = row.map(|row| row.id);
    Ok(ViewerState { user: Some(user.clone()), registration, registration_id })
}

/// The organizers of the competitions in `rows`, by id.
async fn organizers_of(
    ctx: &Context,
    rows: &[(registration::Model, Option<competition::Model>)],
) -> Result<HashMap<UserId, Contact>> {
    let ids = rows.iter().filter_map(|(_, competition)| Some(competition.as_ref()?.organizer_id));
    let users = user::Entity::find().filter(user::Column::Id.is_in(ids));
    let users = users.all(ctx.db.connection()).await?;
    let contact = |user: user::Model| (user.id, user.into_contact());
    Ok(users.into_iter().map(contact).collect())
}
