//! Creating a token.

use askama::Template;
use chrono::TimeDelta;
use domain::{
    ErrorCode, NewPersonalToken, PersonalToken, PersonalTokenId, PersonalTokenInput, PublicError,
    TokenScope, UserId,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::LockType,
};

use super::{MAX_TOKENS, TokenSecret};
use crate::{
    Actor, Cause, Context, Result,
    credentials::CredentialsVersion,
    entity::{personal_token, user},
    infrastructure::{
        db::{bulk, retry},
        ids::new_id,
    },
    mail::{
        dedup_keys::ACCOUNT,
        example::{self, Example},
        mailbox::{Draft, store_and_enqueue},
        reader::Reader,
        templates::{RenderedMail, UserText},
    },
};

/// Creates a token of the actor's with this secret, and notifies its owner.
///
/// A retry after a lost response cannot create a second token, because names are unique. It gets
/// no secret either, which is stored nowhere: the client revokes the token and creates another.
///
/// # Errors
/// Unauthorized; [`ErrorCode::Forbidden`] for a personal access token; every fault of the input at
/// once; [`ErrorCode::TokenNameTaken`]; [`ErrorCode::TooManyTokens`].
pub async fn create(
    ctx: &Context,
    actor: &Actor,
    input: PersonalTokenInput,
    secret: &TokenSecret,
) -> Result<PersonalToken> {
    let (owner, credentials) = (actor.owner()?.id, actor.credentials()?);
    let new = input.check()?;
    let row = retry(|| attempt(ctx, owner, credentials, &new, secret)).await?;
    tracing::info!(
        user.id = %owner,
        token.id = %row.id,
        token.scope = %row.scope,
        "a personal access token was created"
    );
    Ok(row.into_view())
}

async fn attempt(
    ctx: &Context,
    owner: UserId,
    credentials: CredentialsVersion,
    new: &NewPersonalToken,
    secret: &TokenSecret,
) -> Result<personal_token::Model> {
    let tx = ctx.db.begin_serializable().await?;
    // Locked, so that concurrent requests cannot exceed the limit. Weaker than FOR UPDATE:
    // registrations refer to the row, and need not wait.
    let user = user::Entity::find_by_id(owner).lock(LockType::NoKeyUpdate).one(&*tx).await?;
    let user = user.filter(|user| CredentialsVersion(user.credentials_version) == credentials);
    // The password was changed or the account deleted since the actor was recognized.
    let revoked = || PublicError::new(ErrorCode::TokenRevoked, "Unauthorized");
    let user = user.ok_or_else(revoked)?;
    check_limits(&*tx, owner, new).await?;
    let now = ctx.now();
    let row = personal_token::Model {
        id: PersonalTokenId(new_id()),
        hash: secret.hash(),
        user_id: owner,
        name: new.name.to_string(),
        scope: new.scope,
        credentials_version: credentials.0,
        created_at: now.utc(),
        expires_at: new.days.map(|days| now.utc() + TimeDelta::days(days.into())),
        last_used_at: None,
    };
    bulk::insert(&*tx, vec![row.clone()]).await?;
    store_and_enqueue(ctx, &*tx, vec![notice(ctx, &user, &row)]).await?;
    tx.commit().await?;
    Ok(row)
}

async fn check_limits(
    tx: &impl ConnectionTrait,
    owner: UserId,
    new: &NewPersonalToken,
) -> Result<()> {
    let names: Vec<String> = personal_token::Entity::find()
        .select_only()
        .column(personal_token::Column::Name)
        .filter(personal_token::Column::UserId.eq(owner))
        .into_tuple()
        .all(tx)
        .await?;
    if names.iter().any(|name| name == new.name.as_str()) {
        let message = "You have a token with this name";
        return Err(PublicError::on_field(ErrorCode::TokenNameTaken, "name", message).into());
    }
    if names.len() >= MAX_TOKENS {
        let message = format!("You have {MAX_TOKENS} tokens. Revoke one that you do not need.");
        return Err(PublicError::new(ErrorCode::TooManyTokens, message).into());
    }
    Ok(())
}

#[derive(Template)]
#[template(path = "mail/personal_token_created.txt")]
struct PersonalTokenCreated<'a> {
    name: UserText<'a>,
    token: UserText<'a>,
    at: &'a str,
    can_write: bool,
    expires_at: Option<&'a str>,
    /// The page that revokes tokens.
    page: &'a str,
}

fn notice(ctx: &Context, user: &user::Model, token: &personal_token::Model) -> Draft {
    let reader = Reader::from(user);
    let expires_at = token.expires_at.map(|at| reader.time(at.into()));
    let mail = RenderedMail::of(&PersonalTokenCreated {
        name: UserText(&user.name),
        token: UserText(&token.name),
        at: &reader.time(ctx.now()),
        can_write: token.scope == TokenScope::Write,
        expires_at: expires_at.as_deref(),
        page: &ctx.page("/account/tokens"),
    });
    Draft {
        user: user.id,
        recipient: user.email.clone(),
        mail,
        dedup_key: format!("{ACCOUNT}personal-token-created:{}", token.id),
        about: None,
        cause: Cause::current(),
    }
}

/// The mails of this module, as their previews show them.
pub(crate) fn mail_examples() -> Vec<Example> {
    let mail = |can_write, expires_at| PersonalTokenCreated {
        name: example::NAME,
        token: UserText("Results importer"),
        at: "Sun 29 Nov 2026, 16:10 (Asia/Tokyo, UTC+9)",
        can_write,
        expires_at,
        page: "https://site.example/account/tokens",
    };
    let until = Some("Sat 27 Feb 2027, 16:10 (Asia/Tokyo, UTC+9)");
    vec![
        Example::of("personal_token_created", &mail(true, until)),
        Example::of("personal_token_created.read", &mail(false, None)),
    ]
}
