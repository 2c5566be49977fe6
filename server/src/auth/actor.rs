//! From a request to the person on whose behalf it is.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{ErrorCode, UserId};
use service::{
    Actor,
    accounts::{self, CredentialsVersion},
    sessions::Session,
};

use super::TokenFault;
use crate::{AppState, problem::Problem};

/// Puts an [`Actor`] into the request's extensions: the bearer of a token, the owner of a session, or nobody.
///
/// The role is the database's, whatever the token says.
pub(crate) async fn resolve(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let token = bearer(request.headers());
    let shown = match token {
        Some(token) => state.tokens.read(token, state.ctx.now()).map_err(code),
        None => match session_holder(request.extensions().get().cloned()).await {
            Ok(holder) => holder.ok_or(ErrorCode::Unauthorized),
            Err(error) => return Problem::from(error).into_response(),
        },
    };
    let is_token = token.is_some();
    let actor = match shown {
        Ok((id, version)) => match accounts::recognize(&state.ctx, id, version).await {
            Ok(Some(account)) => Actor::from(account),
            Ok(None) if is_token => Actor::unrecognized(ErrorCode::TokenRevoked),
            Ok(None) => Actor::anonymous(),
            Err(error) => return Problem::from(error).into_response(),
        },
        Err(code) => Actor::unrecognized(code),
    };
    let is_user = actor.try_user().is_some();
    request.extensions_mut().insert(actor);
    let mut response = next.run(request).await;
    if is_user {
        response.extensions_mut().insert(ForUser);
    }
    response
}

/// Marks a response that was made for a user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ForUser;

async fn session_holder(
    session: Option<Session>,
) -> service::Result<Option<(UserId, CredentialsVersion)>> {
    let Some(session) = session else { return Ok(None) };
    Ok(session.holder().await?.map(|holder| (holder.user, holder.credentials)))
}

fn code(fault: TokenFault) -> ErrorCode {
    match fault {
        TokenFault::Expired => ErrorCode::TokenExpired,
        TokenFault::Invalid => ErrorCode::TokenInvalid,
    }
}

/// The token of an `Authorization: Bearer` header; the scheme in any case (RFC 9110, section 11.1).
/// Empty, and so invalid, when there is no telling which it is: no token, no text, or more than one
/// such header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.as_bytes();
    if values.next().is_some() {
        return Some("");
    }
    let (scheme, token) =
        value.split_at(value.iter().position(|byte| *byte == b' ').unwrap_or(value.len()));
    let token = std::str::from_utf8(token).unwrap_or_default();
    scheme.eq_ignore_ascii_case(b"bearer").then(|| token.trim())
}

/// Who asks, for handlers.
pub(crate) struct CurrentActor(pub(crate) Actor);

impl<S: Sync> FromRequestParts<S> for CurrentActor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().cloned().unwrap_or_default()))
    }
}
