//! Edits of the visibility.

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use domain::Visibility;
use serde_json::json;

use super::{Scene, TITLE, UNKNOWN};

#[tokio::test]
async fn a_visibility_changes_to_any_other_and_is_returned_everywhere() {
    let scene = Scene::with(Visibility::Draft).await;
    let (app, ada) = (&scene.app, &scene.ada);
    for to in ["DRAFT", "UNLISTED", "PUBLIC", "UNLISTED", "DRAFT", "PUBLIC", "DRAFT"] {
        let edited = scene.set(to).await;
        assert_eq!(edited.status, StatusCode::OK, "{}", edited.text);
        assert_eq!(edited.json()["visibility"], to);
        assert_eq!(app.get(&scene.path).by(ada).send().await.json()["visibility"], to);
        let mine = app.get("/api/competitions/my-competitions").by(ada).send().await.json();
        assert_eq!(mine[0]["visibility"], to);
    }
    for wrong in [json!("HIDDEN"), json!(1)] {
        let refused = app.patch(&scene.path).by(ada).json(&json!({ "visibility": wrong }));
        let refused = refused.send().await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
        assert_eq!(refused.json()["errors"][0]["field"], "visibility");
    }
}

#[tokio::test]
async fn a_competition_with_registrations_does_not_become_a_draft() {
    let scene = Scene::with(Visibility::Public).await;
    let ben = scene.app.world.participant("Ben").await;
    let register = format!("{}/register", scene.path);
    let registered = scene.app.post(&register).by(&ben).send().await.json();
    let refused = scene.set("DRAFT").await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    let problem = refused.json();
    assert_eq!(problem["code"], "has_registrations");
    assert_eq!(problem["errors"][0]["field"], "visibility");
    assert_eq!(scene.set("UNLISTED").await.status, StatusCode::OK);

    scene.app.call(Method::DELETE, &register).by(&ben).send().await;
    assert_eq!(scene.set("DRAFT").await.status, StatusCode::OK);
    // A participant who has cancelled does not see the draft among the registrations.
    let registration = format!("/api/registrations/{}", registered["id"].as_str().unwrap());
    let mine = "/api/competitions/registrations/my";
    let cookie = scene.app.log_in(&ben).await;
    let shows = async |path: &str| {
        let call = scene.app.get(path).header("cookie", &cookie);
        let shown = call.header("accept", "text/html, application/json").send().await;
        (shown.text.contains(TITLE), shown.status, shown)
    };
    for path in [mine, &format!("{mine}?cursor="), "/dashboard"] {
        let (shows_title, status, shown) = shows(path).await;
        assert!(!shows_title && status == StatusCode::OK, "{path}: {}", shown.text);
        if path == mine {
            assert_eq!(shown.header("x-total-count"), Some("0"));
        }
    }
    for path in [registration.clone(), format!("{registration}/calendar.ics")] {
        let (_, status, shown) = shows(&path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}: {}", shown.text);
        let unknown = scene.app.get(&path.replace(registered["id"].as_str().unwrap(), UNKNOWN));
        let unknown = unknown.header("cookie", &cookie).send().await;
        assert_eq!(unknown.text, shown.text, "{path}");
    }
    assert_eq!(scene.set("PUBLIC").await.status, StatusCode::OK);
    for path in [mine.to_owned(), format!("{mine}?cursor="), registration, "/dashboard".into()] {
        assert!(shows(&path).await.0, "{path}");
    }
}

#[tokio::test]
async fn a_draft_is_published_only_before_its_deadline() {
    let scene = Scene::with(Visibility::Draft).await;
    scene.app.world.clock.advance(TimeDelta::days(2));
    for to in ["PUBLIC", "UNLISTED"] {
        let refused = scene.set(to).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(refused.json()["code"], "deadline_not_in_future", "{to}");
    }
    let edit = json!({
        "visibility": "PUBLIC", "regDeadline": "2026-11-26T12:00:00Z", "title": TITLE,
    });
    let published = scene.app.patch(&scene.path).by(&scene.ada).json(&edit).send().await;
    assert_eq!(published.status, StatusCode::OK, "{}", published.text);
    // One that is published stays so after its deadline.
    scene.app.world.clock.advance(TimeDelta::days(2));
    assert_eq!(scene.set("UNLISTED").await.status, StatusCode::OK);
    assert_eq!(scene.set("PUBLIC").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_cancelled_draft_is_final_and_stays_hidden() {
    let scene = Scene::with(Visibility::Draft).await;
    let cancelled = scene.app.call(Method::DELETE, &scene.path).by(&scene.ada).send().await;
    assert_eq!(cancelled.status, StatusCode::OK, "{}", cancelled.text);
    assert_eq!(scene.status(&scene.path).await, StatusCode::NOT_FOUND);
    assert_eq!(scene.set("PUBLIC").await.json()["code"], "cancelled_is_final");
}

#[tokio::test]
async fn a_key_is_for_one_visibility() {
    let scene = Scene::with(Visibility::Draft).await;
    let send = async |visibility: Option<&str>| {
        let mut body = json!({
            "title": "Chess", "description": "Seven rounds", "capacity": 5,
            "regDeadline": "2026-11-30T12:00:00Z",
        });
        if let Some(visibility) = visibility {
            body["visibility"] = visibility.into();
        }
        let call = scene.app.post("/api/competitions").by(&scene.ada).json(&body);
        call.header("idempotency-key", "k").send().await
    };
    let first = send(Some("DRAFT")).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let replayed = send(Some("DRAFT")).await;
    assert_eq!(replayed.header("idempotency-replayed"), Some("true"));
    assert_eq!(replayed.json(), first.json());
    for other in [None, Some("PUBLIC"), Some("UNLISTED")] {
        let refused = send(other).await;
        assert_eq!(refused.json()["code"], "idempotency_key_reused", "{other:?}");
    }
}
