//! A room of 400 behind one address, in its first minute, while Redis stops.
//!
//! Guards: the rate limits by address, which are far above the requests of a room; the limits of
//! event streams and connections by address; the throttle of wrong passwords, which counts by
//! account.

use std::{sync::Arc, time::Duration};

use domain::CompetitionId;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use service::testing::PASSWORD;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::support::{Ledger, Outcome, Server, Site, check, scale};

/// Participants whose requests are under way at the same time.
const AT_ONCE: usize = 64;
const TIME_LIMIT: Duration = Duration::from_secs(30);
const REDIS_IS_GONE: &str = "Redis does not answer";

/// One participant's browser.
struct Participant<'a> {
    client: Client,
    server: &'a str,
    email: String,
}

impl Participant<'_> {
    async fn get(&self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.server));
        request.send().await.expect("an answer")
    }

    async fn post(&self, path: &str, token: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.server)).json(body);
        let answer = request.bearer_auth(token).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    /// Signs up, sometimes mistypes the password, logs in and registers. Returns the
    /// registration, and the event stream, which stays open.
    async fn arrive(&self, number: usize, competition: CompetitionId) -> (Value, Response) {
        let page = format!("/api/competitions/{competition}");
        assert_eq!(self.get("/api/competitions").await.status(), 200);
        assert_eq!(self.get(&page).await.status(), 200);
        let events = self.get(&format!("{page}/events")).await;
        assert_eq!(events.status(), 200, "an event stream");
        let account = json!({
            "name": "Participant", "email": self.email, "password": PASSWORD, "role": "PARTICIPANT",
        });
        let (status, body) = self.post("/api/auth/signup", "", &account).await;
        assert_eq!(status, 201, "sign-up: {body}");
        if number.is_multiple_of(20) {
            assert_eq!(self.log_in("mistyped it").await.0, 401);
        }
        let (status, body) = self.log_in(PASSWORD).await;
        assert_eq!(status, 200, "log-in: {body}");
        let token = body["token"].as_str().expect("a token");
        let (status, body) = self.post(&format!("{page}/register"), token, &json!({})).await;
        assert_eq!(status, 201, "registration: {body}");
        (body, events)
    }

    async fn log_in(&self, password: &str) -> (u16, Value) {
        let login = json!({"email": self.email, "password": password});
        self.post("/api/auth/login", "", &login).await
    }
}

fn participant(server: &str, email: String) -> Participant<'_> {
    let client = Client::builder().timeout(TIME_LIMIT).no_proxy().build().expect("a client");
    Participant { client, server, email }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_of_400_registers_from_one_address_while_redis_stops() {
    let size = scale(100, 400);
    let mut site = Site::open().await;
    let variables = site.variables().with("RATE_LIMITS", "on");
    let server = Server::start(&variables).await;
    let competition = site.competition(size).await;
    let (url, turns) = (Arc::<str>::from(server.url()), Arc::new(Semaphore::new(AT_ONCE)));
    let mut room = JoinSet::new();
    for number in 0..size {
        let (url, turns) = (Arc::clone(&url), Arc::clone(&turns));
        room.spawn(async move {
            let _turn = turns.acquire().await.expect("a turn");
            let participant = participant(&url, format!("participant{number}@example.com"));
            participant.arrive(number, competition).await
        });
    }
    let mut ledger = Ledger::new(competition, size);
    let mut streams = Vec::new();
    while let Some(arrived) = room.join_next().await {
        let (registration, stream) = arrived.expect("a participant");
        streams.push(stream);
        let id = |name: &str| registration[name].as_str().expect("an id").to_owned();
        let user = id("userId").parse().expect("an id");
        ledger.outcomes.insert(user, Outcome::Registered(id("id").parse().expect("an id")));
        if streams.len() == size / 2 {
            site.redis.stop();
        }
    }
    assert!(server.process.log_lines_with(REDIS_IS_GONE) > 0, "the server did not notice it");
    assert_eq!(ledger.registered(), size);
    // A stranger in the room guesses a password: that account is throttled, the others are not.
    let stranger = participant(&url, "organizer@example.com".to_owned());
    for _ in 0..10 {
        assert_eq!(stranger.log_in("a guess").await.0, 401);
    }
    assert_eq!(stranger.log_in("a guess").await.0, 429);
    assert_eq!(
        participant(&url, "participant0@example.com".to_owned()).log_in(PASSWORD).await.0,
        200
    );
    drop(streams);
    assert_eq!(check(&site, &[ledger]).await, 0);
}
