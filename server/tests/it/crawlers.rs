//! What search engines read.

use axum::http::StatusCode;
use chrono::TimeDelta;

use crate::support::App;

#[tokio::test]
async fn robots_txt_leaves_out_the_pages_of_users_and_names_the_sitemap() {
    let app = App::new().await.with_site_url("https://compete.example");
    let robots = app.get("/robots.txt").send().await;
    assert_eq!(robots.status, StatusCode::OK);
    assert_eq!(robots.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(robots.text.contains("\nDisallow: /dashboard\n"), "{}", robots.text);
    assert!(!robots.text.contains("/calendars"), "Google Calendar reads feeds: {}", robots.text);
    let sitemap = "\nSitemap: https://compete.example/sitemap.xml\n";
    assert!(robots.text.ends_with(sitemap), "{}", robots.text);
}

#[tokio::test]
async fn the_sitemap_has_the_public_competitions_that_are_open_soonest_first() {
    let app = App::new().await.with_site_url("https://compete.example");
    let ada = app.world.organizer("Ada").await;
    let new = |days| {
        let new = app.world.competition(&ada).closing_in(TimeDelta::days(days));
        new.starting_in(TimeDelta::days(30))
    };
    let closed = new(1).create().await;
    let (later, soon) = (new(9).create().await, new(8).create().await);
    let cancelled = new(7).create().await;
    service::competitions::cancel_competition(&app.world.ctx, &ada, cancelled, None)
        .await
        .unwrap()
        .outcome
        .unwrap();
    app.world.clock.advance(TimeDelta::days(2));

    let sitemap = app.get("/sitemap.xml").send().await;
    assert_eq!(sitemap.status, StatusCode::OK);
    assert_eq!(sitemap.header("content-type"), Some("application/xml"));
    assert_eq!(sitemap.header("cache-control"), Some("public, max-age=60"));
    let addresses: Vec<_> = sitemap
        .text
        .split("<loc>")
        .skip(1)
        .map(|rest| rest.split_once("</loc>").expect("the end of an address").0)
        .collect();
    let of = |id| format!("https://compete.example/competitions/{id}");
    let expected = [
        "https://compete.example/".to_owned(),
        "https://compete.example/competitions".to_owned(),
        of(soon),
        of(later),
    ];
    assert_eq!(addresses, expected);
    assert!(!sitemap.text.contains(&closed.to_string()));
    assert_eq!(sitemap.text.matches("<lastmod>").count(), 2);

    new(9).create().await;
    let addresses = async || app.get("/sitemap.xml").send().await.text.matches("<loc>").count();
    assert_eq!(addresses().await, 4, "kept for a minute");
    app.world.clock.advance(TimeDelta::minutes(1));
    assert_eq!(addresses().await, 5);
}
