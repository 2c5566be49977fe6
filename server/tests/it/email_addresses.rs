//! Verifying and changing the email address of an account, over HTTP.

use axum::http::StatusCode;
use domain::ErrorCode;
use serde_json::{Value, json};
use service::testing::{PASSWORD, run_pending_jobs};

use crate::support::{App, MailSink, Response, page_text};

/// Ada, who has just signed up at a site that sends mail.
struct Site {
    app: App,
    sink: MailSink,
    bearer: String,
}

impl Site {
    async fn new() -> Self {
        let sink = MailSink::start().await;
        let app = App::sending_mail(&sink.url()).await;
        let body = json!({
            "name": "Ada", "email": "ada@example.com", "password": PASSWORD, "role": "PARTICIPANT",
        });
        let signed_up = app.post("/api/auth/signup").json(&body).send().await;
        assert_eq!(signed_up.status, StatusCode::CREATED);
        let bearer = format!("Bearer {}", signed_up.json()["token"].as_str().unwrap());
        let site = Self { app, sink, bearer };
        site.deliver().await;
        site
    }

    async fn deliver(&self) {
        let ctx = self.app.world.process_with_mail(&self.sink.url()).await;
        run_pending_jobs(&ctx).await;
    }

    /// What follows `before` in the last mail, up to the end of the line.
    fn last_mail_after(&self, before: &str) -> String {
        let mail = self.sink.mails().pop().expect("a mail");
        let (_, after) = mail.split_once(before).expect("the text");
        after.lines().next().unwrap().to_owned()
    }

    fn code(&self) -> String {
        self.last_mail_after("page of your account: ")
    }

    /// `=` is encoded.
    fn token(&self) -> String {
        self.last_mail_after("verify-email?token=3D")
    }

    async fn status(&self) -> Value {
        let call = self.app.get("/api/auth/me/email").header("authorization", &self.bearer);
        call.send().await.json()
    }

    async fn post(&self, path: &str, body: Value) -> Response {
        let call = self.app.post(path).header("authorization", &self.bearer);
        call.json(&body).send().await
    }
}

#[tokio::test]
async fn an_address_is_verified_by_the_code_of_the_mail() {
    let site = Site::new().await;
    let status = site.status().await;
    assert_eq!((&status["verified"], &status["sendsMail"]), (&json!(false), &json!(true)));
    assert_eq!(status["pending"]["email"], "ada@example.com");
    let wrong = if site.code().starts_with('0') { "100000" } else { "000000" };
    let refused = site.post("/api/auth/me/email/verify", json!({ "code": wrong })).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.json()["code"], "email_code_wrong");
    let verified = site.post("/api/auth/me/email/verify", json!({ "code": site.code() })).await;
    assert_eq!((verified.status, &verified.json()["verified"]), (StatusCode::OK, &json!(true)));
    let me = site.app.get("/api/auth/me").header("authorization", &site.bearer).send().await;
    assert_eq!(me.json()["emailVerified"], true);
}

#[tokio::test]
async fn an_address_is_verified_by_the_link_of_the_mail_once_and_without_a_login() {
    let site = Site::new().await;
    let body = json!({ "token": site.token() });
    let call = || site.app.post("/api/auth/verify-email").json(&body);
    assert_eq!(call().send().await.status, StatusCode::NO_CONTENT);
    let again = call().send().await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert_eq!(again.json()["code"], "email_verification_invalid");
    assert_eq!(site.status().await["verified"], true);
}

#[tokio::test]
async fn a_new_address_is_that_of_the_account_once_it_is_verified() {
    let site = Site::new().await;
    site.app.world.participant("Grace").await;
    let change = |email: &str| json!({ "email": email, "password": PASSWORD });
    let taken = site.post("/api/auth/me/email", change("grace@example.com")).await;
    assert_eq!(taken.status.as_u16(), ErrorCode::EmailTaken.status());
    let asked = site.post("/api/auth/me/email", change("ada@lovelace.example")).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert_eq!(asked.json()["pending"]["email"], "ada@lovelace.example");
    site.deliver().await;
    let verified = site.post("/api/auth/me/email/verify", json!({ "code": site.code() })).await;
    assert_eq!(verified.json()["email"], "ada@lovelace.example");
    assert_eq!(verified.json()["pending"], Value::Null);
}

#[tokio::test]
async fn another_mail_is_accepted_and_many_are_refused() {
    let site = Site::new().await;
    let mut statuses = Vec::new();
    for number in 0..7 {
        let body = json!({ "email": format!("ada{number}@example.com"), "password": PASSWORD });
        statuses.push(site.post("/api/auth/me/email", body).await.status);
    }
    assert_eq!(statuses[..6], [StatusCode::OK; 6]);
    assert_eq!(statuses[6], StatusCode::TOO_MANY_REQUESTS);
    let site = Site::new().await;
    let sent = site.post("/api/auth/me/email/send", json!({})).await;
    assert_eq!(sent.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn the_page_of_a_link_moves_its_token_to_the_session_and_verifies_after_a_click_or_two() {
    let site = Site::new().await;
    let link = format!("/auth/verify-email?token={}", site.token());
    let opened = site.app.get(&link).header("accept", "text/html").send().await;
    assert_eq!(opened.header("location"), Some("/auth/verify-email"));
    let cookie = opened.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let page = page_text(&site.app, &cookie, "/auth/verify-email").await;
    assert!(page.contains("ada@example.com"), "{page}");
    assert_eq!(site.status().await["verified"], false, "programs that check mails open links");
    for _ in 0..2 {
        let call = site.app.post("/fn/verify_email").header("accept", "text/html");
        let call = call.header("sec-fetch-site", "same-origin").header("cookie", &cookie);
        let clicked = call.text("application/x-www-form-urlencoded", "").send().await;
        assert_eq!(clicked.header("location"), Some("/auth/verify-email?done=1"));
    }
    assert_eq!(site.status().await["verified"], true);
}
