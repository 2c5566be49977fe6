//! The cookie of a session, and which requests read the session.

use axum::http::StatusCode;
use chrono::TimeDelta;
use server::options::ServerOptions;

use super::{CREDENTIALS, HOST_ONLY, PLAIN, cookie, is_logged_in, pair, post};
use crate::{security::HTML, support::App};

#[tokio::test]
async fn the_session_cookie_is_http_only_and_secure_over_https() {
    for (site, is_secure) in [("http://compete.example", false), ("https://compete.example", true)]
    {
        let app = App::configured(|options: &mut ServerOptions| {
            options.site_url = Some(site.into());
        })
        .await;
        app.world.participant("Ben").await;
        let response = post(&app, "/fn/log_in", None, CREDENTIALS.into()).await;
        let name = cookie(&response).split('=').next();
        let expected = if is_secure { HOST_ONLY } else { PLAIN };
        assert_eq!(name, Some(expected), "{site}");
        let attributes: Vec<_> = cookie(&response).split("; ").skip(1).collect();
        assert!(attributes.contains(&"HttpOnly"), "{attributes:?}");
        assert!(attributes.contains(&"SameSite=Lax"), "{attributes:?}");
        assert!(attributes.contains(&"Path=/"), "{attributes:?}");
        assert_eq!(attributes.contains(&"Secure"), is_secure, "{attributes:?}");
        assert!(!cookie(&response).contains("Domain="), "the cookie must be host-only");
    }
}

#[tokio::test]
async fn over_https_only_the_cookie_with_the_host_prefix_is_read() {
    let app = App::configured(|options: &mut ServerOptions| {
        options.site_url = Some("https://compete.example".into());
    })
    .await;
    app.world.participant("Ben").await;
    let own = pair(&post(&app, "/fn/log_in", None, CREDENTIALS.into()).await);
    assert!(is_logged_in(&app, &own).await);
    let planted = own.replace(HOST_ONLY, PLAIN);
    let response = app.get("/api/auth/me").header("cookie", &planted).send().await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED);
    let removed = format!("{PLAIN}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
    assert_eq!(response.header("set-cookie"), Some(&*removed));
    // Browsers accept a cookie with the prefix, and its removal, only with `Secure`.
    let log_out = post(&app, "/fn/log_out", Some(&own), String::new()).await;
    assert_eq!(log_out.header("set-cookie"), Some(&*removed.replace(PLAIN, HOST_ONLY)));
}

#[tokio::test]
async fn pages_read_the_session_and_files_and_token_requests_do_not() {
    let site = tempfile::tempdir().unwrap();
    std::fs::write(site.path().join("humans.txt"), "User-agent: *").unwrap();
    let app = App::new().await.with_site(site.path());
    let ben = app.world.participant("Ben").await;
    let own = app.log_in(&ben).await;
    // The cookie is renewed once a day, which shows that the session was read.
    app.world.clock.advance(TimeDelta::days(2));
    let file = app.get("/humans.txt").header("cookie", &own).send().await;
    assert_eq!((file.status, file.header("set-cookie")), (StatusCode::OK, None));
    assert_eq!(file.header("cache-control"), Some("private, no-cache"));
    let with_token = app.get("/api/auth/me").header("cookie", &own).by(&ben).send().await;
    assert_eq!((with_token.status, with_token.header("set-cookie")), (StatusCode::OK, None));
    let missing = app.get("/nothing-here").header("cookie", &own).send().await;
    assert_eq!(
        missing.header("cache-control"),
        Some("private, no-store"),
        "the page depends on the user"
    );
    assert_eq!(pair(&missing), own);
}

#[tokio::test]
async fn a_session_and_its_cookie_are_renewed_with_use() {
    let app = App::new().await;
    let ben = app.world.participant("Ben").await;
    let own = app.log_in(&ben).await;
    for _ in 0..5 {
        app.world.clock.advance(TimeDelta::days(10));
        let page = app.get("/dashboard").header("cookie", &own).send().await;
        assert_eq!(pair(&page), own);
        assert!(cookie(&page).contains("; Max-Age=1209600"), "{}", cookie(&page));
        let again = app.get("/dashboard").header("cookie", &own).send().await;
        assert_eq!(again.header("set-cookie"), None, "once a day");
    }
    app.world.clock.advance(TimeDelta::days(14));
    assert!(!is_logged_in(&app, &own).await);
}

#[tokio::test]
async fn a_database_that_fails_is_answered_with_503_and_logs_nobody_out() {
    let app = App::new().await;
    let ben = app.world.participant("Ben").await;
    let own = app.log_in(&ben).await;
    app.world.ctx.db().close().await.unwrap();
    // The input cannot be stored for the page.
    let refused = post(&app, "/fn/log_in", None, "email=x".into()).await;
    let asked = app.get("/dashboard").header("cookie", &own).header("accept", HTML).send().await;
    for (what, response) in [("a write", refused), ("a read", asked)] {
        assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{what}: {}", response.text);
        assert_eq!(response.header("set-cookie"), None, "{what}");
        assert!(response.text.contains("<html"), "{what}: {}", response.text);
    }
}
