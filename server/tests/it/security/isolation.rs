//! The reactive context of a request is isolated from other requests on its thread.

use axum::http::{HeaderValue, StatusCode, header::SET_COOKIE};
use leptos::{
    nonce::provide_nonce,
    prelude::{Owner, provide_context},
};
use leptos_axum::ResponseOptions;

use super::FORM;
use crate::support::App;

/// A page in progress: Leptos keeps its owner as the current one of this thread.
fn page_in_progress() -> Owner {
    Owner::new_root(None)
}

#[tokio::test]
async fn a_file_does_not_get_the_headers_of_a_page_in_progress() {
    let site = tempfile::tempdir().unwrap();
    std::fs::write(site.path().join("humans.txt"), "User-agent: *").unwrap();
    let app = App::new().await.with_site(site.path());
    let page = page_in_progress();
    let headers = ResponseOptions::default();
    headers.insert_header(SET_COOKIE, HeaderValue::from_static("session=of-the-page"));
    page.with(|| provide_context(headers.clone()));

    let file = app.get("/humans.txt").send().await;
    assert_eq!((file.status, file.text.as_str()), (StatusCode::OK, "User-agent: *"));
    assert_eq!(file.header("set-cookie"), None);
    assert!(
        headers.0.read().unwrap().headers.contains_key(SET_COOKIE),
        "the page has lost its cookie"
    );
}

#[tokio::test]
async fn a_server_function_does_not_see_the_context_of_a_page_in_progress() {
    let app = App::new().await;
    let page = page_in_progress();
    page.with(provide_nonce);

    let answer = app.post("/fn/closing_soon").text(FORM, "").send().await;
    assert_eq!(answer.status, StatusCode::OK);
    let policy = answer.header("content-security-policy").unwrap();
    assert!(!policy.contains("nonce"), "the nonce is the page's: {policy}");
}
