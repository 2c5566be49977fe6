//! `/api/auth`: signing up and in.

use axum::{Extension, Json, extract::State, http::StatusCode};
use domain::{LoginInput, SignupInput, User};
use serde::Serialize;
use service::{ClientAddress, accounts};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::extract::Body;
use crate::{
    AppState,
    auth::CurrentActor,
    problem::{Problem, ProblemDetails},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(sign_up)).routes(routes!(log_in)).routes(routes!(me))
}

/// Who is signed in, and a token to prove it with.
#[derive(Serialize, ToSchema)]
struct SignedIn {
    /// To be sent as `Authorization: Bearer <token>`; good for a day.
    token: String,
    user: User,
}

impl SignedIn {
    fn new(state: &AppState, user: User) -> Self {
        Self { token: state.tokens.issue(&user, state.ctx.now()), user }
    }
}

/// Sign up
#[utoipa::path(
    post, path = "/auth/signup", tag = "accounts",
    request_body = SignupInput,
    responses(
        (status = 201, description = "The account was made", body = SignedIn),
        (status = 400, description = "A field is wrong", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "Email already registered", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn sign_up(
    State(state): State<AppState>,
    Body(input): Body<SignupInput>,
) -> Result<(StatusCode, Json<SignedIn>), Problem> {
    let user = accounts::sign_up(&state.ctx, input.check()?).await?;
    Ok((StatusCode::CREATED, Json(SignedIn::new(&state, user))))
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
    ),
)]
async fn log_in(
    State(state): State<AppState>,
    Extension(from): Extension<ClientAddress>,
    Body(input): Body<LoginInput>,
) -> Result<Json<SignedIn>, Problem> {
    let user = accounts::log_in(&state.ctx, input.check()?, from).await?;
    Ok(Json(SignedIn::new(&state, user)))
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
