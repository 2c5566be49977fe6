//! The cookie of a session, and when a session is read.

use axum::http::StatusCode;
use chrono::TimeDelta;
use server::cli::ServerOptions;

use super::{CREDENTIALS, HOST_ONLY, PLAIN, cookie, is_signed_in, pair, post};
use crate::{security::HTML, support::App};

#[tokio::test]
async fn a_sessions_cookie_is_out_of_reach_and_encrypted_where_it_can_be() {
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
        assert!(!cookie(&response).contains("Domain="), "for this host only");
    }
}

#[tokio::test]
async fn a_cookie_that_another_host_could_have_planted_is_not_read_where_the_site_is_https() {
    let app = App::configured(|options: &mut ServerOptions| {
        options.site_url = Some("https://compete.example".into());
    })
    .await;
    app.world.participant("Ben").await;
    let own = pair(&post(&app, "/fn/log_in", None, CREDENTIALS.into()).await);
    assert!(is_signed_in(&app, &own).await);
    let planted = own.replace(HOST_ONLY, PLAIN);
    let response = app.get("/api/auth/me").header("cookie", &planted).send().await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED);
    let removed = format!("{PLAIN}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
    assert_eq!(response.header("set-cookie"), Some(&*removed));
    // A browser takes nothing under the other name that is not `Secure`, its removal included.
    let log_out = post(&app, "/fn/log_out", Some(&own), String::new()).await;
    assert_eq!(log_out.header("set-cookie"), Some(&*removed.replace(PLAIN, HOST_ONLY)));
}

#[tokio::test]
async fn a_session_is_read_for_pages_and_not_for_files_or_tokens() {
    let site = tempfile::tempdir().unwrap();
    std::fs::write(site.path().join("robots.txt"), "User-agent: *").unwrap();
    let app = App::new().await.with_site(site.path());
    let ben = app.world.participant("Ben").await;
    let own = app.sign_in(&ben).await;
    // Reading or renewing a session is seen by its cookie, which is renewed once a day.
    app.world.clock.advance(TimeDelta::days(2));
    let file = app.get("/robots.txt").header("cookie", &own).send().await;
    assert_eq!((file.status, file.header("set-cookie")), (StatusCode::OK, None));
    assert_eq!(file.header("cache-control"), Some("private, no-cache"));
    let with_token = app.get("/api/auth/me").header("cookie", &own).by(&ben).send().await;
    assert_eq!((with_token.status, with_token.header("set-cookie")), (StatusCode::OK, None));
    let missing = app.get("/nothing-here").header("cookie", &own).send().await;
    assert_eq!(missing.header("cache-control"), Some("private, no-store"), "a page of Ben's");
    assert_eq!(pair(&missing), own);
}

#[tokio::test]
async fn a_session_and_its_cookie_are_renewed_while_they_are_used() {
    let app = App::new().await;
    let ben = app.world.participant("Ben").await;
    let own = app.sign_in(&ben).await;
    for _ in 0..5 {
        app.world.clock.advance(TimeDelta::days(10));
        let page = app.get("/dashboard").header("cookie", &own).send().await;
        assert_eq!(pair(&page), own);
        assert!(cookie(&page).contains("; Max-Age=1209600"), "{}", cookie(&page));
        let again = app.get("/dashboard").header("cookie", &own).send().await;
        assert_eq!(again.header("set-cookie"), None, "once a day");
    }
    app.world.clock.advance(TimeDelta::days(14));
    assert!(!is_signed_in(&app, &own).await);
}

#[tokio::test]
async fn a_database_that_fails_is_answered_with_503_and_logs_nobody_out() {
    let app = App::new().await;
    let ben = app.world.participant("Ben").await;
    let own = app.sign_in(&ben).await;
    app.world.ctx.db().close().await.unwrap();
    // What was typed cannot be kept for the page.
    let refused = post(&app, "/fn/log_in", None, "email=x".into()).await;
    let asked = app.get("/dashboard").header("cookie", &own).header("accept", HTML).send().await;
    for (what, response) in [("a write", refused), ("a read", asked)] {
        assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{what}: {}", response.text);
        assert_eq!(response.header("set-cookie"), None, "{what}");
        assert!(response.text.contains("<html"), "{what}: {}", response.text);
    }
}
