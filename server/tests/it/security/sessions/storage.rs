//! The data stored for visitors and users is bounded.

use axum::http::StatusCode;
use chrono::TimeDelta;
use service::{sessions::MAX_BYTES, testing::World};

use super::{PLAIN, encode, pair, post};
use crate::{
    security::{
        HTML,
        routes::routes,
        row::{Row, Sent},
    },
    support::App,
};

/// The most data stored for a visitor, in bytes.
const MAX_VISITOR_BYTES: usize = 4 * 1024;

/// The body of a server function, with every text as long as a request of 250 KB allows.
fn enlarged(row: &Row) -> String {
    const MOST: usize = 250_000;
    let Sent::Form(body) = row.sent else { panic!("{row:?} is sent as a form") };
    let body =
        body.replace("{competition}", "01939a00-0000-7000-8000-000000000000").replace("{n}", "1");
    let is_text = |name: &str| {
        !matches!(name, "competition" | "id" | "version" | "idempotency_key" | "intent")
    };
    let mut pairs: Vec<(&str, &str)> =
        body.split('&').filter_map(|pair| pair.split_once('=')).collect();
    // The fields of a preview, and those of other functions.
    for name in [
        "intent",
        "name",
        "email",
        "role",
        "kind",
        "title",
        "draft[description]",
        "seen[description]",
    ] {
        if pairs.iter().all(|(found, _)| *found != name) {
            pairs.push((name, if name == "intent" { "preview" } else { "" }));
        }
    }
    let texts = pairs.iter().filter(|(name, _)| is_text(name)).count();
    let long = "x".repeat(MOST / texts - 30);
    let pairs = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={}", if is_text(name) { &long } else { value }));
    pairs.collect::<Vec<_>>().join("&")
}

/// The server functions that are sent as a form.
fn forms() -> impl Iterator<Item = &'static Row> {
    routes().filter(|row| row.is_function() && matches!(row.sent, Sent::Form(_)))
}

/// Sends the one with a picture, with the longest text.
async fn post_cover(app: &App, cookie: &str) {
    let part = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let competition = part("competition", "01939a00-0000-7000-8000-000000000000");
    let body = format!("{competition}{}--x--\r\n", part("alt", &"x".repeat(60_000)));
    let call = app.post("/fn/save_cover").header("accept", HTML).header("cookie", cookie);
    let call = call.header("sec-fetch-site", "same-origin");
    let response = call.text("multipart/form-data; boundary=x", body).send().await;
    assert_eq!(response.status, StatusCode::FOUND, "{}", response.text);
}

async fn assert_bounded(world: &World, what: &str, most: usize, max_bytes: usize) {
    let stored = world.stored_sessions().await;
    assert!(stored.len() <= most, "{what}: {} sessions", stored.len());
    for session in stored {
        assert!(session.data.len() <= max_bytes, "{what}: {} bytes", session.data.len());
    }
}

#[tokio::test]
async fn the_data_stored_for_a_visitor_is_bounded() {
    let app = App::new().await;
    let functions: Vec<_> = forms().collect();
    assert!(functions.len() > 30, "{}", functions.len());
    // The forms that a visitor may submit and correct.
    let for_visitors = [
        "/fn/log_in",
        "/fn/sign_up",
        "/fn/request_reset",
        "/fn/reset_password",
        "/fn/verify_email",
        "/fn/unsubscribe",
    ];
    let mut cookie: Option<String> = None;
    for row in &functions {
        let body = enlarged(row);
        assert!(body.len() > 200_000 && body.len() < 256 * 1024, "{row:?}: {}", body.len());
        let before = app.world.stored_sessions().await.len();
        // Without a cookie, repeatedly.
        post(&app, row.route, None, body.clone()).await;
        let new = app.world.stored_sessions().await.len() - before;
        assert!(
            new <= usize::from(for_visitors.contains(&row.route)),
            "{} stores a session",
            row.route
        );
        assert_bounded(&app.world, row.route, for_visitors.len() + 1, MAX_VISITOR_BYTES).await;
        // In one session.
        let response = post(&app, row.route, cookie.as_deref(), body).await;
        if let Some(set) = response.header("set-cookie").filter(|set| set.starts_with(PLAIN)) {
            cookie = set.split(';').next().map(str::to_owned);
        }
        assert_bounded(&app.world, row.route, for_visitors.len() + 2, MAX_VISITOR_BYTES).await;
    }
    let cookie = pair(&post(&app, "/fn/log_in", None, "email=x".into()).await);
    for _ in 0..60 {
        for path in for_visitors {
            let body = format!("email={0}&name={0}&role={0}", "x".repeat(900));
            post(&app, path, Some(&cookie), body).await;
        }
    }
    assert_bounded(&app.world, "sixty times", for_visitors.len() + 3, MAX_VISITOR_BYTES).await;
    app.world.clock.advance(TimeDelta::minutes(30));
    for _ in 0..2 {
        post(&app, "/fn/log_in", None, "email=x".into()).await;
    }
    assert_eq!(app.world.stored_sessions().await.len(), 2, "after half an hour");
}

#[tokio::test]
async fn the_data_stored_for_a_user_is_bounded_and_fits_the_longest_form() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let own = app.log_in(&ada).await;
    for _ in 0..5 {
        for row in forms() {
            if !matches!(
                row.route,
                "/fn/log_out" | "/fn/log_out_others" | "/fn/sign_up" | "/fn/delete_account"
            ) {
                post(&app, row.route, Some(&own), enlarged(row)).await;
            }
        }
        post_cover(&app, &own).await;
        assert_bounded(&app.world, "a user", 1, MAX_BYTES).await;
    }
    // The longest description is shown again unchanged.
    let description = "\u{e9}".repeat(10_000);
    let draft = format!(
        "draft[title]=Chess&draft[capacity]=none&idempotency_key=k&draft[description]={}",
        encode(&description)
    );
    let refused = post(&app, "/fn/create_competition", Some(&own), draft).await;
    assert_eq!(refused.header("location"), Some("/competitions/create"));
    let page = app.get("/competitions/create").header("cookie", &own).send().await;
    assert!(page.text.contains(&description), "the text is shown again");
}
