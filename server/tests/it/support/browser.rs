//! What browsers without JavaScript send.

use axum::http::StatusCode;

use super::App;

/// Posts a form as a browser without JavaScript does. Returns the address that it leads to.
pub(crate) async fn post_form(app: &App, cookie: &str, function: &str, form: &str) -> String {
    let call = app.post(&format!("/fn/{function}")).header("cookie", cookie);
    let call = call.header("accept", "text/html").header("sec-fetch-site", "same-origin");
    let call = call.text("application/x-www-form-urlencoded", form.to_owned());
    let response = call.send().await;
    assert_eq!(response.status, StatusCode::FOUND, "{}", response.text);
    response.header("location").expect("an address").to_owned()
}

/// The text of a page for the owner of the cookie.
pub(crate) async fn page_text(app: &App, cookie: &str, path: &str) -> String {
    let call = app.get(path).header("cookie", cookie).header("accept", "text/html");
    call.send().await.text
}
