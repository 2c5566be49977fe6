//! Log lines of the real program.

use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use service::testing::PASSWORD;
use tokio::time::{sleep, timeout};

use crate::support::{App, MailSink, Process};

const TIMEOUT: Duration = Duration::from_secs(60);

fn parsed(server: &Process) -> Vec<Value> {
    let lines = server.log_lines();
    lines.iter().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// Waits for a line with this message.
async fn line(server: &Process, message: &str) -> Value {
    let logged = async {
        loop {
            if let Some(line) = parsed(server).into_iter().find(|line| line["message"] == message) {
                return line;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(TIMEOUT, logged).await.unwrap_or_else(|_| panic!("no line {message:?}"))
}

#[tokio::test]
async fn every_line_of_a_request_and_of_its_jobs_and_mail_has_its_id() {
    let sink = MailSink::start().await;
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    app.world.clock.set_to_real_time();
    let id = app.world.competition(&ada).create().await;
    let smtp = sink.variables();
    let mut variables: Vec<_> = smtp.iter().map(|(name, value)| (*name, value.as_str())).collect();
    variables.extend([("LOG_FORMAT", "json"), ("RUST_LOG", "info,worker=debug,tower_http=debug")]);
    let server = Process::serve_in(&app.world, &variables, &[]);
    let token = app.token(&ben);
    let response = Client::new()
        .post(server.url(&format!("/api/competitions/{id}/register")))
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    let request_id = response.headers()["x-request-id"].to_str().unwrap();

    for message in ["finished processing request", "job completed", "mail sent"] {
        assert_eq!(line(&server, message).await["request.id"], request_id, "{message}");
    }
    let lines = parsed(&server);
    for line in &lines {
        for field in ["timestamp", "level", "target", "message"] {
            assert!(line[field].is_string(), "{field}: {line}");
        }
    }
    // Each job of the request, and the mail within the second one.
    let jobs = lines.iter().filter(|line| line["message"] == "job completed");
    let jobs: Vec<_> = jobs.map(|line| line["job.kind"].as_str().unwrap()).collect();
    assert!(jobs.contains(&"confirm_registrations"), "{jobs:?}");
    let mail = line(&server, "mail sent").await;
    assert_eq!(mail["job.kind"], "deliver_mail");
}

#[tokio::test]
async fn each_request_for_a_shared_response_is_logged_with_its_id() {
    let app = App::new().await;
    let variables = [("LOG_FORMAT", "json"), ("RUST_LOG", "info,tower_http=debug")];
    let server = Process::serve_in(&app.world, &variables, &[]);
    for _ in 0..5 {
        let response = Client::new().get(server.url("/api/competitions")).send().await.unwrap();
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let is_logged = |line: &Value| {
            line["message"] == "finished processing request" && line["request.id"] == *id
        };
        let logged = async {
            while !parsed(&server).iter().any(is_logged) {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(TIMEOUT, logged).await.expect("a line with the id");
    }
}

#[tokio::test]
async fn no_line_has_an_address_a_password_or_a_token() {
    let app = App::new().await;
    let variables = [("LOG_FORMAT", "json"), ("RUST_LOG", "debug,sqlx=warn,hyper=warn")];
    let server = Process::serve_in(&app.world, &variables, &[]);
    let client = Client::new();
    let send = async |path: &str, body: Value| {
        let response = client.post(server.url(path)).json(&body).send().await.unwrap();
        response.json::<Value>().await.unwrap_or_default()
    };
    let email = "Grace.Hopper@example.com";
    let signup = json!({
        "name": "Grace", "email": email, "password": PASSWORD, "role": "PARTICIPANT",
    });
    let account = send("/api/auth/signup", signup).await;
    let login = json!({ "email": email, "password": PASSWORD });
    let tokens = send("/api/auth/login", login).await;
    send("/api/auth/login", json!({ "email": email, "password": "wrong horse" })).await;
    send("/api/auth/password-reset", json!({ "email": email })).await;
    for path in ["/u/grace.hopper@example.com", "/u/grace.hopper%40example.com"] {
        client.get(server.url(path)).send().await.unwrap();
    }
    let access = tokens["accessToken"].as_str().or(tokens["token"].as_str()).unwrap();
    client.get(server.url(&format!("/t/{access}"))).bearer_auth(access).send().await.unwrap();
    line(&server, "finished processing request").await;
    let log = server.log_lines().join("\n").to_lowercase();
    assert!(log.contains("[email]") && log.contains("[token]"), "paths are logged");
    for secret in [email, "%40example.com", PASSWORD, "wrong horse", access] {
        assert!(!log.contains(&secret.to_lowercase()), "the log has {secret:?}");
    }
    if let Some(refresh) = account["refreshToken"].as_str() {
        assert!(!log.contains(&refresh.to_lowercase()), "the log has a refresh token");
    }
}
