//! When and where a competition takes place, by the API and on pages.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use service::Actor;

use crate::support::App;

/// Nobody may see it without a seat.
const LINK: &str = "https://meet.example/secret-room";

fn in_the_town_hall() -> Value {
    json!({
        "title": "Chess Open", "description": "Seven rounds.", "capacity": 5,
        "regDeadline": "2026-11-30T12:00:00Z", "startDate": "2026-12-07T09:00:00Z",
        "endsAt": "2026-12-07T17:00:00Z", "summary": "Seven rounds in one day",
        "venueName": "Town Hall", "venueAddress": "Rathausplatz 1, 10115 Berlin",
        "onlineUrl": LINK, "website": "https://chess.example/open",
    })
}

async fn create(app: &App, organizer: &Actor) -> Value {
    let created =
        app.post("/api/competitions").by(organizer).json(&in_the_town_hall()).send().await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    created.json()
}

#[tokio::test]
async fn facts_of_a_competition_are_returned_edited_and_removed() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let created = create(&app, &ada).await;
    let path = format!("/api/competitions/{}", created["id"].as_str().unwrap());
    let shown = app.get(&path).send().await.json();
    for (field, value) in [
        ("endsAt", json!("2026-12-07T17:00:00.000Z")),
        ("summary", json!("Seven rounds in one day")),
        ("venueName", json!("Town Hall")),
        ("venueAddress", json!("Rathausplatz 1, 10115 Berlin")),
        ("isOnline", json!(true)),
        ("website", json!("https://chess.example/open")),
    ] {
        assert_eq!((&created[field], &shown[field]), (&value, &value), "{field}");
    }
    assert_eq!(created["onlineUrl"], LINK);

    let edit = json!({
        "endsAt": null, "summary": "", "venueName": "City Hall", "onlineUrl": null,
        "venueAddress": "Domplatz 2", "website": null,
    });
    let edited = app.patch(&path).by(&ada).json(&edit).send().await.json();
    assert_eq!(edited["version"], 2, "{edited}");
    let shown = app.get(&path).send().await.json();
    for (field, value) in [
        ("endsAt", Value::Null),
        ("summary", Value::Null),
        ("venueName", json!("City Hall")),
        ("venueAddress", json!("Domplatz 2")),
        ("isOnline", json!(false)),
        ("website", Value::Null),
    ] {
        assert_eq!((&edited[field], &shown[field]), (&value, &value), "{field}");
    }
    assert_eq!(edited["onlineUrl"], Value::Null);
}

#[tokio::test]
async fn a_competition_that_ends_before_it_starts_is_refused() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let mut body = in_the_town_hall();
    body["endsAt"] = body["startDate"].clone();
    let refused = app.post("/api/competitions").by(&ada).json(&body).send().await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.json()["code"], "end_not_after_start");
    assert_eq!(refused.message(), "End must be after the start date");

    let id = create(&app, &ada).await["id"].as_str().unwrap().to_owned();
    let path = format!("/api/competitions/{id}");
    for edit in [json!({ "startDate": "2026-12-08T09:00:00Z" }), json!({ "startDate": null })] {
        let refused = app.patch(&path).by(&ada).json(&edit).send().await;
        assert_eq!(refused.json()["code"], "end_not_after_start", "{edit}");
    }
}

#[tokio::test]
async fn the_online_link_is_shown_to_the_organizer_and_those_with_a_seat_only() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let eve = app.world.organizer("Eve").await;
    let [ben, pia] = [app.world.participant("Ben").await, app.world.participant("Pia").await];
    let id = create(&app, &ada).await["id"].as_str().unwrap().to_owned();
    let page = format!("/competitions/{id}");
    let register = format!("/api/competitions/{id}/register");
    let seat = app.post(&register).by(&ben).send().await;
    assert_eq!(seat.status, StatusCode::CREATED);
    let registration = seat.json()["id"].as_str().unwrap().to_owned();
    let ticket = format!("/api/registrations/{registration}/calendar.ics");

    let shows = async |path: &str, cookie: Option<&str>| {
        let mut call = app.get(path).header("accept", "text/html, application/json");
        if let Some(cookie) = cookie {
            call = call.header("cookie", cookie);
        }
        let response = call.send().await;
        // Calendar files fold their lines.
        response.text.replace("\r\n ", "").contains(LINK)
    };
    let [for_ada, for_eve, for_ben, for_pia] = [
        app.log_in(&ada).await,
        app.log_in(&eve).await,
        app.log_in(&ben).await,
        app.log_in(&pia).await,
    ];
    let public = [
        page.clone(),
        "/competitions".to_owned(),
        "/".to_owned(),
        format!("/api/competitions/{id}"),
        "/api/competitions".to_owned(),
        "/api/competitions?search=secret-room".to_owned(),
        "/api/competitions?limit=1&page=1".to_owned(),
        format!("/api/competitions/{id}/calendar.ics"),
    ];
    for path in &public {
        assert!(!shows(path, None).await, "a visitor sees the link at {path}");
        assert!(!shows(path, Some(&for_eve)).await, "another organizer sees the link at {path}");
        assert!(!shows(path, Some(&for_pia)).await, "someone without a seat sees it at {path}");
    }
    assert!(app.get(&page).send().await.text.contains("You see the link once you are registered"));
    for path in [&*page, "/api/competitions/my-competitions", &format!("{page}/edit")] {
        assert!(shows(path, Some(&for_ada)).await, "the organizer does not see it at {path}");
    }
    let own = [&*page, "/dashboard", "/api/competitions/registrations/my", &*ticket];
    for path in own {
        assert!(shows(path, Some(&for_ben)).await, "the participant does not see it at {path}");
    }
    app.world.run_pending_jobs().await;
    assert!(shows("/api/mailbox/my", Some(&for_ben)).await, "the confirmation has no link");

    app.call(Method::DELETE, &register).by(&ben).send().await;
    for path in own {
        assert!(
            !shows(path, Some(&for_ben)).await,
            "the link is left after a cancellation: {path}"
        );
    }
}

#[tokio::test]
async fn a_competition_is_found_by_its_venue_and_summary_but_not_by_its_link() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    create(&app, &ada).await;
    for (word, found) in [("rathausplatz", 1), ("town", 1), ("day", 1), ("secret", 0)] {
        let list = app.get(&format!("/api/competitions?search={word}")).send().await;
        assert_eq!(list.json().as_array().map(Vec::len), Some(found), "{word}: {}", list.text);
    }
}

#[tokio::test]
async fn pages_show_when_and_where() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = create(&app, &ada).await["id"].as_str().unwrap().to_owned();
    let page = app.get(&format!("/competitions/{id}")).send().await.text;
    for part in [
        "Seven rounds in one day",
        "Town Hall",
        "Rathausplatz 1, 10115 Berlin",
        "Ends",
        "https://chess.example/open",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(app.get("/competitions").send().await.text.contains("Town Hall and online"));
}

#[tokio::test]
async fn an_organizer_duplicates_a_competition_with_its_times_moved_by_a_week() {
    let app = App::new().await;
    let [ada, eve] = [app.world.organizer("Ada").await, app.world.organizer("Eve").await];
    let id = create(&app, &ada).await["id"].as_str().unwrap().to_owned();
    let form = format!("/competitions/create?from={id}");
    let open = async |actor: &Actor, path: &str| {
        let cookie = app.log_in(actor).await;
        let call = app.get(path).header("cookie", &cookie).header("accept", "text/html");
        call.send().await
    };
    let page = open(&ada, &form).await.text;
    for value in [
        "Chess Open",
        "Seven rounds.",
        "Town Hall",
        LINK,
        "2026-12-07T12:00",
        "2026-12-14T09:00",
        "2026-12-14T17:00",
    ] {
        assert!(page.contains(value), "{value}");
    }
    let manage = open(&ada, &format!("/competitions/{id}/manage/settings")).await.text;
    assert!(manage.contains(&form), "the settings have no link");

    let refused = open(&eve, &form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!refused.text.contains(LINK));
    for unknown in ["nothing", "01939c2e-7b5a-7000-8000-000000000001"] {
        let missing = open(&ada, &format!("/competitions/create?from={unknown}")).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{unknown}");
    }
}
