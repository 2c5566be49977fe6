//! The size of every response is bounded, however much data there is.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Map, Value, json};
use service::{Actor, cron, housekeeping::CleanUp, jobs};

use super::{FORM, HTML, routes::routes, row::Sent};
use crate::support::{App, Response};

/// The largest response: 100 competitions, each with a description of 10,000 characters of
/// four bytes.
const MAX_RESPONSE: usize = 5 * 1024 * 1024;
/// The largest error response.
const MAX_ERROR: usize = 64 * 1024;
/// More items than fit into one response.
const MANY: usize = 160;

/// Creates competitions with the longest texts, and registers a participant for all of them.
async fn fill(app: &App) -> (Actor, Actor, String) {
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let mut last = String::new();
    let tags: Vec<_> = (0..10).map(|number| format!("{number}{}", "𝄞".repeat(39))).collect();
    for _ in 0..MANY {
        let competition = json!({
            "title": "𝄞".repeat(200), "description": "𝄞".repeat(10_000), "tags": tags,
            "capacity": 5,
            "regDeadline": "2026-11-30T12:00:00Z",
        });
        let made = app.post("/api/competitions").by(&ada).json(&competition).send().await;
        last = made.json()["id"].as_str().expect("a competition").to_owned();
        let register = app.post(&format!("/api/competitions/{last}/register")).by(&ben);
        assert_eq!(register.send().await.status.as_u16(), 201);
    }
    worker::drain(&app.world.ctx).await.unwrap();
    (ada, ben, last)
}

/// The most messages and dead letters that the API lists.
const NEWEST: usize = 500;

/// More messages and dead letters than the API lists.
async fn fill_lists_without_pages(app: &App, reader: &Actor) {
    let world = &app.world;
    world.fill_mailbox(reader, NEWEST + 1, &"𝄞".repeat(1_000)).await;
    let ctx = &world.ctx;
    for number in 0..=NEWEST {
        let name = format!("clean_up {number}");
        cron::fire(ctx, &name, ctx.now(), CleanUp {}).await.unwrap();
    }
    let error = "x".repeat(10_000);
    loop {
        let claims = jobs::claim(ctx, 1_000).await.unwrap();
        if claims.is_empty() {
            break;
        }
        for claim in &claims {
            jobs::fail(ctx, claim, &error).await.unwrap();
        }
        world.clock.advance(TimeDelta::seconds(5));
    }
}

fn assert_bounded(what: &str, response: &Response, bound: usize) {
    assert!(!response.status.is_server_error(), "{what}: {}", response.status);
    assert!(response.text.len() <= bound, "{what} is {} bytes", response.text.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_size_of_every_response_is_bounded() {
    let app = App::new().await;
    let (ada, ben, id) = fill(&app).await;
    let admin = app.world.admin("Eve").await;
    fill_lists_without_pages(&app, &ben).await;
    for (path, actor) in [("/api/mailbox/my", &ben), ("/api/admin/failed-jobs", &admin)] {
        let listed = app.get(path).by(actor).send().await;
        assert_eq!(listed.json().as_array().unwrap().len(), NEWEST, "{path}");
    }
    let fill = |text: &str| {
        text.replace("{id}", &id)
            .replace("{competition}", &id)
            .replace("{webhook}", &id)
            .replace("{n}", "1")
    };
    let last = ["/fn/delete_account", "/fn/log_out", "/fn/change_password"];
    let rows = routes().filter(|row| {
        (row.method == Method::GET || row.is_function())
            && !row.route.ends_with("/events")
            && !row.route.starts_with("/api/docs")
            // Streamed: the server has a bounded part of it in memory.
            && row.route != "/api/auth/me/data"
            && !last.contains(&row.route)
    });
    let mut largest = (0, String::new());
    for (actor, cookie) in [
        (&ada, app.log_in(&ada).await),
        (&ben, app.log_in(&ben).await),
        (&admin, app.log_in(&admin).await),
    ] {
        for row in rows.clone() {
            let path = fill(row.route);
            let call = app.call(row.method.clone(), &path).header("sec-fetch-site", "same-origin");
            let call = if row.is_api() {
                call.by(actor)
            } else {
                let accept = if row.is_function() { "application/json" } else { HTML };
                call.header("cookie", &cookie).header("accept", accept)
            };
            let call = match row.sent {
                Sent::Form(body) => call.text(FORM, fill(body)),
                _ => call,
            };
            let response = call.send().await;
            assert_bounded(&path, &response, MAX_RESPONSE);
            largest = largest.max((response.text.len(), path));
        }
    }
    assert!(largest.0 > 1024 * 1024, "no response was large: {largest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_lists_are_paged_by_a_hundred() {
    let app = App::new().await;
    let (ada, ben, _) = fill(&app).await;
    for (path, actor) in
        [("/api/competitions/registrations/my", &ben), ("/api/competitions/my-competitions", &ada)]
    {
        let first = app.get(path).by(actor).send().await;
        assert_eq!(first.json().as_array().unwrap().len(), 100, "{path}");
        assert_eq!(first.header("x-total-count"), Some(&*MANY.to_string()), "{path}");
        assert!(first.header("link").unwrap().contains("page=2>; rel=\"next\""), "{path}");
        let second = app.get(&format!("{path}?page=2")).by(actor).send().await;
        assert_eq!(second.json().as_array().unwrap().len(), MANY - 100, "{path}");
        let most = app.get(&format!("{path}?limit=1000")).by(actor).send().await;
        assert_eq!(most.json().as_array().unwrap().len(), 100, "{path}");
        let wrong = app.get(&format!("{path}?page=0")).by(actor).send().await;
        assert_eq!(wrong.status.as_u16(), 400, "{path}");
    }
}

#[tokio::test]
async fn input_is_not_amplified_in_error_responses() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let many: Map<String, Value> =
        (0..15_000).map(|number| (format!("f{number}"), Value::Null)).collect();
    let long = json!({"x".repeat(250_000): 1});
    let text = json!("x".repeat(250_000));
    for body in [Value::Object(many), long, text] {
        for path in ["/api/auth/login", "/api/auth/signup", "/api/competitions"] {
            let response = app.post(path).by(&ada).json(&body).send().await;
            assert_eq!(response.status.as_u16(), 400, "{path}");
            assert_bounded(path, &response, MAX_ERROR);
        }
    }
    let query = format!("/api/competitions?limit={}", "x".repeat(8_000));
    assert_bounded("a query", &app.get(&query).send().await, MAX_ERROR);
    for row in routes().filter(|row| row.is_function()) {
        let body = format!("{}={}", "y".repeat(100_000), "z".repeat(100_000));
        let call = app.post(row.route).header("sec-fetch-site", "same-origin");
        let response = call.text(FORM, body).send().await;
        assert_bounded(row.route, &response, MAX_ERROR);
    }
}
