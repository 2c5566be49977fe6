//! Who would get a message.

use domain::{CompetitionId, OrganizerMessageId, Recipient, RecipientPreview};
use sea_orm::{
    ColumnTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait,
};

use super::{not_found, recipients::matching};
use crate::{
    Actor, Context, Result,
    competitions::get_own,
    entity::{
        organizer_message::{Column, Entity},
        registration, user,
    },
};

/// How many recipients are named.
const SAMPLES: u64 = 3;

/// Who would get a message of one of the actor's own competitions if it were sent now.
///
/// # Errors
/// As for [`get_own`]; [`domain::ErrorCode::MessageNotFound`].
pub async fn preview(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    id: OrganizerMessageId,
) -> Result<RecipientPreview> {
    get_own(ctx, actor, competition).await?;
    let db = &*ctx.db.for_lists().await?;
    let found = Entity::find_by_id(id).filter(Column::CompetitionId.eq(competition));
    let recipients = found.one(db).await?.ok_or_else(not_found)?.to()?;
    let matching = matching(competition, &recipients);
    let count = matching.clone().count(db).await?;
    let samples: Vec<(String, String)> = matching
        .select_only()
        .column(user::Column::Name)
        .column(user::Column::Email)
        .join(JoinType::InnerJoin, registration::Relation::User.def())
        .order_by_asc(registration::Column::RegisteredAt)
        .order_by_asc(registration::Column::Id)
        .limit(SAMPLES)
        .into_tuple()
        .all(db)
        .await?;
    let samples = samples.into_iter().map(|(name, email)| Recipient { name, email });
    Ok(RecipientPreview { count, samples: samples.collect() })
}
