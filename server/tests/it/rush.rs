//! Concurrent registrations over HTTP.

use std::collections::HashMap;

use domain::CompetitionId;
use reqwest::{Client, StatusCode};
use service::testing::World;
use tokio::{net::TcpListener, task::JoinSet};

use crate::support::App;

const PARTICIPANTS: usize = 200;
const SEATS: i64 = 100;

/// Serves the app on a local port. Returns its URL.
async fn listen(app: &App) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = app.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// The number of responses by status and message.
type Tally = HashMap<(StatusCode, String), usize>;

async fn send_all(requests: Vec<reqwest::RequestBuilder>) -> Tally {
    let mut tasks: JoinSet<_> = requests
        .into_iter()
        .map(async |request| {
            let response = request.send().await.expect("an answer");
            let status = response.status();
            let body: serde_json::Value = response.json().await.expect("JSON");
            (status, body["message"].as_str().unwrap_or_default().to_owned())
        })
        .collect();
    let mut tally = Tally::new();
    while let Some(answer) = tasks.join_next().await {
        *tally.entry(answer.expect("no panic")).or_default() += 1;
    }
    tally
}

async fn seats_taken(world: &World, id: CompetitionId) -> u32 {
    service::competitions::get(&world.ctx, id).await.unwrap().count.registrations
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_concurrent_registrations_take_exactly_a_hundred_seats() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).seats(SEATS).create().await;
    let (url, client) = (listen(&app).await, Client::new());
    let mut requests = Vec::new();
    for number in 0..PARTICIPANTS {
        let participant = app.world.participant(&format!("P{number}")).await;
        let request = client.post(format!("{url}/api/competitions/{id}/register"));
        requests.push(request.bearer_auth(app.token(&participant)));
    }

    let tally = send_all(requests).await;
    let expected = HashMap::from([
        ((StatusCode::CREATED, String::new()), 100),
        ((StatusCode::BAD_REQUEST, "Competition is full".to_owned()), 100),
    ]);
    assert_eq!(tally, expected);
    assert_eq!(seats_taken(&app.world, id).await, 100);
    worker::drain(&app.world.ctx).await.unwrap();
    assert_eq!(app.world.roster(&ada, id).await.len(), 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_concurrent_requests_with_one_key_register_once() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).create().await;
    let (url, client) = (listen(&app).await, Client::new());
    let request = || {
        let request = client.post(format!("{url}/api/competitions/{id}/register"));
        request.bearer_auth(app.token(&ben)).header("Idempotency-Key", "one-click")
    };
    let tally = send_all((0..50).map(|_| request()).collect()).await;
    let answered = (StatusCode::CREATED, String::new());
    let in_flight =
        "A request with this Idempotency-Key is being worked on. Try again in a second.";
    let in_flight = (StatusCode::CONFLICT, in_flight.to_owned());
    assert!(tally.contains_key(&answered), "{tally:?}");
    assert!(tally.keys().all(|answer| [&answered, &in_flight].contains(&answer)), "{tally:?}");
    assert_eq!(seats_taken(&app.world, id).await, 1);
    assert_eq!(send_all(vec![request()]).await.keys().next().unwrap().0, StatusCode::CREATED);
}
