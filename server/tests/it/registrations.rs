//! Registering over the API.

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use domain::CompetitionId;
use serde_json::json;

use crate::support::{App, snapshot};

fn register(id: CompetitionId) -> String {
    format!("/api/competitions/{id}/register")
}

#[tokio::test]
async fn a_registration_is_pending_until_the_worker_confirms_it() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).tagged(&["coding"]).create().await;
    snapshot("registered", &app.post(&register(id)).by(&ben).send().await);
    worker::drain(&app.world.ctx).await.unwrap();

    snapshot(
        "my_registrations",
        &app.get("/api/competitions/registrations/my").by(&ben).send().await,
    );
    let roster = app.get(&format!("/api/competitions/{id}/registrations")).by(&ada).send().await;
    snapshot("roster", &roster);
}

#[tokio::test]
async fn registration_errors_have_the_documented_precedence() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let eve = app.world.participant("Eve").await;
    let id = app.world.competition(&ada).seats(1).create().await;
    let nowhere = app.post("/api/competitions/no-uuid/register").by(&ben).send().await;
    assert_eq!(
        (nowhere.status, nowhere.message()),
        (StatusCode::NOT_FOUND, "Competition not found".into())
    );

    assert_eq!(app.post(&register(id)).by(&ben).send().await.status, StatusCode::CREATED);
    snapshot("already_registered", &app.post(&register(id)).by(&ben).send().await);
    snapshot("competition_full", &app.post(&register(id)).by(&eve).send().await);
    app.world.clock.advance(TimeDelta::days(1));
    // A passed deadline wins over every later check, from its very moment on.
    snapshot("registration_closed", &app.post(&register(id)).by(&ben).send().await);
}

#[tokio::test]
async fn only_participants_register() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).create().await;
    assert_eq!(app.post(&register(id)).send().await.status, StatusCode::UNAUTHORIZED);
    let response = app.post(&register(id)).by(&ada).send().await;
    assert_eq!(
        (response.status, response.message()),
        (StatusCode::FORBIDDEN, "Required role: PARTICIPANT".into())
    );
}

#[tokio::test]
async fn the_body_of_a_registration_is_ignored() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).create().await;
    let response = app.post(&register(id)).by(&ben).text("text/plain", "{not json").send().await;
    assert_eq!(response.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_key_replays_its_response_and_is_rejected_for_another_request() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).create().await;
    let other = app.world.competition(&ada).create().await;
    let send = async |id, key: &str| {
        app.post(&register(id)).by(&ben).header("idempotency-key", key).send().await
    };
    let first = send(id, "attempt-1").await;
    let again = send(id, "attempt-1").await;
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    assert_eq!(first.header("idempotency-replayed"), None);
    snapshot("registered_replayed", &again);
    snapshot("idempotency_key_reused", &send(other, "attempt-1").await);

    // An error is replayed, too.
    let refused = send(id, "attempt-2").await;
    let again = send(id, "attempt-2").await;
    assert_eq!((refused.status, &refused.text), (StatusCode::CONFLICT, &again.text));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn an_invalid_key_is_rejected_before_the_registration() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).create().await;
    let send = async |key: &str| {
        app.post(&register(id)).by(&ben).header("idempotency-key", key).send().await
    };
    snapshot("invalid_idempotency_key", &send("two words").await);
    for key in ["", "ä", &"k".repeat(256)] {
        assert_eq!(send(key).await.status, StatusCode::BAD_REQUEST, "{key}");
    }
    let twice = app.post(&register(id)).by(&ben);
    let twice = twice.header("idempotency-key", "a").header("idempotency-key", "b").send().await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    assert!(app.world.roster(&ada, id).await.is_empty());
}

#[tokio::test]
async fn only_the_organizer_and_administrators_see_the_roster() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).create().await;
    let path = format!("/api/competitions/{id}/registrations");
    let others = [app.world.organizer("Ben").await, app.world.participant("Eve").await];
    for other in &others {
        assert_eq!(app.get(&path).by(other).send().await.status, StatusCode::FORBIDDEN);
    }
    snapshot("roster_forbidden", &app.get(&path).by(&others[0]).send().await);
    assert_eq!(app.get(&path).send().await.status, StatusCode::UNAUTHORIZED);
    let admin = app.world.admin("Root").await;
    assert_eq!(app.get(&path).by(&admin).send().await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_roster_is_searched_filtered_and_paged() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).create().await;
    for name in ["Ben", "Eve", "Joe"] {
        let participant = app.world.participant(name).await;
        app.post(&register(id)).by(&participant).send().await;
        app.world.clock.advance(TimeDelta::seconds(1));
    }
    let names = async |query: &str| {
        let path = format!("/api/competitions/{id}/registrations{query}");
        let list = app.get(&path).by(&ada).send().await.json();
        let names =
            list.as_array().unwrap().iter().map(|r| r["user"]["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names("").await, ["Ben", "Eve", "Joe"], "oldest first");
    assert_eq!(names("?search=EVE@").await, ["Eve"]);
    assert_eq!(names("?status=PENDING&limit=2&page=2").await, ["Joe"]);
    assert_eq!(names("?status=CONFIRMED").await, [""; 0]);
    assert_eq!(names("?sort=-name").await, ["Joe", "Eve", "Ben"]);
    let bad =
        app.get(&format!("/api/competitions/{id}/registrations?status=LOST")).by(&ada).send().await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn cancelling_a_registration_is_idempotent() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).create().await;
    let cancel = || app.call(Method::DELETE, &register(id)).by(&ben);
    snapshot("not_registered", &cancel().send().await);
    app.post(&register(id)).by(&ben).send().await;
    let first = cancel().header("idempotency-key", "leave").send().await;
    assert_eq!((first.status, &*first.text), (StatusCode::NO_CONTENT, ""));
    let again = cancel().header("idempotency-key", "leave").send().await;
    assert_eq!(again.status, StatusCode::NO_CONTENT);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(cancel().send().await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        app.call(Method::DELETE, &register(id)).send().await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_roster_downloads_as_csv() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).titled("Zürich \"Open\"").create().await;
    for name in ["Zoë", "=SUM(A1)", "Joe"] {
        let body = json!({
            "name": name, "email": format!("p{}@example.com", name.len()),
            "password": "correct horse", "role": "PARTICIPANT",
        });
        let token = app.post("/api/auth/signup").json(&body).send().await.json()["token"].clone();
        let bearer = format!("Bearer {}", token.as_str().unwrap());
        app.post(&register(id)).header("authorization", &bearer).send().await;
        app.world.clock.advance(TimeDelta::seconds(1));
    }
    let path = format!("/api/competitions/{id}/registrations.csv");
    let file = app.get(&format!("{path}?sort=-name&status=PENDING")).by(&ada).send().await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    let name = "attachment; filename=\"z-rich-open-registrations.csv\"";
    assert_eq!(file.header("content-disposition"), Some(name));
    assert_eq!(file.header("cache-control"), Some("private, no-store"));
    let text = file.text.strip_prefix('\u{feff}').expect("a byte order mark");
    let lines: Vec<_> = text.split_terminator("\r\n").collect();
    assert_eq!(lines[0], r#""Name","Email","Status","Registered at","Registration ID""#);
    let begins = |line: &str, cells: &str| assert!(line.starts_with(cells), "{line}");
    begins(lines[1], r#""Zoë","p4@example.com","PENDING","2026-11-23T12:00:00.000Z","#);
    begins(lines[2], r#""Joe","p3@example.com","PENDING","2026-11-23T12:00:02.000Z","#);
    begins(lines[3], r#""'=SUM(A1)","p8@example.com","PENDING","#);
    assert_eq!(lines.len(), 4);
    let none = app.get(&format!("{path}?search=nobody")).by(&ada).send().await;
    assert_eq!(none.text.lines().count(), 1, "the same filters hold");

    assert_eq!(app.get(&path).send().await.status, StatusCode::UNAUTHORIZED);
    let ben = app.world.organizer("Ben").await;
    assert_eq!(app.get(&path).by(&ben).send().await.status, StatusCode::FORBIDDEN);
    let bad = app.get(&format!("{path}?sort=email&status=LOST")).by(&ada).send().await;
    assert_eq!(bad.json()["errors"].as_array().map(Vec::len), Some(2));
}
