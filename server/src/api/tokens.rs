//! `/api/auth`: pairs of tokens, renewed and revoked.

use axum::{Extension, Json, extract::State, http::StatusCode};
use domain::{LogoutInput, RefreshInput, User};
use serde::Serialize;
use service::{accounts::Account, refresh_tokens, sessions::Session};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::Body,
    responses::{InvalidField, InvalidRefreshToken, MissingField},
};
use crate::{AppState, problem::Problem};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new().write(routes!(refresh_tokens)).write(routes!(log_out))
}

/// The user who is logged in, and a pair of tokens.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserWithTokens {
    /// Send it as `Authorization: Bearer <token>`.
    #[schema(example = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl")]
    token: String,
    /// The lifetime of the token in seconds; see `JWT_EXPIRATION`.
    #[schema(example = 86400)]
    expires_in: i64,
    /// Exchange it at `/auth/refresh` for the next pair of tokens, once, within 30 days.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    refresh_token: String,
    /// The user that the tokens belong to.
    user: User,
}

impl UserWithTokens {
    /// The first pair of tokens for a user whose password was just verified.
    pub(super) async fn start(state: &AppState, account: Account) -> Result<Self, Problem> {
        let refresh_token = refresh_tokens::start(&state.ctx, &account).await?;
        Ok(Self::new(state, account, refresh_token))
    }

    fn new(state: &AppState, account: Account, refresh_token: String) -> Self {
        let token = state.tokens.issue(&account, state.ctx.now());
        let expires_in = state.tokens.lifetime().seconds();
        Self { token, expires_in, refresh_token, user: account.user }
    }
}

/// Get the next pair of tokens
///
/// A refresh token works once. A second use means that it was copied, and revokes every refresh
/// token of the same login. Within ten seconds of its first use, the same token returns the same
/// pair again, so that parallel requests and a retry after a lost response are safe.
#[utoipa::path(
    post, path = "/auth/refresh", tag = "accounts",
    request_body = RefreshInput,
    responses(
        (status = 200, description = "The next pair", body = UserWithTokens),
        MissingField, InvalidRefreshToken,
    ),
)]
async fn refresh_tokens(
    State(state): State<AppState>,
    Body(input): Body<RefreshInput>,
) -> Result<Json<UserWithTokens>, Problem> {
    let (account, next) = refresh_tokens::renew(&state.ctx, &input.check()?).await?;
    Ok(Json(UserWithTokens::new(&state, account, next)))
}

/// Log out
///
/// Ends the session of a browser, and revokes the refresh token in the body with all others of the
/// same login. Both are optional. An access token stays valid until it expires.
#[utoipa::path(
    post, path = "/auth/logout", tag = "accounts",
    request_body = Option<LogoutInput>,
    responses(
        (status = 204, description = "Logged out"),
        InvalidField,
    ),
)]
async fn log_out(
    State(state): State<AppState>,
    session: Option<Extension<Session>>,
    body: Option<Body<LogoutInput>>,
) -> Result<StatusCode, Problem> {
    let input = body.map(|Body(input)| input).unwrap_or_default();
    if let Some(token) = input.check()? {
        refresh_tokens::revoke(&state.ctx, &token).await?;
    }
    if let Some(Extension(session)) = session {
        session.log_out().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
