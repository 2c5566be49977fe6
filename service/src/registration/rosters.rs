//! Who is registered for what.

use std::collections::HashMap;

use domain::{
    CompetitionId, Contact, ErrorCode, MyCompetition, MyRegistration, Page, PublicError,
    RegistrationId, Role, RosterEntry, RosterFilter, ViewerState,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::view;
use crate::{
    Actor, Context, Error, Result,
    competitions::{not_found, organizer, tags_of},
    entity::{competition, registration, user},
    search,
};

/// The actor's registrations, newest first, given back ones included.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but a participant.
pub async fn mine(ctx: &Context, actor: &Actor) -> Result<Vec<MyRegistration>> {
    let user = actor.require(Role::Participant)?;
    let db = ctx.db.connection();
    let rows = registration::Entity::find()
        .find_also_related(competition::Entity)
        .filter(registration::Column::UserId.eq(user.id.0))
        .order_by_desc(registration::Column::RegisteredAt)
        .order_by_desc(registration::Column::Id)
        .all(db)
        .await?;
    let mut tags = tags_of(db, rows.iter().map(|(row, _)| row.competition_id)).await?;
    let organizers = organizers_of(ctx, &rows).await?;
    rows.into_iter()
        .map(|(row, competition)| {
            let corrupt = || Error::Corrupt(format!("registration {} is for nothing", row.id));
            let competition = competition.ok_or_else(corrupt)?;
            let organizer = organizers.get(&competition.organizer_id).ok_or_else(corrupt)?;
            let tags = tags.remove(&competition.id).unwrap_or_default();
            Ok(MyRegistration {
                competition: my_competition(competition, tags, organizer.clone()),
                registration: view::registration(row)?,
            })
        })
        .collect()
}

/// One page of the registrations for a competition, oldest first. For its organizer and administrators.
///
/// # Errors
/// Unauthorized; no such competition; forbidden for anyone else.
pub async fn roster(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    filter: &RosterFilter,
) -> Result<Page<RosterEntry>> {
    let user = actor.user()?;
    if user.role == Role::Participant {
        actor.require(Role::Organizer)?;
    }
    let db = ctx.db.connection();
    let competition = competition::Entity::find_by_id(id.0).one(db).await?.ok_or_else(not_found)?;
    if user.role != Role::Admin && competition.organizer_id != user.id.0 {
        let message = "Only the organizer of this competition may see who is registered";
        return Err(PublicError::new(ErrorCode::Forbidden, message).into());
    }

    let mut matching = registration::Entity::find()
        .find_also_related(user::Entity)
        .filter(registration::Column::CompetitionId.eq(id.0));
    if let Some(status) = filter.status {
        matching = matching.filter(registration::Column::Status.eq(status.as_str()));
    }
    if let Some(words) = &filter.search {
        matching = matching.filter(search::holds((user::Entity, user::Column::SearchText), words));
    }
    let total = matching.clone().count(db).await?;
    let rows = matching
        .order_by_asc(registration::Column::RegisteredAt)
        .order_by_asc(registration::Column::Id)
        .offset(filter.paging.offset())
        .limit(filter.paging.limit)
        .all(db)
        .await?;
    let items = rows.into_iter().map(|(row, user)| {
        let user = user.ok_or_else(|| Error::Corrupt(format!("{} is nobody's", row.id)))?;
        Ok(RosterEntry { registration: view::registration(row)?, user: organizer(user) })
    });
    Ok(Page {
        items: items.collect::<Result<_>>()?,
        total,
        page: filter.paging.page,
        limit: filter.paging.limit,
    })
}

/// Who the actor is to a competition.
///
/// # Errors
/// When the database fails.
pub async fn viewer_state(ctx: &Context, actor: &Actor, id: CompetitionId) -> Result<ViewerState> {
    let Some(user) = actor.try_user() else { return Ok(ViewerState::default()) };
    let row = registration::Entity::find()
        .filter(registration::Column::UserId.eq(user.id.0))
        .filter(registration::Column::CompetitionId.eq(id.0))
        .one(ctx.db.connection())
        .await?;
    let registration = row.as_ref().map(view::status).transpose()?;
    let registration_id = row.map(|row| RegistrationId(row.id));
    Ok(ViewerState { user: Some(user.clone()), registration, registration_id })
}

/// The organizers of the competitions in some rows, each read once.
async fn organizers_of(
    ctx: &Context,
    rows: &[(registration::Model, Option<competition::Model>)],
) -> Result<HashMap<Uuid, Contact>> {
    let ids = rows.iter().filter_map(|(_, competition)| Some(competition.as_ref()?.organizer_id));
    let users = user::Entity::find().filter(user::Column::Id.is_in(ids));
    let users = users.all(ctx.db.connection()).await?;
    let contact = |user: user::Model| (user.id, Contact { name: user.name, email: user.email });
    Ok(users.into_iter().map(contact).collect())
}

fn my_competition(row: competition::Model, tags: Vec<String>, organizer: Contact) -> MyCompetition {
    MyCompetition {
        id: CompetitionId(row.id),
        title: row.title,
        description: row.description,
        tags,
        start_date: row.start_date.map(Into::into),
        reg_deadline: row.reg_deadline.into(),
        organizer,
    }
}
