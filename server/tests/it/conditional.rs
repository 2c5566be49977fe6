//! Public reads with `If-None-Match`.

use axum::http::{Method, StatusCode};
use reqwest::Client;
use serde_json::json;

use crate::support::{App, Process, Response};

fn tag(response: &Response) -> String {
    assert_eq!(response.status, StatusCode::OK, "{}", response.text);
    response.header("etag").expect("an entity tag").to_owned()
}

/// The public reads of a competition, and whether their tags are strong.
fn addresses(id: impl std::fmt::Display) -> [(String, bool); 6] {
    [
        ("/api/competitions".to_owned(), true),
        ("/api/competitions?cursor=&limit=1".to_owned(), true),
        (format!("/api/competitions/{id}"), true),
        (format!("/api/competitions/{id}/seats"), true),
        (format!("/api/competitions/{id}/calendar.ics"), false),
        ("/api/openapi.json".to_owned(), true),
    ]
}

#[tokio::test]
async fn an_unchanged_public_read_is_answered_with_304_and_the_headers_of_the_200() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).create().await;
    app.world.competition(&ada).create().await;
    for (path, strong) in addresses(id) {
        let full = app.get(&path).send().await;
        let known = tag(&full);
        assert_eq!(known.starts_with('"'), strong, "{path}: {known}");
        assert_eq!(full.header("cache-control"), Some("no-cache"), "{path}");
        for method in [Method::GET, Method::HEAD] {
            for condition in [&*known, "*", &format!("\"x\", W/{}", known.trim_start_matches("W/"))]
            {
                let call = app.call(method.clone(), &path).header("if-none-match", condition);
                let unchanged = call.send().await;
                assert_eq!(unchanged.status, StatusCode::NOT_MODIFIED, "{method} {path}");
                assert_eq!(unchanged.text, "");
                for name in ["etag", "cache-control", "vary", "link", "x-total-count"] {
                    assert_eq!(unchanged.header(name), full.header(name), "{name} of {path}");
                }
                for name in ["content-type", "content-disposition"] {
                    assert_eq!(unchanged.header(name), None, "{name} of {path}");
                }
            }
            let other = app.call(method.clone(), &path).header("if-none-match", "\"other\"");
            assert_eq!(tag(&other.send().await), known, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_change_changes_the_tag_of_each_read_that_shows_it() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).create().await;
    let tags = async || {
        let mut tags = Vec::new();
        for (path, _) in addresses(id) {
            tags.push(tag(&app.get(&path).send().await));
        }
        tags
    };
    let first = tags().await;
    app.world.clock.advance(chrono::TimeDelta::seconds(5));
    assert_eq!(tags().await, first, "nothing was changed");
    let changed = |before: &[String], after: &[String]| -> Vec<bool> {
        before.iter().zip(after).map(|(before, after)| before != after).collect()
    };
    app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    let second = tags().await;
    // A calendar does not show the seats that are left.
    assert_eq!(changed(&first, &second), [true, true, true, true, false, false]);
    let edit = json!({ "title": "Chess" });
    app.patch(&format!("/api/competitions/{id}")).by(&ada).json(&edit).send().await;
    let third = tags().await;
    assert_eq!(changed(&second, &third), [true, true, true, true, true, false]);
}

#[tokio::test]
async fn the_tag_of_a_list_covers_the_number_of_items_on_other_pages() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    app.world.competition(&ada).titled("Alpha").create().await;
    let path = "/api/competitions?sort=title&limit=1";
    let before = app.get(path).send().await;
    app.world.competition(&ada).titled("Beta").create().await;
    let after = app.get(path).header("if-none-match", &tag(&before)).send().await;
    assert_eq!((after.status, &after.text), (StatusCode::OK, &before.text));
    assert_eq!(after.header("x-total-count"), Some("2"));
}

#[tokio::test]
async fn a_compressed_response_has_a_tag_of_its_own_that_is_good_for_all_conditions() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).create().await;
    let path = format!("/api/competitions/{id}");
    let plain = app.get(&path).send().await;
    let request = app.get(&path).header("accept-encoding", "gzip").request();
    let compressed = tower::ServiceExt::oneshot(app.router.clone(), request).await.unwrap();
    let vary: Vec<_> = compressed.headers().get_all("vary").iter().collect();
    assert!(vary.iter().any(|value| *value == "accept-encoding"), "{vary:?}");
    assert_eq!(compressed.headers()["content-encoding"], "gzip");
    let compressed = compressed.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(compressed, format!("\"{}-gzip\"", tag(&plain).trim_matches('"')));

    let unchanged = app.get(&path).header("accept-encoding", "gzip");
    let unchanged = unchanged.header("if-none-match", &compressed).send().await;
    assert_eq!(unchanged.status, StatusCode::NOT_MODIFIED);
    assert_eq!(unchanged.header("etag"), Some(&*compressed));
    let edit = app.patch(&path).by(&ada).json(&json!({ "title": "Chess" }));
    let edited = edit.header("if-match", &compressed).send().await;
    assert_eq!(edited.status, StatusCode::OK, "{}", edited.text);
}

#[tokio::test]
async fn a_private_read_has_no_tag_and_is_not_stored() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).create().await;
    for path in [
        "/api/auth/me".to_owned(),
        "/api/competitions/my-competitions".to_owned(),
        format!("/api/competitions/{id}/registrations"),
    ] {
        let response = app.get(&path).by(&ada).header("if-none-match", "*").send().await;
        assert_eq!(response.status, StatusCode::OK, "{path}");
        assert_eq!(response.header("etag"), None, "{path}");
        assert_eq!(response.header("cache-control"), Some("no-store"), "{path}");
    }
    let missing = "/api/competitions/01939c2e-7b5a-7000-8000-000000000001";
    let missing = app.get(missing).header("if-none-match", "*").send().await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_response_whose_status_allows_no_body_has_no_length() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    app.world.clock.set_to_real_time();
    let id = app.world.competition(&ada).create().await;
    let server = Process::serve(&app.world, &[]);
    let (client, list) = (Client::new(), server.url("/api/competitions"));
    let register = server.url(&format!("/api/competitions/{id}/register"));
    client.post(&register).bearer_auth(app.token(&ben)).send().await.unwrap();
    let full = client.get(&list).send().await.unwrap();
    assert!(full.headers().contains_key("content-length"));
    let tag = full.headers()["etag"].clone();
    for (status, call) in [
        (StatusCode::NOT_MODIFIED, client.get(&list).header("if-none-match", &tag)),
        (StatusCode::NOT_MODIFIED, client.head(&list).header("if-none-match", &tag)),
        (StatusCode::NO_CONTENT, client.delete(&register).bearer_auth(app.token(&ben))),
    ] {
        let response = call.send().await.unwrap();
        assert_eq!(response.status(), status);
        for name in ["content-length", "transfer-encoding"] {
            assert!(!response.headers().contains_key(name), "{status}: {name}");
        }
        assert!(!response.headers().contains_key("connection"), "{status}");
    }
}
