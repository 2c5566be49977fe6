//! Redirects after a log-in and a sign-up.

use axum::http::StatusCode;

use super::{CREDENTIALS, encode, pair, post};
use crate::{security::HTML, support::App};

/// URLs of other sites as an attacker might put them into a link. The last ones are
/// percent-encoded.
const FOREIGN: [&str; 16] = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "HTTPS:evil.example",
    "//evil.example/%2e%2e",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/x\r\nSet-Cookie: a=b",
    "evil.example",
];

#[tokio::test]
async fn logging_in_and_signing_up_redirect_within_this_site_only() {
    let app = App::new().await;
    app.world.participant("Ben").await;
    for (number, next) in FOREIGN.iter().enumerate() {
        let next = encode(next);
        let new = format!(
            "name=Eve&email=e{number}%40example.com&password=correct+horse&role=PARTICIPANT"
        );
        for (path, body) in [("/fn/log_in", CREDENTIALS), ("/fn/sign_up", &new)] {
            let response = post(&app, path, None, format!("{body}&next={next}")).await;
            assert_eq!(response.status, StatusCode::FOUND, "{}", response.text);
            assert_eq!(response.header("location"), Some("/dashboard"), "{path} {next}");
            assert_eq!(response.headers.get_all("set-cookie").iter().count(), 1, "{next}");
        }
        // A rejected form redirects to its own page, whatever `next` is.
        let response = post(&app, "/fn/log_in", None, format!("email=x&next={next}")).await;
        assert_eq!(response.header("location"), Some("/auth/login"), "{next}");
    }
}

#[tokio::test]
async fn a_logged_in_user_is_redirected_within_this_site_only() {
    let app = App::new().await;
    app.world.participant("Ben").await;
    let own = pair(&post(&app, "/fn/log_in", None, CREDENTIALS.into()).await);
    for page in ["/auth/login", "/auth/signup"] {
        for next in FOREIGN {
            let call = app.get(&format!("{page}?next={}", encode(next)));
            let response = call.header("accept", HTML).header("cookie", &own).send().await;
            assert_eq!(response.header("location"), Some("/dashboard"), "{page} {next:?}");
        }
    }
}
