//! Accounts: signing up, logging in, and changes by their owners.

mod account;
mod add_role;
mod administrators;
mod change_password;
mod deletion;
mod directory;
mod disabling;
mod edit_profile;
pub mod email;
mod search;
mod sign_up;

use std::collections::HashMap;

use domain::{Email, ErrorCode, Login, PublicError, User, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use self::disabling::disabled;
pub use self::{
    account::Account,
    add_role::add_role,
    administrators::{create_admin, promote},
    change_password::change_password,
    deletion::{delete, preview_deletion},
    directory::{AccountDetails, AccountFilter, AccountPage, AccountSummary, details, list},
    disabling::{disable, enable},
    edit_profile::edit_profile,
    search::index_missing,
    sign_up::{add_user, sign_up},
};
pub(crate) use self::{
    administrators::not_found,
    change_password::set_password,
    search::{matches, search_text, search_words},
};
pub use crate::credentials::CredentialsVersion;
use crate::{
    ClientAddress, Context, Result,
    entity::user,
    infrastructure::{coalesced_read::read_each, combiner::Combiner, db::bulk},
    mail::example::Example,
    metrics, throttle,
};

/// Logs in: the account with this address and password.
///
/// # Errors
/// [`ErrorCode::InvalidCredentials`]; neither the response nor its time tells whether the address
/// or the password is wrong. [`ErrorCode::RateLimited`] when too many logins have failed.
/// [`ErrorCode::AccountDisabled`], which only the right password reveals.
pub async fn log_in(ctx: &Context, login: Login, from: ClientAddress) -> Result<Account> {
    let result = check_login(ctx, login, from).await;
    metrics::LOGINS.ended(&result);
    result
}

/// The mails of this module, as their previews show them.
pub(crate) fn mail_examples() -> Vec<Example> {
    [change_password::mail_examples(), email::mail_examples()].concat()
}

async fn check_login(ctx: &Context, login: Login, from: ClientAddress) -> Result<Account> {
    let attempt = throttle::begin_login(ctx, &login.email, from).await?;
    let found = find_by_email(ctx.db.connection(), &login.email).await?;
    let hash = found.as_ref().map(|user| user.password_hash.clone());
    let matches = ctx.passwords.verify(login.password, hash).await?;
    match found {
        Some(user) if matches => {
            attempt.succeeded().await?;
            if user.disabled_at.is_some() {
                return Err(disabled().into());
            }
            Ok(user.into())
        }
        _ => Err(PublicError::new(ErrorCode::InvalidCredentials, "Invalid credentials").into()),
    }
}

/// The account of this user, if it still exists and is not disabled.
///
/// # Errors
/// When the database fails.
pub async fn find(ctx: &Context, id: UserId) -> Result<Option<Account>> {
    let (shared, ctx) = (ctx.clone(), ctx.clone());
    let load = move |ids: Vec<UserId>| {
        let ctx = ctx.clone();
        async move { read_each(&ctx.db, &ids, || load(&ctx, &ids)).await }
    };
    shared.users.submit((), id, load).await
}

/// The account of a user whose session or token has this version of the credentials. `Ok(None)`
/// when the password was changed since, or the account was deleted or disabled.
///
/// # Errors
/// When the database fails.
pub async fn recognize(
    ctx: &Context,
    id: UserId,
    version: CredentialsVersion,
) -> Result<Option<Account>> {
    Ok(find(ctx, id).await?.filter(|account| account.credentials == version))
}

/// Coalesces concurrent reads of accounts. Nothing is cached: the role of a user is always that of
/// the database.
pub(crate) type Users = Combiner<(), UserId, Option<Account>>;

async fn load(ctx: &Context, ids: &[UserId]) -> Result<HashMap<UserId, Account>> {
    let db = ctx.db.connection();
    let wanted = bulk::any_of(db, user::Column::Id, ids.iter().copied());
    let enabled = user::Column::DisabledAt.is_null();
    let rows = user::Entity::find().filter(wanted).filter(enabled).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.into())).collect())
}

pub(crate) async fn find_by_email(
    db: &impl ConnectionTrait,
    email: &str,
) -> Result<Option<user::Model>> {
    // PostgreSQL cannot store a NUL, so no address has one.
    if email.contains('\0') {
        return Ok(None);
    }
    // Older accounts are stored under the typed form of the address.
    let (key, as_typed) = (Email::key_of(email), email.trim().to_lowercase());
    let found = user::Entity::find().filter(user::Column::EmailKey.is_in([&key, &as_typed]));
    let mut found = found.all(db).await?;
    found.sort_by_key(|row| row.email_key != as_typed);
    Ok(found.into_iter().next())
}

/// The row of a logged-in user who confirms a change with the password. A wrong password counts as
/// a failed login, so that an open session allows no more guesses.
async fn confirm_password(
    ctx: &Context,
    user: &User,
    password: String,
    field: &str,
    from: ClientAddress,
) -> Result<user::Model> {
    let attempt = throttle::begin_login(ctx, &user.email, from).await?;
    let found = user::Entity::find_by_id(user.id).one(ctx.db.connection()).await?;
    let hash = found.as_ref().map(|user| user.password_hash.clone());
    let matches = ctx.passwords.verify(password, hash).await?;
    let wrong =
        || PublicError::on_field(ErrorCode::WrongPassword, field, "This is not your password");
    let row = found.filter(|_| matches).ok_or_else(wrong)?;
    attempt.succeeded().await?;
    Ok(row)
}

fn email_taken() -> PublicError {
    PublicError::on_field(ErrorCode::EmailTaken, "email", "Email already registered")
}
