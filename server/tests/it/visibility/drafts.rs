//! A draft is for its organizer only.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::Visibility;
use futures::future::join_all;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use service::Actor;
use tokio::time::timeout;

use super::{Scene, TITLE, UNKNOWN};
use crate::support::Response;

/// Far longer than anything here takes.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A request, with a body if it changes something.
type Route = (Method, String, Option<Value>);

/// Every route that shows a competition or does something to it.
fn routes(id: &str) -> Vec<Route> {
    let get = |path: &str| (Method::GET, path.replace("{id}", id), None);
    let api = "/api/competitions/{id}";
    let mut routes: Vec<_> = [
        api,
        "/api/competitions/{id}/calendar.ics",
        "/api/competitions/{id}/seats",
        "/api/competitions/{id}/events",
        "/api/competitions/{id}/access-codes",
        "/api/competitions/{id}/invitations",
        "/api/competitions/{id}/messages",
        "/api/competitions/{id}/messages/01939a00-0000-7000-8000-000000000000",
        "/api/competitions/{id}/messages/01939a00-0000-7000-8000-000000000000/recipients",
        "/api/competitions/{id}/registrations",
        "/api/competitions/{id}/registrations?cursor=",
        "/api/competitions/{id}/registrations.csv",
        "/api/competitions/{id}/registrations/01939a00-0000-7000-8000-000000000000",
        "/competitions/{id}",
        "/competitions/{id}/edit",
        "/competitions/{id}/manage",
        "/competitions/{id}/manage/participants",
        "/competitions/{id}/manage/waiting-list",
        "/competitions/{id}/manage/check-in-list",
        "/competitions/{id}/manage/messages",
        "/competitions/{id}/manage/messages/write",
        "/competitions/{id}/manage/messages/01939a00-0000-7000-8000-000000000000",
        "/competitions/{id}/manage/messages/01939a00-0000-7000-8000-000000000000/edit",
        "/competitions/{id}/manage/settings",
        "/competitions/{id}/registrations/01939a00-0000-7000-8000-000000000000",
        "/competitions/{id}/cancel",
        "/competitions/{id}/cancel-registration",
        "/competitions/{id}/register",
        "/competitions/{id}/answers",
        "/competitions/{id}/questions",
        "/competitions/{id}/access",
        "/competitions/{id}/invitations",
        "/competitions/{id}/cover",
        "/competitions/create?from={id}",
    ]
    .map(get)
    .into();
    let path = api.replace("{id}", id);
    routes.extend([
        (Method::PATCH, path.clone(), Some(json!({ "title": "Mine now" }))),
        (Method::PATCH, path.clone(), Some(json!({ "title": "" }))),
        (Method::PATCH, path.clone(), Some(json!({ "questions": [] }))),
        (Method::PATCH, path.clone(), Some(json!({ "cover": null }))),
        (Method::DELETE, path.clone(), None),
        (Method::POST, format!("{path}/duplicate"), None),
        (Method::POST, format!("{path}/register"), None),
        (Method::POST, format!("{path}/register"), Some(answers())),
        (Method::DELETE, format!("{path}/register"), None),
        (
            Method::PATCH,
            format!("{path}/registrations/01939a00-0000-7000-8000-000000000000"),
            Some(answers()),
        ),
        (
            Method::POST,
            format!("{path}/invitations"),
            Some(json!({ "emails": ["grace@example.com"] })),
        ),
        (Method::DELETE, format!("{path}/invitations/01939a00-0000-7000-8000-000000000000"), None),
        (
            Method::POST,
            format!("{path}/registrations"),
            Some(json!({ "email": "participant1@example.com" })),
        ),
        (Method::POST, format!("{path}/registrations/approve"), Some(review())),
        (Method::POST, format!("{path}/registrations/promote"), Some(review())),
        (Method::POST, format!("{path}/registrations/reject"), Some(review())),
    ]);
    routes
}

fn answers() -> Value {
    json!({ "answers": [{ "questionId": "01939a00-0000-7000-8000-000000000000", "value": "M" }] })
}

fn review() -> Value {
    json!({ "registrationIds": ["01939a00-0000-7000-8000-000000000000"] })
}

/// What a client can tell responses apart by, without what differs each time.
fn seen(response: &Response, id: &str) -> (StatusCode, Vec<String>, String) {
    let request_id = response.header("x-request-id").unwrap_or("no request id").to_owned();
    let after = |text: &'_ str, mark: &str| text.split_once(mark).map(|(_, rest)| rest.to_owned());
    let nonce = after(&response.text, "modulepreload")
        .and_then(|rest| after(&rest, "crossorigin=\""))
        .and_then(|rest| Some(rest.split_once('"')?.0.to_owned()));
    let without = |text: &str| {
        // Addresses in a query have their hyphens encoded.
        let text = text.replace(id, "[id]").replace(&id.replace('-', "%2D"), "[id]");
        let text = text.replace(&request_id, "[request]");
        match &nonce {
            Some(nonce) => text.replace(nonce, "[nonce]"),
            None => text,
        }
    };
    // The policy has the hash of a script in which the id of the request is.
    let headers =
        response.headers.iter().filter(|(name, _)| *name != header::CONTENT_SECURITY_POLICY);
    let headers = headers.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
    (response.status, headers.map(|header| without(&header)).collect(), without(&response.text))
}

#[tokio::test]
async fn a_draft_is_answered_like_an_unknown_id_to_everyone_but_its_organizer() {
    let scene = Scene::with(Visibility::Draft).await;
    let (app, id) = (&scene.app, scene.id.to_string());
    let viewers = [
        ("a visitor", None),
        ("another organizer", Some(app.world.organizer("Eve").await)),
        ("a participant", Some(app.world.participant("Pia").await)),
        ("an administrator", Some(app.world.admin("Root").await)),
    ];
    for (name, viewer) in &viewers {
        let cookie = match viewer {
            Some(viewer) => Some(app.log_in(viewer).await),
            None => None,
        };
        for (of_draft, of_unknown) in routes(&id).into_iter().zip(routes(UNKNOWN)) {
            let ask = async |(method, path, body): &Route| {
                let is_page = !path.starts_with("/api");
                let mut call = app.call(method.clone(), path);
                call = call.header("accept", if is_page { "text/html" } else { "*/*" });
                if let Some(cookie) = cookie.as_ref().filter(|_| is_page) {
                    call = call.header("cookie", cookie);
                }
                if let Some(viewer) = viewer.as_ref().filter(|_| !is_page) {
                    call = call.by(viewer);
                }
                if let Some(body) = body {
                    call = call.json(body);
                }
                call.send().await
            };
            let (draft, unknown) = (ask(&of_draft).await, ask(&of_unknown).await);
            assert!(!draft.status.is_success(), "{name}: {of_draft:?} is {}", draft.status);
            assert!(!draft.text.contains(TITLE), "{name}: {of_draft:?} shows the draft");
            assert_eq!(seen(&draft, &id), seen(&unknown, UNKNOWN), "{name}: {of_draft:?}");
        }
    }
    let left = app.get(&scene.path).by(&scene.ada).send().await.json();
    assert_eq!((&left["title"], &left["cancelledAt"]), (&json!(TITLE), &Value::Null));
}

#[tokio::test]
async fn a_draft_is_shown_to_its_organizer_and_stored_nowhere() {
    let scene = Scene::with(Visibility::Draft).await;
    let (app, id) = (&scene.app, scene.id);
    let cookie = app.log_in(&scene.ada).await;
    for path in [
        format!("/api/competitions/{id}"),
        format!("/api/competitions/{id}/calendar.ics"),
        format!("/api/competitions/{id}/seats"),
        format!("/api/competitions/{id}/registrations"),
        format!("/api/competitions/{id}/registrations.csv"),
        "/api/competitions/my-competitions".to_owned(),
        format!("/competitions/{id}"),
        format!("/competitions/{id}/edit"),
        format!("/competitions/{id}/manage"),
        format!("/competitions/{id}/manage/participants"),
        format!("/competitions/{id}/manage/waiting-list"),
        format!("/competitions/{id}/manage/check-in-list"),
        format!("/competitions/{id}/manage/settings"),
        format!("/competitions/{id}/cancel"),
        format!("/competitions/create?from={id}"),
        "/dashboard".to_owned(),
    ] {
        // A visitor first, so that there is a response that could be shared.
        app.get(&path).header("accept", "text/html, application/json").send().await;
        let own = app.get(&path).header("cookie", &cookie);
        let own = own.header("accept", "text/html, application/json").send().await;
        assert_eq!(own.status, StatusCode::OK, "{path}: {}", own.text);
        let stored = own.header("cache-control").unwrap_or_default();
        assert!(stored.ends_with("no-store"), "{path}: {stored}");
        let visitor = app.get(&path).header("accept", "text/html, application/json").send().await;
        assert!(!visitor.text.contains(TITLE), "{path} was shared");
    }
    let tagged = app.get(&scene.path).by(&scene.ada).send().await;
    let tag = tagged.header("etag").expect("a tag").to_owned();
    let again = async |viewer: Option<&Actor>| {
        let call = app.get(&scene.path).header("if-none-match", &tag);
        let call = if let Some(viewer) = viewer { call.by(viewer) } else { call };
        call.send().await.status
    };
    assert_eq!(again(Some(&scene.ada)).await, StatusCode::NOT_MODIFIED);
    assert_eq!(again(None).await, StatusCode::NOT_FOUND);
    let edit = json!({ "title": "Other" });
    let edit = app.patch(&scene.path).by(&scene.ada).header("if-match", &tag).json(&edit);
    assert_eq!(edit.send().await.status, StatusCode::OK);
}

#[tokio::test]
async fn concurrent_requests_for_a_draft_share_no_response_with_its_organizer() {
    let scene = Scene::with(Visibility::Draft).await;
    for path in [scene.path.clone(), format!("{}/seats", scene.path)] {
        let all = join_all((0..40).map(async |number| {
            let is_own = number % 2 == 0;
            let call = scene.app.get(&path);
            let call = if is_own { call.by(&scene.ada) } else { call };
            (is_own, call.send().await.status)
        }));
        for (is_own, status) in all.await {
            let expected = if is_own { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(status, expected, "{path} for {}", if is_own { "Ada" } else { "a visitor" });
        }
    }
}

#[tokio::test]
async fn a_stream_of_a_visitor_ends_when_the_competition_becomes_a_draft() {
    let scene = Scene::with(Visibility::Public).await;
    let mut visitor = scene.watch(None).await.into_body();
    visitor.frame().await.expect("the seats").unwrap();
    assert_eq!(scene.set("DRAFT").await.status, StatusCode::OK);
    let end = timeout(TIMEOUT, visitor.frame()).await.expect("an end");
    assert!(end.is_none(), "the stream went on: {end:?}");
    assert_eq!(scene.watch(None).await.status(), StatusCode::NOT_FOUND);

    let own = scene.watch(Some(&scene.ada)).await;
    assert_eq!(own.headers()["cache-control"], "no-store, no-transform");
    let mut own = own.into_body();
    let text = async |body: &mut Body| {
        let frame = body.frame().await.expect("an event").unwrap();
        String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
    };
    let first = text(&mut own).await;
    assert!(first.contains("\"sequence\":2}"), "{first}");
    scene.app.patch(&scene.path).by(&scene.ada).json(&json!({ "capacity": 7 })).send().await;
    let next = timeout(TIMEOUT, text(&mut own)).await.expect("an event");
    assert!(next.contains("\"capacity\":7"), "{next}");
}
