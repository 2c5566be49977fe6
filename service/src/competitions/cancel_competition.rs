//! The use case behind `DELETE /api/competitions/:id`.

use domain::{
    CompetitionId, CompetitionWithOrganizer, ErrorCode, IdempotencyKey, IfMatch, PublicError,
};
use unicode_normalization::UnicodeNormalization;

use super::{edit::execute, get_own};
use crate::{
    Actor, Context, Result,
    admission::{AdmissionCommand, Decision},
};

/// Cancels a competition of the actor's; cancelling it again succeeds and changes nothing.
/// Participants with a seat are notified by a job.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but its organizer; as for
/// [`crate::registration::register`].
pub async fn cancel_competition(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    key: Option<IdempotencyKey>,
) -> Result<Decision<CompetitionWithOrganizer>> {
    cancel_competition_if_match(ctx, actor, competition, key, None).await
}

/// The same, refused with [`ErrorCode::PreconditionFailed`] unless the competition has one of the
/// versions in `if_match` or is cancelled already.
///
/// # Errors
/// As for [`cancel_competition`].
pub async fn cancel_competition_if_match(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    key: Option<IdempotencyKey>,
    if_match: Option<IfMatch>,
) -> Result<Decision<CompetitionWithOrganizer>> {
    let command = AdmissionCommand::CancelCompetition { if_match };
    execute(ctx, actor, competition, command, key).await
}

/// The same for an organizer who has typed the title to confirm.
///
/// # Errors
/// [`ErrorCode::ValidationFailed`] when the title differs; as for [`cancel_competition`].
pub async fn cancel_competition_by_title(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    title: &str,
    key: IdempotencyKey,
) -> Result<CompetitionWithOrganizer> {
    let competition = get_own(ctx, actor, id).await?.competition;
    if !is_same_title(&competition.title, title) {
        let message = "Type the title of the competition to confirm";
        return Err(PublicError::on_field(ErrorCode::ValidationFailed, "title", message).into());
    }
    Ok(cancel_competition(ctx, actor, id, Some(key)).await?.outcome?)
}

/// Deletes a draft of the actor's: cancels it, and takes it from every list. Deleting it again
/// succeeds.
///
/// # Errors
/// [`ErrorCode::PreconditionFailed`] when it is not a draft any more; as for
/// [`cancel_competition`].
pub async fn delete_draft(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    key: IdempotencyKey,
) -> Result<CompetitionWithOrganizer> {
    let competition = get_own(ctx, actor, id).await?.competition;
    if !competition.is_draft() {
        let message = "This competition is no draft any more: cancel it instead";
        return Err(PublicError::new(ErrorCode::PreconditionFailed, message).into());
    }
    if competition.is_cancelled() {
        return Ok(cancel_competition(ctx, actor, id, None).await?.outcome?);
    }
    // It may be published meanwhile.
    let seen = Some(IfMatch::Versions(vec![competition.version]));
    Ok(cancel_competition_if_match(ctx, actor, id, Some(key), seen).await?.outcome?)
}

/// Compares letters and digits only, ignoring case: keyboards vary quotes, spaces and the
/// composition of accents. A title without letters and digits is compared as it is.
fn is_same_title(title: &str, typed: &str) -> bool {
    let essence = |text: &str| -> String {
        text.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (title_essence, typed_essence) = (essence(title), essence(typed));
    if title_essence.is_empty() {
        title.trim() == typed.trim()
    } else {
        title_essence == typed_essence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_title_matches_whatever_the_keyboard_makes_of_it() {
        for (title, typed) in [
            ("Code Sprint", " code  sprint "),
            ("Ada’s “Open”", "Ada's \"Open\""),
            ("Café", "Cafe\u{301}"),
            ("İstanbul", "istanbul"),
            ("🎉", " 🎉 "),
        ] {
            assert!(is_same_title(title, typed), "{title} and {typed}");
        }
        for (title, typed) in [("Code Sprint", "Code Sprint 2"), ("🎉", ""), ("Code", "!")] {
            assert!(!is_same_title(title, typed), "{title} and {typed}");
        }
    }
}
