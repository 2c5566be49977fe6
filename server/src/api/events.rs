//! The seats of a competition: as a stream of server-sent events, and as one response to poll.

use std::{convert::Infallible, mem, time::Duration};

use axum::{
    Extension,
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::{CompetitionId, SeatsChanged};
use futures::{Stream, StreamExt, future, stream};
use service::{
    ClientAddress,
    competitions::{self, SeatsWatch},
};
use tokio::time;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, Ref, RefOr, Schema, schema::Type},
};
use utoipa_axum::routes;

use super::{
    ApiRouter,
    etag::{self, IfNoneMatch},
    extract::Id,
    parameters::{CompetitionPath, Revalidating},
    responses::{CompetitionNotFound, TooManyClientStreams, TooManyStreams},
};
use crate::{
    AppState,
    auth::CurrentActor,
    problem::Problem,
    stream_limiter::{StreamLimiter, StreamPermit},
};

/// The interval of comments that keep proxies from closing an idle stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// The shortest reconnection delay, in milliseconds; with jitter it is 3 s to 6 s.
const RECONNECT: u64 = 3_000;
/// Turns off the response buffering of nginx and compatible proxies.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

pub(super) fn router() -> ApiRouter {
    ApiRouter::new().read(routes!(watch_seats)).read(routes!(get_seats))
}

/// One event, as the description of the API has it.
enum SeatsEvent {}

impl PartialSchema for SeatsEvent {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let state = Ref::from_schema_name(SeatsChanged::name());
        let data = text().description(Some("The seats, as JSON")).examples([concat!(
            r#"{"competitionId":"01939c2e-7b5a-7000-8000-000000000001","capacity":50,"#,
            r#""seatsLeft":49,"waitlisted":0,"waitlistDepartures":0,"#,
            r#""cancelled":false,"sequence":7}"#,
        )]);
        let data = data.content_media_type("application/json").content_schema(Some(state));
        let retry = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .description(Some("Milliseconds before the next connection"))
            .examples([4000]);
        let event = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("A server-sent event"))
            .property("event", text().enum_values(Some(["seats"])))
            .required("event")
            .property("id", text().description(Some("The `sequence`")).examples(["7"]))
            .required("id")
            .property("retry", retry)
            .property("data", data)
            .required("data");
        RefOr::T(event.into())
    }
}

impl ToSchema for SeatsEvent {}

/// Watch the seats of a competition
///
/// Server-sent events of the type `seats`: the current state at once, then the latest state after
/// each change in any process. Changes in quick succession are one event. The stream ends after
/// some minutes; connect again. Of two states, the one with the higher `sequence` is newer. Without
/// a stream, poll `/api/competitions/{id}/seats`.
#[utoipa::path(
    get, path = "/competitions/{id}/events", tag = "competitions",
    params(CompetitionPath),
    responses(
        (status = 200, description = "Events, for some minutes", body = SeatsEvent,
            content_type = "text/event-stream"),
        CompetitionNotFound, TooManyClientStreams, TooManyStreams,
    ),
)]
async fn watch_seats(
    State(state): State<AppState>,
    Extension(limiter): Extension<StreamLimiter>,
    address: Option<Extension<ClientAddress>>,
    CurrentActor(actor): CurrentActor,
    Id(id): Id<CompetitionId>,
) -> Result<Response, Problem> {
    let address = address.map_or(ClientAddress::UNKNOWN, |Extension(address)| address);
    // Acquired first, so that a rejection costs no query.
    let permit = limiter.acquire(address, actor.try_user().map(|user| user.id))?;
    let watch = competitions::watch_seats(&state.ctx, &actor, id).await?;
    // A proxy that compresses would buffer events.
    let cache =
        if watch.includes_drafts() { "no-store, no-transform" } else { "no-cache, no-transform" };
    let end = Box::pin(time::sleep(limiter.lifetime()));
    // The end of the stream lets a server that stops finish.
    let end = future::select(Box::pin(state.stop.clone().cancelled_owned()), end);
    let sse = Sse::new(events(watch, permit).take_until(end))
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    let mut response = sse.into_response();
    let headers = response.headers_mut();
    headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    Ok(response)
}

/// The states as events. The stream holds its permit.
fn events(
    watch: SeatsWatch,
    permit: StreamPermit,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let jitter = Duration::from_millis(RECONNECT + fastrand::u64(..RECONNECT));
    stream::unfold((watch, permit, Some(jitter)), |(mut watch, permit, retry)| async move {
        loop {
            let mut state = watch.next().await?;
            state.is_draft = false;
            let event = Event::default().event("seats").id(state.sequence.to_string());
            let event = match retry {
                Some(retry) => event.retry(retry),
                None => event,
            };
            // Plain numbers can be written.
            if let Ok(event) = event.json_data(state) {
                return Some((Ok(event), (watch, permit, None)));
            }
        }
    })
}

/// Look at the seats of a competition
///
/// The same as an event of `/api/competitions/{id}/events`, for clients that poll.
#[utoipa::path(
    get, path = "/competitions/{id}/seats", tag = "competitions",
    params(CompetitionPath, Revalidating),
    responses(
        (status = 200, description = "The seats now", body = SeatsChanged),
        CompetitionNotFound,
    ),
)]
async fn get_seats(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    Id(id): Id<CompetitionId>,
    condition: IfNoneMatch,
) -> Result<Response, Problem> {
    let mut seats = competitions::seats(&state.ctx, &actor, id).await?;
    let is_draft = mem::take(&mut seats.is_draft);
    let response = etag::json(&seats);
    Ok(condition.answer(if is_draft { etag::unshared(response) } else { response }))
}
