//! Calendar feeds over HTTP. `service` tests their content.

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use serde_json::json;
use service::Actor;

use crate::support::{App, page_text, post_form, snapshot};

const FEED: &str = "/api/auth/me/calendar-feed";
const SITE: &str = "https://site.example";

/// Makes the feed of a user. Returns its path.
async fn feed_of(app: &App, actor: &Actor) -> String {
    let made = app.post(FEED).by(actor).send().await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    path_of(made.json()["url"].as_str().unwrap())
}

/// The path of an address of this site.
fn path_of(url: &str) -> String {
    url.strip_prefix(SITE).expect("an address of the site").to_owned()
}

#[tokio::test]
async fn a_feed_is_made_read_renewed_and_removed() {
    let app = App::new().await;
    let ben = app.world.participant("Ben").await;
    snapshot("calendar_feed_not_found", &app.get(FEED).by(&ben).send().await);
    let made = app.post(FEED).by(&ben).send().await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!(made.header("location"), Some(FEED));
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let feed = json!({ "createdAt": "2026-11-23T12:00:00.000Z", "lastReadAt": null });
    assert_eq!(made.json()["calendarFeed"], feed);
    assert_eq!(app.get(FEED).by(&ben).send().await.json(), feed);
    let first = path_of(made.json()["url"].as_str().unwrap());
    assert_eq!(app.get(&first).send().await.status, StatusCode::OK);
    let read = app.get(FEED).by(&ben).send().await.json();
    assert_eq!(read["lastReadAt"], "2026-11-23T12:00:00.000Z");

    let second = feed_of(&app, &ben).await;
    assert_eq!(app.get(&first).send().await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get(&second).send().await.status, StatusCode::OK);
    for _ in 0..2 {
        let removed = app.call(Method::DELETE, FEED).by(&ben).send().await;
        assert_eq!(removed.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(app.get(&second).send().await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_calendar_reads_the_feed_with_its_address_alone() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).titled("Chess").create().await;
    app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    let path = feed_of(&app, &ben).await;
    let file = app.get(&path).header("accept", "*/*").send().await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(file.text.starts_with("BEGIN:VCALENDAR\r\n"), "{}", file.text);
    assert!(file.text.contains("SUMMARY:Chess\r\n"), "{}", file.text);
    let head = app.call(Method::HEAD, &path).send().await;
    assert_eq!((head.status, &*head.text), (StatusCode::OK, ""));
    for (name, value) in [
        ("content-type", "text/calendar; charset=utf-8"),
        ("content-disposition", "attachment; filename=\"mini-compete.ics\""),
        ("cache-control", "private, no-cache"),
        ("x-robots-tag", "noindex"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(file.header(name), Some(value), "{name}");
        assert_eq!(head.header(name), Some(value), "{name} of HEAD");
    }
    assert_eq!(head.header("etag"), file.header("etag"));
    assert_eq!(file.header("set-cookie"), None);
    let refused = app.post(&path).send().await;
    assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_feed_without_changes_is_answered_with_304() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let path = feed_of(&app, &ben).await;
    let id = app.world.competition(&ada).create().await;
    app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    app.world.run_pending_jobs().await;
    let first = app.get(&path).send().await;
    assert!(first.text.contains("BEGIN:VALARM\r\n"), "{}", first.text);
    let tag = first.header("etag").expect("a tag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    app.world.clock.advance(TimeDelta::hours(1));
    let unchanged = app.get(&path).header("if-none-match", &tag).send().await;
    assert_eq!((unchanged.status, &*unchanged.text), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(unchanged.header("etag"), Some(&*tag));
    assert_eq!(unchanged.header("cache-control"), Some("private, no-cache"));
    assert_eq!(unchanged.header("content-type"), None);
    let edit = json!({ "version": 1, "title": "Chess" });
    let edited = app.patch(&format!("/api/competitions/{id}")).by(&ada).json(&edit).send().await;
    assert_eq!(edited.status, StatusCode::OK, "{}", edited.text);
    let changed = app.get(&path).header("if-none-match", &tag).send().await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.header("etag"), Some(&*tag));
}

#[tokio::test]
async fn addresses_without_a_feed_are_not_found() {
    let app = App::new().await;
    let ben = app.world.participant("Ben").await;
    let path = feed_of(&app, &ben).await;
    let without_suffix = path.strip_suffix(".ics").unwrap();
    for wrong in [
        "/calendars/x.ics",
        "/calendars/mccal_.ics",
        "/calendars/%00.ics",
        "/calendars/%FF.ics",
        "/calendars/.ics",
        without_suffix,
        &format!("{without_suffix}0.ics"),
        &path.to_uppercase().replace("/CALENDARS/", "/calendars/").replace(".ICS", ".ics"),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let refused = app.call(method, wrong).send().await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{wrong}");
        }
        let refused = app.get(wrong).send().await;
        assert_eq!(refused.header("content-type"), Some("application/problem+json"), "{wrong}");
        assert!(refused.text.contains("There is no calendar at this address"), "{wrong}");
        let page = app.get(wrong).header("accept", "text/html").send().await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{wrong}");
        assert!(page.text.contains("There is no calendar here"), "{wrong}");
    }
}

#[tokio::test]
async fn reads_of_feeds_count_against_the_limit_of_their_address() {
    let app = App::limiting(|options| {
        options.traffic.rate_limit_reads = "2/1".parse().unwrap();
    })
    .await;
    for expected in [404, 404, 429] {
        let answer = app.get("/calendars/x.ics").send().await;
        assert_eq!(answer.status.as_u16(), expected);
    }
}

#[tokio::test]
async fn without_javascript_the_page_shows_the_address_once() {
    let app = App::new().await;
    let ben = app.world.participant("Ben").await;
    let cookie = app.log_in(&ben).await;
    let page = page_text(&app, &cookie, "/account/calendar").await;
    assert!(page.contains("Make address") && !page.contains("Remove feed"), "{page}");
    let shown = post_form(&app, &cookie, "renew_calendar_feed", "").await;
    assert_eq!(shown, "/account/calendar");
    let page = page_text(&app, &cookie, "/account/calendar").await;
    let address = |page: &str| -> Option<String> {
        let (_, rest) = page.split_once("value=\"https://site.example/calendars/")?;
        Some(format!("/calendars/{}", rest.split('"').next()?))
    };
    let path = address(&page).expect("the address");
    for link in [
        format!("webcal://site.example{path}"),
        "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2Fsite.example".to_owned(),
        "https://outlook.live.com/calendar/0/addfromweb?url=https%3A%2F%2Fsite".to_owned(),
    ] {
        assert!(page.contains(&link), "{link}: {page}");
    }
    assert_eq!(app.get(&path).send().await.status, StatusCode::OK);
    let again = page_text(&app, &cookie, "/account/calendar").await;
    assert_eq!(address(&again), None);
    assert!(again.contains("Renew address") && again.contains("Remove feed"), "{again}");
    assert!(
        !app.world.stored_text().await.contains(&path["/calendars/mccal_".len()..path.len() - 4])
    );

    let confirmation = page_text(&app, &cookie, "/account/calendar/remove").await;
    assert!(confirmation.contains("Remove your calendar feed?"), "{confirmation}");
    assert_eq!(post_form(&app, &cookie, "remove_calendar_feed", "").await, "/account/calendar");
    assert_eq!(app.get(&path).send().await.status, StatusCode::NOT_FOUND);
}
