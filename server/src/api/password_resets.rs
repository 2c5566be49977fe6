//! `/api/auth/password-reset`: setting a new password by a link in a mail.

use axum::{Extension, Json, extract::State, http::StatusCode};
use domain::{PasswordResetInput, ResetRequestInput};
use serde::Serialize;
use service::{
    ClientAddress,
    password_reset::{self, ResetKey},
};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::Body,
    responses::{InvalidField, InvalidResetLink},
};
use crate::{AppState, problem::Problem};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .credentials(routes!(request_password_reset))
        .credentials(routes!(confirm_password_reset))
}

/// The response, with or without an account.
#[derive(Serialize, ToSchema)]
struct Requested {
    /// A sentence for people.
    #[schema(example = "If this address has an account, a link is on its way to it.")]
    message: &'static str,
}

/// Request a link to set a new password
///
/// The response and its time are the same, whether or not the email has an account.
#[utoipa::path(
    post, path = "/auth/password-reset", tag = "accounts",
    request_body = ResetRequestInput,
    responses(
        (status = 202, description = "If there is an account, a link is on its way",
            body = Requested),
        InvalidField,
    ),
)]
async fn request_password_reset(
    State(state): State<AppState>,
    Body(input): Body<ResetRequestInput>,
) -> Result<(StatusCode, Json<Requested>), Problem> {
    password_reset::request(&state.ctx, input.check()?).await?;
    let message = "If this address has an account, a link is on its way to it.";
    Ok((StatusCode::ACCEPTED, Json(Requested { message })))
}

/// Set a new password with a link
///
/// The link works once within an hour. All tokens and sessions of the account end.
#[utoipa::path(
    post, path = "/auth/password-reset/confirm", tag = "accounts",
    request_body = PasswordResetInput,
    responses(
        (status = 204, description = "The password is set; log in with it"),
        InvalidResetLink,
    ),
)]
async fn confirm_password_reset(
    State(state): State<AppState>,
    Extension(from): Extension<ClientAddress>,
    Body(input): Body<PasswordResetInput>,
) -> Result<StatusCode, Problem> {
    let reset = input.check()?;
    password_reset::confirm(&state.ctx, &ResetKey::of(&reset.token), reset.password, from).await?;
    Ok(StatusCode::NO_CONTENT)
}
