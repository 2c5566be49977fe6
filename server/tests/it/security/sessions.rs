//! Cookies, sessions, and where a login leads.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::StatusCode,
};
use chrono::TimeDelta;
use futures::stream;
use server::cli::ServerOptions;
use service::{password_reset, sessions::MAX_BYTES, testing::World};
use tokio::{sync::oneshot, time::timeout};

use super::{
    FORM, HTML,
    routes::{ROUTES, Row, Sent},
};
use crate::support::{App, Response};

/// The names of the cookie, without encryption and with it.
const PLAIN: &str = "mini_compete_session";
const HOST_ONLY: &str = "__Host-mini_compete_session";
/// The most that is stored of a visitor, in bytes.
const MAX_VISITOR_BYTES: usize = 4 * 1024;

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

async fn is_signed_in(app: &App, cookie: &str) -> bool {
    app.get("/api/auth/me").header("cookie", cookie).send().await.status == StatusCode::OK
}

#[tokio::test]
async fn a_sessions_cookie_is_out_of_reach_and_encrypted_where_it_can_be() {
    for (site, is_secure) in [("http://compete.example", false), ("https://compete.example", true)]
    {
        let app = App::configured(|options: &mut ServerOptions| {
            options.site_url = Some(site.into());
        })
        .await;
        app.world.participant("Ben").await;
        let response = post(&app, "/fn/log_in", None, CREDENTIALS.into()).await;
        let name = cookie(&response).split('=').next();
        let expected = if is_secure { HOST_ONLY } else { PLAIN };
        assert_eq!(name, Some(expected), "{site}");
        let attributes: Vec<_> = cookie(&response).split("; ").skip(1).collect();
        assert!(attributes.contains(&"HttpOnly"), "{attributes:?}");
        assert!(attributes.contains(&"SameSite=Lax"), "{attributes:?}");
        assert!(attributes.contains(&"Path=/"), "{attributes:?}");
        assert_eq!(attributes.contains(&"Secure"), is_secure, "{attributes:?}");
        assert!(!cookie(&response).contains("Domain="), "for this host only");
    }
}

#[tokio::test]
async fn a_session_that_was_there_before_the_login_is_worth_nothing() {
    let app = App::new().await;
    app.world.participant("Ben").await;
    // A refused form leaves a session behind, which somebody might plant in Ben's browser.
    let refused = post(&app, "/fn/log_in", None, "email=ben".into()).await;
    let planted = pair(&refused);
    let response = post(&app, "/fn/log_in", Some(&planted), CREDENTIALS.into()).await;
    let own = pair(&response);
    assert_ne!(own, planted);
    assert!(is_signed_in(&app, &own).await);
    assert!(!is_signed_in(&app, &planted).await, "what was planted opens nothing");
    // Nor is an id taken that somebody made up.
    let made_up = format!("{PLAIN}={}", "A".repeat(22));
    let response = post(&app, "/fn/log_in", Some(&made_up), CREDENTIALS.into()).await;
    assert_ne!(pair(&response), made_up);
}

#[tokio::test]
async fn a_session_that_was_ended_is_worth_nothing() {
    let app = App::new().await;
    app.world.participant("Ben").await;
    let own = pair(&post(&app, "/fn/log_in", None, CREDENTIALS.into()).await);
    assert!(is_signed_in(&app, &own).await);
    let log_out = post(&app, "/fn/log_out", Some(&own), String::new()).await;
    let removed = format!("{PLAIN}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    assert_eq!(log_out.header("set-cookie"), Some(&*removed));
    let asked = app.get("/api/auth/me").header("cookie", &own).send().await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    // Another answer may have set the cookie to a new session meanwhile.
    assert_eq!(asked.header("set-cookie"), None);
}

/// Addresses of other sites, as somebody might write them into a link; the last ones encoded as they go over the wire.
const FOREIGN: [&str; 16] = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "HTTPS:evil.example",
    "//evil.example/%2e%2e",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/x\r\nSet-Cookie: a=b",
    "evil.example",
];

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn a_login_and_a_sign_up_lead_to_this_site_only() {
    let app = App::new().await;
    app.world.participant("Ben").await;
    for (number, next) in FOREIGN.iter().enumerate() {
        let next = encode(next);
        let new = format!(
            "name=Eve&email=e{number}%40example.com&password=correct+horse&role=PARTICIPANT"
        );
        for (path, body) in [("/fn/log_in", CREDENTIALS), ("/fn/sign_up", &new)] {
            let response = post(&app, path, None, format!("{body}&next={next}")).await;
            assert_eq!(response.status, StatusCode::FOUND, "{}", response.text);
            assert_eq!(response.header("location"), Some("/dashboard"), "{path} {next}");
            assert_eq!(response.headers.get_all("set-cookie").iter().count(), 1, "{next}");
        }
        // A refused form leads back to its own page, whatever it is to lead to later.
        let response = post(&app, "/fn/log_in", None, format!("email=x&next={next}")).await;
        assert_eq!(response.header("location"), Some("/auth/login"), "{next}");
    }
}

#[tokio::test]
async fn who_is_signed_in_already_is_led_to_this_site_only() {
    let app = App::new().await;
    app.world.participant("Ben").await;
    let own = pair(&post(&app, "/fn/log_in", None, CREDENTIALS.into()).await);
    for page in ["/auth/login", "/auth/signup"] {
        for next in FOREIGN {
            let call = app.get(&format!("{page}?next={}", encode(next)));
            let response = call.header("accept", HTML).header("cookie", &own).send().await;
            assert_eq!(response.header("location"), Some("/dashboard"), "{page} {next:?}");
        }
    }
}

#[tokio::test]
async fn a_form_that_was_made_for_somebody_else_does_nothing() {
    let app = App::new().await;
    let (ada, bob) = (app.world.organizer("Ada").await, app.world.organizer("Bob").await);
    let (ben, eve) = (app.world.participant("Ben").await, app.world.participant("Eve").await);
    let [open, held] =
        [app.world.competition(&ada).create().await, app.world.competition(&ada).create().await];
    app.post(&format!("/api/competitions/{held}/register")).by(&ben).send().await;
    let draft = "draft[title]=Chess&draft[description]=x&draft[capacity]=3&draft[regDeadline]=2026-11-30T12:00&draft[timeZone]=UTC";
    for (path, body, sender, other) in [
        ("/fn/register", format!("competition={open}"), &ben, &eve),
        ("/fn/give_back", format!("competition={held}"), &ben, &eve),
        ("/fn/create_competition", draft.to_owned(), &ada, &bob),
        ("/fn/edit_profile", "name=Else".to_owned(), &ben, &eve),
    ] {
        let cookie = app.sign_in(sender).await;
        for (maker, status) in [(other, StatusCode::FORBIDDEN), (sender, StatusCode::OK)] {
            let made_for = maker.user().unwrap().id;
            let body = format!("{body}&idempotency_key={path}{made_for}&made_for={made_for}");
            let call = app.post(path).header("sec-fetch-site", "same-origin");
            let response = call.header("cookie", &cookie).text(FORM, body).send().await;
            assert_eq!(response.status, status, "{path} {}", response.text);
            let is_refused = response.text.contains("since this form was shown");
            assert_eq!(is_refused, status == StatusCode::FORBIDDEN, "{path} {}", response.text);
        }
    }
}

#[tokio::test]
async fn a_cookie_that_another_host_could_have_planted_is_not_read_where_the_site_is_https() {
    let app = App::configured(|options: &mut ServerOptions| {
        options.site_url = Some("https://compete.example".into());
    })
    .await;
    app.world.participant("Ben").await;
    let own = pair(&post(&app, "/fn/log_in", None, CREDENTIALS.into()).await);
    assert!(is_signed_in(&app, &own).await);
    let planted = own.replace(HOST_ONLY, PLAIN);
    let response = app.get("/api/auth/me").header("cookie", &planted).send().await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED);
    let removed = format!("{PLAIN}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
    assert_eq!(response.header("set-cookie"), Some(&*removed));
    // A browser takes nothing under the other name that is not `Secure`, its removal included.
    let log_out = post(&app, "/fn/log_out", Some(&own), String::new()).await;
    assert_eq!(log_out.header("set-cookie"), Some(&*removed.replace(PLAIN, HOST_ONLY)));
}

/// The body of a function, every text in it as long as fits into a request of 250 KB.
fn enlarged(row: &Row) -> String {
    const MOST: usize = 250_000;
    let Sent::Form(body) = row.sent else { panic!("{row:?} is sent as a form") };
    let body =
        body.replace("{competition}", "01939a00-0000-7000-8000-000000000000").replace("{n}", "1");
    let is_text = |name: &str| {
        !matches!(name, "competition" | "id" | "version" | "idempotency_key" | "intent")
    };
    let mut pairs: Vec<(&str, &str)> =
        body.split('&').filter_map(|pair| pair.split_once('=')).collect();
    // What a preview is asked for with, and what other functions take.
    for name in [
        "intent",
        "name",
        "email",
        "role",
        "kind",
        "title",
        "draft[description]",
        "seen[description]",
    ] {
        if pairs.iter().all(|(found, _)| *found != name) {
            pairs.push((name, if name == "intent" { "preview" } else { "" }));
        }
    }
    let texts = pairs.iter().filter(|(name, _)| is_text(name)).count();
    let long = "x".repeat(MOST / texts - 30);
    let pairs = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={}", if is_text(name) { &long } else { value }));
    pairs.collect::<Vec<_>>().join("&")
}

async fn assert_bounded(world: &World, what: &str, most: usize, max_bytes: usize) {
    let stored = world.stored_sessions().await;
    assert!(stored.len() <= most, "{what}: {} sessions", stored.len());
    for session in stored {
        assert!(session.data.len() <= max_bytes, "{what}: {} bytes", session.data.len());
    }
}

#[tokio::test]
async fn next_to_nothing_is_stored_of_visitors_whatever_they_send() {
    let app = App::new().await;
    let functions: Vec<_> = ROUTES.iter().filter(|row| row.is_function()).collect();
    assert!(functions.len() > 30, "{}", functions.len());
    // The forms that a visitor may send and correct.
    let for_visitors = ["/fn/log_in", "/fn/sign_up", "/fn/request_reset", "/fn/reset_password"];
    let mut cookie: Option<String> = None;
    for row in &functions {
        let body = enlarged(row);
        assert!(body.len() > 200_000 && body.len() < 256 * 1024, "{row:?}: {}", body.len());
        let before = app.world.stored_sessions().await.len();
        // Without a cookie, as often as one likes.
        post(&app, row.route, None, body.clone()).await;
        let new = app.world.stored_sessions().await.len() - before;
        assert!(
            new <= usize::from(for_visitors.contains(&row.route)),
            "{} stores a session",
            row.route
        );
        assert_bounded(&app.world, row.route, for_visitors.len() + 1, MAX_VISITOR_BYTES).await;
        // All in one session.
        let response = post(&app, row.route, cookie.as_deref(), body).await;
        if let Some(set) = response.header("set-cookie").filter(|set| set.starts_with(PLAIN)) {
            cookie = set.split(';').next().map(str::to_owned);
        }
        assert_bounded(&app.world, row.route, for_visitors.len() + 2, MAX_VISITOR_BYTES).await;
    }
    let cookie = pair(&post(&app, "/fn/log_in", None, "email=x".into()).await);
    for _ in 0..60 {
        for path in for_visitors {
            let body = format!("email={0}&name={0}&role={0}", "x".repeat(900));
            post(&app, path, Some(&cookie), body).await;
        }
    }
    assert_bounded(&app.world, "sixty times", for_visitors.len() + 3, MAX_VISITOR_BYTES).await;
    app.world.clock.advance(TimeDelta::minutes(30));
    for _ in 0..2 {
        post(&app, "/fn/log_in", None, "email=x".into()).await;
    }
    assert_eq!(app.world.stored_sessions().await.len(), 2, "after half an hour");
}

#[tokio::test]
async fn what_is_stored_of_a_user_is_bounded_and_a_form_of_the_usual_size_is_kept() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let own = app.sign_in(&ada).await;
    for _ in 0..5 {
        for row in ROUTES.iter().filter(|row| row.is_function()) {
            if !matches!(row.route, "/fn/log_out" | "/fn/sign_up" | "/fn/delete_account") {
                post(&app, row.route, Some(&own), enlarged(row)).await;
            }
        }
        assert_bounded(&app.world, "a user", 1, MAX_BYTES).await;
    }
    // Of the longest description there may be, every letter is shown again.
    let description = "\u{e9}".repeat(10_000);
    let draft = format!(
        "draft[title]=Chess&draft[capacity]=none&idempotency_key=k&draft[description]={}",
        encode(&description)
    );
    let refused = post(&app, "/fn/create_competition", Some(&own), draft).await;
    assert_eq!(refused.header("location"), Some("/competitions/create"));
    let page = app.get("/competitions/create").header("cookie", &own).send().await;
    assert!(page.text.contains(&description), "the text is shown again");
}

#[tokio::test]
async fn a_preview_needs_the_role_that_the_form_needs() {
    let app = App::new().await;
    let body = "draft[title]=Chess&draft[description]=x&idempotency_key=k&intent=preview";
    let ben = app.world.participant("Ben").await;
    let cookie = app.sign_in(&ben).await;
    for (sender, status) in
        [(None, StatusCode::UNAUTHORIZED), (Some(&cookie), StatusCode::FORBIDDEN)]
    {
        let call = app.post("/fn/create_competition").header("sec-fetch-site", "same-origin");
        let call = call.header("cookie", sender.map_or("theme=dark", |cookie| cookie));
        let response = call.text(FORM, body).send().await;
        assert_eq!(response.status, status, "{}", response.text);
    }
    let ada = app.world.organizer("Ada").await;
    let cookie = app.sign_in(&ada).await;
    let call = app.post("/fn/create_competition").header("sec-fetch-site", "same-origin");
    let response = call.header("cookie", &cookie).text(FORM, body).send().await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text);
}

#[tokio::test]
async fn a_session_is_read_for_pages_and_not_for_files_or_tokens() {
    let site = tempfile::tempdir().unwrap();
    std::fs::write(site.path().join("robots.txt"), "User-agent: *").unwrap();
    let app = App::new().await.with_site(site.path());
    let ben = app.world.participant("Ben").await;
    let own = app.sign_in(&ben).await;
    // Reading or renewing a session is seen by its cookie, which is renewed once a day.
    app.world.clock.advance(TimeDelta::days(2));
    let file = app.get("/robots.txt").header("cookie", &own).send().await;
    assert_eq!((file.status, file.header("set-cookie")), (StatusCode::OK, None));
    assert_eq!(file.header("cache-control"), Some("private, no-cache"));
    let with_token = app.get("/api/auth/me").header("cookie", &own).by(&ben).send().await;
    assert_eq!((with_token.status, with_token.header("set-cookie")), (StatusCode::OK, None));
    let missing = app.get("/nothing-here").header("cookie", &own).send().await;
    assert_eq!(missing.header("cache-control"), Some("private, no-store"), "a page of Ben's");
    assert_eq!(pair(&missing), own);
}

#[tokio::test]
async fn a_session_and_its_cookie_are_renewed_while_they_are_used() {
    let app = App::new().await;
    let ben = app.world.participant("Ben").await;
    let own = app.sign_in(&ben).await;
    for _ in 0..5 {
        app.world.clock.advance(TimeDelta::days(10));
        let page = app.get("/dashboard").header("cookie", &own).send().await;
        assert_eq!(pair(&page), own);
        assert!(cookie(&page).contains("; Max-Age=1209600"), "{}", cookie(&page));
        let again = app.get("/dashboard").header("cookie", &own).send().await;
        assert_eq!(again.header("set-cookie"), None, "once a day");
    }
    app.world.clock.advance(TimeDelta::days(14));
    assert!(!is_signed_in(&app, &own).await);
}

#[tokio::test]
async fn a_database_that_fails_is_answered_with_503_and_logs_nobody_out() {
    let app = App::new().await;
    let ben = app.world.participant("Ben").await;
    let own = app.sign_in(&ben).await;
    app.world.ctx.db().close().await.unwrap();
    // What was typed cannot be kept for the page.
    let refused = post(&app, "/fn/log_in", None, "email=x".into()).await;
    let asked = app.get("/dashboard").header("cookie", &own).header("accept", HTML).send().await;
    for (what, response) in [("a write", refused), ("a read", asked)] {
        assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{what}: {}", response.text);
        assert_eq!(response.header("set-cookie"), None, "{what}");
        assert!(response.text.contains("<html"), "{what}: {}", response.text);
    }
}

#[tokio::test]
async fn a_slow_form_that_began_before_a_log_out_does_not_bring_the_session_back() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    for (path, body) in [
        ("/fn/create_competition", "draft[title]=Chess&draft[capacity]=x&idempotency_key=k"),
        ("/fn/create_competition", "draft[title]=Chess&idempotency_key=k&intent=preview"),
        ("/fn/edit_profile", "name=Ada+Lovelace"),
        ("/fn/read_all_mail", "x=y"),
        ("/fn/reset", "token=anything"),
        ("/fn/change_password", "current_password=correct+horse&new_password=correct+horse"),
    ] {
        let own = app.sign_in(&ada).await;
        let (asked, is_asked) = oneshot::channel();
        let (finish, is_finished) = oneshot::channel::<()>();
        // The body is asked for once it is known whose the session is.
        let rest = async move {
            asked.send(()).expect("the test waits");
            is_finished.await.expect("the test goes on");
            Ok::<_, Infallible>(Bytes::from_static(body.as_bytes()))
        };
        let call = app.post(path).header("accept", HTML).header("sec-fetch-site", "same-origin");
        let call = call.header("cookie", &own).text(FORM, Body::from_stream(stream::once(rest)));
        let log_out = async {
            timeout(Duration::from_secs(20), is_asked).await.expect("in time").expect("a body");
            post(&app, "/fn/log_out", Some(&own), String::new()).await;
            assert!(!is_signed_in(&app, &own).await, "401 after the log-out");
            finish.send(()).expect("the form waits");
        };
        let (slow, ()) = tokio::join!(call.send(), log_out);
        assert!(!slow.status.is_server_error(), "{path}: {}", slow.text);
        assert_eq!(slow.header("set-cookie"), None, "{path}");
        assert!(!is_signed_in(&app, &own).await, "{path} brings the session back");
        assert_eq!(app.world.stored_sessions().await, [], "{path}");
    }
}

#[tokio::test]
async fn a_reset_links_key_never_waits_in_a_session_that_somebody_else_knows() {
    let app = App::new().await;
    let (ben, eve) = (app.world.participant("Ben").await, app.world.participant("Eve").await);
    let email = domain::Email::parse(&ben.user().unwrap().email).unwrap();
    let of_a_visitor = pair(&post(&app, "/fn/log_in", None, "email=eve".into()).await);
    let of_a_user = app.sign_in(&eve).await;
    for planted in [of_a_visitor, of_a_user] {
        let link = password_reset::link(&app.world.ctx, &email).await.unwrap();
        let path = link.strip_prefix("https://site.example").unwrap();
        let opened = app.get(path).header("cookie", &planted).send().await;
        let own = pair(&opened);
        assert_ne!(own, planted);
        let show = async |cookie: &str| {
            app.get("/auth/reset")
                .header("cookie", cookie)
                .send()
                .await
                .text
                .contains(email.as_str())
        };
        assert!(show(&own).await, "it works for who opened the link");
        assert!(!show(&planted).await, "and for nobody else");
        let body = "password=a+password+of+eves".to_owned();
        let set = post(&app, "/fn/reset_password", Some(&planted), body).await;
        assert_eq!(set.header("location"), Some("/auth/reset"), "refused");
    }
}
