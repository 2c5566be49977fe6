//! A room of 400 behind one address, in its first minute: nobody there is refused, and who guesses
//! passwords is.

use std::{env, net::IpAddr, sync::Arc};

use axum::http::StatusCode;
use serde_json::json;
use service::testing::PASSWORD;
use tokio::{sync::Semaphore, task::JoinSet};

use super::{FORM, HTML};
use crate::support::{App, Call, Response};

/// Everybody in the room, and whoever guesses there.
const ROOM: [u8; 4] = [203, 0, 113, 7];
/// Requests under way at the same time: a room does not wait for one another.
const AT_ONCE: usize = 64;
/// The pages that somebody looks at in the first minute, and the server functions that are called
/// for them.
const PAGES: [&str; 3] = ["/", "/auth/signup", "/competitions"];
const FUNCTIONS: [&str; 4] = ["viewer", "toasts", "signup", "closing_soon"];

/// How many are in the room: `FAULTS=long` fills it.
fn size() -> usize {
    if env::var("FAULTS").is_ok_and(|scale| scale == "long") { 400 } else { 120 }
}

fn from_room(call: Call<'_>) -> Call<'_> {
    call.from(IpAddr::from(ROOM))
}

fn assert_welcome(what: &str, response: &Response, expected: u16) {
    let Response { status, text, .. } = response;
    assert_eq!(status.as_u16(), expected, "{what}: {text}");
}

/// What one of the room does within the first minute.
async fn arrive(app: &App, number: usize, competition: &str) {
    for path in PAGES {
        let page = from_room(app.get(path)).header("accept", HTML).send().await;
        assert_welcome(path, &page, 200);
        for function in FUNCTIONS {
            let path = format!("/fn/{function}");
            assert_welcome(&path, &from_room(app.post(&path)).text(FORM, "").send().await, 200);
        }
    }
    let email = format!("guest{number}@example.com");
    let account =
        json!({"name": "Guest", "email": email, "password": PASSWORD, "role": "PARTICIPANT"});
    let made = from_room(app.post("/api/auth/signup")).json(&account).send().await;
    assert_welcome("sign-up", &made, 201);
    // One in twenty mistypes their password twice.
    let mistakes = if number.is_multiple_of(20) { 2 } else { 0 };
    for _ in 0..mistakes {
        let login = json!({"email": email, "password": "mistyped it"});
        let refused = from_room(app.post("/api/auth/login")).json(&login).send().await;
        assert_welcome("a mistyped password", &refused, 401);
    }
    let login = json!({"email": email, "password": PASSWORD});
    let login = from_room(app.post("/api/auth/login")).json(&login).send().await;
    assert_welcome("log-in", &login, 200);
    let token = format!("Bearer {}", login.json()["token"].as_str().unwrap());
    let register = from_room(app.post(&format!("/api/competitions/{competition}/register")));
    let registered = register.header("authorization", &token).send().await;
    assert_welcome("registration", &registered, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_in_a_room_of_400_is_refused_and_who_guesses_there_is() {
    let app = Arc::new(App::limiting(|_| {}).await);
    let ada = app.world.organizer("Ada").await;
    let seats = i64::try_from(size()).unwrap();
    let competition = app.world.competition(&ada).seats(seats).create().await.to_string();
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut room = JoinSet::new();
    for number in 0..size() {
        let (app, turns, competition) = (Arc::clone(&app), Arc::clone(&turns), competition.clone());
        room.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            arrive(&app, number, &competition).await;
        });
    }
    while let Some(arrived) = room.join_next().await {
        arrived.unwrap();
    }
    // Somebody in the room guesses the password of an account that is not known there: after ten
    // guesses it waits, and the others do not.
    let guess = async || {
        let login = json!({"email": "ada@example.com", "password": "a guess of mine"});
        from_room(app.post("/api/auth/login")).json(&login).send().await.status
    };
    for _ in 0..10 {
        assert_eq!(guess().await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(guess().await, StatusCode::TOO_MANY_REQUESTS);
    let login = json!({"email": "guest0@example.com", "password": PASSWORD});
    let login = from_room(app.post("/api/auth/login")).json(&login).send().await;
    assert_welcome("a guest of the room", &login, 200);
}

#[tokio::test]
async fn looking_at_pages_does_not_use_up_what_may_be_changed() {
    let few = |options: &mut server::cli::ServerOptions| {
        options.traffic.rate_limit_writes = "5/1".parse().unwrap();
    };
    let app = App::limiting(few).await;
    for _ in 0..50 {
        for function in FUNCTIONS {
            let path = format!("/fn/{function}");
            assert_welcome(&path, &from_room(app.post(&path)).text(FORM, "").send().await, 200);
        }
    }
    let theme = async || from_room(app.post("/fn/set_theme")).text(FORM, "theme=dark").send().await;
    for _ in 0..5 {
        assert_ne!(theme().await.status, StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(theme().await.status, StatusCode::TOO_MANY_REQUESTS);
}
