//! Responses that all visitors share.

use axum::body::{Body, Bytes, to_bytes};
use chrono::TimeDelta;
use domain::CompetitionId;
use futures::future::join_all;
use http::Request;
use serde_json::json;
use tower::ServiceExt;

use crate::support::{App, Response};

/// Longer than a page is shared.
const LATER: TimeDelta = TimeDelta::milliseconds(501);

/// A competition whose title changes without an event, so that a page tells when it was rendered.
struct Renamed {
    app: App,
    page: String,
}

impl Renamed {
    async fn behind_the_back() -> Self {
        let app = App::new().await;
        let ada = app.world.organizer("Ada").await;
        let id = app.world.competition(&ada).titled("Chess").create().await;
        let page = format!("/competitions/{id}");
        assert!(app.get(&page).send().await.text.contains("Chess"));
        app.world.execute("UPDATE competitions SET title = 'Draughts'").await.unwrap();
        Self { app, page }
    }

    async fn shows(&self, title: &str, header: Option<(&'static str, &str)>) -> bool {
        let call = self.app.get(&self.page);
        let call = match header {
            Some((name, value)) => call.header(name, value),
            None => call,
        };
        let text = call.send().await.text;
        text.contains(title) && !text.contains(if title == "Chess" { "Draughts" } else { "Chess" })
    }
}

/// What a visitor gets, as bytes.
async fn compressed(app: &App, path: &str, codings: &str) -> (Option<String>, Bytes) {
    let request = Request::get(path).header("host", "localhost");
    let request = request.header("accept-encoding", codings).body(Body::empty()).unwrap();
    let response = app.router.clone().oneshot(request).await.unwrap();
    let coding = response.headers().get("content-encoding");
    let coding = coding.map(|coding| coding.to_str().unwrap().to_owned());
    (coding, to_bytes(response.into_body(), usize::MAX).await.unwrap())
}

#[tokio::test]
async fn visitors_share_a_page_for_half_a_second() {
    let renamed = Renamed::behind_the_back().await;
    assert!(renamed.shows("Chess", None).await);
    renamed.app.world.clock.advance(LATER);
    assert!(renamed.shows("Draughts", None).await);
}

#[tokio::test]
async fn a_request_with_a_cookie_or_a_token_has_a_page_of_its_own() {
    let renamed = Renamed::behind_the_back().await;
    assert!(renamed.shows("Draughts", Some(("cookie", "theme=dark"))).await);
    let grace = renamed.app.world.participant("Grace").await;
    let token = format!("Bearer {}", renamed.app.token(&grace));
    assert!(renamed.shows("Draughts", Some(("authorization", &token))).await);
    assert!(renamed.shows("Chess", None).await, "the page of a user was shared");
}

#[tokio::test]
async fn a_change_shows_on_shared_pages_at_once() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).titled("Chess").seats(7).create().await;
    let page = format!("/competitions/{id}");
    for path in ["/", "/competitions", &page] {
        assert!(app.get(path).send().await.text.contains("Chess"), "{path}");
    }
    let edit = json!({ "title": "Draughts" });
    app.patch(&format!("/api{page}")).by(&ada).json(&edit).send().await;
    for path in ["/", "/competitions", &page] {
        assert!(app.get(path).send().await.text.contains("Draughts"), "{path}");
    }
    let grace = app.world.participant("Grace").await;
    app.post(&format!("/api{page}/register")).by(&grace).send().await;
    assert!(app.get(&page).send().await.text.contains("6 of 7 seats left"));
    let new = app.world.competition(&ada).titled("Backgammon").create().await;
    for path in ["/competitions", &format!("/competitions/{new}")] {
        app.world.clock.advance(LATER);
        assert!(app.get(path).send().await.text.contains("Backgammon"), "{path}");
    }
}

#[tokio::test]
async fn a_change_of_another_competition_shows_on_lists_only() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let grace = app.world.participant("Grace").await;
    let id = app.world.competition(&ada).titled("Chess").create().await;
    let [page, in_api] = [format!("/competitions/{id}"), format!("/api/competitions/{id}")];
    // Competitions whose ids end alike are counted together.
    let end = |id: &CompetitionId| id.0.as_bytes()[15];
    let mut other = app.world.competition(&ada).create().await;
    while end(&other) == end(&id) {
        other = app.world.competition(&ada).create().await;
    }
    for path in [&page, &in_api, "/competitions"] {
        assert!(app.get(path).send().await.text.contains("Chess"), "{path}");
    }
    app.world.execute("UPDATE competitions SET title = 'Draughts'").await.unwrap();
    app.post(&format!("/api/competitions/{other}/register")).by(&grace).send().await;
    for (path, title) in [(&*page, "Chess"), (&in_api, "Chess"), ("/competitions", "Draughts")] {
        assert!(app.get(path).send().await.text.contains(title), "{path}");
    }
}

#[tokio::test]
async fn compressed_pages_are_shared_by_those_who_accept_their_coding() {
    let Renamed { app, page } = Renamed::behind_the_back().await;
    let [brotli, gzip] =
        [compressed(&app, &page, "br").await, compressed(&app, &page, "gzip").await];
    assert_eq!((brotli.0.as_deref(), gzip.0.as_deref()), (Some("br"), Some("gzip")));
    app.world.execute("UPDATE competitions SET title = 'Backgammon'").await.unwrap();
    assert_eq!(compressed(&app, &page, "br").await, brotli);
    assert_eq!(compressed(&app, &page, "gzip").await, gzip);
    app.world.clock.advance(LATER);
    assert_ne!(compressed(&app, &page, "br").await, brotli);
}

#[tokio::test]
async fn a_page_for_a_browser_that_accepts_every_coding_is_compressed_with_zstandard() {
    let app = App::new().await;
    let browser = "gzip, deflate, br, zstd";
    assert_eq!(compressed(&app, "/", browser).await.0.as_deref(), Some("zstd"));
    let cookie = app.log_in(&app.world.participant("Grace").await).await;
    let call = app.get("/").header("cookie", &cookie).header("accept-encoding", browser);
    let response = app.router.clone().oneshot(call.request()).await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "zstd");
}

#[tokio::test]
async fn a_response_of_the_api_that_a_user_shares_is_not_kept_for_longer() {
    let Renamed { app, page } = Renamed::behind_the_back().await;
    let path = format!("/api{page}");
    let grace = app.world.participant("Grace").await;
    let first = app.get(&path).by(&grace).send().await;
    app.world.execute("UPDATE competitions SET title = 'Backgammon'").await.unwrap();
    app.world.clock.advance(LATER / 2);
    assert_eq!(app.get(&path).send().await.text, first.text);
    app.world.clock.advance(LATER / 2 + TimeDelta::milliseconds(1));
    assert_eq!(app.get(&path).send().await.json()["title"], "Backgammon");
}

#[tokio::test]
async fn each_shared_response_has_a_request_id_of_its_own() {
    let app = App::new().await;
    for path in ["/competitions", "/api/competitions"] {
        let responses = join_all((0..4).map(|_| app.get(path).send())).await;
        let ready = app.get(path).send().await;
        let id = |response: &Response| response.header("x-request-id").expect("an id").to_owned();
        let mut ids: Vec<_> = responses.iter().chain([&ready]).map(id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 5, "an id of {path} was shared");
    }
}

#[tokio::test]
async fn a_draining_server_closes_the_connections_of_visitors() {
    let app = App::new().await;
    let page = async || app.get("/competitions").send().await;
    assert_eq!(page().await.header("connection"), None);
    app.draining.cancel();
    assert_eq!(page().await.header("connection"), Some("close"));
}

#[tokio::test]
async fn a_page_that_fails_is_not_shared() {
    let app = App::new().await;
    let unknown = "/competitions/01936f5e-0000-7000-8000-000000000001";
    let requests = ["r-1", "r-2"].map(|id| {
        let call = app.get(unknown).header("x-request-id", id).from([10, 0, 0, 1].into());
        call.send()
    });
    for page in join_all(requests).await {
        assert_eq!(page.status, 404);
        let id = page.header("x-request-id").expect("an id");
        assert!(page.text.contains(id), "it names another request: {}", page.text);
    }
}
