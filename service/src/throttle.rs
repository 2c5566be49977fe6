//! Guessing passwords is slow: failed logins are counted by account and by address, in the database, so that all
//! processes count together and a restart forgets nothing.
//!
//! An attempt counts as failed before the password is looked at and is taken back when it succeeds. However many come at
//! the same time, no more are looked at than may fail. What is typed decides, whether or not there is such an account,
//! so neither words nor time tell. Nobody can lock the owner of an account out for good: failures elsewhere do not count
//! at an address at which the account was signed in to before, and everywhere they are forgotten after a while.

use std::fmt::Write;

use chrono::TimeDelta;
use domain::{PublicError, Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, Set,
    sea_query::{Expr, OnConflict},
};
use sha2::{Digest, Sha256};

use crate::{
    ClientAddress, Context, Result,
    entity::login_attempt::{ActiveModel, Column, Entity},
};

/// Failures that one account may have in a window.
const OF_AN_ACCOUNT: i32 = 10;
/// Failures that may come from one address in a window: a school may have only one.
const FROM_AN_ADDRESS: i32 = 50;
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
    address: String,
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
        let (email, network) = (email.trim().to_lowercase(), from.network().to_string());
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
    charge(ctx, &address, FROM_AN_ADDRESS).await?;
    charge(ctx, &account, OF_AN_ACCOUNT).await?;
    Ok(Attempt { ctx, charged: Some(Charged { account, address, known }) })
}

impl Attempt<'_> {
    /// It was the owner: their failures are forgotten, and this address is known from now on.
    pub(crate) async fn succeeded(self) -> Result<()> {
        let Some(Charged { account, address, known }) = self.charged else { return Ok(()) };
        let db = self.ctx.db.autocommit().await;
        Entity::delete_by_id(account).exec(&*db).await?;
        // Only this one: whoever guesses could otherwise sign in to an account of their own now and then.
        Entity::update_many()
            .col_expr(Column::Failures, Expr::col(Column::Failures).sub(1))
            .filter(Column::Key.eq(address))
            .filter(Column::Failures.gt(0))
            .exec(&*db)
            .await?;
        let known = row(known, 0, self.ctx);
        let again = OnConflict::column(Column::Key).update_column(Column::Since).to_owned();
        Entity::insert(known).on_conflict(again).exec_without_returning(&*db).await?;
        Ok(())
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

/// Counts one more in this window, or the first of a new one.
async fn charge(ctx: &Context, key: &str, limit: i32) -> Result<()> {
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
    if counted.failures <= limit {
        return Ok(());
    }
    let wait = (counted.since + WINDOW - now).num_milliseconds();
    // Another process' clock may be a little ahead of ours.
    let seconds = wait.clamp(1, WINDOW.num_milliseconds()).unsigned_abs().div_ceil(1_000);
    let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
    Err(PublicError::rate_limited("Too many attempts", seconds).into())
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
