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
    personal_tokens,
    sessions::Session,
};

use super::{TokenFault, Tokens};
use crate::{
    error_format::{API, original_path},
    problem::Problem,
};

/// Recognizes the user of a token or a session. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Authenticator {
    pub(crate) ctx: Context,
    pub(crate) tokens: Arc<Tokens>,
}

/// Adds the [`Actor`] to the request's extensions: the subject of its token, the user of its
/// session, or a visitor. The role comes from the database, not from the token.
pub(crate) async fn resolve(
    State(authenticator): State<Authenticator>,
    mut request: Request,
    next: Next,
) -> Response {
    let token = bearer(request.headers());
    let actor = match token {
        // Personal access tokens are for the API only.
        Some(token) if personal_tokens::is_personal(token) => {
            if original_path(&request).starts_with(API) {
                personal_tokens::recognize(&authenticator.ctx, token).await
            } else {
                Ok(Actor::unrecognized(ErrorCode::TokenInvalid))
            }
        }
        Some(token) => authenticator.by_access_token(token).await,
        None => authenticator.by_session(request.extensions().get().cloned()).await,
    };
    let actor = match actor {
        Ok(actor) => actor,
        Err(error) => return Problem::from(error).into_response(),
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

impl Authenticator {
    async fn by_access_token(&self, token: &str) -> service::Result<Actor> {
        match self.tokens.read(token, self.ctx.now()) {
            Ok((user, version)) => self.recognize(user, version, ErrorCode::TokenRevoked).await,
            Err(TokenFault::Expired) => Ok(Actor::unrecognized(ErrorCode::TokenExpired)),
            Err(TokenFault::Invalid) => Ok(Actor::unrecognized(ErrorCode::TokenInvalid)),
        }
    }

    async fn by_session(&self, session: Option<Session>) -> service::Result<Actor> {
        let Some(session) = session else { return Ok(Actor::anonymous()) };
        let Some(holder) = session.holder().await? else { return Ok(Actor::anonymous()) };
        self.recognize(holder.user, holder.credentials, ErrorCode::Unauthorized).await
    }

    /// The user, or a visitor with the error `outdated` if the password was changed since.
    async fn recognize(
        &self,
        user: UserId,
        version: CredentialsVersion,
        outdated: ErrorCode,
    ) -> service::Result<Actor> {
        let account = accounts::recognize(&self.ctx, user, version).await?;
        Ok(account.map_or_else(|| Actor::unrecognized(outdated), Actor::from))
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
