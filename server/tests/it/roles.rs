//! `/api/auth/roles`, and users with both roles.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{App, snapshot};

#[tokio::test]
async fn a_participant_who_adds_a_role_creates_a_competition_and_cannot_register_for_it() {
    let app = App::new().await;
    let (ada, eve) = (app.world.organizer("Ada").await, app.world.participant("Eve").await);
    let added =
        app.post("/api/auth/roles").by(&eve).json(&json!({ "role": "ORGANIZER" })).send().await;
    snapshot("role_added", &added);

    let new = json!({
        "title": "Chess", "description": "Seven rounds.", "capacity": 5,
        "regDeadline": "2026-11-30T12:00:00Z",
    });
    let created = app.post("/api/competitions").by(&eve).json(&new).send().await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    let own = created.json()["id"].as_str().unwrap().to_owned();
    let register = async |id: &str| {
        let path = format!("/api/competitions/{id}/register");
        app.post(&path).by(&eve).header("idempotency-key", "one").send().await
    };
    for _ in 0..2 {
        // Again as well: the refusal is not stored for the key.
        snapshot("own_competition", &register(&own).await);
    }
    let other = app.world.competition(&ada).create().await;
    assert_eq!(register(&other.to_string()).await.status, StatusCode::CREATED);

    let path = format!("/api/competitions/{own}/registrations");
    let body = json!({ "email": "eve@example.com", "addSeat": true });
    let refused = app.post(&path).by(&eve).json(&body).send().await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.json()["code"], "own_competition");
    assert_eq!(refused.json()["errors"][0]["field"], "email");
}

#[tokio::test]
async fn the_dashboard_of_a_user_with_one_role_has_one_view_whatever_the_address_names() {
    let app = App::new().await;
    let eve = app.world.participant("Eve").await;
    let cookie = app.log_in(&eve).await;
    for path in ["/dashboard", "/dashboard?view=competitions", "/dashboard?view=none"] {
        let page = app.get(path).header("accept", "text/html").header("cookie", &cookie);
        let page = page.send().await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.text.contains("No registrations yet"), "{path}");
        assert!(!page.text.contains("Your competitions"), "{path}");
    }
}
