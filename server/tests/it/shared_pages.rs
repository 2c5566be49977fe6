//! Pages that all visitors share.

use chrono::TimeDelta;
use futures::future::join_all;
use serde_json::json;

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

fn nonce(page: &Response) -> String {
    let policy = page.header("content-security-policy").expect("a policy");
    let (_, rest) = policy.split_once("'nonce-").expect("a nonce");
    rest.split_once('\'').expect("its end").0.to_owned()
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
async fn each_response_of_a_shared_page_has_a_nonce_of_its_own() {
    let app = App::new().await;
    let pages = join_all((0..4).map(|_| app.get("/competitions").send())).await;
    let mut nonces: Vec<_> = pages.iter().map(nonce).collect();
    for (page, nonce) in pages.iter().zip(&nonces) {
        let scripts = page.text.matches("<script nonce=").count();
        let own = page.text.matches(&format!("<script nonce=\"{nonce}\"")).count();
        assert!(scripts > 0 && own == scripts, "{own} of {scripts} scripts have the nonce");
        let others = nonces.iter().filter(|other| *other != nonce);
        assert!(others.clone().all(|other| !page.text.contains(other.as_str())));
        assert_eq!(page.header("set-cookie"), None);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 4);
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
    }
}
