//! The frame of the pages: the theme, toasts, errors.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{Method, StatusCode};

use crate::support::{App, Call, Response};

const HTML: &str = "text/html";
const FORM: &str = "application/x-www-form-urlencoded";

/// The text without the markers that a debug build of Leptos inserts.
fn plain(response: &Response) -> String {
    response.text.replace("<!>", "")
}

/// Posts a form as a browser does without JavaScript.
fn form<'a>(app: &'a App, path: &str, body: &str) -> Call<'a> {
    let call = app.post(path).header("accept", HTML).header("sec-fetch-site", "same-origin");
    call.text(FORM, body.to_owned())
}

async fn page(app: &App, path: &str, cookie: &str) -> Response {
    app.get(path).header("accept", HTML).header("cookie", cookie).send().await
}

async fn log_in(app: &App, email: &str) -> String {
    let body = format!("email={email}&password=correct+horse");
    let response = form(app, "/fn/log_in", &body).send().await;
    response.header("set-cookie").expect("a session").split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_html_element_carries_the_theme() {
    let app = App::new().await;
    for (cookie, expected) in [
        ("", "<html lang=\"en\">"),
        ("theme=dark", "<html lang=\"en\" data-theme=\"dark\">"),
        ("other=1; theme=light", "<html lang=\"en\" data-theme=\"light\">"),
        ("theme=\"><script>", "<html lang=\"en\">"),
    ] {
        let text = page(&app, "/", cookie).await.text;
        assert!(text.contains(expected), "{cookie}: {}", &text[..200]);
    }
}

#[tokio::test]
async fn the_theme_is_stored_in_a_cookie_and_the_form_returns_to_its_page() {
    let app = App::new().await;
    let chosen = form(&app, "/fn/set_theme", "theme=dark&next=/competitions?page=2").send().await;
    assert_eq!(chosen.status, StatusCode::FOUND, "{}", chosen.text);
    assert_eq!(chosen.header("location"), Some("/competitions?page=2"));
    let cookie = "theme=dark; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax";
    assert_eq!(chosen.header("set-cookie"), Some(cookie));
    let system = form(&app, "/fn/set_theme", "theme=system&next=/").send().await;
    assert!(system.header("set-cookie").unwrap().contains("Max-Age=0"));
    for foreign in ["//evil.example", "https://evil.example", "/%5Cevil.example"] {
        let body = format!("theme=dark&next={foreign}");
        let sent = form(&app, "/fn/set_theme", &body).send().await;
        assert_eq!(sent.header("location"), Some("/dashboard"), "{foreign}");
    }
    let unknown = app.post("/fn/set_theme").text(FORM, "theme=pink").send().await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert!(unknown.text.contains("Theme must be light, dark or system"), "{}", unknown.text);
}

#[tokio::test]
async fn the_theme_cookie_is_secure_where_the_site_is_https() {
    let app = App::new().await.with_site_url("https://compete.example");
    let chosen = form(&app, "/fn/set_theme", "theme=dark&next=/").send().await;
    assert!(chosen.header("set-cookie").unwrap().ends_with("; Secure"));
}

#[tokio::test]
async fn a_toast_is_shown_once_on_the_page_after_a_form() {
    let app = App::new().await;
    app.world.participant("Ben").await;
    let cookie = log_in(&app, "ben@example.com").await;
    let done = form(&app, "/fn/read_all_mail", "").header("cookie", &cookie).send().await;
    assert_eq!(done.header("location"), Some("/mailbox"));
    let has_toast =
        |page: &Response| plain(page).contains("<p dir=\"auto\">0 messages marked as read</p>");
    assert!(has_toast(&page(&app, "/mailbox", &cookie).await));
    assert!(!has_toast(&page(&app, "/mailbox", &cookie).await), "once");
}

/// A proxy whose request ids are taken.
const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

async fn app_behind_proxy() -> App {
    App::configured(|options| options.trusted_proxies = "127.0.0.1".parse().unwrap()).await
}

#[tokio::test]
async fn an_error_shows_its_request_id_on_pages_and_in_server_functions() {
    let app = app_behind_proxy().await;
    for path in ["/nothing", "/competitions/no-uuid"] {
        let response = app
            .get(path)
            .header("accept", HTML)
            .header("x-request-id", "r-7")
            .from(PROXY)
            .send()
            .await;
        assert_eq!(response.status, StatusCode::NOT_FOUND);
        assert!(plain(&response).contains("Reference: <code>r-7</code>"), "{path}");
        assert_eq!(response.header("x-request-id"), Some("r-7"));
    }
    let fetched =
        app.post("/fn/read_all_mail").header("x-request-id", "r-8").from(PROXY).send().await;
    assert_eq!(fetched.status, StatusCode::UNAUTHORIZED);
    assert_eq!(fetched.json()["request_id"], "r-8");
}

#[tokio::test]
async fn a_browser_gets_an_error_page_for_an_error_outside_of_pages() {
    let app = app_behind_proxy().await;
    let request = || {
        let call = app.call(Method::PUT, "/competitions");
        let call = call.header("sec-fetch-site", "same-origin");
        call.header("x-request-id", "r-9").from(PROXY).header("cookie", "theme=dark")
    };
    let shown = request().header("accept", HTML).send().await;
    assert_eq!(shown.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(shown.header("content-type"), Some("text/html; charset=utf-8"));
    for part in ["<html lang=\"en\" data-theme=\"dark\">", "<h1", "<code>r-9</code>", "site-head"] {
        assert!(plain(&shown).contains(part), "{part}: {}", shown.text);
    }
    let json = request().header("accept", "application/json").send().await;
    assert_eq!(json.status, shown.status);
    assert!(!json.text.contains("<h1"), "{}", json.text);
}

#[tokio::test]
async fn only_administrators_see_the_queues_pages() {
    let app = App::new().await;
    app.world.organizer("Ada").await;
    app.world.admin("Root").await;
    let paths = ["/admin/queues", "/admin/queues/x/discard"];
    for path in paths {
        assert_eq!(page(&app, path, "").await.status, StatusCode::FOUND, "{path}");
    }
    let (ada, root) =
        (log_in(&app, "ada@example.com").await, log_in(&app, "root@example.com").await);
    for (path, for_root) in paths.into_iter().zip([StatusCode::OK, StatusCode::NOT_FOUND]) {
        let refused = page(&app, path, &ada).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(refused.text.contains("This page is not for your account"));
        assert!(!refused.text.contains("href=\"/admin/queues\""), "a link to the page is shown");
        assert_eq!(page(&app, path, &root).await.status, for_root, "{path}");
    }
    for action in ["retry_all_jobs", "retry_job", "discard_job"] {
        let id = "id=01939c2e-7b5a-7000-8000-000000000001";
        let sent = app.post(&format!("/fn/{action}")).text(FORM, id).header("cookie", &ada);
        assert_eq!(sent.send().await.status, StatusCode::FORBIDDEN, "{action}");
    }
    assert!(page(&app, "/", &root).await.text.contains("href=\"/admin/queues\""));
}
