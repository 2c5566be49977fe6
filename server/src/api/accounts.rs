//! `/api/auth`: signing up and in, and one's own account.

use axum::{Extension, Json, extract::State, http::StatusCode};
use domain::{
    AccountDeletionInput, LoginInput, PasswordChangeInput, ProfilePatch, SignupInput, User,
};
use service::{ClientAddress, accounts, sessions::Session};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{extract::Body, tokens::SignedIn};
use crate::{
    AppState,
    auth::CurrentActor,
    problem::{Problem, ProblemDetails},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(sign_up))
        .routes(routes!(log_in))
        .routes(routes!(me, edit, delete))
        .routes(routes!(change_password))
}

/// Sign up
#[utoipa::path(
    post, path = "/auth/signup", tag = "accounts",
    request_body = SignupInput,
    responses(
        (status = 201, description = "The account was made", body = SignedIn),
        (status = 400, description = "A field is wrong", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "Email already registered", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Too busy, and nothing was changed; or, with the code `outcome_unknown`, it is not known", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn sign_up(
    State(state): State<AppState>,
    Extension(from): Extension<ClientAddress>,
    Body(input): Body<SignupInput>,
) -> Result<(StatusCode, Json<SignedIn>), Problem> {
    let account = accounts::sign_up_from(&state.ctx, input.check()?, from).await?;
    Ok((StatusCode::CREATED, Json(SignedIn::start(&state, account).await?)))
}

/// Sign in
#[utoipa::path(
    post, path = "/auth/login", tag = "accounts",
    request_body = LoginInput,
    responses(
        (status = 200, description = "Signed in", body = SignedIn),
        (status = 400, description = "A field is missing", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Invalid credentials", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` tells how many seconds to wait", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Too busy, and nothing was changed; or, with the code `outcome_unknown`, it is not known", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn log_in(
    State(state): State<AppState>,
    Extension(from): Extension<ClientAddress>,
    Body(input): Body<LoginInput>,
) -> Result<Json<SignedIn>, Problem> {
    let account = accounts::log_in(&state.ctx, input.check()?, from).await?;
    Ok(Json(SignedIn::start(&state, account).await?))
}

/// Who am I?
#[utoipa::path(
    get, path = "/auth/me", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 200, description = "The user", body = User),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn me(CurrentActor(actor): CurrentActor) -> Result<Json<User>, Problem> {
    Ok(Json(actor.user()?.clone()))
}

/// Change name and time zone
#[utoipa::path(
    patch, path = "/auth/me", tag = "accounts", security(("bearer" = [])),
    request_body = ProfilePatch,
    responses(
        (status = 200, description = "The user as they are now", body = User),
        (status = 400, description = "A field is wrong", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Too busy, and nothing was changed; or, with the code `outcome_unknown`, it is not known", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn edit(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    Body(patch): Body<ProfilePatch>,
) -> Result<Json<User>, Problem> {
    Ok(Json(accounts::edit_profile(&state.ctx, &actor, patch).await?))
}

/// Change the password
///
/// Every token and every session that was given for the old one ends; the answer holds new ones, and a browser that
/// asks stays signed in.
#[utoipa::path(
    post, path = "/auth/password", tag = "accounts", security(("bearer" = [])),
    request_body = PasswordChangeInput,
    responses(
        (status = 200, description = "Changed, and signed in anew", body = SignedIn),
        (status = 400, description = "A field is wrong", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "This is not your password", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` tells how many seconds to wait", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Too busy, and nothing was changed; or, with the code `outcome_unknown`, it is not known", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn change_password(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    Extension(from): Extension<ClientAddress>,
    Extension(session): Extension<Session>,
    Body(input): Body<PasswordChangeInput>,
) -> Result<Json<SignedIn>, Problem> {
    let user = actor.user()?.id;
    let account = accounts::change_password(&state.ctx, &actor, input.check()?, from).await?;
    if session.holder().await?.is_some_and(|holder| holder.user == user) {
        session.renew_credentials(&account).await?;
    }
    Ok(Json(SignedIn::start(&state, account).await?))
}

/// Delete the account
///
/// Seats in competitions that are not over are free at once. Name, address and messages go.
/// Competitions of theirs that nobody ever registered for are deleted; the others stay in the
/// history of those who did, under the name "Deleted account" and without an address.
#[utoipa::path(
    delete, path = "/auth/me", tag = "accounts", security(("bearer" = [])),
    request_body = AccountDeletionInput,
    responses(
        (status = 204, description = "Deleted"),
        (status = 400, description = "A field is wrong", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "This is not your password", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "People are registered for competitions of theirs that are not over", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` tells how many seconds to wait", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Too busy, and nothing was changed; or, with the code `outcome_unknown`, it is not known", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn delete(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    Extension(from): Extension<ClientAddress>,
    Extension(session): Extension<Session>,
    Body(input): Body<AccountDeletionInput>,
) -> Result<StatusCode, Problem> {
    actor.user()?;
    accounts::delete(&state.ctx, &actor, input.check()?, from).await?;
    session.log_out().await?;
    Ok(StatusCode::NO_CONTENT)
}
