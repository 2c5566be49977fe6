//! Rate limits.

use std::net::IpAddr;

use axum::http::{Method, StatusCode};
use serde_json::json;
use server::options::ServerOptions;
use service::testing::PASSWORD;
use tower::ServiceExt;

use super::{
    FORM, HTML,
    routes::routes,
    row::{Class, Row},
};
use crate::support::{App, Call, Response};

/// Allowances that a test exhausts soon.
fn small_allowances(options: &mut ServerOptions) {
    let traffic = &mut options.traffic;
    let credentials =
        [&mut traffic.rate_limit_credentials, &mut traffic.rate_limit_user_credentials];
    for allowance in credentials {
        *allowance = "20/10".parse().unwrap();
    }
}

/// More requests than any burst.
const MANY: usize = 5_000;

fn host(number: u8) -> IpAddr {
    IpAddr::from([203, 0, 113, number])
}

/// Logs in with a different address each time, so that no account is throttled.
fn log_in(app: &App, number: usize) -> Call<'_> {
    let email = format!("nobody{number}@example.com");
    app.post("/api/auth/login").json(&json!({"email": email, "password": PASSWORD}))
}

/// Sends calls until one is limited.
async fn until_refused<'a>(mut call: impl FnMut(usize) -> Call<'a>) -> Response {
    for number in 0..MANY {
        let response = call(number).send().await;
        if response.status == StatusCode::TOO_MANY_REQUESTS {
            return response;
        }
    }
    panic!("{MANY} calls and no limit");
}

fn assert_limited(response: &Response) {
    assert_eq!(response.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: u32 = response.header("retry-after").expect("a wait").parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
}

#[tokio::test]
async fn logins_are_limited_by_address() {
    let app = App::limiting(small_allowances).await;
    let refused = until_refused(|number| log_in(&app, number).from(host(1))).await;
    assert_limited(&refused);
    let problem = refused.json();
    assert_eq!(problem["code"], "rate_limited");
    assert!(problem["detail"].as_str().unwrap().starts_with("Too many attempts. Try again in "));
    assert_ne!(log_in(&app, MANY).from(host(2)).send().await.status, StatusCode::TOO_MANY_REQUESTS);
    let read = app.get("/api/competitions").from(host(1)).send().await;
    assert_eq!(read.status, StatusCode::OK, "reads have their own allowance");
}

#[tokio::test]
async fn a_forged_forwarding_header_does_not_change_the_limited_address() {
    let app = App::limiting(small_allowances).await;
    let forged = |number: usize| {
        let address = format!("198.51.100.{}", number % 250);
        log_in(&app, number).from(host(1)).header("x-forwarded-for", &address)
    };
    assert_limited(&until_refused(forged).await);
    // The forged address is not limited.
    let forged_client = log_in(&app, MANY).from("198.51.100.1".parse().unwrap()).send().await;
    assert_ne!(forged_client.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_trusted_proxy_separates_its_clients() {
    let proxied = |options: &mut ServerOptions| {
        small_allowances(options);
        options.trusted_proxies = "203.0.113.0/24".parse().unwrap();
    };
    let app = App::limiting(proxied).await;
    let from = |number: usize, forged: &str, client: &str| {
        let line = format!("{forged}, {client}");
        log_in(&app, number).from(host(1)).header("x-forwarded-for", &line)
    };
    let refused =
        until_refused(|number| from(number, &format!("198.51.100.{}", number % 250), "192.0.2.1"))
            .await;
    assert_limited(&refused);
    let other = from(MANY, "192.0.2.1", "192.0.2.2").send().await;
    assert_ne!(other.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn the_addresses_of_one_ipv6_network_share_an_allowance() {
    let app = App::limiting(small_allowances).await;
    let next = |number: usize| {
        log_in(&app, number).from(format!("2001:db8:1:2::{number:x}").parse().unwrap())
    };
    assert_limited(&until_refused(next).await);
    let neighbour = log_in(&app, MANY).from("2001:db8:1:3::1".parse().unwrap()).send().await;
    assert_ne!(neighbour.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn writes_are_limited_by_user_across_addresses() {
    let app = App::limiting(small_allowances).await;
    let (ben, eve) = (app.world.participant("Ben").await, app.world.participant("Eve").await);
    let register = |number: usize| {
        let from = host(u8::try_from(number % 200).unwrap());
        app.post("/api/competitions/none/register").from(from)
    };
    let refused = until_refused(|number| register(number).by(&ben)).await;
    assert_limited(&refused);
    assert_eq!(register(0).by(&eve).send().await.status, StatusCode::NOT_FOUND);
    let read = app.get("/api/auth/me").by(&ben).send().await;
    assert_eq!(read.status, StatusCode::OK, "reads have their own allowance");
}

#[tokio::test]
async fn a_throttled_login_shows_its_wait_on_the_page_and_in_json() {
    let app = App::limiting(small_allowances).await;
    app.world.participant("Ada").await;
    let form = "email=ada%40example.com&password=wrong+password";
    let post = |accept| app.post("/fn/log_in").header("accept", accept).text(FORM, form);
    for _ in 0..10 {
        assert_eq!(post("application/json").send().await.status, StatusCode::UNAUTHORIZED);
    }
    let message = "Too many attempts. Try again in 15 minutes.";
    let fetched = post("application/json").send().await;
    assert_limited(&fetched);
    assert_eq!(fetched.json()["message"], message);

    let posted = post(HTML).send().await;
    assert_eq!(posted.status, StatusCode::FOUND, "{}", posted.text);
    let cookie = posted.header("set-cookie").unwrap().split(';').next().unwrap();
    let back = app.get(posted.header("location").unwrap()).header("accept", HTML);
    let page = back.header("cookie", cookie).send().await;
    assert!(page.text.contains(message) && page.text.contains("<form"), "{}", page.text);

    let api = app.post("/api/auth/login");
    let api = api.json(&json!({"email": "ada@example.com", "password": PASSWORD})).send().await;
    assert_limited(&api);
    assert_eq!(api.message(), message);
}

#[tokio::test]
async fn a_browser_above_its_limit_gets_a_page() {
    let app = App::limiting(small_allowances).await;
    let refused =
        until_refused(|_| app.post("/fn/sign_up").header("accept", HTML).text(FORM, "name=")).await;
    assert_limited(&refused);
    assert!(refused.text.contains("<h1>Too Many Requests</h1>"), "{}", refused.text);
    let script = app.post("/fn/sign_up").text(FORM, "name=").send().await;
    assert_eq!(script.json()["code"], "rate_limited", "the format of server functions");
}

#[tokio::test]
async fn probes_are_never_limited_and_nothing_is_when_limits_are_off() {
    let limiting = App::limiting(small_allowances).await;
    let off = App::new().await;
    for _ in 0..1_200 {
        assert_eq!(limiting.get("/health/live").send().await.status, StatusCode::OK);
        assert_ne!(log_in_badly(&off).await, StatusCode::TOO_MANY_REQUESTS);
    }
}

/// Calls that use up an allowance of one request, and the class that each is counted against.
const EXHAUSTING: [(Class, Method, &str); 3] = [
    (Class::Read, Method::GET, "/api/nothing-here"),
    (Class::Write, Method::POST, "/api/nothing-here"),
    (Class::Credentials, Method::POST, "/api/auth/login"),
];

/// The classes that a route is counted against: those whose exhaustion has its call refused.
async fn classes(app: &App, row: &Row, number: usize) -> Vec<Class> {
    let path = row.path("01939a00-0000-7000-8000-000000000000");
    let mut found = Vec::new();
    for (at, (class, method, exhausting)) in EXHAUSTING.into_iter().enumerate() {
        let address: IpAddr = format!("2001:db8:{number:x}:{at:x}::1").parse().unwrap();
        app.call(method, exhausting).from(address).send().await;
        // An event stream has no end to wait for.
        let request = app.call(row.method.clone(), &path).from(address).request();
        let response = app.router.clone().oneshot(request).await.unwrap();
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            found.push(class);
        }
    }
    found
}

#[tokio::test]
async fn every_route_has_the_rate_limit_class_of_the_table() {
    let app = App::limiting(|options| {
        let traffic = &mut options.traffic;
        for allowance in [
            &mut traffic.rate_limit_reads,
            &mut traffic.rate_limit_writes,
            &mut traffic.rate_limit_credentials,
        ] {
            *allowance = "1/1".parse().unwrap();
        }
    })
    .await;
    let mut differences = Vec::new();
    for (number, row) in routes().enumerate() {
        let expected = if row.class == Class::Unlimited { vec![] } else { vec![row.class] };
        let found = classes(&app, row, number).await;
        if found != expected {
            differences.push(format!("{} {}: {found:?}", row.method, row.route));
        }
    }
    assert!(differences.is_empty(), "differences from the table:\n{}", differences.join("\n"));
}

/// Without a password to be hashed.
async fn log_in_badly(app: &App) -> StatusCode {
    app.post("/api/auth/login").json(&json!({})).send().await.status
}

/// The policy, the requests left and the seconds of a `RateLimit` header.
fn rate_limit(response: &Response) -> (String, u32, u32) {
    let header = response.header("ratelimit").expect("a rate limit");
    let mut parts = header.split(';');
    let policy = parts.next().unwrap().trim_matches('"').to_owned();
    let mut number = |name| parts.next().unwrap().strip_prefix(name).unwrap().parse().unwrap();
    (policy, number("r="), number("t="))
}

#[tokio::test]
async fn a_response_names_the_tightest_policy_and_what_it_leaves() {
    let app = App::limiting(|options| {
        options.traffic.rate_limit_reads = "5/6".parse().unwrap();
        options.traffic.rate_limit_user_reads = "3/6".parse().unwrap();
    })
    .await;
    let ada = app.world.organizer("Ada").await;
    let read = async |from: u8| app.get("/api/auth/me").by(&ada).from(host(from)).send().await;
    let first = read(1).await;
    let policies = "\"address-reads\";q=5;w=50, \"user-reads\";q=3;w=30";
    assert_eq!(first.header("ratelimit-policy"), Some(policies));
    assert_eq!(rate_limit(&first), ("user-reads".to_owned(), 2, 10));
    // Another address: its own allowance is full, that of the user is not.
    assert_eq!(rate_limit(&read(2).await), ("user-reads".to_owned(), 1, 20));
    assert_eq!(rate_limit(&read(2).await), ("user-reads".to_owned(), 0, 30));
    let refused = read(1).await;
    assert_limited(&refused);
    let (policy, left, reset) = rate_limit(&refused);
    assert_eq!((&*policy, left), ("user-reads", 0));
    assert_eq!(refused.header("retry-after"), Some(&*reset.to_string()));
    assert!((1..=10).contains(&reset), "{reset}");

    let visit = async || app.get("/api/competitions").from(host(3)).send().await;
    let first = visit().await;
    assert_eq!(first.header("ratelimit-policy"), Some("\"address-reads\";q=5;w=50"));
    assert_eq!(rate_limit(&first), ("address-reads".to_owned(), 4, 10));
    for _ in 0..4 {
        visit().await;
    }
    let refused = visit().await;
    assert_limited(&refused);
    let (policy, left, reset) = rate_limit(&refused);
    assert_eq!((&*policy, left), ("address-reads", 0));
    assert_eq!(refused.header("retry-after"), Some(&*reset.to_string()));
}

#[tokio::test]
async fn a_shared_response_has_the_rate_limit_of_each_client() {
    let slow = |options: &mut ServerOptions| {
        options.traffic.rate_limit_reads = "50/6".parse().unwrap();
    };
    let app = App::limiting(slow).await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).create().await;
    for (at, path) in
        ["/api/competitions".to_owned(), format!("/api/competitions/{id}")].into_iter().enumerate()
    {
        let hosts = [1, 2, 3].map(|number| host(number + 10 * u8::try_from(at).unwrap()));
        let get = |number: usize| app.get(&path).from(hosts[number]);
        // The response is rendered once.
        let first = get(0).send().await;
        assert_eq!(rate_limit(&first).1, 49);
        assert_eq!(rate_limit(&get(1).send().await).1, 49);
        assert_eq!(rate_limit(&get(0).send().await).1, 48);
        let known = first.header("etag").unwrap();
        let unchanged = get(2).header("if-none-match", known).send().await;
        assert_eq!(unchanged.status, StatusCode::NOT_MODIFIED);
        assert_eq!(rate_limit(&unchanged).1, 49);
    }
}

#[tokio::test]
async fn only_the_api_names_rate_limits_and_only_while_there_are_some() {
    let limiting = App::limiting(|_| {}).await;
    for path in ["/health/live", "/humans.txt"] {
        assert_eq!(limiting.get(path).send().await.header("ratelimit"), None, "{path}");
    }
    let missing = limiting.get("/api/nothing").send().await;
    assert!(missing.header("ratelimit").is_some() && missing.header("ratelimit-policy").is_some());
    let off = App::new().await.get("/api/competitions").send().await;
    assert_eq!((off.header("ratelimit"), off.header("ratelimit-policy")), (None, None));
}
