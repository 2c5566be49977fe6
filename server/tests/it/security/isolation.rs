//! What Leptos knows of one request stays apart from all others on its thread.

use axum::http::{HeaderValue, StatusCode, header::SET_COOKIE};
use leptos::{
    nonce::provide_nonce,
    prelude::{Owner, provide_context},
};
use leptos_axum::ResponseOptions;

use super::FORM;
use crate::support::App;

/// A page that was begun on this thread and is not sent yet: Leptos keeps it as the current one.
fn page_under_way() -> Owner {
    Owner::new_root(None)
}

#[tokio::test]
async fn a_file_is_sent_without_the_headers_of_a_page_under_way() {
    let site = tempfile::tempdir().unwrap();
    std::fs::write(site.path().join("robots.txt"), "User-agent: *").unwrap();
    let app = App::new().await.with_site(site.path());
    let page = page_under_way();
    let headers = ResponseOptions::default();
    headers.insert_header(SET_COOKIE, HeaderValue::from_static("session=somebody's"));
    page.with(|| provide_context(headers.clone()));

    let file = app.get("/robots.txt").send().await;
    assert_eq!((file.status, file.text.as_str()), (StatusCode::OK, "User-agent: *"));
    assert_eq!(file.header("set-cookie"), None);
    assert!(headers.0.read().unwrap().headers.contains_key(SET_COOKIE), "it is still the page's");
}

#[tokio::test]
async fn a_server_function_knows_nothing_of_a_page_under_way() {
    let app = App::new().await;
    let page = page_under_way();
    page.with(provide_nonce);

    let answer = app.post("/fn/closing_soon").text(FORM, "").send().await;
    assert_eq!(answer.status, StatusCode::OK);
    let policy = answer.header("content-security-policy").unwrap();
    assert!(!policy.contains("nonce"), "the page's: {policy}");
}
