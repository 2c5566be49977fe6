//! Who can register: access codes and invitations, over the API and on pages.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{App, page_text, post_form};

/// The body of a competition with an access code that can be used once.
fn by_code() -> Value {
    json!({
        "title": "Chess Open", "description": "Seven rounds.", "capacity": 5,
        "regDeadline": "2026-11-30T12:00:00Z", "access": "CODE",
        "accessCodes": [{ "code": "early-bird", "maxUses": 1 }],
    })
}

#[tokio::test]
async fn an_access_code_admits_a_participant_and_is_shown_to_the_organizer_only() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let people = app.world.participants(2).await;
    let created = app.post("/api/competitions").by(&ada).json(&by_code()).send().await.json();
    assert_eq!(created["access"], "CODE");
    assert!(!created.to_string().contains("EARLY"), "{created}");
    let path = format!("/api/competitions/{}", created["id"].as_str().unwrap());
    let register = async |person, body: Value| {
        app.post(&format!("{path}/register")).by(person).json(&body).send().await
    };
    for (body, status, code) in [
        (json!({}), StatusCode::FORBIDDEN, "access_code_required"),
        (json!({ "accessCode": "LATE-BIRD" }), StatusCode::FORBIDDEN, "access_code_invalid"),
        (json!({ "accessCode": "no" }), StatusCode::BAD_REQUEST, "validation_failed"),
        (json!({ "accessCode": 7 }), StatusCode::BAD_REQUEST, "validation_failed"),
    ] {
        let refused = register(&people[0], body.clone()).await;
        assert_eq!(refused.status, status, "{body}");
        let refused = refused.json();
        assert_eq!(refused["code"], code, "{body}");
        assert_eq!(refused["errors"][0]["field"], "accessCode", "{body}");
    }
    let registered = register(&people[0], json!({ "accessCode": "Early-Bird" })).await;
    assert_eq!(registered.status, StatusCode::CREATED);
    let used_up = register(&people[1], json!({ "accessCode": "EARLY-BIRD" })).await;
    assert_eq!(used_up.json()["code"], "access_code_used_up");
    let codes = app.get(&format!("{path}/access-codes")).by(&ada).send().await.json();
    let mut expected = json!([{ "code": "EARLY-BIRD", "maxUses": 1, "uses": 1 }]);
    assert_eq!(codes, expected);
    let roster = app.get(&format!("{path}/registrations")).by(&ada).send().await.json();
    assert_eq!(roster[0]["accessCode"], "EARLY-BIRD");
    let csv = app.get(&format!("{path}/registrations.csv")).by(&ada).send().await.text;
    assert!(csv.lines().next().unwrap().ends_with(r#","Registration ID","Access code""#), "{csv}");
    assert!(csv.lines().nth(1).unwrap().ends_with(r#","EARLY-BIRD""#), "{csv}");
    // What was read can be sent back.
    expected[0]["maxUses"] = json!(2);
    let edited = app.patch(&path).by(&ada).json(&json!({ "accessCodes": expected })).send().await;
    assert_eq!(edited.status, StatusCode::OK);
    let registered = register(&people[1], json!({ "accessCode": "EARLY-BIRD" })).await;
    assert_eq!(registered.status, StatusCode::CREATED);
}

#[tokio::test]
async fn wrong_access_codes_of_a_competition_are_named() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let mut body = by_code();
    body["access"] = json!("SECRET");
    body["accessCodes"] = json!([{ "code": "A B" }, { "code": "VIP1", "maxUses": 0 }]);
    let refused = app.post("/api/competitions").by(&ada).json(&body).send().await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let fields: Vec<_> = refused.json()["errors"].as_array().unwrap().clone();
    let fields: Vec<_> = fields.iter().map(|fault| fault["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["access", "accessCodes.0.code", "accessCodes.1.maxUses"]);
}

#[tokio::test]
async fn an_organizer_invites_lists_and_revokes_over_the_api() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let grace = app.world.participant("Grace").await;
    let body = json!({
        "title": "Chess Open", "description": "Seven rounds.", "capacity": 5,
        "regDeadline": "2026-11-30T12:00:00Z", "access": "INVITATION",
    });
    let created = app.post("/api/competitions").by(&ada).json(&body).send().await.json();
    let path = format!("/api/competitions/{}", created["id"].as_str().unwrap());
    let invitations = format!("{path}/invitations");
    let invite = async |body: Value| app.post(&invitations).by(&ada).json(&body).send().await;
    let wrong = invite(json!({ "emails": ["grace@else.example", "linus"] })).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert_eq!(wrong.json()["errors"][0]["field"], "emails.1");
    let body = json!({ "emails": ["grace@else.example", "linus@else.example"] });
    let invited = invite(body.clone()).await;
    assert_eq!(invited.status, StatusCode::OK);
    let invited = invited.json();
    let again = invite(body).await.json();
    assert_eq!(again["invited"], json!([]));
    assert_eq!(again["alreadyInvited"], json!(["grace@else.example", "linus@else.example"]));
    let code = &invited["invited"][0]["code"];
    let register = json!({ "accessCode": code });
    let registered = app.post(&format!("{path}/register")).by(&grace).json(&register).send().await;
    assert_eq!(registered.status, StatusCode::CREATED);
    let listed = app.get(&format!("{invitations}?limit=1&page=2")).by(&ada).send().await;
    assert_eq!(listed.header("x-total-count"), Some("2"));
    let listed = listed.json();
    assert_eq!(listed[0]["email"], "grace@else.example");
    assert!(listed[0]["acceptedAt"].is_string());
    let one = format!("{invitations}/{}", invited["invited"][1]["id"].as_str().unwrap());
    for status in [StatusCode::NO_CONTENT, StatusCode::NOT_FOUND] {
        assert_eq!(app.call(Method::DELETE, &one).by(&ada).send().await.status, status);
    }
}

#[tokio::test]
async fn who_can_register_is_set_on_the_page_without_javascript() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let created = app.post("/api/competitions").by(&ada).json(&by_code()).send().await.json();
    let id = created["id"].as_str().unwrap();
    let cookie = &app.log_in(&ada).await;
    let page = format!("/competitions/{id}/access");
    let save = async |fields: &str| {
        let form = format!("competition={id}&{fields}");
        let leads_to = post_form(&app, cookie, "save_access", &form).await;
        assert_eq!(leads_to, page);
        page_text(&app, cookie, &page).await
    };
    let shown = page_text(&app, cookie, &page).await;
    assert!(shown.contains("EARLY-BIRD, 1"), "{shown}");
    assert!(shown.contains(&format!("/competitions/{id}?code=EARLY-BIRD")), "{shown}");
    let shown = save("version=1&access=CODE&codes=VIP1%0A%0AA%20B%0AVIP2,0").await;
    assert!(shown.contains("Line 3: Access code must have 4 to 32"), "{shown}");
    assert!(shown.contains("Line 4: Uses must be a whole number"), "{shown}");
    assert!(shown.contains("VIP2,0"), "{shown}");
    let shown = save("version=1&access=INVITATION&codes=VIP1%0AVIP2,20").await;
    assert!(shown.contains("Who can register is saved"), "{shown}");
    assert!(shown.contains("0 of 20 uses"), "{shown}");
    // Opened before that: what was typed stays, and a second save takes it.
    let shown = save("version=1&access=OPEN&codes=VIP3").await;
    assert!(shown.contains("This competition was changed since you opened it."), "{shown}");
    assert!(shown.contains("VIP3"), "{shown}");
    assert!(shown.contains("name=\"version\" value=\"2\""), "{shown}");
    let shown = save("version=2&access=OPEN&codes=").await;
    assert!(shown.contains("Who can register is saved"), "{shown}");
    let lacks_code = "There is no access code yet";
    assert!(!shown.contains(lacks_code), "{shown}");
    let shown = save("version=3&access=CODE&codes=%0A").await;
    assert!(shown.contains(lacks_code), "{shown}");
}

#[tokio::test]
async fn a_participant_registers_with_a_code_on_the_page_without_javascript() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let grace = app.world.participant("Grace").await;
    let created = app.post("/api/competitions").by(&ada).json(&by_code()).send().await.json();
    let id = created["id"].as_str().unwrap();
    let cookie = &app.log_in(&grace).await;
    let competition = format!("/competitions/{id}");
    let shown = page_text(&app, cookie, &format!("{competition}?code=EARLY-BIRD")).await;
    assert!(shown.contains("Registration needs an access code."), "{shown}");
    assert!(shown.contains(&format!("{competition}/register?code=EARLY-BIRD")), "{shown}");
    let register = format!("{competition}/register");
    let shown = page_text(&app, cookie, &format!("{register}?code=EARLY-BIRD")).await;
    assert!(shown.contains("name=\"access_code\""), "{shown}");
    assert!(shown.contains("value=\"EARLY-BIRD\""), "{shown}");
    let send = async |key: &str, code: &str| {
        let form = format!("competition={id}&idempotency_key={key}&access_code={code}");
        post_form(&app, cookie, "register_with_answers", &form).await
    };
    let leads_to = send("k-1", "LATE-BIRD").await;
    assert_eq!(leads_to, register);
    let shown = page_text(&app, cookie, &leads_to).await;
    assert!(shown.contains("This access code is not valid for this competition"), "{shown}");
    assert!(shown.contains("value=\"LATE-BIRD\""), "{shown}");
    assert_eq!(send("k-2", "early-bird").await, format!("{competition}#registration"));
    let shown = page_text(&app, cookie, &competition).await;
    assert!(shown.contains("You are registered"), "{shown}");
}

#[tokio::test]
async fn people_are_invited_and_invitations_revoked_on_the_page_without_javascript() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let created = app.post("/api/competitions").by(&ada).json(&by_code()).send().await.json();
    let id = created["id"].as_str().unwrap();
    let cookie = &app.log_in(&ada).await;
    let page = format!("/competitions/{id}/invitations");
    let invite = async |emails: &str| {
        let form = format!("competition={id}&emails={emails}");
        assert_eq!(post_form(&app, cookie, "invite", &form).await, page);
        page_text(&app, cookie, &page).await
    };
    let shown = invite("").await;
    assert!(shown.contains("Enter email addresses"), "{shown}");
    let shown = invite("Name,Email%0AGrace,grace%40else.example%0Alinus").await;
    assert!(shown.contains("Line 3 has no email address"), "{shown}");
    assert!(shown.contains("Grace,grace@else.example"), "{shown}");
    let shown = invite("grace%40else.example,linus%40").await;
    assert!(shown.contains("Not an email address: linus@"), "{shown}");
    let shown = invite("Name,Email%0AGrace,grace%40else.example").await;
    assert!(shown.contains("One person is invited."), "{shown}");
    let shown = invite("grace%40else.example%20linus%40else.example").await;
    assert!(shown.contains("One person is invited. One person was invited before."), "{shown}");
    assert!(shown.contains("2 invitations"), "{shown}");
    let listed = app.get(&format!("/api{page}")).by(&ada).send().await.json();
    let form = format!("competition={id}&invitation={}", listed[0]["id"].as_str().unwrap());
    for _ in 0..2 {
        assert_eq!(post_form(&app, cookie, "revoke_invitation", &form).await, page);
    }
    let shown = page_text(&app, cookie, &page).await;
    assert!(shown.contains("1 invitation"), "{shown}");
}

#[tokio::test]
async fn a_duplicate_has_the_access_codes_of_the_original() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let created = app.post("/api/competitions").by(&ada).json(&by_code()).send().await.json();
    let id = created["id"].as_str().unwrap();
    let cookie = &app.log_in(&ada).await;
    let shown = page_text(&app, cookie, &format!("/competitions/create?from={id}")).await;
    assert!(shown.contains(&format!("name=\"copy_of\" value=\"{id}\"")), "{shown}");
    let form = format!(
        "draft[title]=Chess&draft[description]=Seven&draft[capacity]=5&draft[timeZone]=UTC\
         &draft[regDeadline]=2026-11-30T12:00&idempotency_key=k-1&copy_of={id}"
    );
    let leads_to = post_form(&app, cookie, "create_competition", &form).await;
    let copy = format!("/api{leads_to}");
    assert_eq!(app.get(&copy).send().await.json()["access"], "CODE");
    let codes = app.get(&format!("{copy}/access-codes")).by(&ada).send().await.json();
    assert_eq!(codes, json!([{ "code": "EARLY-BIRD", "maxUses": 1, "uses": 0 }]));
}
