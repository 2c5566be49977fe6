//! The REST API. Each noun has a file with its requests, documentation and handlers.

mod access_codes;
mod accounts;
mod admin;
mod api_router;
mod assets;
mod calendar;
mod calendar_feed;
mod competitions;
mod conventions;
mod cursor;
mod declared_headers;
mod docs;
mod email_addresses;
mod etag;
mod events;
mod examples;
mod extract;
mod health;
mod invitations;
mod links;
mod location;
mod mailbox;
mod operations;
mod organizer_messages;
mod organizer_notices;
mod paging;
mod parameters;
mod password_resets;
mod personal_data;
mod personal_tokens;
mod records;
mod registrations;
mod replay;
mod responses;
mod reviews;
mod roster_csv;
mod tokens;
mod webhook_deliveries;
mod webhooks;

use axum::Router;
use domain::ErrorCode;
use utoipa::OpenApi;

use api_router::ApiRouter;
pub(crate) use calendar_feed::calendars;
pub(crate) use health::probes;

use crate::{AppState, problem::Problem, security::RateClasses};

/// Everything below `/api`, and the rate limit class of each operation.
pub(crate) fn router() -> (Router<AppState>, RateClasses) {
    let (router, _, classes) = routes().into_parts();
    let router = router
        .merge(docs::router())
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed);
    (router, classes)
}

async fn method_not_allowed() -> Problem {
    Problem::new(ErrorCode::MethodNotAllowed, "This address does not answer this method")
}

/// The response for a path without a route.
pub(crate) async fn not_found() -> Problem {
    Problem::new(ErrorCode::RouteNotFound, "There is nothing at this address")
}

/// The OpenAPI description of the API, as JSON with a newline at its end.
///
/// # Panics
/// Never: a description is plain JSON.
pub fn openapi() -> String {
    let (_, description, _) = routes().completed().into_parts();
    description.to_pretty_json().expect("a description is plain JSON") + "\n"
}

fn routes() -> ApiRouter {
    ApiRouter::with_openapi(docs::Description::openapi())
        .merge(accounts::router())
        .merge(tokens::router())
        .merge(email_addresses::router())
        .merge(password_resets::router())
        .merge(personal_data::router())
        .merge(personal_tokens::router())
        .merge(calendar_feed::router())
        .merge(assets::router())
        .merge(competitions::router())
        .merge(access_codes::router())
        .merge(invitations::router())
        .merge(organizer_messages::router())
        .merge(organizer_notices::router())
        .merge(events::router())
        .merge(calendar::router())
        .merge(registrations::router())
        .merge(records::router())
        .merge(reviews::router())
        .merge(mailbox::router())
        .merge(webhooks::router())
        .merge(webhook_deliveries::router())
        .merge(admin::router())
        .merge(health::router())
}
