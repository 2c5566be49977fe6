//! Calendar files.

use app::SiteUrl;
use axum::{
    Extension,
    extract::State,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use domain::{CompetitionId, RegistrationId};
use service::{calendar, competitions};
use utoipa_axum::routes;

use super::{
    ApiRouter,
    etag::{self, IfNoneMatch},
    extract::Id,
    parameters::{CompetitionPath, RegistrationPath, Revalidating},
    responses::{CompetitionNotFound, RegistrationNotFound},
};
use crate::{
    AppState,
    auth::{CurrentActor, LoggedIn},
    problem::Problem,
};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .read(routes!(get_competition_calendar))
        .read(routes!(get_registration_calendar))
}

/// Download a competition as a calendar file
///
/// An iCalendar file: the registration deadline, and the start if it is set.
#[utoipa::path(
    get, path = "/competitions/{id}/calendar.ics", tag = "competitions",
    params(CompetitionPath, Revalidating),
    responses(
        (status = 200, description = "The file", body = String, content_type = "text/calendar",
            example = json!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")),
        CompetitionNotFound,
    ),
)]
async fn get_competition_calendar(
    State(state): State<AppState>,
    Extension(site): Extension<SiteUrl>,
    CurrentActor(actor): CurrentActor,
    Id(id): Id<CompetitionId>,
    condition: IfNoneMatch,
) -> Result<Response, Problem> {
    let competition = competitions::get_visible_to(&state.ctx, &actor, id).await?.competition;
    let text = calendar::of_competition(&state.ctx, &competition, &site.0);
    if competition.is_draft() {
        return Ok(etag::unshared(file(text, "competition.ics")));
    }
    Ok(condition.answer(revalidatable(text, "competition.ics")))
}

/// Download my registration as a calendar file
///
/// An iCalendar file with one event. Its UID stays the same, and its SEQUENCE grows with every edit
/// of the competition, so that a calendar that reads a newer file moves the event. Without a start
/// the event is the registration deadline. A cancelled registration is a cancelled event.
#[utoipa::path(
    get, path = "/registrations/{id}/calendar.ics", tag = "registrations",
    security(("bearer" = [])),
    params(RegistrationPath),
    responses(
        (status = 200, description = "The file", body = String, content_type = "text/calendar",
            example = json!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")),
        RegistrationNotFound,
    ),
)]
async fn get_registration_calendar(
    State(state): State<AppState>,
    Extension(site): Extension<SiteUrl>,
    LoggedIn(actor): LoggedIn,
    Id(id): Id<RegistrationId>,
) -> Result<Response, Problem> {
    Ok(file(calendar::of_registration(&state.ctx, &actor, id, &site.0).await?, "registration.ics"))
}

/// A file with a weak tag: two that differ only in the time at which they were made say the same.
pub(super) fn revalidatable(text: String, name: &str) -> Response {
    let lines = text.lines().filter(|line| !line.starts_with("DTSTAMP"));
    let lines: Vec<String> = lines.map(str::to_owned).collect();
    etag::weak(file(text, name), lines.iter().map(String::as_str))
}

/// A download with a fixed name, so that no user input is in a header.
fn file(text: String, name: &str) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    (headers, text).into_response()
}
