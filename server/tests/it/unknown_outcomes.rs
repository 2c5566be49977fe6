//! Requests that reach their time limit, and their retries.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use domain::RegistrationId;
use serde_json::{Value, json};
use service::{
    jobs::{self, Operator},
    registration,
    testing::PASSWORD,
};
use tokio::time::sleep;

use crate::support::{App, Call, Response, snapshot};

/// Far less than any timeout in the database.
const LIMIT: Duration = Duration::from_millis(300);

async fn app(limit: Duration) -> App {
    App::configured(|options| options.limits.request_time = limit).await
}

/// Retries while the key is in flight.
async fn retry_until_settled(send: impl AsyncFn() -> Response) -> Response {
    for _ in 0..200 {
        let response = send().await;
        if response.status.as_u16() != 503 && response.json()["code"] != "idempotency_in_flight" {
            return response;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("the key stays in flight")
}

#[tokio::test]
async fn a_timed_out_registration_is_resolved_by_a_retry_with_its_key() {
    let app = app(LIMIT).await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).create().await;
    let send = async || {
        let call = app.post(&format!("/api/competitions/{id}/register")).by(&ben);
        call.header("idempotency-key", "attempt-1").send().await
    };
    let hold = app.world.hold_writes().await;
    snapshot("outcome_unknown", &send().await);
    let meanwhile = send().await;
    assert_eq!(meanwhile.status, StatusCode::CONFLICT, "the key is in flight");
    assert_eq!(meanwhile.header("retry-after"), Some("1"));
    hold.release().await;

    let answer = retry_until_settled(send).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.header("idempotency-replayed"), Some("true"));
    assert_eq!(app.world.roster(&ada, id).await.len(), 1);
}

#[tokio::test]
async fn a_retry_without_a_key_names_the_existing_registration() {
    let app = app(LIMIT).await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).create().await;
    let send = async || app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    let hold = app.world.hold_writes().await;
    let unknown = send().await;
    assert_eq!(unknown.json()["code"], "outcome_unknown");
    assert_eq!(unknown.header("retry-after"), Some("1"));
    hold.release().await;

    let answer = retry_until_settled(send).await;
    assert_eq!(
        (answer.status, answer.message()),
        (StatusCode::CONFLICT, "Already registered for this competition".into())
    );
    let named: RegistrationId = answer.json()["registrationId"].as_str().unwrap().parse().unwrap();
    let paging = domain::Paging::first(2);
    let mine = registration::mine(&app.world.ctx, &ben, paging).await.unwrap().items;
    assert_eq!([named], [mine[0].registration.id]);
}

/// A write, and whether it may be committed after its request is dropped.
struct Write<'a> {
    what: &'static str,
    call: Call<'a>,
    outlives_its_request: bool,
}

#[tokio::test]
async fn every_timed_out_write_reports_whether_it_may_have_committed() {
    // Hashing a password takes time before anything is written.
    let app = app(Duration::from_secs(2)).await;
    let world = &app.world;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let [eve, root] = [world.participant("Eve").await, world.admin("Root").await];
    let [open, other] = [(); 2].map(|()| world.competition(&ada));
    let (open, other) = (open.create().await, other.create().await);
    registration::register(&world.ctx, &ben, other, None).await.unwrap().outcome.unwrap();
    worker::drain(&world.ctx).await.unwrap();
    let mail = service::mail::mailbox::list(&world.ctx, &ben, None).await.unwrap()[0].id;
    let job = app.dead_job().await;
    let login = json!({ "email": "eve@example.com", "password": PASSWORD });
    let tokens = app.post("/api/auth/login").json(&login).send().await.json();
    let refresh_token = tokens["refreshToken"].clone();

    let competition = format!("/api/competitions/{open}");
    let new = json!({
        "title": "New", "description": "New.", "capacity": 3, "regDeadline": "2026-12-01T00:00:00Z",
    });
    let sign_up = json!({
        "name": "Joe", "email": "joe@example.com", "password": PASSWORD, "role": "PARTICIPANT",
    });
    let password = json!({ "currentPassword": PASSWORD, "newPassword": "another battery" });
    let write = |what, call, outlives_its_request| Write { what, call, outlives_its_request };
    let admission = true;
    let statement = true;
    let transaction = false;
    let delete = |path: &str| app.call(Method::DELETE, path);
    let writes = [
        write("register", app.post(&format!("{competition}/register")).by(&ben), admission),
        write("cancel", delete(&format!("/api/competitions/{other}/register")).by(&ben), admission),
        write("edit", app.patch(&competition).by(&ada).json(&json!({ "capacity": 9 })), admission),
        write("cancel the competition", delete(&competition).by(&ada), admission),
        write("create", app.post("/api/competitions").by(&ada).json(&new), transaction),
        write("sign up", app.post("/api/auth/signup").json(&sign_up), transaction),
        write("password", app.post("/api/auth/password").by(&eve).json(&password), transaction),
        write(
            "refresh",
            app.post("/api/auth/refresh").json(&json!({ "refreshToken": refresh_token })),
            transaction,
        ),
        write("log in", app.post("/api/auth/login").json(&login), statement),
        write("read", app.patch(&format!("/api/mailbox/{mail}/read")).by(&ben), statement),
        write(
            "retry",
            app.post(&format!("/api/admin/failed-jobs/{job}/retry")).by(&root),
            transaction,
        ),
        write("discard", delete(&format!("/api/admin/failed-jobs/{job}")).by(&root), transaction),
    ];
    for Write { what, call, outlives_its_request } in writes {
        let hold = world.hold_writes().await;
        let response = call.send().await;
        hold.release().await;
        // Writers on SQLite queue, so that the previous write has ended once this one is done.
        world.participant(&format!("After {what}")).await;
        assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{what}");
        assert_eq!(response.header("retry-after"), Some("1"), "{what}");
        assert_eq!(response.header("content-type"), Some("application/problem+json"), "{what}");
        let code = if outlives_its_request { "outcome_unknown" } else { "overloaded" };
        assert_eq!(response.json()["code"], code, "{what}: {}", response.text);
        let says_nothing_changed = response.text.contains("Nothing was changed");
        assert_eq!(says_nothing_changed, !outlives_its_request, "{what}: {}", response.text);
    }

    // Nothing has changed where the response says so.
    sleep(LIMIT).await;
    let mine = app.get("/api/competitions/my-competitions").by(&ada).send().await.json();
    assert_eq!(mine.as_array().map(Vec::len), Some(2), "none was created");
    assert_eq!(app.post("/api/auth/login").json(&login).send().await.status, StatusCode::OK);
    let refreshed = app.post("/api/auth/refresh").json(&json!({ "refreshToken": refresh_token }));
    assert_eq!(refreshed.send().await.status, StatusCode::OK);
    let dead = jobs::dead_letters(&world.ctx, Operator::Admin(&root)).await.unwrap();
    assert_eq!(dead.len(), 1);
}

async fn post_form(app: &App, cookie: &str, accept: &str, body: String) -> Response {
    let form = "application/x-www-form-urlencoded";
    let call = app.post("/fn/register").header("cookie", cookie).header("accept", accept);
    call.header("sec-fetch-site", "same-origin").text(form, body).send().await
}

#[tokio::test]
async fn a_form_with_an_unknown_outcome_is_answered_in_the_format_of_its_client() {
    let app = app(LIMIT).await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).create().await;
    let cookie = app.log_in(&ben).await;
    let body = |key: &str| format!("competition={id}&idempotency_key={key}");
    let hold = app.world.hold_writes().await;
    let page = post_form(&app, &cookie, "text/html", body("form-1")).await;
    let script = post_form(&app, &cookie, "application/json", body("form-2")).await;
    hold.release().await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.text.contains("We do not know whether this was done"), "{}", page.text);
    assert!(page.text.contains("site-head"), "it looks like the site");
    assert_eq!(script.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(script.json()["code"], "outcome_unknown");
    assert_eq!(script.json()["idempotency_key"], Value::Null, "a person has no use for it");

    // Sending the form again, or registering in another tab meanwhile, is no failure.
    for key in ["form-1", "form-3"] {
        let again = settled_form(&app, &cookie, body(key)).await;
        assert_eq!(again.status, StatusCode::OK, "{}", again.text);
    }
    assert_eq!(app.world.roster(&ada, id).await.len(), 1);
}

async fn settled_form(app: &App, cookie: &str, body: String) -> Response {
    for _ in 0..200 {
        let response = post_form(app, cookie, "application/json", body.clone()).await;
        if response.status.is_success() {
            return response;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("it never succeeds")
}
