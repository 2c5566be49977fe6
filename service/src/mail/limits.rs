//! Limits on mail to one address. Anyone can sign up with the address of another person, and cause
//! the mails that verify it and that set a new password.
//!
//! Mail is counted by recipient and hour, in the database, so that all processes count together.
//! Mail about accounts is counted apart, so that a flood of confirmations cannot hold back a reset
//! link. The mailbox on the site gets every message; a message over the limit is not mailed. It is
//! not postponed either, because a flood would then last for days.

use chrono::TimeDelta;
use domain::{MailId, PublicError, Timestamp};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, Set,
    prelude::DateTimeUtc,
    sea_query::{Expr, OnConflict},
};
use tokio::runtime::Handle;

use crate::{
    Context, Result,
    entity::mail_limit::{ActiveModel, Column, Entity},
    infrastructure::secrets,
    mail::dedup_keys::{ACCOUNT, CONFIRMATION, ORGANIZER_MESSAGE},
};

/// How long after its first mail a count starts again.
const HOUR: TimeDelta = TimeDelta::hours(1);
/// How long a registration is not confirmed by mail again, however often the participant cancels
/// and registers again.
const ONE_CONFIRMATION: TimeDelta = TimeDelta::hours(6);
/// Mails within an hour that verify one address, and that one account asks for.
pub(crate) const VERIFICATIONS_AN_HOUR: i32 = 6;

/// The subject of a message, which its dedup key shows. Each topic has its own count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// Competitions: parts of the text are by organizers.
    Competitions,
    /// What organizers write to participants. It holds back no confirmation.
    Messages,
    /// The recipient's account.
    Account,
    /// A link to set a new password.
    ResetLink,
    /// A link and a code to verify an address.
    EmailVerification,
    /// The same, counted for the account that asks for them, whatever the address: the count has
    /// the id of the account in place of an address.
    VerificationsOfAccount,
}

impl Topic {
    /// The topic of a message in the mailbox.
    pub(crate) fn of(dedup_key: &str) -> Self {
        if dedup_key.starts_with(ACCOUNT) {
            Self::Account
        } else if dedup_key.starts_with(ORGANIZER_MESSAGE) {
            Self::Messages
        } else {
            Self::Competitions
        }
    }

    /// Mails an hour.
    fn limit(self) -> i32 {
        match self {
            Self::Competitions | Self::Account => 10,
            Self::Messages | Self::ResetLink => 6,
            Self::EmailVerification | Self::VerificationsOfAccount => VERIFICATIONS_AN_HOUR,
        }
    }

    /// The key of the count of an address. Mail about competitions is counted without the `+tag`,
    /// because many mail servers ignore it; an account has one exact address.
    fn key(self, recipient: &str) -> String {
        let key = match self {
            // One mailbox must not get more of them by other spellings of its address.
            Self::Competitions | Self::Messages | Self::EmailVerification => {
                secrets::hash(&mailbox_of(recipient))
            }
            Self::Account | Self::ResetLink | Self::VerificationsOfAccount => {
                secrets::hash(&recipient.to_lowercase())
            }
        };
        let topic = match self {
            Self::Competitions => "competitions",
            Self::Messages => "messages",
            Self::Account => "account",
            Self::ResetLink => "reset-link",
            Self::EmailVerification => "email-verification",
            Self::VerificationsOfAccount => "email-verifications-of-account",
        };
        format!("{topic}:{key}")
    }
}

/// The right to send one mail. Dropping it releases it, also when the run is cut off.
#[derive(Debug)]
pub(crate) struct Reservation {
    /// `None` once the mail counts, or is released.
    count: Option<Count>,
    /// Whether this mail reaches the limit.
    pub(crate) is_last: bool,
}

/// A mail that was counted.
#[derive(Debug)]
struct Count {
    ctx: Context,
    key: String,
    since: DateTimeUtc,
}

impl Reservation {
    /// Counts the mail, because it was sent.
    pub(crate) fn keep(mut self) {
        self.count = None;
    }

    /// Releases the reservation of a mail that was not sent.
    pub(crate) async fn release(mut self) {
        if let Some(count) = self.count.take() {
            count.release().await;
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(count) = self.count.take()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(count.release());
        }
    }
}

impl Count {
    /// Subtracts the mail, unless the count has started again since. A failure of the database is
    /// only logged, so that the caller can return the error of the mail: one mail less may be sent
    /// then.
    async fn release(self) {
        let released = Entity::update_many()
            .col_expr(Column::Sent, Expr::col(Column::Sent).sub(1))
            .filter(Column::Key.eq(self.key))
            .filter(Column::Since.eq(self.since))
            .filter(Column::Sent.gt(0))
            .exec(&*self.ctx.db.autocommit().await)
            .await;
        if let Err(error) = released {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "a mail that was not sent still counts");
        }
    }
}

/// The error of a job whose mail is sent later, because its address has got too many.
pub(crate) fn too_many_mails() -> PublicError {
    PublicError::rate_limited("Too many mails to this address", HOUR.num_seconds() as u32)
}

/// Counts a mail that is about to be sent. `Ok(None)` when the limit is reached.
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
    let count = Count { ctx: ctx.clone(), key, since: counted.since };
    let reservation = Reservation { count: Some(count), is_last: counted.sent == topic.limit() };
    if counted.sent <= topic.limit() {
        return Ok(Some(reservation));
    }
    reservation.release().await;
    Ok(None)
}

/// Records the message as the one confirmation of its registration that is mailed within six hours.
/// `Ok(false)` if another message is; `Ok(true)` for other kinds of mail. Returns the same for the
/// same message when it is called again.
///
/// # Errors
/// When the database fails.
pub(crate) async fn claim_confirmation(
    ctx: &Context,
    mail_id: MailId,
    dedup_key: &str,
) -> Result<bool> {
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

/// Removes the record of [`claim_confirmation`] for a message that is not mailed, so that the next
/// confirmation is.
///
/// # Errors
/// When the database fails.
pub(crate) async fn release_confirmation(
    ctx: &Context,
    mail_id: MailId,
    dedup_key: &str,
) -> Result<()> {
    let Some(key) = confirmation_key(dedup_key) else { return Ok(()) };
    Entity::delete_many()
        .filter(Column::Key.eq(key))
        .filter(Column::MailId.eq(mail_id))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    Ok(())
}

/// A condition on rows that count no longer.
pub(crate) fn forgotten(now: Timestamp) -> Expr {
    let now = now.utc();
    let is_old = Column::MailId.is_null().or(Column::Since.lte(now - ONE_CONFIRMATION));
    Column::Since.lte(now - HOUR).and(is_old)
}

/// The key that all confirmations of a registration share; `None` for other messages.
fn confirmation_key(dedup_key: &str) -> Option<String> {
    let registration = dedup_key.strip_prefix(CONFIRMATION)?.split(':').next()?;
    Some(format!("{CONFIRMATION}{registration}"))
}

/// The address without the parts that many mail servers ignore, case and a tag after `+`, and with
/// its domain in ASCII.
fn mailbox_of(address: &str) -> String {
    let address = address.to_lowercase();
    let (name, domain) = address.rsplit_once('@').unwrap_or((&address, ""));
    let name = name.split('+').next().filter(|name| !name.is_empty()).unwrap_or(name);
    let domain = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_owned());
    format!("{name}@{domain}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{sleep, timeout};

    use super::*;
    use crate::testing::World;

    const RECIPIENT: &str = "ada@example.com";

    async fn counted(ctx: &Context) -> i32 {
        Entity::find().one(ctx.db.connection()).await.unwrap().unwrap().sent
    }

    #[tokio::test]
    async fn a_reservation_that_is_dropped_is_released() {
        let world = World::new().await;
        let ctx = &world.ctx;
        for _ in 0..2 * Topic::Account.limit() {
            let reserved = reserve(ctx, Topic::Account, RECIPIENT).await.unwrap();
            drop(reserved.expect("a dropped reservation counts"));
            let released = async {
                while counted(ctx).await > 0 {
                    sleep(Duration::from_millis(1)).await;
                }
            };
            timeout(Duration::from_secs(5), released).await.expect("it is released");
        }
        for _ in 0..Topic::Account.limit() {
            reserve(ctx, Topic::Account, RECIPIENT).await.unwrap().expect("no mail").keep();
        }
        assert!(reserve(ctx, Topic::Account, RECIPIENT).await.unwrap().is_none());
        assert_eq!(counted(ctx).await, Topic::Account.limit());
    }

    #[tokio::test]
    async fn a_release_after_the_count_has_started_again_subtracts_nothing() {
        let world = World::new().await;
        let ctx = &world.ctx;
        let earlier = reserve(ctx, Topic::Account, RECIPIENT).await.unwrap().unwrap();
        world.clock.advance(HOUR);
        reserve(ctx, Topic::Account, RECIPIENT).await.unwrap().unwrap().keep();
        earlier.release().await;
        assert_eq!(counted(ctx).await, 1);
    }

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
