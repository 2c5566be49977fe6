//! Security headers on every kind of response.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use tower::ServiceExt;

use super::{FORM, HTML, markup::inspect};
use crate::support::{App, Response};

const ON_EVERYTHING: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
];

/// The value of one directive of a policy.
fn directive<'a>(policy: &'a str, name: &str) -> &'a str {
    let mut directives = policy.split(';').map(str::trim);
    let found = directives.find_map(|directive| directive.strip_prefix(&format!("{name} ")));
    found.unwrap_or_else(|| panic!("no {name} in {policy}"))
}

fn policy(response: &Response) -> &str {
    response.header("content-security-policy").expect("a policy")
}

fn assert_security_headers(what: &str, response: &Response) {
    for (name, value) in ON_EVERYTHING {
        assert_eq!(response.header(name), Some(value), "{name} of {what}");
    }
    assert!(response.header("permissions-policy").is_some_and(|value| value.contains("camera=()")));
    let policies: Vec<_> = response.headers.get_all("content-security-policy").iter().collect();
    assert_eq!(policies.len(), 1, "policies of {what}");
    let policy = policy(response);
    assert_eq!(directive(policy, "frame-ancestors"), "'none'", "{what}");
    assert_eq!(directive(policy, "base-uri"), "'none'", "{what}");
    let scripts = policy.split(';').find(|directive| directive.trim().starts_with("script-src"));
    assert!(!scripts.unwrap_or_default().contains("unsafe-inline"), "{what}: {policy}");
    assert!(!policy.contains("'unsafe-eval'") && !policy.contains('*'), "{what}: {policy}");
    assert_eq!(response.header("strict-transport-security"), None, "not over http");
    assert!(response.header("cache-control").is_some(), "{what}");
}

#[tokio::test]
async fn every_kind_of_response_has_the_security_headers() {
    let site = tempfile::tempdir().unwrap();
    std::fs::write(site.path().join("humans.txt"), "User-agent: *").unwrap();
    let app = App::new().await.with_site(site.path());
    let ada = app.world.organizer("Ada").await;
    let page = |path| app.get(path).header("accept", HTML);
    let bad_json = app.post("/api/auth/login").text("application/json", "{");
    let too_large = app.post("/api/auth/login").text("application/json", "x".repeat(300_000));
    let foreign = app.post("/fn/log_in").header("origin", "https://evil.example");
    for (what, status, call) in [
        ("a page", 200, page("/")),
        ("a page that redirects", 302, page("/mailbox")),
        ("a page that is missing", 404, page("/nothing")),
        ("a file", 200, app.get("/humans.txt")),
        ("a missing file", 404, app.get("/pkg/nothing.js")),
        ("an answer", 200, app.get("/api/competitions")),
        ("a refusal of the API", 401, app.get("/api/auth/me")),
        ("a forbidden call", 403, app.get("/api/admin/queues").by(&ada)),
        ("no call", 404, app.get("/api/nothing")),
        ("another method", 405, app.call(Method::PUT, "/api/competitions")),
        ("a bad body", 400, bad_json),
        ("a large body", 413, too_large),
        ("a probe", 200, app.get("/health")),
        ("the description", 200, app.get("/api/openapi.json")),
        ("the documentation", 200, app.get("/api/docs/")),
        ("a server function", 200, app.post("/fn/viewer").text(FORM, "")),
        ("a server function that was got", 405, app.get("/fn/viewer")),
        ("a request of another site", 403, foreign),
        ("a long address", 414, app.get(&format!("/?x={}", "x".repeat(9_000)))),
        ("large headers", 431, app.get("/").header("x-large", &"x".repeat(40_000))),
    ] {
        let response = call.send().await;
        assert_eq!(response.status.as_u16(), status, "{what}");
        assert_security_headers(what, &response);
    }
}

#[tokio::test]
async fn an_event_stream_has_the_security_headers() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).create().await;
    let request =
        Request::get(format!("/api/competitions/{id}/events")).header("host", "localhost");
    let request = request.body(Body::empty());
    let response = app.router.clone().oneshot(request.unwrap()).await.unwrap();
    let headers = response.headers().clone();
    let (text, bytes) = Default::default();
    let response = Response { status: response.status(), headers, text, bytes };
    assert_security_headers("events", &response);
}

#[tokio::test]
async fn a_panic_has_the_security_headers_and_reveals_nothing() {
    // Leptos panics because the file that lists the hashes is missing.
    let app = App::new().await.with_hashed_files();
    let response = app.get("/").header("accept", HTML).send().await;
    assert_eq!(response.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_security_headers("a panic", &response);
    assert!(response.text.contains("Something went wrong"), "{}", response.text);
    assert!(!response.text.contains("hash"), "{}", response.text);
}

#[tokio::test]
async fn every_page_of_a_user_has_its_own_script_nonce() {
    let app = App::new().await;
    let mut nonces = Vec::new();
    for path in ["/", "/", "/nothing"] {
        let call = app.get(path).header("accept", HTML).header("cookie", "theme=dark");
        let response = call.send().await;
        let policy = policy(&response);
        let scripts = directive(policy, "script-src");
        let (_, nonce) = scripts.split_once("'nonce-").expect("a nonce");
        let nonce = nonce.split_once('\'').unwrap().0.to_owned();
        assert_eq!(scripts, format!("'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"));
        assert_eq!(directive(policy, "default-src"), "'self'");
        assert_eq!(directive(policy, "style-src"), "'self'");
        assert_eq!(directive(policy, "object-src"), "'none'");
        assert_eq!(directive(policy, "form-action"), "'self'");
        assert_eq!(directive(policy, "connect-src"), "'self'", "the reload socket is allowed");
        let inline = response.text.matches("<script").count();
        let with_nonce = response.text.matches(&format!("nonce=\"{nonce}\"")).count();
        assert!(inline > 0 && inline == with_nonce, "{inline} scripts, {with_nonce} nonces");
        for inline in [" style=\"", " onclick=", "<style"] {
            assert!(!response.text.contains(inline), "{path} has {inline}");
        }
        assert_eq!(response.header("cache-control"), Some("private, no-cache"));
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 3, "a nonce was reused");
}

#[tokio::test]
async fn a_page_that_visitors_share_allows_its_scripts_by_their_hashes() {
    let app = App::new().await;
    let page = app.get("/competitions").send().await;
    let policy = policy(&page);
    assert!(!policy.contains("'nonce-") && !page.text.contains("nonce"), "a nonce was shared");
    let findings = inspect(&page.text, policy);
    assert!(findings.faults.is_empty(), "{findings:?}");
    let sources: Vec<_> = directive(policy, "script-src").split(' ').collect();
    let ["'self'", hashes @ .., "'wasm-unsafe-eval'"] = &sources[..] else { panic!("{policy}") };
    assert!((1..=findings.scripts).contains(&hashes.len()), "{findings:?} {policy}");
}

#[tokio::test]
async fn responses_that_are_no_pages_may_load_nothing() {
    let app = App::new().await;
    for (path, cached) in
        [("/api/competitions", "no-cache"), ("/health", "no-store"), ("/api/nothing", "no-store")]
    {
        let response = app.get(path).send().await;
        assert_eq!(directive(policy(&response), "default-src"), "'none'", "{path}");
        assert_eq!(response.header("cache-control"), Some(cached), "{path}");
    }
}

#[tokio::test]
async fn hsts_is_sent_where_the_site_is_https() {
    let https = |options: &mut server::options::ServerOptions| {
        options.site_url = Some("https://compete.example".into());
    };
    let app = App::configured(https).await;
    for path in ["/", "/api/nothing", "/health"] {
        let response = app.get(path).send().await;
        let hsts = response.headers.get(header::STRICT_TRANSPORT_SECURITY);
        assert_eq!(hsts.unwrap(), "max-age=31536000", "{path}");
    }
}
