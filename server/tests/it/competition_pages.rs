//! What pages say of a competition in states that few of them reach. As a browser without
//! JavaScript gets them.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use service::Actor;

use crate::support::{App, page_text, post_form};

const UNKNOWN: &str = "01939a00-0000-7000-8000-000000000000";

/// A competition of the organizer's that is changed by these fields.
async fn create(app: &App, organizer: &Actor, fields: Value) -> String {
    let mut body = json!({
        "title": "Chess Open", "description": "Seven rounds.", "capacity": 1,
        "regDeadline": "2026-11-30T12:00:00Z",
    });
    let fields = fields.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(fields);
    let created = app.post("/api/competitions").by(organizer).json(&body).send().await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    created.json()["id"].as_str().unwrap().to_owned()
}

/// Registers a new participant. Returns the id of the registration.
async fn register(app: &App, name: &str, competition: &str, body: Value) -> String {
    let participant = app.world.participant(name).await;
    let path = format!("/api/competitions/{competition}/register");
    let registered = app.post(&path).by(&participant).json(&body).send().await;
    assert_eq!(registered.status, StatusCode::CREATED, "{}", registered.text);
    registered.json()["id"].as_str().unwrap().to_owned()
}

const APPROVED_JOIN: &str = "Approved registrations join the waiting list.";

#[tokio::test]
async fn a_full_competition_says_that_approved_registrations_join_the_waiting_list() {
    let app = App::new().await;
    let (ada, viewer) = (app.world.organizer("Ada").await, app.world.participant("Eve").await);
    let cookie = app.log_in(&viewer).await;
    let fields = json!({ "approvalRequired": true, "waitlistCapacity": 1 });
    let id = create(&app, &ada, fields).await;
    let page = format!("/competitions/{id}");
    let text = page_text(&app, &cookie, &page).await;
    assert!(text.contains("The organizer approves each registration."), "{text}");
    assert!(!text.contains(APPROVED_JOIN), "{text}");

    let registration = register(&app, "Ben", &id, json!({})).await;
    let approve = app.post(&format!("/api/competitions/{id}/registrations/approve")).by(&ada);
    let approved = approve.json(&json!({ "registrationIds": [registration] })).send().await;
    assert_eq!(approved.status, StatusCode::OK, "{}", approved.text);
    let text = page_text(&app, &cookie, &page).await;
    assert!(text.contains(APPROVED_JOIN), "{text}");
}

#[tokio::test]
async fn a_cancelled_competition_shows_nothing_about_registering_and_is_not_edited() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let cookie = app.log_in(&ada).await;
    let id = create(
        &app,
        &ada,
        json!({ "access": "CODE", "accessCodes": [{ "code": "EARLY" }], "waitlistCapacity": 5 }),
    )
    .await;
    register(&app, "Ben", &id, json!({ "accessCode": "EARLY" })).await;
    register(&app, "Kim", &id, json!({ "accessCode": "EARLY" })).await;
    let page = format!("/competitions/{id}");
    let shown = [
        "Registration needs an access code.".to_owned(),
        "One person is on the waiting list.".to_owned(),
        format!("href=\"{page}/edit\""),
    ];
    let text = page_text(&app, &cookie, &page).await;
    for words in &shown {
        assert!(text.contains(words), "{words}: {text}");
    }
    let cancel = app.call(Method::DELETE, &format!("/api/competitions/{id}")).by(&ada);
    let cancelled = cancel.send().await;
    assert_eq!(cancelled.status, StatusCode::OK, "{}", cancelled.text);
    let text = page_text(&app, &cookie, &page).await;
    assert!(text.contains("This competition was cancelled"), "{text}");
    for words in &shown {
        assert!(!text.contains(words), "{words}: {text}");
    }
}

#[tokio::test]
async fn a_link_with_a_code_says_that_the_code_is_filled_in_next() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let cookie = app.log_in(&app.world.participant("Eve").await).await;
    let codes = json!({ "access": "CODE", "accessCodes": [{ "code": "EARLY" }] });
    let id = create(&app, &ada, codes).await;
    let words = "The code from your link is filled in on the next page.";
    let with_code = page_text(&app, &cookie, &format!("/competitions/{id}?code=EARLY")).await;
    assert!(with_code.contains(words), "{with_code}");
    let without = page_text(&app, &cookie, &format!("/competitions/{id}")).await;
    assert!(without.contains("You need an access code from the organizer."), "{without}");
    assert!(!without.contains(words), "{without}");
}

#[tokio::test]
async fn an_unknown_registration_is_not_found_and_visitors_log_in_first() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let cookie = app.log_in(&ada).await;
    let id = create(&app, &ada, json!({})).await;
    for registration in [UNKNOWN, "nonsense"] {
        let page = format!("/competitions/{id}/registrations/{registration}");
        let visitor = app.get(&page).header("accept", "text/html").send().await;
        assert_eq!(visitor.status, StatusCode::FOUND, "{page}");
        let own = app.get(&page).header("accept", "text/html").header("cookie", &cookie);
        let own = own.send().await;
        assert_eq!(own.status, StatusCode::NOT_FOUND, "{page}");
        assert!(own.text.contains("Registration not found"), "{}", own.text);
    }
}

#[tokio::test]
async fn a_preview_shows_no_time_of_an_unknown_zone_and_each_tag_once() {
    let app = App::new().await;
    let cookie = app.log_in(&app.world.organizer("Ada").await).await;
    let preview = async |zone: &str| {
        let form = format!(
            "draft[title]=Go&draft[capacity]=3&draft[tags]=chess,Chess,go&draft[timeZone]={zone}\
             &draft[startDate]=2026-12-20T12:00&draft[regDeadline]=2026-12-19T12:00\
             &idempotency_key=k&intent=preview"
        );
        let page = post_form(&app, &cookie, "create_competition", &form).await;
        page_text(&app, &cookie, page.split('#').next().unwrap()).await
    };
    let known = preview("Europe/Berlin").await;
    assert!(known.contains("Sun 20 Dec 2026, 12:00 CET"), "{known}");
    assert!(known.contains("Your seat is reserved straight away."), "{known}");
    let unknown = preview("Berl").await;
    assert!(unknown.contains("Date to be announced"), "{unknown}");
    assert!(!unknown.contains("20 Dec 2026"), "{unknown}");
    let tags = |page: &str| page.split("aria-label=\"Tags\"").nth(1).unwrap().to_owned();
    let tags = tags(&unknown);
    let list = tags.split("</ul>").next().unwrap();
    assert_eq!(list.matches("<li").count(), 2, "{list}");
}

#[tokio::test]
async fn an_empty_roster_of_a_draft_offers_to_publish_it() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let cookie = app.log_in(&ada).await;
    for (visibility, words) in
        [("DRAFT", "Publish the competition"), ("PUBLIC", "Share the competition")]
    {
        let id = create(&app, &ada, json!({ "visibility": visibility })).await;
        let page = format!("/competitions/{id}/manage/participants");
        let text = page_text(&app, &cookie, &page).await;
        assert!(text.contains(words), "{visibility}: {text}");
    }
}

#[tokio::test]
async fn a_check_in_list_has_no_page_after_the_last() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let cookie = app.log_in(&ada).await;
    let id = create(&app, &ada, json!({})).await;
    register(&app, "Ben", &id, json!({})).await;
    let list = format!("/competitions/{id}/manage/check-in-list");
    let first = page_text(&app, &cookie, &list).await;
    assert!(first.contains("Ben") && !first.contains("This list has fewer pages."), "{first}");
    let second = page_text(&app, &cookie, &format!("{list}?page=2")).await;
    assert!(second.contains("This list has fewer pages."), "{second}");
}

#[tokio::test]
async fn a_refused_decision_is_shown_on_the_page_of_its_registration_only() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let cookie = app.log_in(&ada).await;
    let id = create(&app, &ada, json!({ "approvalRequired": true })).await;
    let one = register(&app, "Ben", &id, json!({})).await;
    let other = register(&app, "Kim", &id, json!({})).await;
    let page = |registration: &str| format!("/competitions/{id}/registrations/{registration}");
    let next = page(&one).replace('/', "%2F");
    // A browser that does not say which button was pressed.
    let form = format!("competition={id}&registration_ids[]={one}&verdict=&next={next}");
    let leads_to = post_form(&app, &cookie, "review_registrations", &form).await;
    assert_eq!(leads_to, page(&one));
    let words = "Choose what to do with the registrations";
    let text = page_text(&app, &cookie, &page(&other)).await;
    assert!(!text.contains(words), "{text}");
    let text = page_text(&app, &cookie, &page(&one)).await;
    assert!(text.contains(words), "{text}");
}
