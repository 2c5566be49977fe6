//! Signing up.

use domain::{ErrorCode, PublicError, Signup, UserId};
use sea_orm::{EntityTrait, IntoActiveModel};

use super::{
    Account, CredentialsVersion,
    search::{search_text, search_words},
};
use crate::{
    ClientAddress, Context, Result, commit_watch::commit_begins, entity::user,
    error::is_unique_violation, infrastructure::ids::new_id, throttle,
};

/// Creates the account of a participant or organizer.
///
/// # Errors
/// [`ErrorCode::EmailTaken`] when the address has an account, in any case.
pub async fn sign_up(ctx: &Context, signup: Signup) -> Result<Account> {
    create(ctx, signup).await
}

/// The same, and marks the network address as known for the account: failed logins of others from
/// there do not delay its logins.
///
/// # Errors
/// As for [`sign_up`].
pub async fn sign_up_from(ctx: &Context, signup: Signup, from: ClientAddress) -> Result<Account> {
    let account = create(ctx, signup).await?;
    // The account exists; a failure here does not fail the request.
    if let Err(error) = throttle::remember_address(ctx, &account.user.email, from).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the address of a new account was not stored"
        );
    }
    Ok(account)
}

pub(super) async fn create(ctx: &Context, signup: Signup) -> Result<Account> {
    let password_hash = ctx.passwords.hash(signup.password).await?;
    let row = user::Model {
        id: UserId(new_id()),
        email_key: signup.email.key(),
        search_text: search_text(signup.name.as_str(), signup.email.as_str()),
        search_words: search_words(signup.name.as_str(), signup.email.as_str()),
        email: signup.email.into_string(),
        name: signup.name.into_string(),
        role: signup.role,
        second_role: None,
        password_hash,
        created_at: ctx.now().utc(),
        credentials_version: CredentialsVersion::FIRST.0,
        time_zone: None,
        disabled_at: None,
    };
    // The unique index decides, so that concurrent requests cannot both pass a check.
    let inserted = user::Entity::insert(row.into_active_model())
        .exec_with_returning(&*ctx.db.autocommit().await)
        .await;
    match inserted {
        Ok(row) => {
            // The account exists, whatever the caller does next.
            drop(commit_begins());
            Ok(row.into())
        }
        Err(error) if is_unique_violation(&error) => Err(email_taken().into()),
        Err(error) => Err(error.into()),
    }
}

fn email_taken() -> PublicError {
    PublicError::on_field(ErrorCode::EmailTaken, "email", "Email already registered")
}
