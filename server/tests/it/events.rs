//! The event stream of a competition, and polling.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Request, Response, StatusCode},
};
use domain::CompetitionId;
use http_body_util::BodyExt;
use serde_json::json;
use server::StreamLimits;
use tokio::time::timeout;
use tower::ServiceExt;

use crate::support::App;

/// Far longer than anything here takes.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The next event as text.
async fn next(body: &mut Body) -> String {
    let frame = body.frame().await.expect("an event").expect("a body");
    String::from_utf8(frame.into_data().expect("data").to_vec()).unwrap()
}

async fn watch(app: &App, id: CompetitionId) -> Response<Body> {
    let request =
        Request::get(format!("/api/competitions/{id}/events")).header("host", "localhost");
    // Browsers accept compressed responses.
    let request = request.header("accept-encoding", "gzip, br").body(Body::empty());
    app.router.clone().oneshot(request.unwrap()).await.unwrap()
}

async fn competition(app: &App) -> CompetitionId {
    let ada = app.world.organizer("Ada").await;
    app.world.competition(&ada).seats(3).create().await
}

#[tokio::test]
async fn a_stream_sends_the_seats_at_once_after_each_change_and_at_cancellation() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).seats(3).create().await;
    let response = watch(&app, id).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    let event = |left: u32, cancelled: bool, sequence: u32| {
        format!(
            "data: {{\"competitionId\":\"{id}\",\"capacity\":3,\"seatsLeft\":{left},\
             \"waitlisted\":0,\"waitlistDepartures\":0,\"cancelled\":{cancelled},\
             \"sequence\":{sequence}}}\n"
        )
    };
    let first = next(&mut body).await;
    assert!(first.contains("event: seats\n"), "{first}");
    assert!(first.contains("id: 1\n"), "{first}");
    assert!(first.contains("retry: "), "{first}");
    assert!(first.contains(&event(3, false, 1)), "{first}");
    app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    let second = next(&mut body).await;
    assert!(second.contains(&event(2, false, 2)), "{second}");
    // An edit that changes nothing sends no event; the next one is the cancellation.
    app.patch(&format!("/api/competitions/{id}"))
        .by(&ada)
        .json(&json!({ "capacity": 3 }))
        .send()
        .await;
    app.call(Method::DELETE, &format!("/api/competitions/{id}")).by(&ada).send().await;
    let third = next(&mut body).await;
    assert!(third.contains(&event(2, true, 3)), "{third}");
    app.stop.cancel();
    assert!(body.frame().await.is_none(), "the stream did not end with the server");
}

#[tokio::test]
async fn a_stream_turns_off_buffering_in_proxies() {
    let app = App::new().await;
    let response = watch(&app, competition(&app).await).await;
    let headers = response.headers();
    assert_eq!(headers["x-accel-buffering"], "no");
    assert_eq!(headers["cache-control"], "no-cache, no-transform");
    assert!(!headers.contains_key("content-encoding"), "compression would buffer events");
}

#[tokio::test]
async fn a_stream_ends_after_its_lifetime_and_returns_its_permit() {
    let lifetime = Duration::from_millis(200);
    let streams = StreamLimits { total: 1, lifetime, ..StreamLimits::default() };
    let app = App::configured(|options| options.streams = streams).await;
    let id = competition(&app).await;
    let mut body = watch(&app, id).await.into_body();
    let until_end = async { while body.frame().await.is_some() {} };
    timeout(TIMEOUT, until_end).await.expect("an end");
    drop(body);
    assert_eq!(watch(&app, id).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_total_of_streams_is_limited_and_a_closed_one_frees_a_permit() {
    let streams = StreamLimits { total: 2, ..StreamLimits::default() };
    let app = App::configured(|options| options.streams = streams).await;
    let id = competition(&app).await;
    let first = watch(&app, id).await;
    let _second = watch(&app, id).await;
    let refused = watch(&app, id).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "30");
    // A page without a stream polls.
    let polled = app.get(&format!("/api/competitions/{id}/seats")).send().await;
    assert_eq!(polled.status, StatusCode::OK);
    drop(first);
    assert_eq!(watch(&app, id).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn streams_are_limited_by_address() {
    let streams = StreamLimits { per_address: 2, ..StreamLimits::default() };
    let app = App::limiting(|options| options.streams = streams).await;
    let id = competition(&app).await;
    let _open = [watch(&app, id).await, watch(&app, id).await];
    let refused = watch(&app, id).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()["retry-after"], "30");
    let events = format!("/api/competitions/{id}/events");
    let other = Request::get(events).header("host", "localhost");
    let peer = axum::extract::ConnectInfo(std::net::SocketAddr::from(([192, 0, 2, 7], 50_000)));
    let other = other.extension(peer).body(Body::empty()).unwrap();
    let other = app.router.clone().oneshot(other).await.unwrap();
    assert_eq!(other.status(), StatusCode::OK, "another address");
}

#[tokio::test]
async fn a_poll_returns_the_same_json_as_an_event() {
    let app = App::new().await;
    let id = competition(&app).await;
    let event = next(&mut watch(&app, id).await.into_body()).await;
    let polled = app.get(&format!("/api/competitions/{id}/seats")).send().await;
    assert!(event.contains(&format!("data: {}\n", polled.text)), "{event} {}", polled.text);
}

#[tokio::test]
async fn events_and_seats_of_an_unknown_competition_are_404() {
    let app = App::new().await;
    for path in ["events", "seats"] {
        for id in ["none", "01939a00-0000-7000-8000-000000000000"] {
            let response = app.get(&format!("/api/competitions/{id}/{path}")).send().await;
            assert_eq!(response.status, StatusCode::NOT_FOUND, "{id} {path}");
        }
    }
}
