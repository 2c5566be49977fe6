//! The size of pages with the data of the demo.

use axum::http::StatusCode;
use serde_json::Value;
use service::demo;

use crate::support::App;

/// The most bytes of a page before compression. Pictures, scripts and styles are requests of their
/// own.
const MAX: usize = 150 * 1024;

/// What organizers see of each of their competitions, after its address.
const OF_ORGANIZER: [&str; 13] = [
    "",
    "/edit",
    "/cover",
    "/questions",
    "/access",
    "/invitations",
    "/manage",
    "/manage/participants",
    "/manage/waiting-list",
    "/manage/check-in-list",
    "/manage/messages",
    "/manage/messages/write",
    "/manage/settings",
];

async fn log_in(app: &App, email: &str) -> String {
    let body = format!("email={email}&password={}", demo::PASSWORD);
    let form = "application/x-www-form-urlencoded";
    let response = app.post("/fn/log_in").header("accept", "text/html").text(form, body);
    let response = response.send().await;
    let cookie = response.header("set-cookie").expect("a session");
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_page_has_at_most_150_kib_with_the_data_of_the_demo() {
    let app = App::new().await;
    demo::seed(&app.world.ctx).await.unwrap();
    let open = app.get("/api/competitions?status=open&limit=100").send().await.json();
    let open = open.as_array().unwrap();
    assert!(!open.is_empty());
    let pages =
        ["/", "/competitions", "/competitions?status=over", "/dashboard", "/mailbox", "/account"];
    let mut largest = (0, String::new());
    for (email, others) in [
        ("participant1@minicompete.com", &[""][..]),
        ("organizer1@minicompete.com", &OF_ORGANIZER[..]),
    ] {
        let cookie = log_in(&app, email).await;
        let own = app.get("/api/competitions/my-competitions").header("cookie", &cookie);
        let own = own.send().await;
        let own = own.json().as_array().cloned().unwrap_or_default();
        let competitions = if own.is_empty() { open } else { &own };
        let is_cancelled = |one: &&Value| !one["cancelledAt"].is_null();
        let cancelled = competitions.iter().filter(is_cancelled);
        let cancelled: Vec<_> =
            cancelled.map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        let mut paths: Vec<_> = pages.map(str::to_owned).into();
        for competition in competitions {
            let id = competition["id"].as_str().unwrap();
            paths.extend(others.iter().map(|rest| format!("/competitions/{id}{rest}")));
        }
        for path in paths {
            let page = app.get(&path).header("accept", "text/html").header("cookie", &cookie);
            let page = page.send().await;
            // One of the competitions is cancelled, and its forms say so.
            let is_final = cancelled.iter().any(|id| path.contains(&**id));
            let expected = [StatusCode::OK, StatusCode::CONFLICT];
            assert!(expected[..=usize::from(is_final)].contains(&page.status), "{path}");
            assert!(page.text.contains("</html>"), "{path} is not whole");
            largest = largest.max((page.text.len(), path));
        }
    }
    let (length, path) = largest;
    eprintln!("the largest page is {path} with {length} bytes");
    assert!(length <= MAX, "{path} has {length} bytes");
}
