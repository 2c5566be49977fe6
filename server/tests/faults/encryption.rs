//! TLS to PostgreSQL and Redis with a private authority, and a Redis user with the permissions of
//! `docs/deploy/users.acl`.
//!
//! Guards: the authorities of both Redis clients; the check at the start that Redis accepts the
//! program; `sslmode=verify-full`, which `DATABASE_CA_FILE` implies.

use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use service::testing::World;

use crate::support::{
    Postgres, Redis, SecureRedis, Server, Variables, Worker, certificates, wait_until,
};

const TIMEOUT: Duration = Duration::from_secs(30);
const NAME: &str = "127.0.0.1";

/// A program with this environment, which must not start. Returns what it writes.
fn refusal(variables: &Variables) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let output = variables.command(&folder).args(["worker"]).output().expect("a program");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "it ended well: {error}");
    error.lines().last().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_is_confirmed_over_tls_with_the_permissions_in_the_documents() {
    let (postgres, redis) = tokio::join!(Postgres::start_with_tls(), SecureRedis::start());
    let verified = format!("sslmode=verify-full&sslrootcert={}", certificates::authority());
    let world = World::at(&postgres.url_at(NAME, &verified)).await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).seats(3).create().await;
    let variables = Variables::new(postgres.url_at(NAME, ""), redis.url())
        .with("DATABASE_CA_FILE", certificates::authority())
        .with("REDIS_CA_FILE", certificates::authority());
    let (server, worker) = tokio::join!(Server::start(&variables), Worker::start(&variables));

    // By the API: the lock, the idempotency record, the queue and the events.
    let client = Client::builder().no_proxy().cookie_store(true).build().expect("a client");
    let account = json!({
        "name": "Ben", "email": "ben@example.com", "password": "correct horse",
        "role": "PARTICIPANT"
    });
    let sign_up = client.post(format!("{}/api/auth/signup", server.url())).json(&account);
    let signed_up: Value = sign_up.send().await.expect("a response").json().await.expect("JSON");
    let token = signed_up["token"].as_str().expect("a token").to_owned();
    let register = client.post(format!("{}/api/competitions/{id}/register", server.url()));
    let register = register.bearer_auth(&token).header("Idempotency-Key", "once");
    assert_eq!(register.send().await.expect("a response").status(), 201);
    let mailbox = format!("{}/api/mailbox/my", server.url());
    let has_mail = async || {
        let mails = client.get(&mailbox).bearer_auth(&token).send().await.expect("a response");
        mails.json::<Value>().await.expect("JSON")[0]["subject"].is_string()
    };
    wait_until("the registration is confirmed", TIMEOUT, has_mail).await;

    // By the pages: the cache of sessions, which another client library fills.
    let log_in = client
        .post(format!("{}/fn/log_in", server.url()))
        .header("accept", "text/html")
        .form(&[("email", "ben@example.com"), ("password", "correct horse")]);
    log_in.send().await.expect("a response");
    let me = client.get(format!("{}/api/auth/me", server.url())).send().await;
    assert_eq!(me.expect("a response").status(), 200);
    assert!(!redis.keys("mini-compete:session:*").await.is_empty(), "no session is cached");

    assert_eq!(redis.denied().await, [""; 0], "Redis denied a command or a key");
    let users = redis.users().await;
    assert!(users.iter().all(|user| user == "mini_compete") && users.len() > 3, "{users:?}");
    for process in [&server.process, &worker.process] {
        assert_eq!(process.log_lines_with("Redis does not answer"), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_cannot_be_trusted_or_refuses_the_user_ends_the_start_with_a_reason() {
    let (redis, plain) = tokio::join!(SecureRedis::start(), Redis::start());
    let other = certificates::other_authority();
    let with = |url: String, authority: &str| {
        Variables::new("sqlite://x.db".to_owned(), url).with("REDIS_CA_FILE", authority)
    };
    let authority = certificates::authority();
    let wrong_password = redis.url().replace("pass", "Pass");
    for (variables, reason) in [
        (with(redis.url(), ""), "set REDIS_CA_FILE to a file"),
        (with(redis.url(), &other), "set REDIS_CA_FILE to a file"),
        (
            with(redis.url_of("mini_compete", certificates::OTHER_NAME), &authority),
            "for another name than the host in REDIS_URL",
        ),
        (with(wrong_password, &authority), "refuses the user or the password of REDIS_URL"),
        (with(redis.url_of("limited", NAME), &authority), "lacks permissions in Redis, for BLPOP"),
        (
            with(redis.url(), &authority).with("REDIS_PREFIX", "other:"),
            "lacks permissions in Redis, for SET, GET",
        ),
        (with(plain.url(), &authority), "REDIS_CA_FILE has no effect"),
    ] {
        let said = refusal(&variables);
        assert!(said.contains(reason), "{reason}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_that_cannot_be_trusted_ends_the_start_with_a_reason() {
    let postgres = Postgres::start_with_tls().await;
    let (authority, other) = (certificates::authority(), certificates::other_authority());
    let verified = |file: &str| format!("sslmode=verify-full&sslrootcert={file}");
    let with = |host: &str, parameters: &str, authority: &str| {
        let url = postgres.url_at(host, parameters);
        Variables::new(url, String::new()).with("DATABASE_CA_FILE", authority)
    };
    for (variables, reason) in [
        (with(NAME, "", &other), "set DATABASE_CA_FILE to a file"),
        (with(NAME, "sslmode=verify-full", ""), "set DATABASE_CA_FILE to a file"),
        (with(NAME, &verified(&other), ""), "set DATABASE_CA_FILE to a file"),
        (
            with(certificates::OTHER_NAME, "", &authority),
            "for another name than the host in DATABASE_URL",
        ),
        (
            with(certificates::OTHER_NAME, &verified(&authority), ""),
            "for another name than the host in DATABASE_URL",
        ),
        (with(NAME, &verified("nowhere.pem"), ""), "nowhere.pem: No such file"),
        (with(NAME, "sslmode=disable", ""), "no encryption"),
    ] {
        let said = refusal(&variables);
        assert!(said.contains(reason), "{reason}: {said}");
    }
    // The name is not verified, as the operator has asked.
    let by_address = with(certificates::OTHER_NAME, "sslmode=verify-ca", &authority);
    let _worker = Worker::start(&by_address).await;
}
