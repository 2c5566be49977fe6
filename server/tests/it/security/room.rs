//! A room of 400 people behind one address: their first minute is not limited, and password
//! guessing in that room is.

use std::{env, net::IpAddr, sync::Arc};

use axum::http::StatusCode;
use serde_json::json;
use service::testing::PASSWORD;
use tokio::{sync::Semaphore, task::JoinSet};

use super::{FORM, HTML};
use crate::support::{App, Call, Response};

/// The address of the room.
const ROOM: [u8; 4] = [203, 0, 113, 7];
/// The number of concurrent requests.
const CONCURRENCY: usize = 64;
/// The pages that a person opens in the first minute, and the server functions that they call.
const PAGES: [&str; 3] = ["/", "/auth/signup", "/competitions"];
const FUNCTIONS: [&str; 4] = ["viewer", "toasts", "signup", "closing_soon"];

/// The number of people in the room; all 400 with `FAULTS=long`.
fn size() -> usize {
    if env::var("FAULTS").is_ok_and(|scale| scale == "long") { 400 } else { 120 }
}

fn from_room(call: Call<'_>) -> Call<'_> {
    call.from(IpAddr::from(ROOM))
}

fn assert_status(what: &str, response: &Response, expected: u16) {
    let Response { status, text, .. } = response;
    assert_eq!(status.as_u16(), expected, "{what}: {text}");
}

/// The requests of one person within the first minute.
async fn arrive(app: &App, number: usize, competition: &str) {
    for path in PAGES {
        let page = from_room(app.get(path)).header("accept", HTML).send().await;
        assert_status(path, &page, 200);
        for function in FUNCTIONS {
            let path = format!("/fn/{function}");
            assert_status(&path, &from_room(app.post(&path)).text(FORM, "").send().await, 200);
        }
    }
    let email = format!("participant{number}@example.com");
    let account =
        json!({"name": "Participant", "email": email, "password": PASSWORD, "role": "PARTICIPANT"});
    let made = from_room(app.post("/api/auth/signup")).json(&account).send().await;
    assert_status("sign-up", &made, 201);
    // One in twenty mistypes their password twice.
    let mistakes = if number.is_multiple_of(20) { 2 } else { 0 };
    for _ in 0..mistakes {
        let login = json!({"email": email, "password": "mistyped it"});
        let refused = from_room(app.post("/api/auth/login")).json(&login).send().await;
        assert_status("a mistyped password", &refused, 401);
    }
    let login = json!({"email": email, "password": PASSWORD});
    let login = from_room(app.post("/api/auth/login")).json(&login).send().await;
    assert_status("log-in", &login, 200);
    let token = format!("Bearer {}", login.json()["token"].as_str().unwrap());
    let register = from_room(app.post(&format!("/api/competitions/{competition}/register")));
    let registered = register.header("authorization", &token).send().await;
    assert_status("registration", &registered, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_of_400_is_not_limited_and_a_guesser_in_it_is() {
    let app = Arc::new(App::limiting(|_| {}).await);
    let ada = app.world.organizer("Ada").await;
    let seats = i64::try_from(size()).unwrap();
    let competition = app.world.competition(&ada).seats(seats).create().await.to_string();
    let permits = Arc::new(Semaphore::new(CONCURRENCY));
    let mut room = JoinSet::new();
    for number in 0..size() {
        let (app, permits, competition) =
            (Arc::clone(&app), Arc::clone(&permits), competition.clone());
        room.spawn(async move {
            let _permit = permits.acquire().await.unwrap();
            arrive(&app, number, &competition).await;
        });
    }
    while let Some(arrived) = room.join_next().await {
        arrived.unwrap();
    }
    // After ten guesses at an account that was never used from this room, that account is
    // throttled, and others are not.
    let guess = async || {
        let login = json!({"email": "ada@example.com", "password": "a wrong guess"});
        from_room(app.post("/api/auth/login")).json(&login).send().await.status
    };
    for _ in 0..10 {
        assert_eq!(guess().await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(guess().await, StatusCode::TOO_MANY_REQUESTS);
    let login = json!({"email": "participant0@example.com", "password": PASSWORD});
    let login = from_room(app.post("/api/auth/login")).json(&login).send().await;
    assert_status("a participant of the room", &login, 200);
}

#[tokio::test]
async fn reads_do_not_use_up_the_allowance_of_writes() {
    let small_allowance = |options: &mut server::options::ServerOptions| {
        options.traffic.rate_limit_writes = "5/1".parse().unwrap();
    };
    let app = App::limiting(small_allowance).await;
    for _ in 0..50 {
        for function in FUNCTIONS {
            let path = format!("/fn/{function}");
            assert_status(&path, &from_room(app.post(&path)).text(FORM, "").send().await, 200);
        }
    }
    let theme = async || from_room(app.post("/fn/set_theme")).text(FORM, "theme=dark").send().await;
    for _ in 0..5 {
        assert_ne!(theme().await.status, StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(theme().await.status, StatusCode::TOO_MANY_REQUESTS);
}
