//! Watching a competition.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use crate::support::App;

/// The next event, as it goes over the wire.
async fn next(body: &mut Body) -> String {
    let frame = body.frame().await.expect("an event").expect("a body");
    String::from_utf8(frame.into_data().expect("data").to_vec()).unwrap()
}

#[tokio::test]
async fn seats_are_told_at_once_and_then_as_they_change_and_that_it_was_cancelled() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).seats(3).create().await;
    let request =
        Request::get(format!("/api/competitions/{id}/events")).header("host", "localhost");
    let request = request.body(Body::empty());
    let response = app.router.clone().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    let told = |left: u32, cancelled: bool| {
        format!(
            "event: seats\ndata: {{\"competitionId\":\"{id}\",\"capacity\":3,\"seatsLeft\":{left},\"cancelled\":{cancelled}}}\n\n"
        )
    };
    assert_eq!(next(&mut body).await, told(3, false));
    app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    assert_eq!(next(&mut body).await, told(2, false));
    // An edit that changes nothing is no news; what is told next is the seat that comes after it.
    app.patch(&format!("/api/competitions/{id}"))
        .by(&ada)
        .json(&json!({ "capacity": 3 }))
        .send()
        .await;
    app.call(Method::DELETE, &format!("/api/competitions/{id}")).by(&ada).send().await;
    assert_eq!(next(&mut body).await, told(2, true));
    app.stop.cancel();
    assert!(body.frame().await.is_none(), "a server that stops ends it");
}

#[tokio::test]
async fn there_is_nothing_to_watch_where_there_is_no_competition() {
    let app = App::new().await;
    let response = app.get("/api/competitions/none/events").send().await;
    assert_eq!(response.status, StatusCode::NOT_FOUND);
}
