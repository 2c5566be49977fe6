//! One extractor for each permission level. Axum runs extractors in order, so a handler that takes
//! one of these first answers 401 and 403 before it looks at the rest of the request. For a method
//! that changes something they also check that the actor may.

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::Role;
use service::Actor;

use super::CurrentActor;
use crate::problem::Problem;

/// A user who has logged in, and not the holder of a personal access token.
pub(crate) struct Owner(pub(crate) Actor);

/// A user with any role.
pub(crate) struct LoggedIn(pub(crate) Actor);

/// A user with the role `PARTICIPANT`.
pub(crate) struct Participant(pub(crate) Actor);

/// A user with the role `ORGANIZER`.
pub(crate) struct Organizer(pub(crate) Actor);

/// A user with the role `ADMIN`.
pub(crate) struct Admin(pub(crate) Actor);

impl<S: Sync> FromRequestParts<S> for LoggedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(CurrentActor(actor)) = CurrentActor::from_request_parts(parts, state).await;
        if parts.method.is_safe() {
            actor.user()?
        } else {
            actor.writer()?
        };
        Ok(Self(actor))
    }
}

impl<S: Sync> FromRequestParts<S> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(CurrentActor(actor)) = CurrentActor::from_request_parts(parts, state).await;
        actor.owner()?;
        Ok(Self(actor))
    }
}

macro_rules! extract_role {
    ($($extractor:ident)*) => {$(
        impl<S: Sync> FromRequestParts<S> for $extractor {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
                let Ok(CurrentActor(actor)) = CurrentActor::from_request_parts(parts, state).await;
                let role = Role::$extractor;
                if parts.method.is_safe() {
                    actor.require(role)?;
                } else {
                    actor.require_writer(role)?;
                }
                Ok(Self(actor))
            }
        }
    )*};
}

extract_role!(Participant Organizer Admin);
