//! Approval of registrations over the API and on pages.

use axum::http::StatusCode;
use serde_json::{Value, json};
use service::Actor;

use crate::support::{App, page_text, post_form};

/// A competition with approval and so many seats.
async fn create(app: &App, organizer: &Actor, seats: u32) -> String {
    let body = json!({
        "title": "Chess Open", "description": "Seven rounds.", "capacity": seats,
        "regDeadline": "2026-11-30T12:00:00Z", "approvalRequired": true,
    });
    let created = app.post("/api/competitions").by(organizer).json(&body).send().await.json();
    assert_eq!(created["approvalRequired"], true);
    created["id"].as_str().unwrap().to_owned()
}

async fn register(app: &App, participant: &Actor, competition: &str) -> String {
    let path = format!("/api/competitions/{competition}/register");
    let response = app.post(&path).by(participant).send().await;
    assert_eq!(response.status, StatusCode::CREATED);
    let new = response.json();
    assert_eq!(new["status"], "AWAITING_APPROVAL");
    new["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_organizer_approves_and_rejects_registrations_with_a_key_that_replays() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let [ben, eve, kim] = &app.world.participants(3).await[..] else { panic!("three") };
    let id = create(&app, &ada, 1).await;
    let path = format!("/api/competitions/{id}");
    let mut ids = Vec::new();
    for participant in [ben, eve, kim] {
        ids.push(register(&app, participant, &id).await);
    }
    let shown = app.get(&path).send().await.json();
    assert_eq!(shown["seatsLeft"], 1);
    let mine = app.get("/api/competitions/my-competitions").by(&ada).send().await.json();
    assert_eq!(mine[0]["awaitingApproval"], 3);

    let approve = format!("{path}/registrations/approve");
    let body = json!({ "registrationIds": ids[..2] });
    for replayed in [None, Some("true")] {
        let call = app.post(&approve).by(&ada).header("idempotency-key", "a-1").json(&body);
        let response = call.send().await;
        assert_eq!(response.status, StatusCode::OK);
        assert_eq!(response.header("idempotency-replayed"), replayed);
        let all = response.json();
        assert_eq!(all["reviewed"][0]["id"], *ids[0]);
        assert_eq!(all["reviewed"][0]["status"], "PENDING");
        let refused = json!([{
            "registrationId": ids[1], "code": "competition_full",
            "message": "No seat is left for this registration",
        }]);
        assert_eq!(all["refused"], refused);
    }
    let other = app.post(&approve).by(&ada).header("idempotency-key", "a-1");
    let other = other.json(&json!({ "registrationIds": ids })).send().await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);

    let reject = format!("{path}/registrations/reject");
    let body = json!({ "registrationIds": [ids[1]], "reason": "Full of teams" });
    let all = app.post(&reject).by(&ada).json(&body).send().await.json();
    assert_eq!(all["reviewed"][0]["status"], "REJECTED");
    let mine = app.get("/api/competitions/registrations/my").by(eve).send().await.json();
    assert_eq!(mine[0]["rejectionReason"], "Full of teams");
    let roster = format!("{path}/registrations?status=REJECTED");
    let roster = app.get(&roster).by(&ada).send().await.json();
    assert_eq!((roster.as_array().unwrap().len(), &roster[0]["id"]), (1, &json!(ids[1])));
    assert_eq!(roster[0]["rejectionReason"], "Full of teams");
    let again = app.post(&format!("{path}/register")).by(eve).send().await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
    let problem = again.json();
    assert_eq!(
        (&problem["code"], &problem["registrationId"]),
        (&json!("registration_rejected"), &json!(ids[1]))
    );
}

#[tokio::test]
async fn a_wrong_review_names_its_faults_and_changes_nothing() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let ben = app.world.participant("Ben").await;
    let id = create(&app, &ada, 1).await;
    let registration = register(&app, &ben, &id).await;
    let many = vec![&registration; 101];
    for (body, field) in [
        (json!({}), "registrationIds"),
        (json!({ "registrationIds": [] }), "registrationIds"),
        (json!({ "registrationIds": "all" }), "registrationIds"),
        (json!({ "registrationIds": ["1"] }), "registrationIds"),
        (json!({ "registrationIds": many }), "registrationIds"),
        (json!({ "registrationIds": [registration], "reason": "x".repeat(301) }), "reason"),
        (json!({ "registrationIds": [registration], "reason": "a\u{202e}b" }), "reason"),
        (json!({ "registrationIds": [registration], "seat": 1 }), "seat"),
    ] {
        let path = format!("/api/competitions/{id}/registrations/reject");
        let refused = app.post(&path).by(&ada).json(&body).send().await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(refused.json()["errors"][0]["field"], field, "{body}");
    }
    for wrong in [json!("yes"), json!(1), json!([])] {
        let edit = app.patch(&format!("/api/competitions/{id}")).by(&ada);
        let refused = edit.json(&json!({ "approvalRequired": wrong })).send().await;
        assert_eq!(refused.json()["errors"][0]["field"], "approvalRequired", "{wrong}");
    }
    let mine = app.get("/api/competitions/registrations/my").by(&ben).send().await.json();
    assert_eq!(
        (&mine[0]["status"], &mine[0]["rejectionReason"]),
        (&json!("AWAITING_APPROVAL"), &Value::Null)
    );
}

#[tokio::test]
async fn registrations_are_approved_and_rejected_on_the_page_without_javascript() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let [ben, eve] = &app.world.participants(2).await[..] else { panic!("two") };
    let id = create(&app, &ada, 1).await;
    let ids = [register(&app, ben, &id).await, register(&app, eve, &id).await];
    let cookie = &app.log_in(&ada).await;
    let manage = format!("/competitions/{id}/manage");
    let shown = page_text(&app, cookie, &manage).await;
    assert!(shown.contains("2 registrations wait for approval."), "{shown}");
    let manage = format!("{manage}/participants");
    let shown = page_text(&app, cookie, &manage).await;
    assert!(
        shown.contains(&format!("name=\"registration_ids[]\" value=\"{}\"", ids[0])),
        "{shown}"
    );

    let review = async |fields: &str| {
        let form = format!("competition={id}&next={manage}%3Fsort%3Dname&{fields}");
        let leads_to = post_form(&app, cookie, "review_registrations", &form).await;
        assert_eq!(leads_to, format!("{manage}?sort=name"));
        page_text(&app, cookie, &leads_to).await
    };
    let chosen = |id: &str| format!("registration_ids[]={id}");
    let shown = review("verdict=approve").await;
    assert!(shown.contains("Choose registrations from the list"), "{shown}");
    // A browser that does not send the pressed button decides nothing, and keeps what is chosen.
    for verdict in ["", "verdict=yes&"] {
        let shown = review(&format!("{verdict}{}&reason=Late", chosen(&ids[0]))).await;
        assert!(shown.contains("Choose what to do with the registrations"), "{shown}");
        assert!(shown.contains(&format!("value=\"{}\" checked", ids[0])), "{shown}");
        assert!(shown.contains("value=\"Late\""), "{shown}");
    }
    let shown = review(&format!("verdict=approve&{}&{}", chosen(&ids[0]), chosen(&ids[1]))).await;
    assert!(shown.contains("1 registration is approved."), "{shown}");
    assert!(
        shown.contains("1 registration is unchanged: No seat is left for this registration."),
        "{shown}"
    );
    let shown = review(&format!("verdict=approve&{}", chosen(&ids[1]))).await;
    assert!(shown.contains("No seat is left for this registration"), "{shown}");
    let shown = review(&format!("verdict=reject&reason=Too+late&{}", chosen(&ids[1]))).await;
    assert!(shown.contains("1 registration is rejected."), "{shown}");
    let cookie = &app.log_in(eve).await;
    let shown = page_text(&app, cookie, &format!("/competitions/{id}")).await;
    assert!(shown.contains("The organizer has rejected your registration."), "{shown}");
    assert!(shown.contains("Too late"), "{shown}");
}
