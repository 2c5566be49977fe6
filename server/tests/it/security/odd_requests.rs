//! Malformed and random requests cause no server error and no panic.

use std::{env, net::SocketAddr, time::Duration};

use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};
use server::{HttpLimits, TrustedProxies, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Handle,
    time::timeout,
};

use super::{FORM, HTML, hang_ups::Panics, routes::routes};
use crate::support::App;

/// Far longer than every limit here.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The timeouts of the server, short because random requests often end in the middle.
const SHORT: Duration = Duration::from_millis(150);

/// An app that listens on a socket.
async fn listen() -> (App, SocketAddr) {
    let limits = HttpLimits {
        head_time: SHORT,
        body_time: SHORT,
        keep_alive: SHORT,
        ..HttpLimits::default()
    };
    let app = App::configured(|options| options.limits = limits).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let no_proxies = TrustedProxies::default();
    tokio::spawn(serve(listener, app.router.clone(), limits, no_proxies, app.stop.clone()));
    (app, address)
}

/// The responses to these bytes. Event streams are not read to their end.
async fn responses(address: SocketAddr, bytes: &[u8]) -> String {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let sending = async {
        // The server may answer and close the connection before everything is sent.
        let _ = writer.write_all(bytes).await;
    };
    let mut said = Vec::new();
    let reading = async {
        let mut part = [0; 16_384];
        while let Ok(length @ 1..) = reader.read(&mut part).await {
            said.extend_from_slice(&part[..length]);
            if said.windows(17).any(|window| window == b"text/event-stream") {
                break;
            }
        }
    };
    timeout(TIMEOUT, async { tokio::join!(sending, reading) }).await.expect("an end");
    drop(writer);
    String::from_utf8_lossy(&said).into_owned()
}

fn status(answer: &str) -> Option<u16> {
    answer.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()
}

#[tokio::test]
async fn malformed_requests_are_rejected_with_a_reason() {
    let (_app, address) = listen().await;
    let panics = Panics::watch();
    for (request, expected, words) in [
        (
            "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n",
            405,
            "This server is no proxy",
        ),
        (
            "CONNECT a.example:443 HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n",
            405,
            "<h1>Method Not Allowed",
        ),
        ("GET / HTTP/1.1\r\n\r\n", 400, "malformed_request"),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "malformed_request"),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "malformed_request"),
        ("GET /api/competitions HTTP/1.1\r\nHost:\r\n\r\n", 400, "malformed_request"),
        ("GET /health/live HTTP/1.0\r\n\r\n", 200, ""),
        ("GET http://a.example/health/live HTTP/1.1\r\nHost: b\r\n\r\n", 200, ""),
        ("GET http://a.example HTTP/1.1\r\nHost: b\r\n\r\n", 200, "text/html"),
        ("GET a.example:80 HTTP/1.1\r\nHost: b\r\n\r\n", 400, ""),
        ("GET * HTTP/1.1\r\nHost: b\r\n\r\n", 400, ""),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 204, "allow: GET, HEAD, POST"),
        ("GET /%zz%ff HTTP/1.1\r\nHost: a\r\n\r\n", 404, ""),
        (
            "GET /competitions/%ff?search=%c3%28 HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n",
            404,
            "",
        ),
        ("FOO / HTTP/1.1\r\nHost: a\r\n\r\n", 405, ""),
        (
            "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: \
             application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
            415,
            "without Content-Encoding",
        ),
        (
            "POST /fn/log_in HTTP/1.1\r\nHost: a\r\nContent-Type: \
             application/x-www-form-urlencoded\r\nContent-Encoding: br\r\nContent-Length: \
             2\r\n\r\na=",
            415,
            "accept-encoding: identity",
        ),
        (
            "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: \
             application/json\r\nContent-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}",
            400,
            "validation_failed",
        ),
    ] {
        let answer = responses(address, request.as_bytes()).await;
        assert_eq!(status(&answer), Some(expected), "{request}{answer}");
        assert!(answer.contains(words), "{request}{answer}");
    }
    panics.assert_none("a malformed request");
}

/// How many requests are made up: `FUZZ=long` makes up more.
fn cases() -> u32 {
    match env::var("FUZZ").as_deref() {
        Ok("long") => 50_000,
        Ok("short" | "") | Err(_) => 300,
        Ok(other) => panic!("FUZZ is {other:?}; it can be `short` or `long`"),
    }
}

/// Runs `check` over what `strategy` makes up, and shrinks what fails.
async fn fuzz<S>(
    strategy: S,
    check: impl Fn(S::Value) -> Result<(), TestCaseError> + Send + 'static,
) where
    S: Strategy + Send + 'static,
{
    let config = Config { cases: cases(), failure_persistence: None, ..Config::default() };
    let run =
        move || TestRunner::new(config).run(&strategy, check).map_err(|error| error.to_string());
    tokio::task::spawn_blocking(run).await.unwrap().unwrap();
}

/// A path of the site, sometimes with something else in it.
fn target() -> impl Strategy<Value = String> {
    let paths: Vec<_> = routes().map(|row| row.route).collect();
    let id = prop_oneof![
        Just("01939a00-0000-7000-8000-000000000000".to_owned()),
        "[ -~]{0,12}",
        "(%[0-9a-fA-F]{2}|%[zx]|[/?#.]){0,6}",
    ];
    let query = prop_oneof![Just(String::new()), "[?][a-z\\[\\]=&%0-9;+]{0,40}"];
    prop_oneof![
        8 => (select(paths), id, query)
            .prop_map(|(path, id, query)| path.replace("{id}", &id) + &query),
        1 => "[ -~]{0,30}",
        1 => select(vec![
            "*", "//", "/../..", "http://a.example/", "a.example:443", "/.", "/%2e%2e/%2e%2e",
        ])
            .prop_map(str::to_owned),
    ]
}

fn header_line() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "Host: a.example",
            "Accept: text/html",
            "Accept: application/json",
            "Content-Type: application/json",
            "Content-Type: application/x-www-form-urlencoded",
            "Content-Type: multipart/form-data; boundary=x",
            "Content-Encoding: gzip",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Content-Length: 5",
            "Content-Length: 99999999999999999999",
            "Expect: 100-continue",
            "Connection: close, upgrade",
            "Upgrade: h2c",
            "Range: bytes=0-,5-2",
            "If-None-Match: *",
            "If-Match: \"x\"",
            "If-Modified-Since: yesterday",
            "Authorization: Bearer x.y.z",
            "Authorization: Bearer",
            "Cookie: mini_compete_session=x; =; theme=\u{1}",
            "Cookie: ;;;=",
            "Idempotency-Key: k",
            "Origin: null",
            "Sec-Fetch-Site: same-origin",
            "X-Forwarded-For: ,,,",
            "Referer: :",
            "Accept-Encoding: gzip;q=x, br",
            "Accept-Language: \u{ff}",
        ])
        .prop_map(str::to_owned),
        "[A-Za-z-]{1,12}: ?[ -~]{0,30}",
        "[ -~]{0,20}",
    ]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(Vec::new()),
        form_body().prop_map(String::into_bytes),
        "[\\[\\]{}\":,0-9a-z\\\\ ]{0,60}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..200),
    ]
}

/// A form with known and unknown fields, nested, repeated and malformed.
fn form_body() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        select(vec![
            "id",
            "competition",
            "query",
            "query[page]",
            "query[tags][]",
            "draft[title]",
            "draft[tags]",
            "draft[capacity]",
            "draft",
            "seen[title]",
            "theirs[regDeadline]",
            "version",
            "intent",
            "email",
            "password",
            "next",
            "page",
            "mail",
            "made_for",
            "idempotency_key",
            "kind",
            "theme",
            "token",
            "confirmation",
            "role",
            "name",
            "time_zone",
            "url",
            "event_types[]",
            "enabled",
            "delivery",
        ])
        .prop_map(str::to_owned),
        "[a-z]{0,3}(\\[[a-z0-9]{0,3}\\]?){0,5}",
        "[ -~]{0,10}",
    ];
    let value = prop_oneof![
        Just("01939a00-0000-7000-8000-000000000000".to_owned()),
        "-?[0-9]{0,25}(\\.[0-9])?",
        "(%[0-9a-fA-F]{2}|%|%[zx]|\\+|[a-z]){0,12}",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}Z?)?",
        "\\PC{0,10}",
    ];
    prop::collection::vec((name, value), 0..8).prop_map(|pairs| {
        pairs
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("&")
    })
}

/// A request that is almost valid.
fn raw_request() -> impl Strategy<Value = Vec<u8>> {
    let method = prop_oneof![
        6 => select(vec![
            "GET", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "PUT", "TRACE", "CONNECT",
        ])
            .prop_map(str::to_owned),
        1 => "[A-Z!-~]{1,10}",
    ];
    let version =
        select(vec!["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/0.9", ""]);
    let headers = prop::collection::vec(header_line(), 0..6);
    let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3);
    let parts = (method, target(), version, headers, body(), any::<bool>(), any::<bool>(), damage);
    parts.prop_map(|(method, target, version, headers, body, has_host, has_length, damage)| {
        let mut head = format!("{method} {target} {version}\r\n");
        if has_host {
            head += "Host: a.example\r\n";
        }
        for line in headers {
            head += &line;
            head += "\r\n";
        }
        if has_length {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        let mut bytes = (head + "\r\n").into_bytes();
        bytes.extend(body);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn random_bytes_never_cause_a_server_error() {
    let (_app, address) = listen().await;
    let (panics, runtime) = (Panics::watch(), Handle::current());
    fuzz(raw_request(), move |bytes| {
        let said = runtime.block_on(responses(address, &bytes));
        let failed = status(&said).is_some_and(|status| status >= 500);
        prop_assert!(!failed, "{:?} was answered {said}", String::from_utf8_lossy(&bytes));
        Ok(())
    })
    .await;
    panics.assert_none("a random request");
}

#[tokio::test(flavor = "multi_thread")]
async fn random_forms_never_cause_a_server_error() {
    let (app, address) = listen().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).create().await.to_string();
    let cookies = vec![String::new(), app.log_in(&ada).await, app.log_in(&ben).await];
    let forms: Vec<_> = routes().filter(|row| row.is_function()).map(|row| row.route).collect();
    let (panics, runtime) = (Panics::watch(), Handle::current());
    let accept = select(vec![HTML, "application/json", "*/*"]);
    let strategy = (select(forms), form_body(), select(cookies), accept);
    fuzz(strategy, move |(path, body, cookie, accept)| {
        let body = body.replace("01939a00-0000-7000-8000-000000000000", &id);
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\
             Sec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\nAccept: {accept}\r\n\
             Content-Type: {FORM}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len(),
        );
        let said = runtime.block_on(responses(address, request.as_bytes()));
        let status = status(&said);
        prop_assert!(status.is_some_and(|status| status < 500), "{request} was answered {said}");
        Ok(())
    })
    .await;
    panics.assert_none("a random form");
}
