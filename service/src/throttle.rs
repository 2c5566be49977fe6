//! Guessing passwords is slow: failed logins are counted by account and by address, in the database, so that all
//! processes count together and a restart forgets nothing.
//!
//! An account with too many failures waits. An address may be a hall full of people, so it is never
//! refused for long: its logins are answered later and later, and only few of them may wait for
//! that. Accounts that are known at an address do not count there, and are not delayed.
//!
//! An attempt counts as failed before the password is looked at and is taken back when it succeeds. However many come at
//! the same time, no more are looked at than may fail. What is typed decides, whether or not there is such an account,
//! so neither words nor time tell. Nobody can lock the owner of an account out for good: failures elsewhere do not count
//! at an address at which the account was signed in to before, and everywhere they are forgotten after a while.

mod delays;
mod limits;

use std::fmt::Write;

use chrono::TimeDelta;
use domain::{Email, PublicError, Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, Set,
    sea_query::{Expr, OnConflict},
};
use sha2::{Digest, Sha256};

pub(crate) use self::delays::Delays;
pub use self::limits::LoginLimits;
use crate::{
    ClientAddress, Context, Result,
    entity::login_attempt::{ActiveModel, Column, Entity},
};

/// So long after the first one, failures are forgotten.
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// How long an address stays known after a login.
const KNOWN: TimeDelta = TimeDelta::days(30);

/// A login under way.
pub(crate) struct Attempt<'a> {
    ctx: &'a Context,
    /// Nothing where logins are not counted.
    charged: Option<Charged>,
}

/// What a login was counted for.
struct Charged {
    /// The account; at a known address, the account there.
    account: String,
    /// Unless the account is known there.
    address: Option<String>,
    /// That the account was signed in to from there.
    known: String,
}

/// What can be counted.
struct Keys {
    /// The account, wherever somebody signs in to it.
    account: String,
    /// The account at this address, once it is known there.
    here: String,
    /// That it is.
    known: String,
    address: String,
}

impl Keys {
    fn of(email: &str, from: ClientAddress) -> Self {
        let (email, network) = (Email::key_of(email), from.network().to_string());
        Self {
            account: key("account", &[&email]),
            here: key("here", &[&email, &network]),
            known: key("known", &[&email, &network]),
            address: key("address", &[&network]),
        }
    }
}

/// Begins a login with the address `email`, whether or not it has an account.
///
/// # Errors
/// [`domain::ErrorCode::RateLimited`] when too many have failed; it says how long to wait.
pub(crate) async fn begin<'a>(
    ctx: &'a Context,
    email: &str,
    from: ClientAddress,
) -> Result<Attempt<'a>> {
    if !ctx.rate_limits {
        return Ok(Attempt { ctx, charged: None });
    }
    let Keys { account, here, known, address } = Keys::of(email, from);
    let cutoff = ctx.now().utc() - KNOWN;
    let is_known = Entity::find_by_id(&known)
        .filter(Column::Since.gt(cutoff))
        .one(ctx.db.connection())
        .await?
        .is_some();
    let account = if is_known { here } else { account };
    let (failures, wait) = charge(ctx, &account).await?;
    if u32::try_from(failures).is_ok_and(|failures| failures > ctx.login_limits.per_account) {
        return Err(PublicError::rate_limited("Too many attempts", wait).into());
    }
    let address = (!is_known).then_some(address);
    if let Some(address) = &address {
        let (failures, _) = charge(ctx, address).await?;
        delay(ctx, address, failures).await?;
    }
    Ok(Attempt { ctx, charged: Some(Charged { account, address, known }) })
}

/// Returns late where too many logins have failed.
async fn delay(ctx: &Context, address: &str, failures: i32) -> Result<()> {
    let limits = &ctx.login_limits;
    let delay = limits.delay(failures);
    if delay.is_zero() {
        return Ok(());
    }
    let Some(_delayed) = ctx.login_delays.enter(address, limits.max_delayed) else {
        let seconds = u32::try_from(delay.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX);
        return Err(PublicError::rate_limited("Too many attempts", seconds).into());
    };
    tokio::time::sleep(delay).await;
    Ok(())
}

/// An account was made from this address: it is known there from now on, as after a login.
///
/// # Errors
/// When the database fails.
pub(crate) async fn remember(ctx: &Context, email: &str, from: ClientAddress) -> Result<()> {
    if ctx.rate_limits {
        know(ctx, Keys::of(email, from).known).await?;
    }
    Ok(())
}

async fn know(ctx: &Context, known: String) -> Result<()> {
    let known = row(known, 0, ctx);
    let again = OnConflict::column(Column::Key).update_column(Column::Since).to_owned();
    let db = ctx.db.autocommit().await;
    Entity::insert(known).on_conflict(again).exec_without_returning(&*db).await?;
    Ok(())
}

impl Attempt<'_> {
    /// It was the owner: their failures are forgotten, and this address is known from now on.
    pub(crate) async fn succeeded(self) -> Result<()> {
        let Some(Charged { account, address, known }) = self.charged else { return Ok(()) };
        {
            let db = self.ctx.db.autocommit().await;
            Entity::delete_by_id(account).exec(&*db).await?;
            // Only this one: whoever guesses could otherwise sign in to an account of their own now
            // and then.
            if let Some(address) = address {
                Entity::update_many()
                    .col_expr(Column::Failures, Expr::col(Column::Failures).sub(1))
                    .filter(Column::Key.eq(address))
                    .filter(Column::Failures.gt(0))
                    .exec(&*db)
                    .await?;
            }
        }
        know(self.ctx, known).await
    }
}

/// The owner of the account with the address `email` has set a new password: failures with those before are forgotten,
/// everywhere but at addresses other than this one that the account was signed in to from.
///
/// # Errors
/// When the database fails.
pub(crate) async fn forgive(
    ctx: &Context,
    db: &impl ConnectionTrait,
    email: &str,
    from: ClientAddress,
) -> Result<()> {
    if ctx.rate_limits {
        let Keys { account, here, .. } = Keys::of(email, from);
        Entity::delete_many().filter(Column::Key.is_in([account, here])).exec(db).await?;
    }
    Ok(())
}

/// What nobody counts any more.
pub(crate) fn forgotten(now: Timestamp) -> Expr {
    let now = now.utc();
    let is_over = Column::Failures.gt(0).or(Column::Since.lte(now - KNOWN));
    Column::Since.lte(now - WINDOW).and(is_over)
}

/// Counts one more in this window, or the first of a new one; answers with how many there are now,
/// and the seconds until the window ends.
async fn charge(ctx: &Context, key: &str) -> Result<(i32, u32)> {
    let now = ctx.now().utc();
    let is_over = || Expr::col((Entity, Column::Since)).lte(now - WINDOW);
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
    let wait = (counted.since + WINDOW - now).num_milliseconds();
    // Another process' clock may be a little ahead of ours.
    let seconds = wait.clamp(1, WINDOW.num_milliseconds()).unsigned_abs().div_ceil(1_000);
    Ok((counted.failures, u32::try_from(seconds).unwrap_or(u32::MAX)))
}

fn row(key: String, failures: i32, ctx: &Context) -> ActiveModel {
    ActiveModel { key: Set(key), failures: Set(failures), since: Set(ctx.now().utc()) }
}

/// A key of bounded length that holds nothing of what was typed.
fn key(kind: &str, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    let mut key = format!("{kind}:");
    for byte in hash.finalize() {
        write!(key, "{byte:02x}").expect("writing to a string cannot fail");
    }
    key
}
