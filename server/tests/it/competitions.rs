//! `/api/competitions`.

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{App, snapshot};

fn code_sprint() -> Value {
    json!({
        "title": "Code Sprint", "description": "Twenty-four hours of code.",
        "tags": ["Coding", "team"],
        "capacity": "50", "regDeadline": "2026-11-30T12:00:00+01:00",
        "startDate": "2026-12-07T09:00:00Z",
    })
}

#[tokio::test]
async fn an_organizer_creates_a_competition_that_is_public() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let created = app.post("/api/competitions").by(&ada).json(&code_sprint()).send().await;
    snapshot("competition_created", &created);

    let path = format!("/api/competitions/{}", created.json()["id"].as_str().unwrap());
    snapshot("competition", &app.get(&path).send().await);
    snapshot("competitions", &app.get("/api/competitions").send().await);
    snapshot(
        "my_competitions",
        &app.get("/api/competitions/my-competitions").by(&ada).send().await,
    );
}

#[tokio::test]
async fn a_key_creates_once_and_replays_its_response() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let create = async || {
        let call = app.post("/api/competitions").by(&ada).json(&code_sprint());
        call.header("idempotency-key", "one-click").send().await
    };
    let (first, again) = (create().await, create().await);
    assert_eq!((first.status, &first.text), (StatusCode::CREATED, &again.text));
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn only_organizers_create() {
    let app = App::new().await;
    let ben = app.world.participant("Ben").await;
    let anonymous = app.post("/api/competitions").json(&code_sprint()).send().await;
    assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED);
    snapshot(
        "required_role",
        &app.post("/api/competitions").by(&ben).json(&json!([])).send().await,
    );
    let mine = app.get("/api/competitions/my-competitions").by(&ben).send().await;
    assert_eq!(mine.message(), "Required role: ORGANIZER");
}

#[tokio::test]
async fn a_competition_reports_every_fault_by_field() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let body = json!({
        "title": " ", "tags": "coding", "capacity": 0, "regDeadline": "2026-02-31T00:00:00Z",
        "startDate": 7, "organizerId": "x",
    });
    snapshot(
        "competition_invalid",
        &app.post("/api/competitions").by(&ada).json(&body).send().await,
    );
}

#[tokio::test]
async fn dates_must_be_in_order() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let create = async |field: &str, time: &str| {
        let mut body = code_sprint();
        body[field] = time.into();
        app.post("/api/competitions").by(&ada).json(&body).send().await
    };
    snapshot("deadline_not_in_future", &create("regDeadline", "2026-11-23T12:00:00Z").await);
    // Equal is refused: 12:00 at +01:00 is 11:00 UTC.
    snapshot("start_not_after_deadline", &create("startDate", "2026-11-30T11:00:00Z").await);
}

#[tokio::test]
async fn registration_closes_at_the_start_if_the_request_allows_it() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let mut body = code_sprint();
    body["startDate"] = "2026-11-30T11:00:00Z".into();
    body["deadlineMayEqualStart"] = true.into();
    let created = app.post("/api/competitions").by(&ada).json(&body).send().await;
    assert_eq!(created.status, StatusCode::CREATED);
    assert_eq!(created.json()["regDeadline"], created.json()["startDate"]);

    // Both move together.
    let url = format!("/api/competitions/{}", created.json()["id"].as_str().unwrap());
    let noon = "2026-12-01T12:00:00Z";
    let later = json!({ "regDeadline": noon, "startDate": noon });
    let edited = app.patch(&url).by(&ada).json(&later).send().await;
    assert_eq!(edited.status, StatusCode::OK);
    assert_eq!(edited.json()["startDate"], "2026-12-01T12:00:00.000Z");

    // The key of a refused request is not one for the request that allows it.
    let other = app.world.competition(&ada).create().await;
    let url = format!("/api/competitions/{other}");
    let edit = async |body: Value| {
        app.patch(&url).by(&ada).header("idempotency-key", "k").json(&body).send().await.json()
    };
    let mut equal = json!({ "regDeadline": noon, "startDate": noon });
    assert_eq!(edit(equal.clone()).await["code"], "start_not_after_deadline");
    equal["deadlineMayEqualStart"] = true.into();
    assert_eq!(edit(equal).await["code"], "idempotency_key_reused");
}

#[tokio::test]
async fn an_unreadable_request_is_rejected_with_a_reason() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let send = async |content_type, body: String| {
        app.post("/api/competitions").by(&ada).text(content_type, body).send().await
    };
    snapshot("malformed_json", &send("application/json", "{\"title\": ".into()).await);
    snapshot("not_an_object", &send("application/json", "[1]".into()).await);
    snapshot("wrong_content_type", &send("text/plain", "{}".into()).await);
    snapshot("too_large", &send("application/json", " ".repeat(256 * 1024 + 1)).await);
    let deep = "[".repeat(100_000);
    assert_eq!(send("application/json", deep).await.status, StatusCode::BAD_REQUEST);
    let nul = code_sprint().to_string().replace("Sprint", "\\u0000");
    assert_eq!(
        send("application/json", nul).await.message(),
        json!(["Title must not contain control characters"])
    );
    let not_utf8 = axum::body::Body::from(vec![b'"', 0xff, b'"']);
    let response =
        app.post("/api/competitions").by(&ada).text("application/json", not_utf8).send().await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn unknown_routes_and_ids_are_404_as_json() {
    let app = App::new().await;
    snapshot("competition_not_found", &app.get("/api/competitions/no-uuid").send().await);
    let unknown = "/api/competitions/01939c2e-7b5a-7000-8000-000000000001";
    assert_eq!(app.get(unknown).send().await.message(), "Competition not found");
    assert_eq!(app.get("/api/competitions/%FF").send().await.status, StatusCode::NOT_FOUND);
    snapshot("route_not_found", &app.get("/api/nothing/here").send().await);
    for path in ["/api", "/api/"] {
        assert_eq!(app.get(path).send().await.json()["code"], "route_not_found", "{path}");
    }
    snapshot("method_not_allowed", &app.patch("/api/competitions").send().await);
}

#[tokio::test]
async fn the_list_is_searched_filtered_sorted_and_paged() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.organizer("Ben").await);
    let world = &app.world;
    world
        .competition(&ada)
        .titled("Übung")
        .tagged(&["Rust"])
        .closing_in(TimeDelta::days(3))
        .create()
        .await;
    world.competition(&ada).titled("100% Rust").tagged(&["rust", "web"]).create().await;
    world.competition(&ben).titled("Chess").closing_in(TimeDelta::hours(1)).create().await;
    let titles = async |query: &str| {
        let response = app.get(&format!("/api/competitions{query}")).send().await;
        let list = response.json();
        let titles =
            list.as_array().unwrap().iter().map(|c| c["title"].as_str().unwrap().to_owned());
        titles.collect::<Vec<_>>()
    };
    assert_eq!(titles("").await, ["Chess", "100% Rust", "Übung"]);
    assert_eq!(titles("?search=%C3%BCBUNG").await, ["Übung"]);
    assert_eq!(titles("?search=100%25").await, ["100% Rust"]);
    assert_eq!(titles("?search=hours").await.len(), 3, "descriptions are searched");
    assert_eq!(titles("?search=_").await, [""; 0]);
    assert_eq!(titles("?tags=RUST").await, ["100% Rust", "Übung"]);
    assert_eq!(titles("?tags=web,none&search=&page=").await, ["100% Rust"]);
    let id = ben.user().unwrap().id;
    assert_eq!(titles(&format!("?organizerId={id}")).await, ["Chess"]);
    assert_eq!(titles("?sort=deadline").await, ["Chess", "100% Rust", "Übung"]);
    assert_eq!(titles("?limit=2&page=2").await, ["Übung"]);
    assert_eq!(titles("?limit=1000").await.len(), 3, "a limit above 100 means 100");

    snapshot(
        "competitions_page",
        &app.get("/api/competitions?limit=1&page=2&tags=rust,web").send().await,
    );
    snapshot(
        "competitions_invalid",
        &app.get("/api/competitions?page=0&limit=x&sort=best&organizerId=1&search=%00")
            .send()
            .await,
    );
    for rubbish in [
        "tags=%00".to_owned(),
        format!("tags={}", "x,".repeat(4_000)),
        format!("search={}", "x".repeat(8_000)),
        "search=a&search=b".to_owned(),
        "page=18446744073709551616".to_owned(),
    ] {
        let response = app.get(&format!("/api/competitions?{rubbish}")).send().await;
        assert_eq!(
            response.status,
            StatusCode::BAD_REQUEST,
            "{}",
            &rubbish[..rubbish.len().min(40)]
        );
    }
    assert_eq!(titles("?page=1000000000&search=%FF").await, [""; 0]);
    app.world.clock.advance(TimeDelta::days(2));
    assert_eq!(titles("").await, ["Übung"], "only open competitions are listed");
}

#[tokio::test]
async fn an_organizer_edits_a_competition() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).tagged(&["coding"]).create().await;
    let address = format!("/api/competitions/{id}");
    app.post(&format!("{address}/register")).by(&ben).send().await;
    let edit = |body: serde_json::Value| app.patch(&address).by(&ada).json(&body);
    snapshot("competition_edited", &edit(json!({ "version": 1, "capacity": 60 })).send().await);
    snapshot("stale_version", &edit(json!({ "version": 1, "capacity": 70 })).send().await);
    let invalid = edit(json!({ "capacity": 0, "owner": "me" })).send().await;
    assert_eq!(invalid.status, StatusCode::BAD_REQUEST);
    assert_eq!(invalid.json()["errors"].as_array().map(Vec::len), Some(2));
    let unauthorized = app.patch(&address).json(&json!({ "title": "Mine" })).send().await;
    assert_eq!(unauthorized.status, StatusCode::UNAUTHORIZED);
    let participant = app.patch(&address).by(&ben).json(&json!({ "title": "Mine" })).send().await;
    assert_eq!(participant.message(), "Required role: ORGANIZER");
}

#[tokio::test]
async fn cancelling_a_competition_is_idempotent() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let eve = app.world.participant("Eve").await;
    let id = app.world.competition(&ada).tagged(&["coding"]).create().await;
    let address = format!("/api/competitions/{id}");
    let seat = format!("{address}/register");
    app.post(&seat).by(&ben).send().await;
    let cancel = || app.call(Method::DELETE, &address);
    assert_eq!(cancel().send().await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(cancel().by(&ben).send().await.message(), "Required role: ORGANIZER");
    let first = cancel().by(&ada).header("idempotency-key", "off").send().await;
    snapshot("competition_cancelled", &first);
    let again = cancel().by(&ada).header("idempotency-key", "off").send().await;
    assert_eq!((again.header("idempotency-replayed"), &again.text), (Some("true"), &first.text));
    assert_eq!(cancel().by(&ada).send().await.text, first.text, "also without the key");

    snapshot("register_cancelled", &app.post(&seat).by(&eve).send().await);
    let leave = app.call(Method::DELETE, &seat).by(&ben).send().await;
    assert_eq!(leave.message(), "Competition was cancelled");
    let edit = app.patch(&address).by(&ada).json(&json!({ "title": "It is on" })).send().await;
    snapshot("edit_cancelled", &edit);
    let seen = app.get(&address).send().await.json();
    assert_eq!(seen["cancelledAt"], first.json()["cancelledAt"], "at once");
    assert_eq!(app.get("/api/competitions").send().await.json(), json!([]));
    worker::drain(&app.world.ctx).await.unwrap();
    let mails = app.get("/api/mailbox/my").by(&ben).send().await.json();
    let subjects = mails.as_array().unwrap().iter().map(|mail| mail["subject"].clone());
    assert_eq!(subjects.collect::<Vec<_>>(), ["Competition cancelled: Code Sprint"]);
}

#[tokio::test]
async fn registration_is_rejected_before_it_opens() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let body = json!({
        "title": "Code Sprint", "description": "24 hours", "capacity": 5,
        "regDeadline": "2026-11-30T12:00:00Z", "regOpensAt": "2026-11-24T12:00:00+01:00",
        "timeZone": "Europe/Berlin",
    });
    let created = app.post("/api/competitions").by(&ada).json(&body).send().await.json();
    assert_eq!(created["regOpensAt"], "2026-11-24T11:00:00.000Z");
    assert_eq!(created["timeZone"], "Europe/Berlin");
    let seat = format!("/api/competitions/{}/register", created["id"].as_str().unwrap());
    snapshot("registration_not_open", &app.post(&seat).by(&ben).send().await);

    let mut late = body.clone();
    late["regOpensAt"] = body["regDeadline"].clone();
    let refused = app.post("/api/competitions").by(&ada).json(&late).send().await;
    assert_eq!(refused.message(), "Registration must open before the deadline");
    let mut nowhere = body.clone();
    nowhere["timeZone"] = "Mars/Olympus".into();
    nowhere["capacity"] = 0.into();
    let refused = app.post("/api/competitions").by(&ada).json(&nowhere).send().await;
    assert_eq!(refused.message().as_array().map(Vec::len), Some(2), "{}", refused.text);
}

#[tokio::test]
async fn a_duplicate_by_the_api_is_a_draft_a_week_later_and_made_once_per_key() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let mut body = code_sprint();
    body["questions"] = json!([{ "kind": "SHORT_TEXT", "label": "Team" }]);
    body["accessCodes"] = json!([{ "code": "EARLY-BIRD", "maxUses": 20 }]);
    body["access"] = "CODE".into();
    let original = app.post("/api/competitions").by(&ada).json(&body).send().await.json();
    let url = format!("/api/competitions/{}/duplicate", original["id"].as_str().unwrap());
    let duplicate = async || {
        let call = app.post(&url).by(&ada).header("idempotency-key", "copy");
        call.send().await
    };
    let created = duplicate().await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    let copy = created.json();
    assert_ne!(copy["id"], original["id"]);
    for (field, expected) in [
        ("visibility", "DRAFT"),
        ("regDeadline", "2026-12-07T11:00:00.000Z"),
        ("startDate", "2026-12-14T09:00:00.000Z"),
        ("title", "Code Sprint"),
        ("access", "CODE"),
    ] {
        assert_eq!(copy[field], expected, "{field}");
    }
    let path = format!("/api/competitions/{}", copy["id"].as_str().unwrap());
    let seen = app.get(&path).by(&ada).send().await.json();
    assert_eq!(seen["questions"][0]["label"], "Team");

    // A retry after an edit of the original, and when its times would move further.
    let edit = json!({ "title": "Code Sprint II" });
    let path = format!("/api/competitions/{}", original["id"].as_str().unwrap());
    app.patch(&path).by(&ada).json(&edit).send().await;
    app.world.clock.advance(chrono::TimeDelta::days(8));
    let again = duplicate().await;
    assert_eq!((again.status, again.json()), (StatusCode::CREATED, copy));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}
