//! Changing the messages that were chosen.

use domain::UserId;
use leptos::prelude::*;

use crate::error::Failure;

/// The name of the boxes.
pub(super) const IDS: &str = "messages[]";
/// The key of the form in the session.
#[cfg(feature = "ssr")]
pub(super) const FORM: &str = "change_mail";

/// Marks the chosen messages as read or as unread, deletes or restores them, and leads to the list.
/// `threads` says that each stands for all messages about its competition.
#[server(prefix = "/fn", endpoint = "change_mail")]
pub async fn change_mail(
    #[server(default)] messages: Vec<String>,
    #[server(default)] change: String,
    #[server(default)] threads: bool,
    #[server(default)] made_for: Option<UserId>,
    #[server(default)] next: String,
) -> Result<(), Failure> {
    use super::address::MAILBOX;
    use crate::{
        next,
        ssr::{flash, form, request},
    };
    use domain::{MailChange, MailSelection};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let next = if next.is_empty() { MAILBOX } else { next::local(&next) };
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        // Check the login before the input, so that 401 wins over 400.
        actor.user()?;
        let change: MailChange = change.parse()?;
        let selection = MailSelection::parse(&messages, threads)?;
        let changed = service::mail::mailbox::change(&ctx, &actor, &selection, change).await?;
        Ok((change, changed))
    })
    .await;
    let (change, changed) = form::redirect_back_with(FORM, next, (), outcome).await?;
    for words in words(change, changed) {
        flash::set(words).await;
    }
    leptos_axum::redirect(next);
    Ok(())
}

/// What became of the messages, in sentences.
#[cfg(feature = "ssr")]
fn words(change: domain::MailChange, result: domain::MailChanged) -> Vec<String> {
    use domain::{MailChange, grouped};

    let number = |number: u64| match number {
        1 => "1 message".to_owned(),
        number => format!("{} messages", grouped(number)),
    };
    let done = match change {
        MailChange::Read => "marked as read",
        MailChange::Unread => "marked as unread",
        MailChange::Delete => "deleted",
        MailChange::Restore => "restored",
    };
    let kept = match result.protected {
        0 => None,
        1 => Some("1 message about your account is unread. Open it before you delete it.".into()),
        many => Some(format!(
            "{} messages about your account are unread. Open them before you delete them.",
            grouped(many)
        )),
    };
    let changed = (result.changed > 0 || kept.is_none())
        .then(|| format!("{} {done}", number(result.changed)));
    changed.into_iter().chain(kept).collect()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::{MailChange, MailChanged};

    use super::*;

    #[test]
    fn the_result_of_a_change_is_in_words() {
        let of = |change, changed, protected| words(change, MailChanged { changed, protected });
        assert_eq!(of(MailChange::Read, 1, 0), ["1 message marked as read"]);
        assert_eq!(of(MailChange::Restore, 0, 0), ["0 messages restored"]);
        let kept = "1 message about your account is unread. Open it before you delete it.";
        assert_eq!(of(MailChange::Delete, 2, 1), ["2 messages deleted", kept]);
        assert_eq!(of(MailChange::Delete, 0, 1), [kept]);
    }
}
