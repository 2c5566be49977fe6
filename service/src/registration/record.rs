//! The use case behind `GET /api/competitions/:id/registrations/:registration`.

use domain::{
    CompetitionId, MAX_REGISTRATION_EVENTS, PublicError, RegistrationEvent, RegistrationId,
    RegistrationRecord,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    roster::{entries, open, questions_of},
    waiting_list::set_positions,
};
use crate::{
    Actor, Context, Result,
    entity::{registration_event, user},
};

/// A registration for a competition with its history. For the organizer of the competition and
/// administrators.
///
/// # Errors
/// Unauthorized; no such competition; forbidden for anyone else;
/// [`domain::ErrorCode::NotRegistered`] for an unknown registration, and one for another
/// competition.
pub async fn record(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    id: RegistrationId,
) -> Result<RegistrationRecord> {
    let competition = open(ctx, actor, competition).await?;
    let db = ctx.db.connection();
    let questions = questions_of(db, &competition).await?;
    let mut found = entries(db, &questions, &[id]).await?;
    set_positions(db, competition.id, &mut found).await?;
    let entry = found
        .pop()
        .filter(|entry| entry.registration.competition_id == competition.id)
        .ok_or_else(PublicError::registration_not_found)?;
    let events = registration_event::Entity::find()
        .find_also_related(user::Entity)
        .filter(registration_event::Column::RegistrationId.eq(id))
        .order_by_desc(registration_event::Column::CreatedAt)
        .order_by_desc(registration_event::Column::Id)
        .limit(MAX_REGISTRATION_EVENTS as u64)
        .all(db)
        .await?;
    let event =
        |(event, actor): (registration_event::Model, Option<user::Model>)| RegistrationEvent {
            kind: event.kind,
            by: actor
                .map(user::Model::into_organizer)
                .filter(|by| !by.is_deleted)
                .map(|by| by.name),
            reason: event.reason,
            at: event.created_at.into(),
        };
    Ok(RegistrationRecord { entry, events: events.into_iter().map(event).collect() })
}
