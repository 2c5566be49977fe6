//! Limits on request bodies.

use axum::{body::Body, http::StatusCode};
use futures::stream;

use super::{FORM, HTML};
use crate::support::App;

/// One byte above the limit.
const TOO_LARGE: usize = 256 * 1024 + 1;

#[tokio::test]
async fn a_body_that_is_too_large_is_rejected_everywhere() {
    let app = App::new().await;
    for (path, kind) in
        [("/api/auth/login", "application/json"), ("/fn/log_in", FORM), ("/nothing", FORM)]
    {
        let whole = app.post(path).text(kind, "x".repeat(TOO_LARGE)).send().await;
        assert_eq!(whole.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert!(whole.text.contains("The body is larger than 256 KiB"), "{path}");
        // Without a declared length.
        let parts = (0..65).map(|_| Ok::<_, std::io::Error>("x".repeat(4_096)));
        let parts = app.post(path).text(kind, Body::from_stream(stream::iter(parts)));
        assert_eq!(parts.send().await.status, StatusCode::PAYLOAD_TOO_LARGE, "{path} in parts");
    }
    let largest = app.post("/api/auth/login").text("application/json", "x".repeat(TOO_LARGE - 1));
    assert_eq!(largest.send().await.status, StatusCode::BAD_REQUEST, "the body is read");
}

#[tokio::test]
async fn a_browser_gets_a_page_for_a_rejected_form() {
    let app = App::new().await;
    let form = app.post("/fn/log_in").header("accept", HTML).text(FORM, "x".repeat(TOO_LARGE));
    let response = form.send().await;
    assert_eq!(response.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(response.text.contains("The body is larger than 256 KiB"));
}

#[tokio::test]
async fn json_that_is_nested_too_deep_is_rejected() {
    let app = App::new().await;
    for (depth, message) in [(33, "nested deeper than 32"), (32, "Field x is not known")] {
        let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
        let body = format!("{{\"email\":\"a\",\"password\":\"b\",\"x\":{open}{close}}}");
        let response = app.post("/api/auth/login").text("application/json", body).send().await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST);
        assert!(response.text.contains(message), "{depth}: {}", response.text);
    }
    for depth in [1_000, 100_000] {
        let response = app.post("/api/auth/login").text("application/json", "[".repeat(depth));
        assert_eq!(response.send().await.status, StatusCode::BAD_REQUEST);
    }
}
