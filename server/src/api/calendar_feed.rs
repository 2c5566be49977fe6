//! Calendar feeds: `/api/auth/me/calendar-feed` for their owners, and `/calendars` for calendars.

use axum::{
    Json, Router,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderName, HeaderValue, StatusCode, header::CACHE_CONTROL},
    response::Response,
    routing,
};
use domain::CalendarFeed;
use serde::Serialize;
use service::calendar_feed::{self, FeedKey, FeedLinks};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    calendar::revalidatable,
    etag::IfNoneMatch,
    extract::NoBody,
    location,
    responses::{CalendarFeedNotFound, LoginOnly},
};
use crate::{AppState, auth::Owner, problem::Problem};

const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");
/// A cache that calendars of several users share must not store it.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .read(routes!(get_calendar_feed))
        .credentials(routes!(renew_calendar_feed))
        .write(routes!(remove_calendar_feed))
}

/// The feeds, outside the API: a calendar has no token.
pub(crate) fn calendars() -> Router<AppState> {
    Router::new().route("/calendars/{file}", routing::get(read))
}

/// The key in the path is the permission.
async fn read(
    State(state): State<AppState>,
    file: Result<Path<String>, PathRejection>,
    condition: IfNoneMatch,
) -> Result<Response, Problem> {
    // A path that is no text names no feed.
    let file = file.map(|Path(file)| file).unwrap_or_default();
    let key = file.strip_suffix(".ics").unwrap_or_default();
    let text = calendar_feed::read(&state.ctx, key).await?;
    let mut response = revalidatable(text, "mini-compete.ics");
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, PRIVATE);
    headers.insert(X_ROBOTS_TAG, HeaderValue::from_static("noindex"));
    Ok(condition.answer(response))
}

/// A calendar feed, with the address that is shown this once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewCalendarFeed {
    /// Subscribe to it in a calendar. Who has it reads the calendar without logging in. It is
    /// stored nowhere and cannot be shown again.
    #[schema(format = "uri", example = "https://compete.example/calendars/mccal_00ff.ics")]
    url: String,
    /// What later requests show of it.
    calendar_feed: CalendarFeed,
}

/// Get my calendar feed
///
/// When its address was made and last read, without the address.
#[utoipa::path(
    get, path = "/auth/me/calendar-feed", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 200, description = "The feed", body = CalendarFeed),
        LoginOnly, CalendarFeedNotFound,
    ),
)]
async fn get_calendar_feed(
    State(state): State<AppState>,
    Owner(actor): Owner,
) -> Result<Json<CalendarFeed>, Problem> {
    Ok(Json(calendar_feed::get(&state.ctx, &actor).await?))
}

/// Make or renew the address of my calendar feed
///
/// A secret address at which calendars read the registrations of the user that are active, and the
/// competitions that they organize, as iCalendar. An address from before is not found from now on.
/// A new password keeps the address.
///
/// An `Idempotency-Key` has no effect, because the address is not stored. After a lost response,
/// send the request again: the address of the last one counts.
#[utoipa::path(
    post, path = "/auth/me/calendar-feed", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 201, description = "The feed with its address, shown once",
            body = NewCalendarFeed, headers(("Location"))),
        LoginOnly,
    ),
)]
async fn renew_calendar_feed(
    State(state): State<AppState>,
    Owner(actor): Owner,
    NoBody: NoBody,
) -> Result<Response, Problem> {
    let key = FeedKey::random();
    let calendar_feed = calendar_feed::renew(&state.ctx, &actor, &key).await?;
    let FeedLinks { url, .. } = FeedLinks::of(&state.ctx, &key);
    let body = Json(NewCalendarFeed { url, calendar_feed });
    Ok(location::created("/api/auth/me/", "calendar-feed", body))
}

/// Remove my calendar feed
///
/// Its address is not found from now on. Without a feed the response is the same.
#[utoipa::path(
    delete, path = "/auth/me/calendar-feed", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 204, description = "Removed"),
        LoginOnly,
    ),
)]
async fn remove_calendar_feed(
    State(state): State<AppState>,
    Owner(actor): Owner,
    NoBody: NoBody,
) -> Result<StatusCode, Problem> {
    calendar_feed::remove(&state.ctx, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
