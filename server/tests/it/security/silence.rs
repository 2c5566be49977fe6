//! No response reveals statements, stack traces or secrets, and the log reveals no secrets.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::http::{Method, StatusCode};
use service::testing::PASSWORD;
use tracing_subscriber::EnvFilter;

use super::{FORM, HTML, routes::routes};
use crate::support::{App, Response};

/// Text that reveals internals.
const INTERNALS: [&str; 14] = [
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE FROM",
    "sqlx",
    "SQLSTATE",
    "sea_orm",
    "panicked",
    "stack backtrace",
    ".rs:",
    "RUST_",
    "no such table",
    "password_hash",
    "serde_",
];

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn start(level: &str) -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(level))
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

fn assert_silent(what: &str, text: &str, secrets: &[&str]) {
    for internal in INTERNALS.iter().chain(secrets) {
        let at = text.find(internal);
        let around = at.map(|at| {
            let bytes = &text.as_bytes()[at.saturating_sub(100)..text.len().min(at + 100)];
            String::from_utf8_lossy(bytes).into_owned()
        });
        assert_eq!(around, None, "{what} reveals {internal:?}");
    }
}

/// Sends malformed input to every route.
async fn send_malformed(app: &App, token: &str, cookie: &str) -> Vec<(String, Response)> {
    let mut answers = Vec::new();
    for row in routes().filter(|row| !row.route.ends_with("/events")) {
        let kind = row.sent.typed().map_or("application/json", |(kind, _)| kind);
        for (id, body) in [
            ("'%20OR%201=1--", "{"),
            ("%00", "{\"email\":{\"$gt\":\"\"},\"title\":[],\"version\":1e999}"),
            (
                "..%2F..%2Fetc%2Fpasswd",
                "email[$ne]=&draft[capacity]=x&id='--&password=%00&competition=%FF",
            ),
            ("%F0%9F%92%A9", "\u{feff}[1,2"),
        ] {
            let path = row.path(id);
            for path in [path.clone(), format!("{path}?token={token}&search='%00&page=-1&sort=;--")]
            {
                for accept in [HTML, "application/json"] {
                    let call = app.call(row.method.clone(), &path).header("accept", accept);
                    let call = call.header("sec-fetch-site", "same-origin");
                    let call = if row.is_api() {
                        call.header("authorization", &format!("Bearer {token}"))
                    } else {
                        call.header("cookie", cookie)
                    };
                    let call = if row.method == Method::GET { call } else { call.text(kind, body) };
                    answers.push((format!("{} {path}", row.method), call.send().await));
                }
            }
        }
    }
    answers
}

#[tokio::test]
async fn malformed_input_reveals_no_internals() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let token = app.token(&ada);
    let cookie = app.log_in(&ada).await;
    let (log, _guard) = Log::start("debug");
    // A mistyped password is a secret, too.
    let form = format!("email=ada@example.com&password={}x", PASSWORD.replace(' ', "+"));
    app.post("/fn/log_in").text(FORM, form).send().await;
    let answers = send_malformed(&app, &token, &cookie).await;
    assert!(answers.len() > 500, "{}", answers.len());
    let session = cookie.split_once('=').unwrap().1;
    for (call, response) in &answers {
        assert!(!response.status.is_server_error(), "{call}: {}", response.text);
        // Swagger's files contain words of this list.
        if !call.contains("/api/docs") && !call.contains("openapi.json") {
            assert_silent(call, &response.text, &[session, PASSWORD]);
        }
    }
    let log = log.text();
    assert!(log.contains("request"), "the log is empty");
    assert_silent("the log", &log, &[&token, session, PASSWORD, "ada@example.com"]);
}

#[tokio::test]
async fn the_log_has_no_key_of_a_calendar_feed() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let (log, _guard) = Log::start("debug");
    let made = app.post("/api/auth/me/calendar-feed").by(&ada).send().await.json();
    let (_, file) = made["url"].as_str().unwrap().split_once("/calendars/").unwrap();
    assert_eq!(app.get(&format!("/calendars/{file}")).send().await.status, StatusCode::OK);
    let unknown = file.replace(char::is_numeric, "0");
    let unknown = app.get(&format!("/calendars/{unknown}")).send().await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let log = log.text();
    assert!(log.contains("/calendars/"), "the requests are logged: {log}");
    assert_silent("the log", &log, &["mccal_", &file["mccal_".len()..file.len() - 4]]);
    assert_silent("the response", &unknown.text, &["mccal_"]);
}

#[tokio::test]
async fn a_lost_database_is_logged_and_not_revealed_to_clients() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let token = app.token(&ada);
    let cookie = app.log_in(&ada).await;
    let (log, _guard) = Log::start("info");
    app.world.ctx.db().close().await.unwrap();
    let session = cookie.split_once('=').unwrap().1;
    let mut failed = 0;
    for (call, response) in send_malformed(&app, &token, &cookie).await {
        failed += usize::from(response.status.is_server_error());
        // Health reports name the database.
        if !["/api/docs", "openapi.json", "/health"].iter().any(|path| call.contains(path)) {
            assert_silent(&call, &response.text, &[session, PASSWORD, "database", "pool"]);
        }
    }
    assert!(failed > 100, "few requests needed the database: {failed}");
    let report = app.get("/health").send().await;
    assert_eq!(report.status, StatusCode::OK);
    let log = log.text();
    assert!(log.contains("ERROR"), "the error was not logged");
    assert_silent("the log", &log, &[&token, session, PASSWORD, "ada@example.com"]);
}
