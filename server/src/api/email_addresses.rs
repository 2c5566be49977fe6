//! `/api/auth/me/email`: the email address of the user's account.

use axum::{Extension, Json, extract::State, http::StatusCode};
use domain::{EmailChangeInput, EmailCodeInput, EmailLinkInput, EmailStatus};
use service::{
    ClientAddress,
    accounts::email::{self, EmailLinkKey},
};
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::Body,
    responses::{
        EmailTaken, InvalidEmailCode, InvalidEmailLink, InvalidField, MailUnavailable,
        TooManyAttempts, WrongPassword,
    },
};
use crate::{
    AppState,
    auth::{LoggedIn, Owner},
    problem::Problem,
};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .read(routes!(get_email))
        .credentials(routes!(change_email))
        .write(routes!(send_email_verification))
        .credentials(routes!(verify_email_by_code))
        .credentials(routes!(verify_email_by_link))
}

/// Get the email address and whether it is verified
///
/// Until the address is verified, messages stay in the mailbox on the site.
#[utoipa::path(
    get, path = "/auth/me/email", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 200, description = "The address", body = EmailStatus),
    ),
)]
async fn get_email(
    State(state): State<AppState>,
    LoggedIn(actor): LoggedIn,
) -> Result<Json<EmailStatus>, Problem> {
    Ok(Json(email::status(&state.ctx, &actor).await?))
}

/// Change the email address
///
/// A link and a code are sent to the new address, which replaces the old one when one of them is
/// used within an hour. Then the old address is notified. Where this installation sends no mail,
/// the address is replaced at once.
#[utoipa::path(
    post, path = "/auth/me/email", tag = "accounts", security(("bearer" = [])),
    request_body = EmailChangeInput,
    responses(
        (status = 200, description = "The address, and the one that is to be verified",
            body = EmailStatus),
        InvalidField, WrongPassword, EmailTaken, TooManyAttempts,
    ),
)]
async fn change_email(
    State(state): State<AppState>,
    Owner(actor): Owner,
    Extension(from): Extension<ClientAddress>,
    Body(input): Body<EmailChangeInput>,
) -> Result<Json<EmailStatus>, Problem> {
    Ok(Json(email::change(&state.ctx, &actor, input.check()?, from).await?))
}

/// Send another link and code
///
/// They replace those of the mail before. Nothing is sent to an address that is verified, and one
/// mail a minute at most.
#[utoipa::path(
    post, path = "/auth/me/email/send", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 202, description = "A mail is on its way, if there is an address to verify",
            body = EmailStatus),
        MailUnavailable, TooManyAttempts,
    ),
)]
async fn send_email_verification(
    State(state): State<AppState>,
    Owner(actor): Owner,
) -> Result<(StatusCode, Json<EmailStatus>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(email::request(&state.ctx, &actor).await?)))
}

/// Verify the email address by the code of a mail
///
/// The code works within an hour of the mail, for five tries.
#[utoipa::path(
    post, path = "/auth/me/email/verify", tag = "accounts", security(("bearer" = [])),
    request_body = EmailCodeInput,
    responses(
        (status = 200, description = "The address is verified", body = EmailStatus),
        InvalidEmailCode, EmailTaken,
    ),
)]
async fn verify_email_by_code(
    State(state): State<AppState>,
    Owner(actor): Owner,
    Body(input): Body<EmailCodeInput>,
) -> Result<Json<EmailStatus>, Problem> {
    Ok(Json(email::verify_by_code(&state.ctx, &actor, &input.check()?).await?))
}

/// Verify an email address by the link of a mail
///
/// The link works once, within an hour of the mail, and without a login.
#[utoipa::path(
    post, path = "/auth/verify-email", tag = "accounts",
    request_body = EmailLinkInput,
    responses(
        (status = 204, description = "The address is verified"),
        InvalidEmailLink, EmailTaken,
    ),
)]
async fn verify_email_by_link(
    State(state): State<AppState>,
    Body(input): Body<EmailLinkInput>,
) -> Result<StatusCode, Problem> {
    email::verify_by_link(&state.ctx, &EmailLinkKey::of(&input.check()?)).await?;
    Ok(StatusCode::NO_CONTENT)
}
