//! The use case behind `DELETE /api/competitions/:id/invitations/:invitation_id`.

use domain::{CompetitionId, ErrorCode, InvitationId, PublicError, Role};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{Actor, Context, Result, competitions::get_own, entity::invitation};

/// Revokes an invitation to one of the actor's own competitions: its code admits nobody any more. A
/// registration that was made with it stays.
///
/// # Errors
/// As for [`get_own`]; [`ErrorCode::InvitationNotFound`].
pub async fn revoke(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    id: InvitationId,
) -> Result<()> {
    actor.require_writer(Role::Organizer)?;
    get_own(ctx, actor, competition).await?;
    let revoked = invitation::Entity::update_many()
        .col_expr(invitation::Column::RevokedAt, Expr::value(ctx.now().utc()))
        .filter(invitation::Column::Id.eq(id))
        .filter(invitation::Column::CompetitionId.eq(competition))
        .filter(invitation::Column::RevokedAt.is_null())
        .exec(&*ctx.db.autocommit().await)
        .await?;
    if revoked.rows_affected == 0 {
        let message = "Invitation not found";
        return Err(PublicError::new(ErrorCode::InvitationNotFound, message).into());
    }
    Ok(())
}
