//! From a request to the person on whose behalf it is.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::UserId;
use service::{
    Actor,
    accounts::{self, CredentialsVersion},
    sessions::Session,
};

use crate::{AppState, problem::Problem};

/// Puts an [`Actor`] into the request's extensions: the bearer of a token, the owner of a session, or nobody.
///
/// The role is the database's, whatever the token says.
pub(crate) async fn resolve(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let shown = match bearer(request.headers()) {
        Some(token) => state.tokens.read(token, state.ctx.now()),
        None => match session_holder(request.extensions().get().cloned()).await {
            Ok(holder) => holder,
            Err(error) => return Problem::from(error).into_response(),
        },
    };
    let actor = match shown {
        Some((id, version)) => match accounts::recognize(&state.ctx, id, version).await {
            Ok(account) => account.map_or_else(Actor::anonymous, Actor::from),
            Err(error) => return Problem::from(error).into_response(),
        },
        None => Actor::anonymous(),
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

/// The token of an `Authorization: Bearer` header; the scheme in any case (RFC 9110, section 11.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Who asks, for handlers.
pub(crate) struct CurrentActor(pub(crate) Actor);

impl<S: Sync> FromRequestParts<S> for CurrentActor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().cloned().unwrap_or_default()))
    }
}
