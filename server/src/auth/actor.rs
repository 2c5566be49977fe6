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
};
use tower_sessions::Session;

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
        None => session_holder(request.extensions().get().cloned()).await,
    };
    let actor = match shown {
        Some((id, version)) => match accounts::recognize(&state.ctx, id, version).await {
            Ok(account) => account.map_or_else(Actor::anonymous, Actor::from),
            Err(error) => return Problem::from(error).into_response(),
        },
        None => Actor::anonymous(),
    };
    request.extensions_mut().insert(actor);
    next.run(request).await
}

async fn session_holder(session: Option<Session>) -> Option<(UserId, CredentialsVersion)> {
    app::session::holder(&session?).await
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
