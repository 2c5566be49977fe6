//! HTTP semantics of the API: conditional requests, methods, content types.

use axum::{
    body::Body,
    http::{HeaderValue, Method, StatusCode},
};
use domain::CompetitionId;
use serde_json::{Value, json};
use service::{Actor, jobs};

use crate::support::{App, Response, snapshot};

/// A competition, its organizer, and its address.
async fn competition(app: &App) -> (Actor, CompetitionId, String) {
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).create().await;
    (ada, id, format!("/api/competitions/{id}"))
}

fn tag(response: &Response) -> String {
    assert!(response.status.is_success(), "{}", response.text);
    response.header("etag").expect("an entity tag").to_owned()
}

#[tokio::test]
async fn a_competition_has_the_same_entity_tag_in_every_response() {
    let app = App::new().await;
    let (ada, _, address) = competition(&app).await;
    let first = tag(&app.get(&address).send().await);
    assert_eq!(first, tag(&app.get(&address).send().await), "the cached response");
    let head = app.call(Method::HEAD, &address).send().await;
    assert_eq!((tag(&head), &*head.text), (first.clone(), ""));

    let edited = app.patch(&address).by(&ada).json(&json!({ "title": "Other" })).send().await;
    let second = tag(&edited);
    assert_ne!(first, second);
    assert_eq!(second, tag(&app.get(&address).send().await));
    let ben = app.world.participant("Ben").await;
    app.post(&format!("{address}/register")).by(&ben).send().await;
    let third = tag(&app.get(&address).send().await);
    assert_ne!(second, third, "the tag covers the seats left");
    let version = |tag: &str| tag.split('-').next().unwrap().to_owned();
    assert_eq!(version(&second), version(&third), "a registration raises no version");

    let body = json!({
        "title": "New", "description": "New.", "capacity": 3, "regDeadline": "2026-12-01T00:00:00Z",
    });
    let created = app.post("/api/competitions").by(&ada).json(&body).send().await;
    let new = format!("/api/competitions/{}", created.json()["id"].as_str().unwrap());
    assert_eq!(tag(&created), tag(&app.get(&new).send().await));
    let cancelled = app.call(Method::DELETE, &new).by(&ada).send().await;
    assert_eq!(tag(&cancelled), tag(&app.get(&new).send().await));
}

#[tokio::test]
async fn an_edit_is_rejected_unless_if_match_matches() {
    let app = App::new().await;
    let (ada, _, address) = competition(&app).await;
    let title = async || app.get(&address).send().await.json()["title"].clone();
    let edit = async |if_match: &[&str], title: &str| {
        let call = app.patch(&address).by(&ada).json(&json!({ "title": title }));
        let call = if_match.iter().fold(call, |call, value| call.header("if-match", value));
        call.send().await
    };
    let first = tag(&app.get(&address).send().await);
    // A registration in the meantime does not make the edit fail.
    let ben = app.world.participant("Ben").await;
    app.post(&format!("{address}/register")).by(&ben).send().await;
    let second = tag(&edit(&[&first], "Second").await);

    let stale = edit(&[&first], "Lost").await;
    snapshot("precondition_failed", &stale);
    // A weak tag matches nothing: a condition on a change compares strongly.
    let weak = format!("W/{second}");
    for stale in [&["\"1\""][..], &["\"7\", \"8\""], &["W/\"2\""], &["\"no-such\""], &[&*weak]] {
        assert_eq!(edit(stale, "Lost").await.status, StatusCode::PRECONDITION_FAILED, "{stale:?}");
    }
    for malformed in ["2", "\"2", "", "*, \"2\""] {
        let refused = edit(&[malformed], "Lost").await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{malformed}");
        assert_eq!(refused.json()["code"], "invalid_if_match");
    }
    assert_eq!(title().await, "Second", "nothing was overwritten");
    for (number, good) in [
        &[&*second][..],
        &["*"],
        &["\"1\", W/\"3\", \"4\""],
        &["\"1\"", "\"5\""],
        &["\"6-0123456789abcdef-gzip\""],
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(edit(good, &format!("Title {number}")).await.status, StatusCode::OK, "{good:?}");
    }
    assert_eq!(edit(&[], "Without").await.status, StatusCode::OK);

    // The permission is checked before the version.
    let eve = app.world.organizer("Eve").await;
    let other = app.patch(&address).by(&eve).json(&json!({ "title": "Mine" }));
    let other = other.header("if-match", "\"1\"").send().await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn of_two_edits_at_once_with_one_if_match_one_is_applied() {
    let app = App::new().await;
    let (ada, _, address) = competition(&app).await;
    for round in 0..5 {
        let before = tag(&app.get(&address).send().await);
        let edit = |title: String| {
            let call = app.patch(&address).by(&ada).json(&json!({ "title": title }));
            call.header("if-match", &before).send()
        };
        let edits = (0..4).map(|number| edit(format!("Title {round} {number}")));
        let responses = futures::future::join_all(edits).await;
        let with = |status| responses.iter().filter(|response| response.status == status).count();
        assert_eq!((with(StatusCode::OK), with(StatusCode::PRECONDITION_FAILED)), (1, 3));
        let applied = responses.iter().find(|response| response.status == StatusCode::OK).unwrap();
        let after = app.get(&address).send().await;
        assert_eq!((tag(&after), &after.json()["title"]), (tag(applied), &applied.json()["title"]));
    }
}

#[tokio::test]
async fn a_key_replays_an_edit_whose_if_match_is_stale_since_that_edit() {
    let app = App::new().await;
    let (ada, _, address) = competition(&app).await;
    let edit = async |if_match: &str| {
        let call = app.patch(&address).by(&ada).json(&json!({ "title": "Second" }));
        call.header("if-match", if_match).header("idempotency-key", "edit").send().await
    };
    let (first, again) = (edit("\"1\"").await, edit("\"1\"").await);
    assert_eq!((first.status, &first.text), (StatusCode::OK, &again.text));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(tag(&first), tag(&again));
    assert_eq!(edit("\"2\"").await.status, StatusCode::UNPROCESSABLE_ENTITY, "another request");
}

#[tokio::test]
async fn a_cancellation_checks_if_match_and_is_idempotent() {
    let app = App::new().await;
    let (ada, _, address) = competition(&app).await;
    let first = tag(&app.get(&address).send().await);
    app.patch(&address).by(&ada).json(&json!({ "title": "Second" })).send().await;
    let cancel = async |if_match: &str| {
        app.call(Method::DELETE, &address).by(&ada).header("if-match", if_match).send().await
    };
    assert_eq!(cancel(&first).await.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(cancel("no tag").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.get(&address).send().await.json()["cancelledAt"], Value::Null);
    let second = tag(&app.get(&address).send().await);
    let cancelled = cancel(&second).await;
    assert_eq!(cancelled.status, StatusCode::OK);
    // A retry after a lost response succeeds.
    assert_eq!(cancel(&second).await.status, StatusCode::OK);
    // The edit is rejected without the condition too, so that error wins.
    let edit = app.patch(&address).by(&ada).json(&json!({ "title": "Late" }));
    let edit = edit.header("if-match", &second).send().await;
    assert_eq!(edit.json()["code"], "cancelled_is_final");
}

#[tokio::test]
async fn an_ignored_body_is_rejected_only_if_it_is_invalid_json() {
    let app = App::new().await;
    let (ada, id, address) = competition(&app).await;
    let (ben, root) = (app.world.participant("Ben").await, app.world.admin("Root").await);
    app.post(&format!("{address}/register")).by(&ben).send().await;
    worker::drain(&app.world.ctx).await.unwrap();
    let mail = service::mail::mailbox::list(&app.world.ctx, &ben, None).await.unwrap()[0].id;
    let job = app.dead_job().await;
    let register = format!("{address}/register");
    let calls = [
        (Method::POST, register.clone(), &ben),
        (Method::DELETE, register, &ben),
        (Method::PATCH, format!("/api/mailbox/{mail}/read"), &ben),
        (Method::DELETE, address, &ada),
        (Method::POST, "/api/admin/failed-jobs/retry".to_owned(), &root),
        (Method::POST, format!("/api/admin/failed-jobs/{job}/retry"), &root),
        (Method::DELETE, format!("/api/admin/failed-jobs/{job}"), &root),
        (Method::POST, "/api/auth/logout".to_owned(), &ben),
    ];
    let json = "application/json";
    for (method, path, actor) in &calls {
        for (kind, body) in [
            (json, "{"),
            (json, "{} {}"),
            (json, "\u{feff}{}"),
            ("application/json; charset=utf-16", "{}"),
            ("application/problem+json", "nonsense"),
        ] {
            let refused = app.call(method.clone(), path).by(actor).text(kind, body).send().await;
            assert!(
                matches!(
                    refused.status,
                    StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE
                ),
                "{method} {path} {kind} {body}: {}",
                refused.status
            );
            assert!(refused.json()["code"].is_string());
        }
        // The permission is checked before the body.
        if !path.ends_with("logout") {
            let visitor = app.call(method.clone(), path).text(json, "{").send().await;
            assert_eq!(visitor.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        }
    }
    assert!(app.world.roster(&ada, id).await.iter().all(|status| status.holds_seat()));
    let dead = jobs::dead_letters(&app.world.ctx, jobs::Operator::Admin(&root)).await.unwrap();
    assert_eq!(dead.len(), 1, "the job was retried or discarded");

    // Bodies that clients of the first version of the API send.
    for (kind, body) in [
        (Some(json), ""),
        (Some(json), "{}"),
        (Some(json), "{\"a\":[1]}"),
        (Some("application/json; charset=UTF-8"), "null"),
        (Some("text/plain"), "{not json"),
        (None, "{not json"),
    ] {
        let register = format!("/api/competitions/{id}/register");
        for method in [Method::DELETE, Method::POST] {
            let call = app.call(method.clone(), &register).by(&ben);
            let call = match kind {
                Some(kind) => call.text(kind, body),
                None => call.body(body),
            };
            let done = call.send().await;
            assert!(done.status.is_success(), "{method} {kind:?} {body}: {}", done.text);
        }
    }
}

#[tokio::test]
async fn a_required_body_must_be_json_in_utf8() {
    let app = App::new().await;
    let sent = async |kind: &'static str, body: &str| {
        let sent = app.post("/api/auth/login").text(kind, body.to_owned()).send().await;
        (sent.status.as_u16(), sent.json()["code"].as_str().unwrap().to_owned())
    };
    let good = r#"{"email":"ada@example.com","password":"correct horse"}"#;
    let json = "application/json";
    for (kind, body, expected) in [
        (json, good.to_owned(), (401, "invalid_credentials")),
        ("Application/JSON; charset=UTF-8", good.to_owned(), (401, "invalid_credentials")),
        ("application/json;charset=\"utf-8\"", good.to_owned(), (401, "invalid_credentials")),
        ("application/json; charset=utf-16", good.to_owned(), (415, "unsupported_media_type")),
        ("application/json; charset=latin1", good.to_owned(), (415, "unsupported_media_type")),
        ("text/plain", good.to_owned(), (415, "unsupported_media_type")),
        ("text/json", good.to_owned(), (415, "unsupported_media_type")),
        ("not a type", good.to_owned(), (415, "unsupported_media_type")),
        (json, format!("{good}{good}"), (400, "malformed_body")),
        (json, format!("{good} x"), (400, "malformed_body")),
        (json, format!("\u{feff}{good}"), (400, "malformed_body")),
        (json, String::new(), (400, "malformed_body")),
        (
            json,
            r#"{"email":"a@b.example","email":"c@d.example","password":"correct horse"}"#
                .to_owned(),
            (400, "malformed_body"),
        ),
        (
            json,
            r#"{"x":1,"x":2,"email":"a@b.example","password":"correct horse"}"#.to_owned(),
            (400, "validation_failed"),
        ),
    ] {
        let (status, code) = sent(kind, &body).await;
        assert_eq!((status, &*code), expected, "{kind} {body}");
    }
    let twice = app.post("/api/auth/login").text(json, good).header("content-type", "text/plain");
    assert_eq!(twice.send().await.status, StatusCode::BAD_REQUEST);
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = app.post("/api/auth/login").text(json, Body::from(utf16)).send().await;
    assert_eq!(wide.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_repeated_parameter_is_named() {
    let app = App::new().await;
    let (ada, id, _) = competition(&app).await;
    let list = app.get("/api/competitions?page=1&limit=2&page=2&tags=a&tags=b").send().await;
    snapshot("repeated_parameter", &list);
    for path in [
        format!("/api/competitions/{id}/registrations?search=a&search=b"),
        format!("/api/competitions/{id}/registrations.csv?search=a&search=b"),
        "/api/mailbox/my?search=a&search=b".to_owned(),
    ] {
        let refused = app.get(&path).by(&ada).send().await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(refused.message(), json!(["search must not be given more than once"]), "{path}");
        assert_eq!(refused.json()["errors"][0]["field"], "search");
    }
}

#[tokio::test]
async fn head_and_unsupported_methods_follow_http() {
    let app = App::new().await;
    let (ada, id, address) = competition(&app).await;
    for path in [
        "/api/competitions".to_owned(),
        address.clone(),
        format!("{address}/registrations"),
        format!("{address}/registrations.csv"),
        "/api/auth/me".to_owned(),
        "/api/health".to_owned(),
    ] {
        let get = app.get(&path).by(&ada).send().await;
        let head = app.call(Method::HEAD, &path).by(&ada).send().await;
        assert_eq!((head.status, &*head.text), (get.status, ""), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
    }
    for (method, path, allowed) in [
        (Method::PUT, "/api/competitions".to_owned(), "GET,HEAD,POST"),
        (Method::PUT, format!("/api/competitions/{id}"), "DELETE,GET,HEAD,PATCH"),
        (Method::GET, format!("/api/competitions/{id}/register"), "DELETE,POST"),
        (Method::GET, "/api/auth/login".to_owned(), "POST"),
        (Method::DELETE, "/api/mailbox/my".to_owned(), "GET,HEAD"),
    ] {
        let refused = app.call(method, &path).send().await;
        assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let mut methods: Vec<_> = refused.header("allow").expect("Allow").split(',').collect();
        methods.sort_unstable();
        assert_eq!(methods.join(","), allowed, "{path}");
        assert_eq!(refused.json()["code"], "method_not_allowed");
    }
}

#[tokio::test]
async fn the_api_answers_json_regardless_of_accept() {
    let app = App::new().await;
    let (.., address) = competition(&app).await;
    for accept in ["application/xml", "text/html", "application/json;q=0", "nonsense"] {
        let response = app.get(&address).header("accept", accept).send().await;
        assert_eq!(response.status, StatusCode::OK, "{accept}");
        assert_eq!(response.header("content-type"), Some("application/json"));
    }
}

#[tokio::test]
async fn cors_allows_conditional_requests() {
    let app = App::new().await;
    let preflight = app
        .call(Method::OPTIONS, "/api/competitions")
        .header("origin", crate::support::CORS_ORIGIN)
        .header("access-control-request-method", "PATCH")
        .header("access-control-request-headers", "if-match");
    let preflight = preflight.send().await;
    let allowed = preflight.header("access-control-allow-headers").unwrap();
    assert!(allowed.contains("if-match"), "{allowed}");
    let get =
        app.get("/api/competitions").header("origin", crate::support::CORS_ORIGIN).send().await;
    let exposed = get.headers.get("access-control-expose-headers").map(HeaderValue::to_str);
    let exposed = exposed.unwrap().unwrap();
    for header in ["etag", "www-authenticate", "retry-after"] {
        assert!(exposed.contains(header), "{header} in {exposed}");
    }
}

#[tokio::test]
async fn every_201_has_the_path_of_what_it_created_also_in_a_replay() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let new = json!({
        "title": "New", "description": "New.", "capacity": 3, "regDeadline": "2026-12-01T00:00:00Z",
    });
    let account = json!({
        "name": "Eve", "email": "eve@example.com", "password": "correct horse",
        "role": "PARTICIPANT",
    });
    let location = |response: &Response| {
        assert_eq!(response.status, StatusCode::CREATED, "{}", response.text);
        response.header("location").expect("a location").to_owned()
    };
    let signed_up = app.post("/api/auth/signup").json(&account).send().await;
    assert_eq!(location(&signed_up), "/api/auth/me");
    let create = || app.post("/api/competitions").by(&ada).json(&new);
    let created = create().header("idempotency-key", "a").send().await;
    let competition = location(&created);
    let register = || app.post(&format!("{competition}/register")).by(&ben);
    let registered = register().header("idempotency-key", "b").send().await;
    let registration = location(&registered);
    for (path, body) in [(&competition, &created), (&registration, &registered)] {
        let found = app.get(path).by(&ben).send().await;
        assert_eq!(found.status, StatusCode::OK, "{path}");
        assert_eq!(found.json()["id"], body.json()["id"], "{path}");
    }
    let again = create().header("idempotency-key", "a").send().await;
    assert_eq!(
        (location(&again), again.header("idempotency-replayed")),
        (competition.clone(), Some("true"))
    );
    let again = register().header("idempotency-key", "b").send().await;
    assert_eq!(
        (location(&again), again.header("idempotency-replayed")),
        (registration, Some("true"))
    );
}
