//! Signing up.

use domain::{Signup, UserId};
use sea_orm::{EntityTrait, IntoActiveModel};

use super::{
    Account, CredentialsVersion, email, email_taken,
    search::{search_text, search_words},
};
use crate::{
    ClientAddress, Context, Result,
    entity::user,
    error::is_unique_violation,
    infrastructure::{db::retry, ids::new_id},
    throttle,
};

/// Creates the account of a participant or organizer, asks for the mail that verifies its address,
/// and marks the network address as known for the account: failed logins of others from there do
/// not delay its logins.
///
/// # Errors
/// [`domain::ErrorCode::EmailTaken`] when the address has an account, in any case.
pub async fn sign_up(ctx: &Context, signup: Signup, from: ClientAddress) -> Result<Account> {
    let account = create(ctx, signup, false).await?;
    // The account exists; a failure here does not fail the request.
    if let Err(error) = throttle::remember_address(ctx, &account.user.email, from).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the address of a new account was not stored"
        );
    }
    Ok(account)
}

/// Creates an account whose address counts as verified, as an operator adds one.
///
/// # Errors
/// As for [`sign_up`].
pub async fn add_user(ctx: &Context, signup: Signup) -> Result<Account> {
    create(ctx, signup, true).await
}

async fn create(ctx: &Context, signup: Signup, is_verified: bool) -> Result<Account> {
    let password_hash = ctx.passwords.hash(signup.password).await?;
    let now = ctx.now().utc();
    let row = user::Model {
        id: UserId(new_id()),
        email_key: signup.email.key(),
        search_text: search_text(signup.name.as_str(), signup.email.as_str()),
        search_words: search_words(signup.name.as_str(), signup.email.as_str()),
        email: signup.email.as_str().to_owned(),
        name: signup.name.into_string(),
        role: signup.role,
        second_role: None,
        password_hash,
        created_at: now,
        credentials_version: CredentialsVersion::FIRST.0,
        time_zone: None,
        disabled_at: None,
        email_verified_at: is_verified.then_some(now),
        email_refused_at: None,
    };
    retry(|| async {
        let tx = ctx.db.begin_read_committed().await?;
        // The unique index decides, so that concurrent requests cannot both pass a check.
        match user::Entity::insert(row.clone().into_active_model())
            .exec_without_returning(&*tx)
            .await
        {
            Ok(_) => {}
            Err(error) if is_unique_violation(&error) => return Err(email_taken().into()),
            Err(error) => return Err(error.into()),
        }
        if !is_verified {
            email::at_sign_up(ctx, &*tx, row.id, &signup.email).await?;
        }
        tx.commit().await
    })
    .await?;
    Ok(row.into())
}
