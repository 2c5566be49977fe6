//! `/api/auth`: signing up, logging in, and the user's own account.

use axum::{Extension, Json, extract::State, http::StatusCode, response::Response};
use domain::{
    AccountDeletionInput, LoginInput, MailPreferences, MailPreferencesPatch, PasswordChangeInput,
    ProfilePatch, RoleInput, SignupInput, User,
};
use service::{ClientAddress, accounts, mail_preferences, sessions::Session};
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::Body,
    location,
    responses::{
        AccountDisabled, EmailTaken, HasRegistrations, InvalidCredentials, InvalidField,
        MissingField, RoleRefused, TooManyAttempts, WrongPassword,
    },
    tokens::UserWithTokens,
};
use crate::{
    AppState,
    auth::{CurrentActor, LoggedIn, Owner},
    problem::Problem,
};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .credentials(routes!(sign_up))
        .credentials(routes!(log_in))
        .read(routes!(get_current_user))
        .write(routes!(edit_profile))
        .read(routes!(get_mail_preferences))
        .write(routes!(edit_mail_preferences))
        .write(routes!(add_role))
        .credentials(routes!(delete_account))
        .credentials(routes!(change_password))
}

/// Sign up
///
/// The account can be used at once. The response holds tokens, so that no login is needed.
#[utoipa::path(
    post, path = "/auth/signup", tag = "accounts",
    request_body = SignupInput,
    responses(
        (status = 201, description = "The account was created", body = UserWithTokens,
            headers(("Location"))),
        InvalidField, EmailTaken,
    ),
)]
async fn sign_up(
    State(state): State<AppState>,
    Extension(from): Extension<ClientAddress>,
    Body(input): Body<SignupInput>,
) -> Result<Response, Problem> {
    let account = accounts::sign_up(&state.ctx, input.check()?, from).await?;
    let body = Json(UserWithTokens::start(&state, account).await?);
    Ok(location::created("/api/auth/", "me", body))
}

/// Log in
///
/// The email is compared without case. An unknown email and a wrong password have the same
/// response. After several wrong passwords an account has to wait.
#[utoipa::path(
    post, path = "/auth/login", tag = "accounts",
    request_body = LoginInput,
    responses(
        (status = 200, description = "Logged in", body = UserWithTokens),
        MissingField, InvalidCredentials, AccountDisabled, TooManyAttempts,
    ),
)]
async fn log_in(
    State(state): State<AppState>,
    Extension(from): Extension<ClientAddress>,
    Body(input): Body<LoginInput>,
) -> Result<Json<UserWithTokens>, Problem> {
    let account = accounts::log_in(&state.ctx, input.check()?, from).await?;
    Ok(Json(UserWithTokens::start(&state, account).await?))
}

/// Get the current user
///
/// The user of the token, as the database has them now: the role in a token does not count.
#[utoipa::path(
    get, path = "/auth/me", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 200, description = "The user", body = User),
    ),
)]
async fn get_current_user(CurrentActor(actor): CurrentActor) -> Result<Json<User>, Problem> {
    Ok(Json(actor.user()?.clone()))
}

/// Change name and time zone
///
/// Absent fields stay unchanged. The email and the roles cannot be changed.
#[utoipa::path(
    patch, path = "/auth/me", tag = "accounts", security(("bearer" = [])),
    request_body = ProfilePatch,
    responses(
        (status = 200, description = "The changed user", body = User),
        InvalidField,
    ),
)]
async fn edit_profile(
    State(state): State<AppState>,
    LoggedIn(actor): LoggedIn,
    Body(patch): Body<ProfilePatch>,
) -> Result<Json<User>, Problem> {
    Ok(Json(accounts::edit_profile(&state.ctx, &actor, patch).await?))
}

/// Get which messages are mailed
///
/// `MAIL`: to the mailbox and by mail. `MAILBOX`: to the mailbox only. Messages about the account
/// and its security are always mailed.
#[utoipa::path(
    get, path = "/auth/me/mail-preferences", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 200, description = "The preferences", body = MailPreferences),
    ),
)]
async fn get_mail_preferences(
    State(state): State<AppState>,
    LoggedIn(actor): LoggedIn,
) -> Result<Json<MailPreferences>, Problem> {
    Ok(Json(mail_preferences::get(&state.ctx, &actor).await?))
}

/// Change which messages are mailed
///
/// Absent fields stay unchanged. Links in mails that unsubscribe change the same preferences.
#[utoipa::path(
    patch, path = "/auth/me/mail-preferences", tag = "accounts", security(("bearer" = [])),
    request_body = MailPreferencesPatch,
    responses(
        (status = 200, description = "The changed preferences", body = MailPreferences),
        InvalidField,
    ),
)]
async fn edit_mail_preferences(
    State(state): State<AppState>,
    LoggedIn(actor): LoggedIn,
    Body(patch): Body<MailPreferencesPatch>,
) -> Result<Json<MailPreferences>, Problem> {
    Ok(Json(mail_preferences::edit(&state.ctx, &actor, &patch).await?))
}

/// Add a role
///
/// A participant becomes an organizer as well, or an organizer a participant. A role that the user
/// has is no error. A role is kept for good; `role` stays the one of the sign-up.
#[utoipa::path(
    post, path = "/auth/roles", tag = "accounts", security(("bearer" = [])),
    request_body = RoleInput,
    responses(
        (status = 200, description = "The user with the role", body = User),
        InvalidField, RoleRefused,
    ),
)]
async fn add_role(
    State(state): State<AppState>,
    Owner(actor): Owner,
    Body(input): Body<RoleInput>,
) -> Result<Json<User>, Problem> {
    Ok(Json(accounts::add_role(&state.ctx, &actor, input).await?))
}

/// Change the password
///
/// All tokens and sessions of the account end, personal access tokens included. The response holds
/// new tokens, and a browser's own session is renewed.
#[utoipa::path(
    post, path = "/auth/password", tag = "accounts", security(("bearer" = [])),
    request_body = PasswordChangeInput,
    responses(
        (status = 200, description = "The password is changed; new tokens", body = UserWithTokens),
        InvalidField, WrongPassword, TooManyAttempts,
    ),
)]
async fn change_password(
    State(state): State<AppState>,
    Owner(actor): Owner,
    Extension(from): Extension<ClientAddress>,
    session: Option<Extension<Session>>,
    Body(input): Body<PasswordChangeInput>,
) -> Result<Json<UserWithTokens>, Problem> {
    let user = actor.owner()?.id;
    let account = accounts::change_password(&state.ctx, &actor, input.check()?, from).await?;
    if let Some(Extension(session)) = session
        && session.holder().await?.is_some_and(|holder| holder.user == user)
    {
        session.renew_credentials(&account).await?;
    }
    Ok(Json(UserWithTokens::start(&state, account).await?))
}

/// Delete the account
///
/// The user's seats in competitions that are not over become free at once. Name, email and messages
/// are deleted. Competitions of theirs without any registration are deleted; the others stay in the
/// history of their participants, with an organizer named "Deleted account" and without an email.
#[utoipa::path(
    delete, path = "/auth/me", tag = "accounts", security(("bearer" = [])),
    request_body = AccountDeletionInput,
    responses(
        (status = 204, description = "Deleted"),
        InvalidField, WrongPassword, HasRegistrations, TooManyAttempts,
    ),
)]
async fn delete_account(
    State(state): State<AppState>,
    Owner(actor): Owner,
    Extension(from): Extension<ClientAddress>,
    session: Option<Extension<Session>>,
    Body(input): Body<AccountDeletionInput>,
) -> Result<StatusCode, Problem> {
    accounts::delete(&state.ctx, &actor, input.check()?, from).await?;
    if let Some(Extension(session)) = session {
        session.log_out().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
