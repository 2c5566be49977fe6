//! The waiting list over the API.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use service::Actor;

use crate::support::{App, page_text, post_form};

/// A competition with one seat, for which so many can wait.
async fn create(app: &App, organizer: &Actor, waitlist: Value) -> Value {
    let body = json!({
        "title": "Chess Open", "description": "Seven rounds.", "capacity": 1,
        "regDeadline": "2026-11-30T12:00:00Z", "waitlistCapacity": waitlist,
    });
    app.post("/api/competitions").by(organizer).json(&body).send().await.json()
}

#[tokio::test]
async fn a_registration_for_a_full_competition_waits_and_is_given_the_next_free_seat() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let [ben, eve, kim] = &app.world.participants(3).await[..] else { panic!("three") };
    let created = create(&app, &ada, json!("1")).await;
    assert_eq!((&created["waitlistCapacity"], &created["waitlisted"]), (&json!(1), &json!(0)));
    let path = format!("/api/competitions/{}", created["id"].as_str().unwrap());
    let register = format!("{path}/register");

    let seated = app.post(&register).by(ben).send().await.json();
    assert_eq!((&seated["status"], &seated["waitlistPosition"]), (&json!("PENDING"), &Value::Null));
    let waits = app.post(&register).by(eve).send().await;
    assert_eq!(waits.status, StatusCode::CREATED);
    let waits = waits.json();
    assert_eq!((&waits["status"], &waits["waitlistPosition"]), (&json!("WAITLISTED"), &json!(1)));
    let again = app.post(&register).by(eve).send().await;
    assert_eq!(
        (again.status, &again.json()["registrationId"]),
        (StatusCode::CONFLICT, &waits["id"])
    );
    let full = app.post(&register).by(kim).send().await;
    let expected = (StatusCode::BAD_REQUEST, "Competition is full".into());
    assert_eq!((full.status, full.message()), expected);

    let shown = app.get(&path).send().await.json();
    assert_eq!((&shown["seatsLeft"], &shown["waitlisted"]), (&json!(0), &json!(1)));
    let seats = app.get(&format!("{path}/seats")).send().await.json();
    assert_eq!((&seats["seatsLeft"], &seats["waitlisted"]), (&json!(0), &json!(1)));
    let mine = app.get("/api/competitions/registrations/my").by(eve).send().await.json();
    assert_eq!(mine[0]["waitlistPosition"], 1);
    let roster = format!("{path}/registrations?status=WAITLISTED");
    let roster = app.get(&roster).by(&ada).send().await.json();
    assert_eq!((roster.as_array().unwrap().len(), &roster[0]["id"]), (1, &waits["id"]));

    let left = app.call(Method::DELETE, &register).by(ben).send().await;
    assert_eq!(left.status, StatusCode::NO_CONTENT);
    let mine = app.get("/api/competitions/registrations/my").by(eve).send().await.json();
    assert_eq!(
        (&mine[0]["status"], &mine[0]["waitlistPosition"]),
        (&json!("PENDING"), &Value::Null)
    );
    let shown = app.get(&path).send().await.json();
    assert_eq!((&shown["seatsLeft"], &shown["waitlisted"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn cancelling_a_registration_says_whether_the_seat_goes_to_the_waiting_list() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let [ben, eve] = &app.world.participants(2).await[..] else { panic!("two") };
    let id = create(&app, &ada, json!(5)).await["id"].as_str().unwrap().to_owned();
    let register = format!("/api/competitions/{id}/register");
    let cookie = &app.log_in(ben).await;
    let waits = "Your seat goes to the first on the waiting list";
    for (participant, others_wait) in [(ben, false), (eve, true)] {
        app.post(&register).by(participant).send().await;
        let page = format!("/competitions/{id}/cancel-registration");
        let shown = page_text(&app, cookie, &page).await;
        assert_eq!(shown.contains(waits), others_wait, "{shown}");
        assert_eq!(shown.contains("if a seat is left"), !others_wait, "{shown}");
    }
}

#[tokio::test]
async fn leaving_the_list_after_a_promotion_keeps_the_seat_and_says_so() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let [ben, eve] = &app.world.participants(2).await[..] else { panic!("two") };
    let id = create(&app, &ada, json!(5)).await["id"].as_str().unwrap().to_owned();
    let register = format!("/api/competitions/{id}/register");
    for participant in [ben, eve] {
        app.post(&register).by(participant).send().await;
    }
    let cookie = &app.log_in(eve).await;
    let shown = page_text(&app, cookie, &format!("/competitions/{id}/cancel-registration")).await;
    assert!(shown.contains("name=\"claim\" value=\"waiting_list\""), "{shown}");
    app.call(Method::DELETE, &register).by(ben).send().await;
    let form = format!("competition={id}&idempotency_key=k&claim=waiting_list");
    let leads_to = post_form(&app, cookie, "cancel_registration", &form).await;
    assert!(leads_to.ends_with(&format!("/competitions/{id}")), "{leads_to}");
    let shown = page_text(&app, cookie, &format!("/competitions/{id}")).await;
    assert!(shown.contains("You have a seat now."), "{shown}");
    let mine = app.get("/api/competitions/registrations/my").by(eve).send().await.json();
    assert_eq!(mine[0]["status"], "PENDING");
}

#[tokio::test]
async fn a_waiting_list_has_a_size_from_0_to_5000() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    for wrong in [json!(-1), json!(5_001), json!(1.5), json!("many"), json!(true)] {
        let refused = create(&app, &ada, wrong.clone()).await;
        assert_eq!(refused["statusCode"], 400, "{wrong}");
        assert_eq!(refused["errors"][0]["field"], "waitlistCapacity", "{refused}");
    }
    for (given, stored) in [(Value::Null, 0), (json!(0), 0), (json!(5_000), 5_000)] {
        assert_eq!(create(&app, &ada, given).await["waitlistCapacity"], stored);
    }
    let id = create(&app, &ada, json!(5)).await["id"].as_str().unwrap().to_owned();
    let path = format!("/api/competitions/{id}");
    let edited = app.patch(&path).by(&ada).json(&json!({ "waitlistCapacity": 7 })).send().await;
    assert_eq!(edited.json()["waitlistCapacity"], 7);
    let edited = app.patch(&path).by(&ada).json(&json!({ "waitlistCapacity": 7001 })).send().await;
    assert_eq!(edited.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_waiting_list_ends_between_the_deadline_and_the_start() {
    let app = App::new().await;
    let ada = &app.world.organizer("Ada").await;
    let [ben, eve] = &app.world.participants(2).await[..] else { panic!("two") };
    let start = "2026-12-05T12:00:00Z";
    let mut body = json!({
        "title": "Chess Open", "description": "Seven rounds.", "capacity": 1,
        "regDeadline": "2026-11-30T12:00:00Z", "startDate": start, "waitlistCapacity": 5,
    });
    for (until, code) in [
        (json!("2026-11-30T11:59:59Z"), "promote_until_before_deadline"),
        (json!("2026-12-05T12:00:01Z"), "promote_until_after_start"),
        (json!("soon"), "validation_failed"),
        (json!(5), "validation_failed"),
    ] {
        body["promoteUntil"] = until;
        let refused = app.post("/api/competitions").by(ada).json(&body).send().await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        let refused = refused.json();
        assert_eq!(
            (&refused["code"], &refused["errors"][0]["field"]),
            (&json!(code), &json!("promoteUntil"))
        );
    }
    body["promoteUntil"] = json!(start);
    let created = app.post("/api/competitions").by(ada).json(&body).send().await.json();
    assert_eq!(created["promoteUntil"], "2026-12-05T12:00:00.000Z");
    let path = format!("/api/competitions/{}", created["id"].as_str().unwrap());
    for participant in [ben, eve] {
        app.post(&format!("{path}/register")).by(participant).send().await;
    }
    let mine = app.get("/api/competitions/registrations/my").by(eve).send().await.json();
    assert_eq!(mine[0]["competition"]["promoteUntil"], "2026-12-05T12:00:00.000Z");

    let edit = async |edit: Value| app.patch(&path).by(ada).json(&edit).send().await.json();
    let moved = edit(json!({ "startDate": "2026-12-04T12:00:00Z" })).await;
    assert_eq!(moved["code"], "promote_until_after_start", "{moved}");
    let unset = edit(json!({ "startDate": "2026-12-04T12:00:00Z", "promoteUntil": null })).await;
    assert_eq!(unset["promoteUntil"], Value::Null);
}
