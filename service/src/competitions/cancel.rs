//! The use case behind `DELETE /api/competitions/:id`.

use domain::{
    CompetitionId, CompetitionWithOrganizer, ErrorCode, IdempotencyKey, IfMatch, PublicError,
};
use unicode_normalization::UnicodeNormalization;

use super::{Edited, edit, get_own};
use crate::{Actor, Context, Result, admission::Wish};

/// Cancels a competition of the actor's; cancelling it again changes nothing. It waits its turn among those who register:
/// everyone who was told that they hold a seat is told of this as well.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but its organizer; as for [`crate::registration::register`].
pub async fn cancel(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    key: Option<IdempotencyKey>,
) -> Result<Edited> {
    cancel_if(ctx, actor, competition, key, None).await
}

/// The same, on condition that the competition has one of the versions in `if_match` or is
/// cancelled already; [`ErrorCode::PreconditionFailed`] otherwise.
///
/// # Errors
/// As for [`cancel`].
pub async fn cancel_if(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    key: Option<IdempotencyKey>,
    if_match: Option<IfMatch>,
) -> Result<Edited> {
    edit::ask(ctx, actor, competition, Wish::CallOff.only_if(if_match), key).await
}

/// The same for somebody who has typed the title, to show that they mean this one.
///
/// # Errors
/// [`ErrorCode::ValidationFailed`] when it is another title; as for [`cancel`].
pub async fn cancel_by_title(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    title: &str,
    key: IdempotencyKey,
) -> Result<CompetitionWithOrganizer> {
    let competition = get_own(ctx, actor, id).await?.competition;
    if !is_same(&competition.title, title) {
        let message = "Type the title of the competition to confirm";
        return Err(PublicError::on_field(ErrorCode::ValidationFailed, "title", message).into());
    }
    Ok(cancel(ctx, actor, id, Some(key)).await?.outcome?)
}

/// Whether somebody who reads `title` may have typed `typed`: letters and digits decide, for keyboards turn quotes and
/// put accents together as they like. A title without any of them is compared as it is.
fn is_same(title: &str, typed: &str) -> bool {
    let essence = |text: &str| -> String {
        text.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (wanted, typed_essence) = (essence(title), essence(typed));
    if wanted.is_empty() { title.trim() == typed.trim() } else { wanted == typed_essence }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_recognized_however_a_keyboard_writes_it() {
        for (title, typed) in [
            ("Code Sprint", " code  sprint "),
            ("Ada’s “Open”", "Ada's \"Open\""),
            ("Café", "Cafe\u{301}"),
            ("İstanbul", "istanbul"),
            ("🎉", " 🎉 "),
        ] {
            assert!(is_same(title, typed), "{title} and {typed}");
        }
        for (title, typed) in [("Code Sprint", "Code Sprint 2"), ("🎉", ""), ("Code", "!")] {
            assert!(!is_same(title, typed), "{title} and {typed}");
        }
    }
}
