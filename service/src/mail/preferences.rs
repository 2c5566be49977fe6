//! Which messages an address wants by mail, and the key of its links that unsubscribe.
//!
//! Preferences belong to an address and not to an account: people without an account are invited by
//! mail, and can end that.

use chrono::TimeDelta;
use domain::{Email, MailChannel, MailKind, MailPreferences};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict,
};

use super::unsubscribe_key;
use crate::{
    Context, Result,
    entity::mail_preference::{Column, Entity, Model, mailbox_only},
    infrastructure::secrets,
};

/// How exactly the last use of a key is recorded: a reminder to thousands writes their rows once.
const USE_RECORDED_EVERY: TimeDelta = TimeDelta::days(1);

/// What the address is found by.
pub(crate) fn recipient_key(address: &str) -> String {
    secrets::hash(&Email::key_of(address))
}

/// The preferences of an address. Without any, everything is mailed.
pub(crate) async fn of_address(
    db: &impl ConnectionTrait,
    address: &str,
) -> Result<MailPreferences> {
    let found = find(db, address).await?;
    Ok(found.map(|row| row.preferences()).unwrap_or_default())
}

/// Whether the address wants messages of this kind in the mailbox only.
pub(crate) async fn is_mailbox_only(ctx: &Context, address: &str, kind: MailKind) -> Result<bool> {
    let preferences = of_address(ctx.db.connection(), address).await?;
    Ok(preferences.channel(kind) == MailChannel::Mailbox)
}

/// The row with this key of a link; `Ok(None)` also for a text that is no key.
pub(crate) async fn by_key(db: &impl ConnectionTrait, key: &str) -> Result<Option<Model>> {
    if !unsubscribe_key::is_one(key) {
        return Ok(None);
    }
    Ok(Entity::find().filter(Column::UnsubscribeKey.eq(key)).one(db).await?)
}

/// The page that ends mails of this kind to the address. Its key is made with the first such mail.
pub(crate) async fn unsubscribe_link(
    ctx: &Context,
    address: &str,
    kind: MailKind,
) -> Result<String> {
    let found = find(ctx.db.connection(), address).await?;
    let long_ago = ctx.now().utc() - USE_RECORDED_EVERY;
    let key = match found.filter(|row| row.used_at > long_ago) {
        Some(row) => row.unsubscribe_key,
        None => {
            let used =
                OnConflict::column(Column::Recipient).update_column(Column::UsedAt).to_owned();
            let row = row(ctx, recipient_key(address), &MailPreferences::default());
            let row = Entity::insert(row.into_active_model())
                .on_conflict(used)
                .exec_with_returning(&*ctx.db.autocommit().await)
                .await?;
            row.unsubscribe_key
        }
    };
    Ok(ctx.page(&unsubscribe_key::page(&key, kind)))
}

/// Stores the preferences of an address, given by its [`recipient_key`].
pub(crate) async fn save(
    ctx: &Context,
    db: &impl ConnectionTrait,
    recipient: String,
    preferences: &MailPreferences,
) -> Result<()> {
    let replace = OnConflict::column(Column::Recipient)
        .update_columns([Column::MailboxOnly, Column::UsedAt])
        .to_owned();
    let row = row(ctx, recipient, preferences).into_active_model();
    Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

/// Takes the choices of an account to its new address, unless that has some already.
pub(crate) async fn move_to(
    ctx: &Context,
    db: &impl ConnectionTrait,
    old: &str,
    new: &str,
) -> Result<()> {
    let chosen = of_address(db, old).await?;
    if chosen != MailPreferences::default() && find(db, new).await?.is_none() {
        save(ctx, db, recipient_key(new), &chosen).await?;
    }
    forget_account(ctx, db, old).await
}

/// Forgets what the owner of a deleted account has chosen, but for invitations: those are mailed to
/// people without an account, too.
pub(crate) async fn forget_account(
    ctx: &Context,
    db: &impl ConnectionTrait,
    address: &str,
) -> Result<()> {
    let Some(row) = find(db, address).await? else { return Ok(()) };
    let invitations = row.preferences().channel(MailKind::Invitations);
    let kept = MailPreferences::default().with(MailKind::Invitations, invitations);
    save(ctx, db, row.recipient, &kept).await
}

async fn find(db: &impl ConnectionTrait, address: &str) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(recipient_key(address)).one(db).await?)
}

fn row(ctx: &Context, recipient: String, preferences: &MailPreferences) -> Model {
    Model {
        recipient,
        unsubscribe_key: unsubscribe_key::new(),
        mailbox_only: mailbox_only(preferences),
        used_at: ctx.now().utc(),
    }
}
