//! Stopping a message.

use domain::{
    CompetitionId, ErrorCode, OrganizerMessage, OrganizerMessageId, OrganizerMessageStatus,
    PublicError, Role,
};

use super::{find_locked, save};
use crate::{Actor, Context, Result, competitions::get_own, infrastructure::db::retry};

/// Stops a message: a scheduled one becomes a draft again, and one that is being sent goes to
/// nobody else. Those who have it keep it.
///
/// # Errors
/// As for [`get_own`]; [`ErrorCode::MessageNotFound`]; [`ErrorCode::MessageNotPending`].
pub async fn stop(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    id: OrganizerMessageId,
) -> Result<OrganizerMessage> {
    actor.require_writer(Role::Organizer)?;
    get_own(ctx, actor, competition).await?;
    let row = retry(|| async {
        let tx = ctx.db.begin_read_committed().await?;
        let mut row = find_locked(&*tx, competition, id).await?;
        let now = ctx.now();
        let status = row.status(now);
        if status == OrganizerMessageStatus::Stopped {
            return Ok(row);
        }
        if !status.can_be_stopped() {
            let message = match status {
                OrganizerMessageStatus::Draft => "This message is a draft: it is not being sent",
                _ => "This message was sent to everybody already",
            };
            return Err(PublicError::new(ErrorCode::MessageNotPending, message).into());
        }
        if row.started_at.is_some() {
            row.stopped_at = Some(now.utc());
        } else {
            // Its job finds that there is nothing to send. It counts for the day no more.
            row.send_at = None;
            row.requested_at = None;
        }
        let row = save(&*tx, row).await?;
        tx.commit().await?;
        Ok(row)
    });
    Ok(row.await?.into_view(ctx.now()))
}
