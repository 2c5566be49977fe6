//! `/api/mailbox`.

use axum::http::StatusCode;
use chrono::TimeDelta;

use crate::support::{App, snapshot};

#[tokio::test]
async fn a_message_is_listed_counted_and_marked_as_read_once() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).starting_in(None).create().await;
    app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    worker::drain(&app.world.ctx).await.unwrap();

    let list = app.get("/api/mailbox/my").by(&ben).send().await;
    let mail = list.json()[0].clone();
    let registration = mail["body"].as_str().unwrap().split("Registration ID: ").nth(1).unwrap();
    assert!(uuid::Uuid::parse_str(&registration[..36]).is_ok(), "the mail names the registration");
    assert!(mail["body"].as_str().unwrap().contains("Start date: Date to be announced"));
    assert_eq!(mail["subject"], "Registration Confirmed: Code Sprint");
    snapshot("unread_count", &app.get("/api/mailbox/unread-count").by(&ben).send().await);

    for (search, expected) in [("CODE%20sprint", 1), ("chess", 0)] {
        let path = format!("/api/mailbox/my?search={search}");
        let found = app.get(&path).by(&ben).send().await;
        assert_eq!(found.json().as_array().unwrap().len(), expected, "{search}");
    }
    let too_long = format!("/api/mailbox/my?search={}", "x".repeat(201));
    let refused = app.get(&too_long).by(&ben).send().await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);

    let path = format!("/api/mailbox/{}/read", mail["id"].as_str().unwrap());
    assert_eq!(
        app.patch(&path).by(&ada).send().await.status,
        StatusCode::NOT_FOUND,
        "another user's message"
    );
    assert_eq!(app.patch(&path).by(&ben).send().await.json()["readAt"], "2026-11-23T12:00:00.000Z");
    app.world.clock.advance(TimeDelta::hours(1));
    assert_eq!(app.patch(&path).by(&ben).send().await.json()["readAt"], "2026-11-23T12:00:00.000Z");
    let count = app.get("/api/mailbox/unread-count").by(&ben).send().await;
    assert_eq!(count.json()["count"], 0);
}

#[tokio::test]
async fn a_download_of_several_parts_is_one_json_object() {
    let app = App::new().await;
    let ben = app.world.participant("Ben").await;
    app.world.fill_mailbox(&ben, 450, "text").await;
    let data = app.get("/api/auth/me/data").by(&ben).send().await;
    assert_eq!(data.header("cache-control"), Some("private, no-store"));
    let data = data.json();
    assert_eq!(data["messages"].as_array().unwrap().len(), 450);
    assert_eq!(data["registrations"], serde_json::json!([]));
    assert_eq!(data["account"]["name"], "Ben");
}

#[tokio::test]
async fn a_mailbox_requires_a_login_and_hides_other_users_messages() {
    let app = App::new().await;
    for path in ["/api/mailbox/my", "/api/mailbox/unread-count"] {
        assert_eq!(app.get(path).send().await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(app.patch("/api/mailbox/x/read").send().await.status, StatusCode::UNAUTHORIZED);
    let ben = app.world.participant("Ben").await;
    snapshot("mail_not_found", &app.patch("/api/mailbox/x/read").by(&ben).send().await);
}
