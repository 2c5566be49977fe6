//! What happens to a competition, as it happens: server-sent events.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event as Message, KeepAlive, Sse},
};
use domain::{CompetitionId, SeatsChanged};
use futures::{Stream, StreamExt, stream};
use service::{competitions, events::Event};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::extract::Id;
use crate::{
    AppState,
    problem::{Problem, ProblemDetails},
};

/// Proxies close connections on which nothing is said for long.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(watch))
}

/// Watch the seats of a competition
///
/// Server-sent events of the type `seats`: one at once, then one for each change, from whatever process it comes. That it
/// was cancelled is one of them.
#[utoipa::path(
    get, path = "/competitions/{id}/events", tag = "competitions",
    params(("id" = CompetitionId, Path)),
    responses(
        (status = 200, description = "Events, for as long as you listen", body = SeatsChanged, content_type = "text/event-stream"),
        (status = 404, description = "Competition not found", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn watch(
    State(state): State<AppState>,
    Id(id): Id<CompetitionId>,
) -> Result<Sse<impl Stream<Item = Result<Message, Infallible>>>, Problem> {
    // Listen before asking how things are, so that no change falls between the two.
    let receiver = state.ctx.events();
    let competition = competitions::get(&state.ctx, id).await?.competition;
    let now = SeatsChanged {
        competition_id: id,
        capacity: competition.capacity,
        seats_left: competition.seats_left,
        cancelled: competition.is_cancelled(),
    };
    let messages = stream::once(async move { now })
        .chain(changes(receiver, id))
        .filter_map(async |seats| Message::default().event("seats").json_data(seats).ok().map(Ok))
        // A server that stops waits for its answers to end.
        .take_until(state.stop.cancelled_owned());
    Ok(Sse::new(messages).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// The changes of one competition.
fn changes(receiver: Receiver<Event>, id: CompetitionId) -> impl Stream<Item = SeatsChanged> {
    stream::unfold(receiver, move |mut receiver| async move {
        loop {
            match receiver.recv().await {
                Ok(Event::SeatsChanged(seats)) if seats.competition_id == id => {
                    return Some((seats, receiver));
                }
                // Whoever was too slow has missed some; the next tells how things are then.
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    })
}
