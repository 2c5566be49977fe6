//! Every route of the site, its rate limit class, and who may use it. A route that is missing here
//! fails a test: add a row with the statuses that visitors, other participants, other organizers,
//! the owner and administrators get.
//!
//! The owner is the organizer of the competition in the path, or the participant who received the
//! message; elsewhere an organizer. `{registrationId}` is a registration for the competition,
//! `{messageId}` a draft to its participants. In a body `{n}` is an unused number, `{competition}`
//! the competition, `{webhook}` a webhook of its organizer.

mod api;
mod functions;
mod pages;

use super::row::Row;

/// Every route.
pub(super) fn routes() -> impl Iterator<Item = &'static Row> + Clone {
    [api::ROWS, pages::ROWS, functions::ROWS].into_iter().flatten()
}

/// Rows for paths that neither the OpenAPI description nor the route list of Leptos has.
pub(super) const UNLISTED: [&str; 10] = [
    "/calendars/{file}",
    "/media/{asset}/{file}",
    "/media/patterns/{file}",
    "/media/social/{file}",
    "/api/openapi.json",
    "/api/docs/",
    "/health",
    "/health/live",
    "/health/ready",
    "/nothing-here",
];
