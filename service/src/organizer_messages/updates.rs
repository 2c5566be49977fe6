//! The messages that a participant sees on the page of a competition.

use std::collections::HashSet;

use domain::{CompetitionId, MessageUpdate, RegistrationId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{deliver::dedup_key, recipients::matching};
use crate::{
    Actor, Context, Result,
    entity::{
        mail,
        organizer_message::{Column, Entity, Model},
        registration,
    },
    infrastructure::db::bulk::any_of,
};

/// Messages on the page, at most.
const MAX_SHOWN: usize = 20;

/// The newest messages about a competition that the actor has got, and those that they would get
/// now: someone who registers after a message was sent reads it, too. Its organizer reads all. At
/// most 20, newest first.
///
/// # Errors
/// When the database fails.
pub async fn updates(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    organizer: domain::UserId,
) -> Result<Vec<MessageUpdate>> {
    let Some(user) = actor.try_user() else { return Ok(Vec::new()) };
    let db = ctx.db.connection();
    let rows = Entity::find()
        .filter(Column::CompetitionId.eq(competition))
        .filter(Column::StartedAt.is_not_null())
        .order_by_desc(Column::StartedAt)
        .order_by_desc(Column::Id)
        .limit(domain::MAX_MESSAGES)
        .all(db)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let shown = if user.id == organizer {
        rows
    } else {
        let registered = registration::Entity::find()
            .filter(registration::Column::CompetitionId.eq(competition))
            .filter(registration::Column::UserId.eq(user.id));
        let Some(registration) = registered.one(db).await? else { return Ok(Vec::new()) };
        shown_to(db, &registration, rows).await?
    };
    Ok(shown.into_iter().take(MAX_SHOWN).filter_map(view).collect())
}

async fn shown_to(
    db: &impl ConnectionTrait,
    registration: &registration::Model,
    rows: Vec<Model>,
) -> Result<Vec<Model>> {
    let keys = rows.iter().map(|row| dedup_key(row.id, registration.id));
    let received: Vec<String> = mail::Entity::find()
        .select_only()
        .column(mail::Column::DedupKey)
        .filter(any_of(db, mail::Column::DedupKey, keys))
        .into_tuple()
        .all(db)
        .await?;
    let received: HashSet<_> = received.into_iter().collect();
    let mut shown = Vec::new();
    for row in rows {
        if received.contains(&dedup_key(row.id, registration.id))
            || would_get(db, registration, &row).await?
        {
            shown.push(row);
        }
        if shown.len() == MAX_SHOWN {
            break;
        }
    }
    Ok(shown)
}

/// Whether the message is for the registration as it is now.
async fn would_get(
    db: &impl ConnectionTrait,
    registration: &registration::Model,
    row: &Model,
) -> Result<bool> {
    let recipients = row.to()?;
    if row.stopped_at.is_some() || !recipients.includes(registration.status) {
        return Ok(false);
    }
    if recipients.answer().is_none() {
        return Ok(true);
    }
    let this = matching(row.competition_id, &recipients)
        .filter(registration::Column::Id.eq(registration.id))
        .select_only()
        .column(registration::Column::Id)
        .into_tuple::<RegistrationId>();
    Ok(this.one(db).await?.is_some())
}

fn view(row: Model) -> Option<MessageUpdate> {
    let sent_at = row.started_at?.into();
    Some(MessageUpdate { id: row.id, subject: row.subject, text: row.text, sent_at })
}
