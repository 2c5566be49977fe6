//! Limits on failed logins, against guessing passwords, and on access codes that are not valid.
//! Failed logins are counted by account and by network address in the database, so that all
//! processes count together.
//!
//! An account with too many failures is refused until its window ends. An address may belong to a
//! hall full of people, so it is not refused: its logins are delayed, each longer than the one
//! before, and few of them may wait at the same time. A login to an account from an address that is
//! known for it is neither counted for the address nor delayed.
//!
//! A login is counted as a failure before the password is compared, and the count is undone when it
//! succeeds: concurrent guesses cannot exceed the limit. Unknown accounts are counted like others,
//! so that neither response nor time reveals whether an account exists. An owner cannot be locked
//! out: failures from elsewhere are not counted for an address that is known for the account, and
//! all failures expire.

mod guesses;
mod in_flight;
mod limits;

use chrono::TimeDelta;
use domain::{Email, PublicError, Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, Set,
    prelude::DateTimeUtc,
    sea_query::{Expr, OnConflict},
};
use sha2::{Digest, Sha256};

pub use self::{guesses::MAX_GUESSES, limits::LoginLimits};
pub(crate) use self::{guesses::begin_guess, in_flight::InFlight};
use crate::{
    ClientAddress, Context, Result,
    entity::login_attempt::{ActiveModel, Column, Entity},
};

/// How long an address stays known for an account after a login.
const KNOWN_FOR: TimeDelta = TimeDelta::days(30);

/// A login in progress.
pub(crate) struct LoginAttempt<'a> {
    ctx: &'a Context,
    /// `None` where logins are not limited.
    counted: Option<Counted>,
}

/// The keys of a login in `login_attempts`.
struct Counted {
    /// Counts failures of the account; from a known address, failures from there only.
    account: String,
    /// Counts failures from the address; `None` if it is known for the account.
    address: Option<String>,
    /// Marks the address as known for the account.
    known: String,
}

/// All keys that a login may be counted under.
struct Keys {
    /// The account, from unknown addresses.
    account: String,
    /// The account, from this address once it is known.
    account_here: String,
    /// Marks the address as known for the account.
    known: String,
    address: String,
}

impl Keys {
    fn of(email: &str, from: ClientAddress) -> Self {
        let (email, network) = (Email::key_of(email), from.network().to_string());
        Self {
            account: key("account", &[&email]),
            account_here: key("here", &[&email, &network]),
            known: key("known", &[&email, &network]),
            address: key("address", &[&network]),
        }
    }
}

/// Counts a login with the e-mail address `email`, which may have no account, and delays it where
/// the network address has too many failures.
///
/// # Errors
/// [`domain::ErrorCode::RateLimited`] when too many logins have failed.
pub(crate) async fn begin_login<'a>(
    ctx: &'a Context,
    email: &str,
    from: ClientAddress,
) -> Result<LoginAttempt<'a>> {
    if !ctx.rate_limits {
        return Ok(LoginAttempt { ctx, counted: None });
    }
    let Keys { account, account_here, known, address } = Keys::of(email, from);
    let cutoff = ctx.now().utc() - KNOWN_FOR;
    let is_known = Entity::find_by_id(&known)
        .filter(Column::Since.gt(cutoff))
        .one(ctx.db.connection())
        .await?
        .is_some();
    let account = if is_known { account_here } else { account };
    let (failures, wait) = record_failure(ctx, &account).await?;
    if u32::try_from(failures).is_ok_and(|failures| failures > ctx.login_limits.per_account) {
        return Err(PublicError::rate_limited("Too many attempts", wait).into());
    }
    let address = (!is_known).then_some(address);
    if let Some(address) = &address {
        let (failures, _) = record_failure(ctx, address).await?;
        delay(ctx, address, failures).await?;
    }
    Ok(LoginAttempt { ctx, counted: Some(Counted { account, address, known }) })
}

/// Sleeps for the delay of an address with `failures` failures.
async fn delay(ctx: &Context, address: &str, failures: i32) -> Result<()> {
    let limits = &ctx.login_limits;
    let delay = limits.delay(failures);
    if delay.is_zero() {
        return Ok(());
    }
    let Some(_delayed) = ctx.in_flight.enter(address, limits.max_delayed) else {
        let seconds = u32::try_from(delay.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX);
        return Err(PublicError::rate_limited("Too many attempts", seconds).into());
    };
    tokio::time::sleep(delay).await;
    Ok(())
}

/// Marks an address as known for an account that was created from there.
///
/// # Errors
/// When the database fails.
pub(crate) async fn remember_address(
    ctx: &Context,
    email: &str,
    from: ClientAddress,
) -> Result<()> {
    if ctx.rate_limits {
        mark_known(ctx, Keys::of(email, from).known).await?;
    }
    Ok(())
}

async fn mark_known(ctx: &Context, known: String) -> Result<()> {
    let known = row(known, 0, ctx);
    let again = OnConflict::column(Column::Key).update_column(Column::Since).to_owned();
    let db = ctx.db.autocommit().await;
    Entity::insert(known).on_conflict(again).exec_without_returning(&*db).await?;
    Ok(())
}

impl LoginAttempt<'_> {
    /// Resets the failures of the account, undoes the count of the address, and marks it as known.
    pub(crate) async fn succeeded(self) -> Result<()> {
        let Some(Counted { account, address, known }) = self.counted else { return Ok(()) };
        {
            let db = self.ctx.db.autocommit().await;
            Entity::delete_by_id(account).exec(&*db).await?;
            // By one only: an attacker could reset it by logging in to an account of their own.
            if let Some(address) = address {
                Entity::update_many()
                    .col_expr(Column::Failures, Expr::col(Column::Failures).sub(1))
                    .filter(Column::Key.eq(address))
                    .filter(Column::Failures.gt(0))
                    .exec(&*db)
                    .await?;
            }
        }
        mark_known(self.ctx, known).await
    }
}

/// Resets the failures of an account whose password was reset, except those from other known
/// addresses.
///
/// # Errors
/// When the database fails.
pub(crate) async fn reset_failures(
    ctx: &Context,
    db: &impl ConnectionTrait,
    email: &str,
    from: ClientAddress,
) -> Result<()> {
    if ctx.rate_limits {
        let Keys { account, account_here, .. } = Keys::of(email, from);
        Entity::delete_many().filter(Column::Key.is_in([account, account_here])).exec(db).await?;
    }
    Ok(())
}

/// A condition on rows that have expired.
pub(crate) fn is_expired(now: Timestamp) -> Expr {
    let now = now.utc();
    let is_over = Column::Failures.gt(0).or(Column::Since.lte(now - KNOWN_FOR));
    Column::Since.lte(now - LoginLimits::WINDOW).and(is_over)
}

/// Increments a count, or starts a new window. Returns the count and the seconds until the window
/// ends.
async fn record_failure(ctx: &Context, key: &str) -> Result<(i32, u32)> {
    let now = ctx.now().utc();
    let is_over = || Expr::col((Entity, Column::Since)).lte(now - LoginLimits::WINDOW);
    let counted = Expr::col((Entity, Column::Failures)).add(1);
    let again = OnConflict::column(Column::Key)
        .value(Column::Failures, Expr::case(is_over(), 1).finally(counted))
        .value(
            Column::Since,
            Expr::case(is_over(), now).finally(Expr::col((Entity, Column::Since))),
        )
        .to_owned();
    let row = row(key.to_owned(), 1, ctx);
    let counted = Entity::insert(row)
        .on_conflict(again)
        .exec_with_returning(&*ctx.db.autocommit().await)
        .await?;
    Ok((counted.failures, seconds_left(ctx, counted.since)))
}

/// The seconds until the window that began at `since` ends.
fn seconds_left(ctx: &Context, since: DateTimeUtc) -> u32 {
    let wait = (since + LoginLimits::WINDOW - ctx.now().utc()).num_milliseconds();
    // The clock of another process may be ahead.
    let seconds =
        wait.clamp(1, LoginLimits::WINDOW.num_milliseconds()).unsigned_abs().div_ceil(1_000);
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

fn row(key: String, failures: i32, ctx: &Context) -> ActiveModel {
    ActiveModel { key: Set(key), failures: Set(failures), since: Set(ctx.now().utc()) }
}

/// A key of bounded length that does not reveal `parts`.
fn key(kind: &str, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    format!("{kind}:{}", hex::encode(hash.finalize()))
}
