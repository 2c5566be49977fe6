//! Pages as a browser without JavaScript gets them.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::support::{App, Response, page_text};

const HTML: &str = "text/html";
const FORM: &str = "application/x-www-form-urlencoded";

async fn page(app: &App, path: &str) -> Response {
    app.get(path).header("accept", HTML).send().await
}

/// Logs in through the form. Returns the cookie of the session.
async fn log_in(app: &App, email: &str) -> String {
    let body = format!("email={email}&password=correct+horse");
    let response = app.post("/fn/log_in").header("accept", HTML).text(FORM, body).send().await;
    assert_eq!(response.status, StatusCode::FOUND, "{}", response.text);
    let cookie = response.header("set-cookie").expect("a session");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn every_page_is_complete_without_javascript() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).titled("Chess").create().await;
    for (path, words) in [
        ("/", "Chess"),
        ("/competitions", "Chess"),
        (&format!("/competitions/{id}"), "10 of 10 seats left"),
        ("/auth/login", "Log in"),
        ("/auth/signup", "Sign up"),
    ] {
        let response = page(&app, path).await;
        assert_eq!(response.status, StatusCode::OK, "{path}");
        assert!(response.text.contains(words), "{path} says {words}");
        assert_eq!(response.text.matches("<h1").count(), 1, "{path}");
    }
}

#[tokio::test]
async fn the_list_of_an_organizer_has_an_address_of_its_own_and_other_filters_have_not() {
    let app = App::new().await.with_site_url("https://compete.example");
    let ada = app.world.organizer("Ada").await;
    app.world.competition(&ada).create().await;
    let id = ada.user().unwrap().id.to_string().replace('-', "%2D");
    for (query, address) in [
        ("?tags=chess", "/competitions".to_owned()),
        (&*format!("?organizerId={id}&sort=title"), format!("/competitions?organizerId={id}")),
    ] {
        let list = page(&app, &format!("/competitions{query}")).await;
        let canonical = format!("href=\"https://compete.example{address}\" rel=\"canonical\"");
        assert!(list.text.contains(&canonical), "{query}: {}", list.text);
    }
}

#[tokio::test]
async fn compiled_files_are_immutable_and_pages_are_private() {
    let app = App::new().await;
    let site = tempfile::tempdir().unwrap();
    std::fs::create_dir(site.path().join("pkg")).unwrap();
    std::fs::write(site.path().join("pkg/mini-compete.abc.js"), "// compiled").unwrap();
    let app = app.with_site(site.path());
    let file = app.get("/pkg/mini-compete.abc.js").send().await;
    assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(file.header("vary"), Some("accept-encoding"));
    let missing = app.get("/pkg/mini-compete.old.js").send().await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.header("cache-control"), Some("private, no-cache"));
    assert_eq!(page(&app, "/").await.header("cache-control"), Some("private, no-cache"));
    let cookie = app.log_in(&app.world.participant("Pia").await).await;
    let own = app.get("/dashboard").header("cookie", &cookie).send().await;
    assert_eq!(
        own.header("cache-control"),
        Some("private, no-store"),
        "the back button must not show it"
    );
}

#[tokio::test]
async fn trailing_slashes_redirect_to_the_one_address_of_a_page() {
    let app = App::new().await;
    for (path, target) in [
        ("/competitions/?page=2", "/competitions?page=2"),
        ("/auth/login/", "/auth/login"),
        ("/api/docs", "/api/docs/"),
    ] {
        let response = app.get(path).send().await;
        assert_eq!(response.status, StatusCode::PERMANENT_REDIRECT, "{path}");
        assert_eq!(response.header("location"), Some(target));
    }
}

#[tokio::test]
async fn precompressed_files_are_served_by_accept_encoding() {
    let app = App::new().await;
    let site = tempfile::tempdir().unwrap();
    let pkg = site.path().join("pkg");
    std::fs::create_dir(&pkg).unwrap();
    for (file, content) in [("", "as it is"), (".br", "with brotli"), (".gz", "with gzip")] {
        std::fs::write(pkg.join(format!("mini-compete.abc.wasm{file}")), content).unwrap();
    }
    let app = app.with_site(site.path());
    for (accepted, encoding, content) in [
        ("br, gzip", Some("br"), "with brotli"),
        ("gzip", Some("gzip"), "with gzip"),
        ("identity", None, "as it is"),
    ] {
        let call = app.get("/pkg/mini-compete.abc.wasm").header("accept-encoding", accepted);
        let file = call.send().await;
        assert_eq!(file.text, content);
        assert_eq!(file.header("content-encoding"), encoding);
        assert_eq!(file.header("content-type"), Some("application/wasm"));
        assert_eq!(file.header("vary"), Some("accept-encoding"));
        assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
    }
}

#[tokio::test]
async fn unknown_pages_are_404() {
    let app = App::new().await;
    for path in
        ["/nothing", "/competitions/no-uuid", "/competitions/01939c2e-7b5a-7000-8000-000000000001"]
    {
        assert_eq!(page(&app, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_visitor_is_redirected_to_log_in_and_back() {
    let app = App::new().await;
    for (path, login) in [
        // The dashboard is the default target of a login.
        ("/dashboard", "/auth/login"),
        ("/mailbox", "/auth/login?next=%2Fmailbox"),
        ("/competitions/create", "/auth/login?next=%2Fcompetitions%2Fcreate"),
    ] {
        let response = page(&app, path).await;
        assert_eq!(response.status, StatusCode::FOUND, "{path}");
        assert_eq!(response.header("location"), Some(login));
    }
}

#[tokio::test]
async fn a_session_authenticates_pages_and_the_api() {
    let app = App::new().await;
    app.world.participant("Ben").await;
    let cookie = log_in(&app, "ben@example.com").await;
    let dashboard =
        app.get("/dashboard").header("accept", HTML).header("cookie", &cookie).send().await;
    assert_eq!(dashboard.status, StatusCode::OK);
    let me = app.get("/api/auth/me").header("cookie", &cookie).send().await;
    assert_eq!(me.json()["name"], "Ben");
}

#[tokio::test]
async fn a_cancelled_competition_on_the_dashboard_has_not_started() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).create().await;
    app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    app.call(Method::DELETE, &format!("/api/competitions/{id}")).by(&ada).send().await;
    let cookie = app.log_in(&ben).await;
    let dashboard = page_text(&app, &cookie, "/dashboard").await;
    assert!(dashboard.contains("Cancelled by the organizer"), "{dashboard}");
    assert!(dashboard.contains("Starts: ") && !dashboard.contains("Started: "), "{dashboard}");
}

#[tokio::test]
async fn the_dashboard_says_when_it_leaves_registrations_out() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let cookie = app.log_in(&ben).await;
    let see = async || {
        app.get("/dashboard").header("accept", HTML).header("cookie", &cookie).send().await.text
    };
    app.world.register_for_many(&ben, &ada, 200).await;
    assert!(!see().await.contains("The newest"), "all are listed");
    app.world.register_for_many(&ben, &ada, 1034).await;
    let seen = see().await;
    assert!(seen.contains("The newest 200 of 1,234 registrations"));
    assert_eq!(seen.matches("<article").count(), 200);
}

#[tokio::test]
async fn user_input_is_escaped_on_pages() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let evil = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let body = json!({
        "title": evil, "description": evil, "tags": ["<script>alert(1)</script>"], "capacity": 5,
        "regDeadline": "2026-11-30T12:00:00Z",
    });
    let created = app.post("/api/competitions").by(&ada).json(&body).send().await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    let id = created.json()["id"].as_str().unwrap().to_owned();
    for path in [
        "/",
        "/competitions",
        &format!("/competitions/{id}"),
        "/competitions?search=%3Cscript%3Ealert(1)",
    ] {
        let text = page(&app, path).await.text;
        for inert in ["<script>alert", "<img src=x"] {
            let found = text.find(inert).map(|at| &text[at.saturating_sub(200)..at + 20]);
            assert_eq!(found, None, "{path}");
        }
    }
}

#[tokio::test]
async fn the_roster_is_for_the_organizer_and_administrators() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    app.world.organizer("Bob").await;
    let ben = app.world.participant("Ben").await;
    app.world.admin("Root").await;
    let id = app.world.competition(&ada).titled("Chess").create().await;
    app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    let manage = format!("/competitions/{id}/manage/participants?sort=-name&search=ben");
    for (email, status) in [
        ("ada@example.com", StatusCode::OK),
        ("root@example.com", StatusCode::OK),
        ("bob@example.com", StatusCode::FORBIDDEN),
        ("ben@example.com", StatusCode::FORBIDDEN),
    ] {
        let cookie = log_in(&app, email).await;
        let see = async |path: &str| {
            app.get(path).header("accept", HTML).header("cookie", &cookie).send().await
        };
        let roster = see(&manage).await;
        assert_eq!(roster.status, status, "{email}");
        assert_eq!(roster.text.contains("scope=\"row\""), status == StatusCode::OK, "{email}");
        let is_owner = email == "ada@example.com";
        let cancel = see(&format!("/competitions/{id}/cancel")).await;
        assert_eq!(cancel.status == StatusCode::OK, is_owner, "{email}");
        let settings = see(&format!("/competitions/{id}/manage/settings")).await;
        assert_eq!(settings.text.contains("Cancel competition"), is_owner, "{email}");
    }
    // The order of the waiting list needs its status, which the form of the filters may change.
    let cookie = log_in(&app, "ada@example.com").await;
    for (query, keeps) in [("sort=-name", true), ("status=WAITLISTED&sort=waitlist", false)] {
        let path = format!("/competitions/{id}/manage/participants?{query}");
        let roster = app.get(&path).header("accept", HTML).header("cookie", &cookie).send().await;
        assert_eq!(roster.status, StatusCode::OK, "{query}");
        assert_eq!(roster.text.contains("type=\"hidden\" name=\"sort\""), keeps, "{query}");
    }
    let visitor = page(&app, &format!("/competitions/{id}/manage")).await;
    assert_eq!(visitor.status, StatusCode::FOUND);
    for invalid in ["sort=email", "sort=waitlist", "status=LOST", "page=0", "search=%00"] {
        let cookie = log_in(&app, "ada@example.com").await;
        let path = format!("/competitions/{id}/manage/participants?{invalid}");
        let response = app.get(&path).header("accept", HTML).header("cookie", &cookie).send().await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{invalid}");
    }
}

#[tokio::test]
async fn an_address_of_the_roster_of_an_earlier_release_leads_to_the_participants() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let eve = app.world.organizer("Eve").await;
    let id = app.world.competition(&ada).create().await;
    let manage = format!("/competitions/{id}/manage");
    let see = async |who, query: &str| {
        let cookie = app.log_in(who).await;
        let path = format!("{manage}?{query}");
        app.get(&path).header("accept", HTML).header("cookie", &cookie).send().await
    };
    let query = "search=ben&status=CONFIRMED&sort=%2Dname&page=2";
    let moved = see(&ada, query).await;
    let leads_to = moved.header("location");
    assert_eq!(
        (moved.status, leads_to),
        (StatusCode::FOUND, Some(&*format!("{manage}/participants?{query}")))
    );
    assert_eq!(see(&eve, query).await.status, StatusCode::FORBIDDEN);
    for other in ["", "utm=1", "search=+"] {
        assert_eq!(see(&ada, other).await.status, StatusCode::OK, "{other}");
    }
    // Our code in the browser could not read a redirect.
    let cookie = app.log_in(&ada).await;
    let form = format!("id={id}&query[status]=CONFIRMED");
    let fetched = app.post("/fn/manage_competition").header("cookie", &cookie);
    let fetched = fetched.header("sec-fetch-site", "same-origin");
    let fetched = fetched.text("application/x-www-form-urlencoded", form).send().await;
    assert_eq!(fetched.status, StatusCode::OK, "{}", fetched.text);
}

#[tokio::test]
async fn pages_offer_participants_nothing_after_the_start_and_organizers_nothing_after_the_end() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let (week, length) = (chrono::TimeDelta::days(7), chrono::TimeDelta::days(2));
    let id = app.world.competition(&ada).starting_in(week).lasting(length).create().await;
    let link = "https://meet.example.com/sprint";
    let online = serde_json::json!({ "onlineUrl": link });
    app.patch(&format!("/api/competitions/{id}")).by(&ada).json(&online).send().await;
    app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    let (detail, cancel_registration) =
        (format!("/competitions/{id}"), format!("/competitions/{id}/cancel-registration"));
    let (manage, cancel) =
        (format!("/competitions/{id}/manage/settings"), format!("/competitions/{id}/cancel"));
    let before = [
        (&ben, &*detail, cancel_registration.as_str(), ""),
        (&ben, "/dashboard", &cancel_registration, ""),
        (&ben, &cancel_registration, "/fn/cancel_registration", "too late"),
        (&ada, &manage, &cancel, ""),
        (&ada, &cancel, "/fn/cancel_competition", "too late"),
    ];
    for (later, state) in [
        (chrono::TimeDelta::zero(), None),
        (week, Some("This competition is under way")),
        (length, Some("This competition is over")),
    ] {
        app.world.clock.advance(later);
        let has_started = state.is_some();
        let cookie = app.log_in(&ben).await;
        let ticket = app.get("/dashboard").header("accept", HTML).header("cookie", &cookie);
        let ticket = ticket.send().await.text;
        let is_over = state.is_some_and(|words| words.ends_with("over"));
        let shows_link = ticket.contains(&format!("href=\"{link}\""));
        assert_eq!(shows_link, !is_over, "{state:?}: {ticket}");
        assert_eq!(ticket.contains(">Under way"), has_started && !is_over, "{state:?}: {ticket}");
        for (actor, path, offer, notice) in before {
            let cookie = app.log_in(actor).await;
            let seen = app.get(path).header("accept", HTML).header("cookie", &cookie).send().await;
            assert_eq!(seen.status, StatusCode::OK, "{path}");
            let is_too_late = if path == manage || path == cancel { is_over } else { has_started };
            assert_eq!(seen.text.contains(offer), !is_too_late, "{path}: {offer}");
            let notice = state.filter(|_| path == detail).unwrap_or(notice);
            let shows_it = seen.text.contains(notice);
            assert!(notice.is_empty() || shows_it == is_too_late, "{path}: {notice}");
        }
    }
}

#[tokio::test]
async fn pages_describe_an_account_deletion_before_and_after_it() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).create().await;
    app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    let see = async |actor, path: &str| {
        let cookie = app.log_in(actor).await;
        app.get(path).header("accept", HTML).header("cookie", &cookie).send().await.text
    };
    let blocked = see(&ada, "/account").await;
    assert!(blocked.contains("First cancel this competition of yours"));
    app.world.clock.advance(chrono::TimeDelta::days(7));
    let account = see(&ada, "/account").await;
    assert!(account.contains("One past or cancelled competition of yours stays"));
    let body = json!({ "password": "correct horse" });
    let deleted = app.call(Method::DELETE, "/api/auth/me").by(&ada).json(&body);
    assert_eq!(deleted.send().await.status, StatusCode::NO_CONTENT);
    assert!(see(&ben, "/dashboard").await.contains("Organizer account deleted"));
    let detail = see(&ben, &format!("/competitions/{id}")).await;
    assert!(detail.contains("Account deleted"));
}
