//! `/api/auth/tokens`: personal access tokens.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use domain::{PersonalToken, PersonalTokenId, PersonalTokenInput};
use serde::Serialize;
use service::personal_tokens::{self, TokenSecret};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::{Body, Id, NoBody},
    location,
    parameters::PersonalTokenPath,
    responses::{InvalidField, LoginOnly, PersonalTokenNotFound, TokenNotCreated},
};
use crate::{AppState, auth::Owner, problem::Problem};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .read(routes!(list_personal_tokens))
        .read(routes!(get_personal_token))
        .credentials(routes!(create_personal_token))
        .write(routes!(revoke_personal_token))
}

/// A new token, with the text that is shown this once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreatedPersonalToken {
    /// Send it as `Authorization: Bearer <token>`. It is stored nowhere and cannot be shown again.
    #[schema(
        pattern = "^mcpat_[0-9a-f]{72}$",
        example = "mcpat_000000000000000000000000000000000000000000000000000000000000000008c8a9a0"
    )]
    token: String,
    /// What the list shows of it.
    personal_token: PersonalToken,
}

/// List my personal access tokens
///
/// The newest first, without their texts. A token that has expired stays in the list for 30 days.
#[utoipa::path(
    get, path = "/auth/tokens", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 200, description = "The tokens, at most 20", body = [PersonalToken]),
        LoginOnly,
    ),
)]
async fn list_personal_tokens(
    State(state): State<AppState>,
    Owner(actor): Owner,
) -> Result<Json<Vec<PersonalToken>>, Problem> {
    Ok(Json(personal_tokens::list(&state.ctx, &actor).await?))
}

/// Get one of my personal access tokens
///
/// Without its text, as in the list.
#[utoipa::path(
    get, path = "/auth/tokens/{id}", tag = "accounts", security(("bearer" = [])),
    params(PersonalTokenPath),
    responses(
        (status = 200, description = "The token", body = PersonalToken),
        LoginOnly, PersonalTokenNotFound,
    ),
)]
async fn get_personal_token(
    State(state): State<AppState>,
    Owner(actor): Owner,
    Id(id): Id<PersonalTokenId>,
) -> Result<Json<PersonalToken>, Problem> {
    Ok(Json(personal_tokens::get(&state.ctx, &actor, id).await?))
}

/// Create a personal access token
///
/// For scripts and integrations. With the scope `read` it may call every operation that changes
/// nothing; with `write`, every operation that its owner may call, except those that manage
/// credentials. A user has at most 20 tokens, each with a name of its own, and is notified by mail
/// of a new one. A new password revokes all of them.
///
/// An `Idempotency-Key` has no effect, because the text of the token is not stored. A retry after a
/// lost response is answered 409: revoke the token and create it again.
#[utoipa::path(
    post, path = "/auth/tokens", tag = "accounts", security(("bearer" = [])),
    request_body = PersonalTokenInput,
    responses(
        (status = 201, description = "The token, shown once", body = CreatedPersonalToken,
            headers(("Location"))),
        InvalidField, LoginOnly, TokenNotCreated,
    ),
)]
async fn create_personal_token(
    State(state): State<AppState>,
    Owner(actor): Owner,
    Body(input): Body<PersonalTokenInput>,
) -> Result<Response, Problem> {
    let secret = TokenSecret::random();
    let personal_token = personal_tokens::create(&state.ctx, &actor, input, &secret).await?;
    let (token, id) = (secret.as_str().to_owned(), personal_token.id);
    let body = Json(CreatedPersonalToken { token, personal_token });
    Ok(location::created("/api/auth/tokens/", id, body))
}

/// Revoke a personal access token
///
/// Requests with the token are rejected from now on. An event stream that is open goes on until it
/// ends, some minutes later.
#[utoipa::path(
    delete, path = "/auth/tokens/{id}", tag = "accounts", security(("bearer" = [])),
    params(PersonalTokenPath),
    responses(
        (status = 204, description = "Revoked"),
        LoginOnly, PersonalTokenNotFound,
    ),
)]
async fn revoke_personal_token(
    State(state): State<AppState>,
    Owner(actor): Owner,
    Id(id): Id<PersonalTokenId>,
    NoBody: NoBody,
) -> Result<StatusCode, Problem> {
    personal_tokens::revoke(&state.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
