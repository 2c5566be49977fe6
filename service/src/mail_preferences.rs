//! Which messages users want by mail: their choices, and the links in mails that unsubscribe.

use domain::{
    ErrorCode, MailChannel, MailKind, MailPreferences, MailPreferencesPatch, PublicError,
};

use crate::{
    Actor, Context, Result,
    entity::mail_preference,
    infrastructure::db::retry,
    mail::{
        preferences::{by_key, of_address, recipient_key, save},
        unsubscribe_key,
    },
};

/// The actor's preferences.
///
/// # Errors
/// Unauthorized.
pub async fn get(ctx: &Context, actor: &Actor) -> Result<MailPreferences> {
    of_address(ctx.db.connection(), &actor.user()?.email).await
}

/// Changes the actor's preferences; absent fields stay as they are.
///
/// # Errors
/// Unauthorized; every fault of the patch at once.
pub async fn edit(
    ctx: &Context,
    actor: &Actor,
    patch: &MailPreferencesPatch,
) -> Result<MailPreferences> {
    let email = &actor.writer()?.email;
    let edits = patch.check()?;
    retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        let preferences = of_address(&*tx, email).await?;
        let change = |preferences: MailPreferences, edit: &(MailKind, MailChannel)| {
            preferences.with(edit.0, edit.1)
        };
        let preferences = edits.iter().fold(preferences, change);
        save(ctx, &*tx, recipient_key(email), &preferences).await?;
        tx.commit().await?;
        Ok(preferences)
    })
    .await
}

/// Where messages of a kind go to the address that a link in one of them was sent to. Anyone who
/// has the link may know.
///
/// # Errors
/// [`ErrorCode::UnsubscribeLinkInvalid`] for a key that no mail has.
pub async fn channel(ctx: &Context, key: &str, kind: MailKind) -> Result<MailChannel> {
    let row = by_key(ctx.db.connection(), key).await?.ok_or_else(invalid_link)?;
    Ok(row.preferences().channel(kind))
}

/// Changes where messages of a kind go to that address: [`MailChannel::Mailbox`] unsubscribes it.
/// Anyone who has the link may do that.
///
/// # Errors
/// [`ErrorCode::UnsubscribeLinkInvalid`] for a key that no mail has.
pub async fn set_channel(
    ctx: &Context,
    key: &str,
    kind: MailKind,
    channel: MailChannel,
) -> Result<()> {
    // Bad links take no lock.
    by_key(ctx.db.connection(), key).await?.ok_or_else(invalid_link)?;
    retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        let found: mail_preference::Model = by_key(&*tx, key).await?.ok_or_else(invalid_link)?;
        let preferences = found.preferences().with(kind, channel);
        save(ctx, &*tx, found.recipient, &preferences).await?;
        tx.commit().await
    })
    .await
}

/// The kind that a link names: one of those whose mails have links.
///
/// # Errors
/// [`ErrorCode::UnsubscribeLinkInvalid`] for any other text.
pub fn kind_of_link(text: &str) -> Result<MailKind, PublicError> {
    let kind = text.parse().ok().filter(|kind: &MailKind| kind.has_unsubscribe_link());
    kind.ok_or_else(invalid_link)
}

/// The path of the page of a link; the page of the account for a text that is no key.
pub fn page_of_link(key: &str, kind: &str) -> String {
    match kind_of_link(kind) {
        Ok(kind) if unsubscribe_key::is_one(key) => unsubscribe_key::page(key, kind),
        _ => "/account".to_owned(),
    }
}

fn invalid_link() -> PublicError {
    let message = "This link is not valid. Use the link of a newer mail, or log in and choose \
                   there which messages you get by mail.";
    PublicError::new(ErrorCode::UnsubscribeLinkInvalid, message)
}
