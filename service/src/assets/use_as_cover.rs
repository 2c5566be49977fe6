//! Choosing a picture as the cover of a competition.

use domain::{CoverDraft, ErrorCode, PublicError, UserId};

use super::keep::keep;
use crate::{Context, Result};

/// Checks that the picture of a cover is one of the organizer's. From then on it stays for a week,
/// also if no competition uses it, so that the edit that follows finds it.
///
/// # Errors
/// A fault of the field `cover.assetId`.
pub(crate) async fn use_as_cover(
    ctx: &Context,
    organizer: UserId,
    cover: Option<&CoverDraft>,
) -> Result<()> {
    let Some(cover) = cover else { return Ok(()) };
    if keep(ctx, organizer, &[cover.asset_id].into()).await?.contains(&cover.asset_id) {
        return Ok(());
    }
    let message = "Picture must be one that you have uploaded in the last week, or the cover of a \
                   competition of yours";
    Err(PublicError::on_field(ErrorCode::ValidationFailed, "cover.assetId", message).into())
}
