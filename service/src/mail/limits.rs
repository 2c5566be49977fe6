//! How much mail an address is sent. Addresses are not proved: anybody may sign up with that of a
//! stranger, and have us mail them.
//!
//! Mail is counted by recipient and hour, in the database, so that all processes count together.
//! Mail about accounts is counted apart, so that no flood of confirmations keeps a link to set a
//! new password from its owner. The mailbox on the site gets every message; what is over the limit
//! is in there and nowhere else. Nothing is put off for an hour: what floods an address would then
//! do so for days.

use chrono::TimeDelta;
use domain::{MailId, Timestamp};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, Set,
    sea_query::{Expr, OnConflict},
};

use crate::{
    Context, Result,
    entity::mail_limit::{ActiveModel, Column, Entity},
    infrastructure::secrets,
};

/// So long after its first mail, what was counted is forgotten.
const HOUR: TimeDelta = TimeDelta::hours(1);
/// A competition is confirmed to a participant once in so long, however often they cancel and
/// register again.
const ONE_CONFIRMATION: TimeDelta = TimeDelta::hours(6);

/// What a message is about. Its dedup key tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// Competitions: organizers write the words.
    Competitions,
    /// The recipient's account.
    Account,
    /// A link to set a new password.
    ResetLink,
}

/// What the dedup keys of confirmations begin with. The id of the registration follows, and when it
/// was made.
pub(crate) const CONFIRMATION: &str = "confirmation:";
/// What the dedup keys of messages about passwords begin with.
pub(crate) const PASSWORD_CHANGED: &str = "password-changed:";

impl Topic {
    /// That of a message of the mailbox.
    pub(crate) fn of(dedup_key: &str) -> Self {
        if dedup_key.starts_with(PASSWORD_CHANGED) { Self::Account } else { Self::Competitions }
    }

    /// Mails an hour.
    fn limit(self) -> i32 {
        match self {
            Self::Competitions | Self::Account => 10,
            Self::ResetLink => 6,
        }
    }

    /// What an address is counted under. `ada+anything@example.com` reaches the same mailbox as
    /// `ada@example.com`, for all that strangers know; an account is one address and no other.
    fn key(self, recipient: &str) -> String {
        let key = match self {
            Self::Competitions => secrets::hash(&mailbox_of(recipient)),
            Self::Account | Self::ResetLink => secrets::hash(&recipient.to_lowercase()),
        };
        let topic = match self {
            Self::Competitions => "competitions",
            Self::Account => "account",
            Self::ResetLink => "reset-link",
        };
        format!("{topic}:{key}")
    }
}

/// Leave to send one mail.
#[derive(Debug)]
pub(crate) struct Reservation {
    key: String,
    /// Whether no other may follow for a while.
    pub(crate) is_last: bool,
}

/// Counts a mail that is about to be sent. `Ok(None)` when its recipient was sent enough.
///
/// # Errors
/// When the database fails.
pub(crate) async fn reserve(
    ctx: &Context,
    topic: Topic,
    recipient: &str,
) -> Result<Option<Reservation>> {
    let now = ctx.now().utc();
    let is_over = || Expr::col((Entity, Column::Since)).lte(now - HOUR);
    let counted = Expr::col((Entity, Column::Sent)).add(1);
    let again = OnConflict::column(Column::Key)
        .value(Column::Sent, Expr::case(is_over(), 1).finally(counted))
        .value(
            Column::Since,
            Expr::case(is_over(), now).finally(Expr::col((Entity, Column::Since))),
        )
        .to_owned();
    let key = topic.key(recipient);
    let row =
        ActiveModel { key: Set(key.clone()), sent: Set(1), since: Set(now), mail_id: Set(None) };
    let counted = Entity::insert(row)
        .on_conflict(again)
        .exec_with_returning(&*ctx.db.autocommit().await)
        .await?;
    let reservation = Reservation { key, is_last: counted.sent == topic.limit() };
    if counted.sent <= topic.limit() {
        return Ok(Some(reservation));
    }
    release(ctx, reservation).await;
    Ok(None)
}

/// Takes back what was counted: the mail was not sent. When the database fails, that is logged and
/// one mail less may be sent: why the mail was not sent matters more.
pub(crate) async fn release(ctx: &Context, reservation: Reservation) {
    let released = Entity::update_many()
        .col_expr(Column::Sent, Expr::col(Column::Sent).sub(1))
        .filter(Column::Key.eq(reservation.key))
        .filter(Column::Sent.gt(0))
        .exec(&*ctx.db.autocommit().await)
        .await;
    if let Err(error) = released {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "a mail that was not sent still counts");
    }
}

/// Whether a message may be mailed as far as others of its kind are concerned: not if it confirms a
/// competition that was confirmed to the same participant lately. Asked again for the same message
/// it answers the same.
///
/// # Errors
/// When the database fails.
pub(crate) async fn is_news(ctx: &Context, mail_id: MailId, dedup_key: &str) -> Result<bool> {
    let Some(key) = confirmation_key(dedup_key) else { return Ok(true) };
    let now = ctx.now().utc();
    let is_over = || Expr::col((Entity, Column::Since)).lte(now - ONE_CONFIRMATION);
    let again = OnConflict::column(Column::Key)
        .value(
            Column::MailId,
            Expr::case(is_over(), mail_id).finally(Expr::col((Entity, Column::MailId))),
        )
        .value(
            Column::Since,
            Expr::case(is_over(), now).finally(Expr::col((Entity, Column::Since))),
        )
        .to_owned();
    let row =
        ActiveModel { key: Set(key), sent: Set(1), since: Set(now), mail_id: Set(Some(mail_id)) };
    let row = Entity::insert(row)
        .on_conflict(again)
        .exec_with_returning(&*ctx.db.autocommit().await)
        .await?;
    Ok(row.mail_id == Some(mail_id))
}

/// The message is not mailed after all, so that the next of its kind is news again.
///
/// # Errors
/// When the database fails.
pub(crate) async fn no_news(ctx: &Context, mail_id: MailId, dedup_key: &str) -> Result<()> {
    let Some(key) = confirmation_key(dedup_key) else { return Ok(()) };
    Entity::delete_many()
        .filter(Column::Key.eq(key))
        .filter(Column::MailId.eq(mail_id))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    Ok(())
}

/// What is not counted any more.
pub(crate) fn forgotten(now: Timestamp) -> Expr {
    let now = now.utc();
    let is_old = Column::MailId.is_null().or(Column::Since.lte(now - ONE_CONFIRMATION));
    Column::Since.lte(now - HOUR).and(is_old)
}

/// What stands for all confirmations of one registration.
fn confirmation_key(dedup_key: &str) -> Option<String> {
    let registration = dedup_key.strip_prefix(CONFIRMATION)?.split(':').next()?;
    Some(format!("{CONFIRMATION}{registration}"))
}

/// The address without what many mail servers ignore: case and a tag after `+`; its domain in
/// ASCII.
fn mailbox_of(address: &str) -> String {
    let address = address.to_lowercase();
    let (name, domain) = address.rsplit_once('@').unwrap_or((&address, ""));
    let name = name.split('+').next().filter(|name| !name.is_empty()).unwrap_or(name);
    let domain = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_owned());
    format!("{name}@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_mailbox_are_counted_together() {
        let key = |address| Topic::Competitions.key(address);
        for same in ["ADA@Example.com", "ada+1@example.com", "ada+a+b@EXAMPLE.COM"] {
            assert_eq!(key(same), key("ada@example.com"), "{same}");
        }
        assert_eq!(key("a@bücher.example"), key("a@xn--bcher-kva.example"));
        assert_ne!(key("ada@example.com"), key("grace@example.com"));
        assert_ne!(key("+ada@example.com"), key("+grace@example.com"));
        // Otherwise the owner of ada+1 would use up the links of ada.
        let link = |address| Topic::ResetLink.key(address);
        assert_ne!(link("ada+1@example.com"), link("ada@example.com"));
        assert_ne!(link("ada@example.com"), Topic::Account.key("ada@example.com"));
    }

    #[test]
    fn all_confirmations_of_a_registration_have_one_key() {
        let key = |text| confirmation_key(text);
        let one = key("confirmation:7:2026-11-23T12:00:00.000Z");
        assert_eq!(one, key("confirmation:7:2026-11-23T13:00:00.000Z"));
        assert_ne!(one, key("confirmation:8:2026-11-23T12:00:00.000Z"));
        assert_eq!(key("reminder:7:24h"), None);
    }
}
