//! Protection against cross-site request forgery.

use axum::http::StatusCode;

use super::{
    FORM, HTML,
    routes::routes,
    row::{Row, Sent},
};
use crate::support::{App, CORS_ORIGIN, Call, Response};

/// Its value does not matter: any cookie marks a browser.
const COOKIE: &str = "mini_compete_session=x";
const EVIL: &str = "https://evil.example";

const MULTIPART: &str = "multipart/form-data; boundary=x";

/// Every row with an unsafe method.
fn mutations() -> impl Iterator<Item = &'static Row> {
    // Mail programs send one click from anywhere: mail_preferences.rs.
    let is_one_click = |row: &Row| row.route.starts_with("/unsubscribe/");
    routes().filter(move |row| !row.method.is_safe() && !is_one_click(row))
}

/// The call of a row, with a cookie.
fn call<'a>(app: &'a App, row: &Row) -> Call<'a> {
    let call = app.call(row.method.clone(), &row.path("x"));
    let call = call.header("cookie", COOKIE).header("host", "compete.example");
    match row.sent.typed() {
        None => call,
        Some((kind, body)) => call.text(kind, body),
    }
}

fn is_rejected(response: &Response) -> bool {
    response.status == StatusCode::FORBIDDEN && response.text.contains("cross_site_request")
}

#[tokio::test]
async fn every_write_is_rejected_from_other_sites() {
    let app = App::new().await;
    let mut count = 0;
    for row in mutations() {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", EVIL),
            ("origin", "null"),
            ("origin", CORS_ORIGIN),
            ("origin", "https://compete.example.evil.example"),
        ] {
            let response = call(&app, row).header(name, value).send().await;
            assert!(is_rejected(&response), "{row:?} {value}: {}", response.text);
            count += 1;
        }
        let response = call(&app, row).send().await;
        assert!(is_rejected(&response), "{row:?} with a cookie alone: {}", response.text);
    }
    assert!(count >= 6 * 20, "{count} calls");
}

#[tokio::test]
async fn every_write_is_accepted_from_this_site() {
    let app = App::new().await;
    for row in mutations() {
        for (name, value) in [
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "none"),
            ("origin", "http://compete.example"),
        ] {
            let response = call(&app, row).header(name, value).send().await;
            assert!(!is_rejected(&response), "{row:?} {value}: {}", response.text);
        }
    }
}

#[tokio::test]
async fn content_types_without_a_preflight_are_rejected() {
    let app = App::new().await;
    for row in mutations() {
        for kind in ["text/plain", MULTIPART] {
            if kind == MULTIPART && matches!(row.sent, Sent::Multipart(_)) {
                continue;
            }
            let call = call(&app, row).header("sec-fetch-site", "same-origin");
            let response = call.text(kind, "{}").send().await;
            assert_eq!(response.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{row:?}");
        }
    }
}

#[tokio::test]
async fn a_cross_site_rejection_has_the_format_of_its_client() {
    let app = App::new().await;
    let post = |accept: &str| {
        let call = app.post("/fn/log_in").header("origin", EVIL).header("accept", accept);
        call.text(FORM, "email=a&password=b").send()
    };
    let page = post(HTML).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.text.contains("<h1>Forbidden</h1>") && page.text.contains("another site"));
    assert!(page.text.contains("Reference: "), "{}", page.text);
    let error = post("application/json").await;
    assert_eq!(error.status, StatusCode::FORBIDDEN);
    assert_eq!(error.json()["code"], "cross_site_request");
}

#[tokio::test]
async fn bearer_tokens_and_configured_origins_work_across_origins() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).create().await;
    let register = app.post(&format!("/api/competitions/{id}/register")).by(&ben);
    let register = register.header("origin", CORS_ORIGIN).header("sec-fetch-site", "cross-site");
    let registered = register.send().await;
    assert_eq!(registered.status, StatusCode::CREATED);
    assert_eq!(registered.header("access-control-allow-origin"), Some(CORS_ORIGIN));

    let login = |origin: &str| {
        let call = app.post("/api/auth/login").header("origin", origin);
        call.header("sec-fetch-site", "cross-site").text("application/json", "{}").send()
    };
    assert_eq!(login(CORS_ORIGIN).await.status, StatusCode::BAD_REQUEST, "the body is read");
    let refused = login(EVIL).await;
    assert!(is_rejected(&refused), "{}", refused.text);
    assert_eq!(refused.header("access-control-allow-origin"), None);
}

/// The `Origin` that a browser without Fetch Metadata sends with a form of this page (Fetch,
/// "append a request Origin header"): one of a page without referrer names none.
fn origin_of_a_form_on(page: &Response) -> &'static str {
    match page.header("referrer-policy") {
        Some("no-referrer") => "null",
        _ => "http://compete.example",
    }
}

#[tokio::test]
async fn a_reset_link_works_without_javascript_and_fetch_metadata() {
    let app = App::new().await;
    let ben = app.world.participant("Ben").await;
    let email = domain::Email::parse(&ben.user().unwrap().email).unwrap();
    let link = service::password_reset::link(&app.world.ctx, &email).await.unwrap();
    let path = link.strip_prefix("https://site.example").unwrap();
    let opened = app.get(path).header("accept", HTML).send().await;
    assert_eq!(opened.header("referrer-policy"), Some("no-referrer"), "the URL has the token");
    let cookie = opened.header("set-cookie").unwrap().split(';').next().unwrap();
    let page = app.get("/auth/reset").header("cookie", cookie).header("accept", HTML).send().await;
    assert!(page.text.contains(email.as_str()));

    let set = async |origin: &str| {
        let call = app.post("/fn/reset_password").header("cookie", cookie).header("accept", HTML);
        let call = call.header("host", "compete.example").header("origin", origin);
        call.text(FORM, "password=battery+staple").send().await
    };
    for foreign in ["null", EVIL] {
        let refused = set(foreign).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{foreign}");
    }
    let set = set(origin_of_a_form_on(&page)).await;
    assert_eq!(set.header("location"), Some("/auth/reset?done=1"), "{} {}", set.status, set.text);
}

#[tokio::test]
async fn every_page_with_a_form_has_a_referrer_policy_that_sends_its_origin() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let cookie = app.log_in(&ada).await;
    let id = app.world.competition(&ada).create().await.to_string();
    let mut forms = 0;
    for row in routes().filter(|row| row.method.is_safe() && !row.is_api()) {
        for cookie in ["theme=dark", &cookie] {
            let page = app.get(&row.path(&id)).header("cookie", cookie);
            let page = page.header("accept", HTML).send().await;
            if page.text.contains("method=\"post\"") {
                forms += 1;
                assert_ne!(origin_of_a_form_on(&page), "null", "{}", row.route);
            }
        }
    }
    assert!(forms > 10, "{forms}");
}
