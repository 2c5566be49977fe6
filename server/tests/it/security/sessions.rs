//! Cookies, sessions, and where a login leads.

use axum::http::StatusCode;
use server::cli::ServerOptions;

use super::{FORM, HTML};
use crate::support::{App, Response};

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
    let made_up = "mini_compete_session=AAAAAAAAAAAAAAAAAAAAAA";
    let response = post(&app, "/fn/log_in", Some(made_up), CREDENTIALS.into()).await;
    assert_ne!(pair(&response), made_up);
}

#[tokio::test]
async fn a_session_that_was_ended_is_worth_nothing() {
    let app = App::new().await;
    app.world.participant("Ben").await;
    let own = pair(&post(&app, "/fn/log_in", None, CREDENTIALS.into()).await);
    assert!(is_signed_in(&app, &own).await);
    post(&app, "/fn/log_out", Some(&own), String::new()).await;
    assert!(!is_signed_in(&app, &own).await);
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
