//! Sessions: cookies, fixation, redirects after a log-in, storage.

mod cookies;
mod forms;
mod log_ins;
mod redirects;
mod storage;

use axum::http::StatusCode;

use super::{FORM, HTML};
use crate::support::{App, Response};

/// The names of the cookie, over HTTP and HTTPS.
const PLAIN: &str = "mini_compete_session";
const HOST_ONLY: &str = "__Host-mini_compete_session";

const CREDENTIALS: &str = "email=ben%40example.com&password=correct+horse";

async fn post(app: &App, path: &str, cookie: Option<&str>, body: String) -> Response {
    let call = app.post(path).header("accept", HTML).header("sec-fetch-site", "same-origin");
    let call = call.text(FORM, body);
    match cookie {
        Some(cookie) => call.header("cookie", cookie).send().await,
        None => call.send().await,
    }
}

fn cookie(response: &Response) -> &str {
    response.header("set-cookie").expect("a session")
}

/// `name=value`.
fn pair(response: &Response) -> String {
    cookie(response).split(';').next().unwrap().to_owned()
}

async fn is_logged_in(app: &App, cookie: &str) -> bool {
    app.get("/api/auth/me").header("cookie", cookie).send().await.status == StatusCode::OK
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
