//! Seats that the organizer gives, over the API and on the page.

use axum::http::StatusCode;
use serde_json::{Value, json};
use service::Actor;

use crate::support::{App, page_text, post_form};

/// A competition with one seat and a waiting list, and three participants who have registered.
async fn with_waiting_list(app: &App, organizer: &Actor) -> (String, Vec<Actor>, Vec<String>) {
    let body = json!({
        "title": "Chess Open", "description": "Seven rounds.", "capacity": 1,
        "regDeadline": "2026-11-30T12:00:00Z", "waitlistCapacity": 5,
    });
    let created = app.post("/api/competitions").by(organizer).json(&body).send().await.json();
    let id = created["id"].as_str().unwrap().to_owned();
    let (people, mut ids) = (app.world.participants(4).await, Vec::new());
    for person in &people[..3] {
        let new = app.post(&format!("/api/competitions/{id}/register")).by(person).send().await;
        ids.push(new.json()["id"].as_str().unwrap().to_owned());
    }
    (id, people, ids)
}

#[tokio::test]
async fn an_organizer_gives_seats_and_adds_participants_with_keys_that_replay() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let (id, people, ids) = with_waiting_list(&app, &ada).await;
    let path = format!("/api/competitions/{id}/registrations");
    let send = async |path: &str, key: &str, body: Value| {
        app.post(path).by(&ada).header("idempotency-key", key).json(&body).send().await
    };
    let promote = format!("{path}/promote");
    let full = send(&promote, "p-1", json!({ "registrationIds": [ids[2]] })).await;
    assert_eq!(full.json()["refused"][0]["code"], "competition_full");
    for replayed in [None, Some("true")] {
        let body = json!({ "registrationIds": [ids[2]], "addSeats": true });
        let promoted = send(&promote, "p-2", body).await;
        assert_eq!(promoted.status, StatusCode::OK);
        assert_eq!(promoted.header("idempotency-replayed"), replayed);
        assert_eq!(promoted.json()["reviewed"][0]["status"], "PENDING");
    }

    let email = &people[3].user().unwrap().email;
    for replayed in [None, Some("true")] {
        let added = send(&path, "a-1", json!({ "email": email, "addSeat": true })).await;
        assert_eq!(added.status, StatusCode::CREATED);
        assert_eq!(added.header("idempotency-replayed"), replayed);
        let new = added.json();
        assert_eq!(new["status"], "PENDING");
        let location = added.header("location").unwrap().to_owned();
        assert_eq!(location, format!("{path}/{}", new["id"].as_str().unwrap()));
        let record = app.get(&location).by(&ada).send().await.json();
        assert_eq!(record["events"][0]["kind"], "ADDED");
    }
    let shown = app.get(&format!("/api/competitions/{id}")).send().await.json();
    assert_eq!((&shown["capacity"], &shown["seatsLeft"]), (&json!(3), &json!(0)));
    let again = send(&path, "a-2", json!({ "email": email })).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.json()["registrationId"].is_string());
}

#[tokio::test]
async fn a_wrong_addition_or_promotion_names_its_faults_and_changes_nothing() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let (id, people, ids) = with_waiting_list(&app, &ada).await;
    let path = format!("/api/competitions/{id}/registrations");
    let email = &people[3].user().unwrap().email;
    for (to, body, status, field) in [
        ("", json!({}), 400, "email"),
        ("", json!({ "email": "kim" }), 400, "email"),
        ("", json!({ "email": "kim@example.com" }), 404, "email"),
        ("", json!({ "email": email, "addSeat": "yes" }), 400, "addSeat"),
        ("", json!({ "email": email, "answers": [] }), 400, "answers"),
        ("/promote", json!({ "registrationIds": [ids[1]], "addSeats": 1 }), 400, "addSeats"),
        ("/promote", json!({ "addSeats": true }), 400, "registrationIds"),
    ] {
        let refused = app.post(&format!("{path}{to}")).by(&ada).json(&body).send().await;
        assert_eq!(refused.status, status, "{body}");
        assert_eq!(refused.json()["errors"][0]["field"], field, "{body}");
    }
    let shown = app.get(&format!("/api/competitions/{id}")).send().await.json();
    assert_eq!((&shown["capacity"], &shown["version"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn seats_are_given_on_the_page_without_javascript() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let (id, people, ids) = with_waiting_list(&app, &ada).await;
    let cookie = &app.log_in(&ada).await;
    let manage = format!("/competitions/{id}/manage/participants");
    let review = async |fields: &str| {
        let form = format!("competition={id}&next={manage}&verdict=promote&{fields}");
        let leads_to = post_form(&app, cookie, "review_registrations", &form).await;
        page_text(&app, cookie, &leads_to).await
    };
    let shown = review(&format!("registration_ids[]={}", ids[2])).await;
    assert!(shown.contains("No seat is free: add seats, or remove a participant"), "{shown}");
    let shown = review(&format!("add_seats=true&registration_ids[]={}", ids[2])).await;
    assert!(shown.contains("1 registration is given a seat."), "{shown}");

    let add = async |fields: &str| {
        let form = format!("competition={id}&{fields}");
        let leads_to = post_form(&app, cookie, "add_participant", &form).await;
        assert_eq!(leads_to, manage);
        page_text(&app, cookie, &leads_to).await
    };
    let shown = add("email=kim%40example.com&add_seat=true").await;
    assert!(shown.contains("No participant has an account with this address."), "{shown}");
    assert!(shown.contains("value=\"kim@example.com\""), "{shown}");
    // The waiting list, which has no form for it, leaves the refused one to the participants.
    post_form(&app, cookie, "add_participant", &format!("competition={id}&email=lou")).await;
    page_text(&app, cookie, &format!("/competitions/{id}/manage/waiting-list")).await;
    let shown = page_text(&app, cookie, &manage).await;
    assert!(shown.contains("value=\"lou\""), "{shown}");
    let email = people[3].user().unwrap().email.replace('@', "%40");
    let shown = add(&format!("email={email}&add_seat=true")).await;
    assert!(shown.contains(" is registered."), "{shown}");
    let shown = add(&format!("email={email}&add_seat=true")).await;
    assert!(shown.contains("This participant is registered already"), "{shown}");
    let competition = app.get(&format!("/api/competitions/{id}")).send().await.json();
    assert_eq!(competition["capacity"], 3);
}
