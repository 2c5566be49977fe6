//! The registrations of a participant.

use std::{collections::HashMap, ops::Range};

use domain::{
    CompetitionId, Contact, ErrorCode, MyRegistration, Page, Paging, PublicError, RegistrationId,
    RegistrationStatus, Role, UserId, ViewerState,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, Order, PaginatorTrait,
    QueryFilter, QuerySelect, SelectTwo,
};

use super::{rejection_reasons::rejection_reasons, waiting_list::positions};
use crate::{
    Actor, Context, Error, Result,
    answers::{in_order, values_of},
    competitions::{contact_shown_to, is_of_draft},
    entity::{competition, competition_tag::tags_of, question::questions_of, registration, user},
    infrastructure::{
        db::bulk::any_of,
        keyset::{Keyset, in_order_of},
    },
    slice::{Cursor, Position, Slice},
};

type Row = (registration::Model, Option<competition::Model>);

/// One page of the actor's registrations, newest first, including cancelled ones.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but a participant.
pub async fn mine(ctx: &Context, actor: &Actor, paging: Paging) -> Result<Page<MyRegistration>> {
    let total = count(ctx, actor).await?;
    let items = part(ctx, actor, paging.range(), total).await?;
    Ok(Page { items, total, page: paging.page, limit: paging.limit })
}

/// The statuses of the actor's registrations for some competitions; none for others than
/// participants.
///
/// # Errors
/// When the database fails.
pub async fn own_statuses(
    ctx: &Context,
    actor: &Actor,
    competitions: impl IntoIterator<Item = CompetitionId>,
) -> Result<HashMap<CompetitionId, RegistrationStatus>> {
    use registration::Column;
    let user = actor.try_user().filter(|user| user.has_role(Role::Participant));
    let Some(user) = user else { return Ok(HashMap::new()) };
    let db = &*ctx.db.for_lists().await?;
    let rows = registration::Entity::find()
        .select_only()
        .columns([Column::CompetitionId, Column::Status])
        .filter(Column::UserId.eq(user.id))
        .filter(any_of(db, Column::CompetitionId, competitions));
    Ok(rows.into_tuple().all(db).await?.into_iter().collect())
}

/// The number of the actor's registrations, cancelled ones included.
pub(crate) async fn count(ctx: &Context, actor: &Actor) -> Result<u64> {
    let user = actor.require(Role::Participant)?;
    let own = registration::Entity::find().filter(is_shown_to(user.id));
    Ok(own.count(&*ctx.db.for_lists().await?).await?)
}

/// The newest of the actor's registrations.
pub(crate) async fn newest(
    ctx: &Context,
    actor: &Actor,
    limit: u64,
) -> Result<Vec<MyRegistration>> {
    part(ctx, actor, 0..limit, limit).await
}

/// Those of the actor's `total` registrations that are in `range`, counted from the newest.
async fn part(
    ctx: &Context,
    actor: &Actor,
    range: Range<u64>,
    total: u64,
) -> Result<Vec<MyRegistration>> {
    let user = actor.require(Role::Participant)?;
    let own = registration::Entity::find().filter(is_shown_to(user.id));
    let rows = {
        let db = &*ctx.db.for_lists().await?;
        let ids: Vec<RegistrationId> = order().ids(db, own, range, total).await?;
        let rows = registration::Entity::find()
            .find_also_related(competition::Entity)
            .filter(any_of(db, registration::Column::Id, ids.iter().copied()))
            .all(db)
            .await?;
        in_order_of(&ids, rows, |(row, _)| row.id)
    };
    views(ctx, actor, rows).await
}

/// The actor's registrations, newest first, including cancelled ones, in the part at `cursor`.
///
/// # Errors
/// As for [`mine`].
pub async fn mine_after(
    ctx: &Context,
    actor: &Actor,
    cursor: &Cursor,
) -> Result<Slice<MyRegistration>> {
    let rows = order().part(own(actor)?, cursor)?;
    let rows = rows.all(&*ctx.db.for_lists().await?).await?;
    let position = |(row, _): &Row| Position::at_time(row.registered_at, row.id.0);
    let Slice { items, next } = Slice::cut(rows, cursor.limit, position);
    Ok(Slice { items: views(ctx, actor, items).await?, next })
}

/// One of the actor's registrations, cancelled or not.
///
/// # Errors
/// Unauthorized; [`ErrorCode::NotRegistered`] for an unknown registration, one of another user, and
/// one for a draft.
pub async fn get(ctx: &Context, actor: &Actor, id: RegistrationId) -> Result<MyRegistration> {
    let user = actor.user()?;
    let row = find(ctx.db.connection(), user.id, id).await?;
    let mut found = views(ctx, actor, vec![row]).await?;
    found.pop().ok_or_else(|| without_competition(id))
}

/// A registration that the user sees.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    user: UserId,
    id: RegistrationId,
) -> Result<Row> {
    let row = registration::Entity::find_by_id(id)
        .find_also_related(competition::Entity)
        .filter(is_shown_to(user))
        .one(db)
        .await?;
    let not_found = || PublicError::new(ErrorCode::NotRegistered, "Registration not found");
    Ok(row.ok_or_else(not_found)?)
}

pub(super) fn without_competition(id: RegistrationId) -> Error {
    Error::Corrupt(format!("registration {id} has no competition or no organizer"))
}

fn own(actor: &Actor) -> Result<SelectTwo<registration::Entity, competition::Entity>> {
    let user = actor.require(Role::Participant)?;
    let rows = registration::Entity::find().find_also_related(competition::Entity);
    Ok(rows.filter(is_shown_to(user.id)))
}

/// A condition on registrations: the user made it, and sees its competition. A participant who has
/// cancelled does not see what becomes of the competition as a draft.
pub(crate) fn is_shown_to(user: UserId) -> Condition {
    use registration::Column::{CompetitionId, UserId};
    let competition = (registration::Entity, CompetitionId);
    Condition::all().add(UserId.eq(user)).add(is_of_draft(competition).not())
}

fn order() -> Keyset {
    use registration::Column::{Id, RegisteredAt};
    let column = |column| (registration::Entity, column);
    Keyset::by_time(column(RegisteredAt), column(Id), Order::Desc)
}

async fn views(ctx: &Context, actor: &Actor, rows: Vec<Row>) -> Result<Vec<MyRegistration>> {
    let db = ctx.db.connection();
    let mut tags = tags_of(db, rows.iter().map(|(row, _)| row.competition_id)).await?;
    let organizers = organizers_of(ctx, &rows).await?;
    let positions = positions(db, rows.iter().map(|(row, _)| row)).await?;
    let mut reasons = rejection_reasons(db, rows.iter().map(|(row, _)| row)).await?;
    // Most competitions have never asked anything.
    let asking = rows.iter().filter_map(|(row, competition)| {
        let competition = competition.as_ref().filter(|of| of.questions_version > 0)?;
        Some((row.id, competition.id))
    });
    let asking: Vec<_> = asking.collect();
    let questions = questions_of(db, asking.iter().map(|(_, competition)| *competition)).await?;
    let mut values = values_of(db, asking.iter().map(|(row, _)| *row)).await?;
    rows.into_iter()
        .map(|(row, competition)| {
            let corrupt = || without_competition(row.id);
            let competition = competition.ok_or_else(corrupt)?;
            let organizer = organizers.get(&competition.organizer_id).ok_or_else(corrupt)?;
            let tags = tags.remove(&competition.id).unwrap_or_default();
            let organizer = contact_shown_to(
                ctx,
                actor,
                competition.organizer_id,
                competition.contact_email.as_deref(),
                organizer.clone(),
            );
            Ok(MyRegistration {
                competition: competition.into_registered(tags, organizer, row.status),
                waitlist_position: positions.get(&row.id).copied(),
                rejection_reason: reasons.remove(&row.id),
                answers: match (questions.get(&row.competition_id), values.remove(&row.id)) {
                    (Some(questions), Some(values)) => in_order(questions, values),
                    _ => Vec::new(),
                },
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
    let positions = positions(ctx.db.connection(), &row).await?;
    let reasons = rejection_reasons(ctx.db.connection(), &row).await?;
    Ok(ViewerState {
        user: Some(user.clone()),
        registration: row.as_ref().map(|row| row.status),
        registration_id: row.map(|row| row.id),
        waitlist_position: positions.into_values().next(),
        rejection_reason: reasons.into_values().next(),
    })
}

/// The organizers of the competitions in `rows`, by id.
async fn organizers_of(ctx: &Context, rows: &[Row]) -> Result<HashMap<UserId, Contact>> {
    let ids = rows.iter().filter_map(|(_, competition)| Some(competition.as_ref()?.organizer_id));
    let db = ctx.db.connection();
    let users = user::Entity::find().filter(any_of(db, user::Column::Id, ids)).all(db).await?;
    let contact = |user: user::Model| (user.id, user.into_contact());
    Ok(users.into_iter().map(contact).collect())
}
