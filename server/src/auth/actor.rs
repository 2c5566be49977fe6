//! Resolves a request to its actor.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{ErrorCode, UserId};
use service::{
    Actor, Context,
    accounts::{self, CredentialsVersion},
    sessions::Session,
};

use super::{TokenFault, Tokens};
use crate::problem::Problem;

/// Recognizes the user of a token or a session. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Authenticator {
    pub(crate) ctx: Context,
    pub(crate) tokens: Arc<Tokens>,
}

/// Adds the [`Actor`] to the request's extensions: the subject of its token, the user of its
/// session, or a visitor. The role comes from the database, not from the token.
pub(crate) async fn resolve(
    State(Authenticator { ctx, tokens }): State<Authenticator>,
    mut request: Request,
    next: Next,
) -> Response {
    let token = bearer(request.headers());
    let credentials = match token {
        Some(token) => tokens.read(token, ctx.now()).map_err(code),
        None => match session_holder(request.extensions().get().cloned()).await {
            Ok(holder) => holder.ok_or(ErrorCode::Unauthorized),
            Err(error) => return Problem::from(error).into_response(),
        },
    };
    let is_token = token.is_some();
    let actor = match credentials {
        Ok((id, version)) => match accounts::recognize(&ctx, id, version).await {
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

/// Marks the response to a logged-in user.
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

/// The token of an `Authorization: Bearer` header. The scheme is case-insensitive (RFC 9110,
/// section 11.1). The token is empty, and so invalid, if it is missing or no text, or if there are
/// several `Authorization` headers.
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

/// The actor of a request, who may be a visitor.
pub(crate) struct CurrentActor(pub(crate) Actor);

impl<S: Sync> FromRequestParts<S> for CurrentActor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().cloned().unwrap_or_default()))
    }
}
