//! The use case behind `GET /api/competitions/:id/access-codes`.

use domain::{AccessCodeUse, CompetitionId};

use super::get_own;
use crate::{
    Actor, Context, Result,
    entity::access_code::{access_codes_of, uses_of},
};

/// The access codes of one of the actor's own competitions in order, and how many registrations are
/// active with each.
///
/// # Errors
/// As for [`get_own`].
pub async fn access_codes(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
) -> Result<Vec<AccessCodeUse>> {
    get_own(ctx, actor, id).await?;
    let db = ctx.db.connection();
    let drafts = access_codes_of(db, [id]).await?.remove(&id).unwrap_or_default();
    let mut uses = uses_of(db, [id], drafts.iter().map(|draft| draft.code.clone())).await?;
    let with_uses = drafts.into_iter().map(|draft| {
        let uses = uses.remove(&(id, draft.code.clone())).unwrap_or(0);
        let uses = u32::try_from(uses).unwrap_or(u32::MAX);
        AccessCodeUse { code: draft.code, max_uses: draft.max_uses, uses }
    });
    Ok(with_uses.collect())
}
