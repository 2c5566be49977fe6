//! CORS.

use axum::http::Method;

use crate::support::App;

#[tokio::test]
async fn only_configured_origins_pass_cors() {
    let app = App::new().await;
    for (origin, allowed) in [("https://client.example", true), ("https://evil.example", false)] {
        let preflight = app
            .call(Method::OPTIONS, "/api/competitions")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type,idempotency-key");
        let response = preflight.send().await;
        let answer = response.header("access-control-allow-origin");
        assert_eq!(answer, allowed.then_some(origin));
        assert_eq!(
            response.header("access-control-allow-credentials"),
            None,
            "cookies must not be sent"
        );
    }
}
