//! What visitors find, and what they see by its link.

use axum::http::StatusCode;
use domain::Visibility;
use serde_json::json;

use super::{Scene, TITLE};

#[tokio::test]
async fn drafts_and_unlisted_competitions_are_in_no_list_search_count_or_tag() {
    for visibility in [Visibility::Draft, Visibility::Unlisted] {
        let scene = Scene::with(visibility).await;
        let (app, ada) = (&scene.app, scene.ada.user().unwrap().id);
        service::competitions::index_missing(&app.world.ctx).await.unwrap();
        let cookie = app.log_in(&scene.ada).await;
        for query in [
            "",
            "?search=xylophone",
            "?search=xylophome",
            "?search=ada",
            "?tags=xylophone",
            "?sort=deadline",
            "?sort=start",
            "?sort=title",
            "?sort=relevance",
            &format!("?organizerId={ada}"),
        ] {
            let list = app.get(&format!("/api/competitions{query}")).send().await;
            assert_eq!(list.json(), json!([]), "{visibility} {query}");
            assert_eq!(list.header("x-total-count"), Some("0"), "{visibility} {query}");
            let and = if query.is_empty() { "?" } else { "&" };
            let part = app.get(&format!("/api/competitions{query}{and}cursor="));
            if query != "?sort=relevance" {
                assert_eq!(part.send().await.json(), json!([]), "{visibility} {query}");
            }
            for cookie in [None, Some(&cookie)] {
                let page = app.get(&format!("/competitions{query}"));
                let page =
                    if let Some(cookie) = cookie { page.header("cookie", cookie) } else { page };
                let page = page.header("accept", "text/html").send().await;
                assert!(!page.text.contains(TITLE), "{visibility} {query}");
                let offered = page.text.contains("tags=xylophone\"");
                assert!(!offered || query.contains("tags"), "{visibility} {query}: the tag");
            }
        }
        let home = app.get("/").send().await;
        assert!(!home.text.contains(TITLE), "{visibility} is on the home page");
        let is_in_sitemap = async || {
            app.world.clock.advance(chrono::TimeDelta::minutes(1));
            let sitemap = app.get("/sitemap.xml").send().await;
            sitemap.text.contains(&format!("/competitions/{}</loc>", scene.id))
        };
        assert!(!is_in_sitemap().await, "{visibility} is in the sitemap");
        let mine = app.get("/api/competitions/my-competitions").by(&scene.ada).send().await.json();
        assert_eq!(mine[0]["visibility"], visibility.as_str());

        // It appears once it is public, and leaves again.
        assert_eq!(scene.set("PUBLIC").await.status, StatusCode::OK);
        assert!(is_in_sitemap().await, "{visibility}, then public");
        for path in
            ["/api/competitions", "/api/competitions?search=xylophone", "/competitions", "/"]
        {
            assert!(app.get(path).send().await.text.contains(TITLE), "{visibility} {path}");
        }
        assert_eq!(scene.set(visibility.as_str()).await.status, StatusCode::OK);
        assert!(!is_in_sitemap().await, "{visibility} again");
        for path in
            ["/api/competitions", "/api/competitions?search=xylophone", "/competitions", "/"]
        {
            assert!(!app.get(path).send().await.text.contains(TITLE), "{visibility} {path}");
        }
    }
}

#[tokio::test]
async fn an_unlisted_competition_is_open_to_everyone_with_the_link() {
    let scene = Scene::with(Visibility::Unlisted).await;
    let (app, id) = (&scene.app, scene.id);
    for path in [
        format!("/api/competitions/{id}"),
        format!("/api/competitions/{id}/calendar.ics"),
        format!("/api/competitions/{id}/seats"),
        format!("/competitions/{id}"),
    ] {
        let shown = app.get(&path).header("accept", "text/html, application/json").send().await;
        assert_eq!(shown.status, StatusCode::OK, "{path}: {}", shown.text);
    }
    assert_eq!(scene.watch(None).await.status(), StatusCode::OK);
    let ben = app.world.participant("Ben").await;
    let seat = app.post(&format!("{}/register", scene.path)).by(&ben).send().await;
    assert_eq!(seat.status, StatusCode::CREATED, "{}", seat.text);
    let mine = app.get("/api/competitions/registrations/my").by(&ben).send().await.json();
    assert_eq!(mine[0]["competition"]["title"], TITLE);
}

#[tokio::test]
async fn unpublishing_invalidates_responses_that_visitors_share() {
    let scene = Scene::with(Visibility::Public).await;
    let page = format!("/competitions/{}", scene.id);
    let read = [scene.path.clone(), format!("{}/seats", scene.path), page.clone()];
    let tag = scene.app.get(&scene.path).send().await.header("etag").unwrap().to_owned();
    for _ in 0..2 {
        for path in &read {
            assert_eq!(scene.status(path).await, StatusCode::OK, "{path}");
        }
        assert_eq!(scene.set("DRAFT").await.status, StatusCode::OK);
        for path in &read {
            assert_eq!(scene.status(path).await, StatusCode::NOT_FOUND, "{path}");
        }
        let known = scene.app.get(&scene.path).header("if-none-match", &tag).send().await;
        assert_eq!(known.status, StatusCode::NOT_FOUND);
        assert_eq!(scene.set("PUBLIC").await.status, StatusCode::OK);
    }
}
