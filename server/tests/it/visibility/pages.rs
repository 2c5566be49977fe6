//! The visibility on pages.

use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::Visibility;

use super::Scene;
use crate::support::{App, page_text, post_form};

const NOINDEX: &str = "<meta name=\"robots\" content=\"noindex\"";

#[tokio::test]
async fn a_draft_is_saved_published_and_unpublished_on_pages_without_javascript() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let cookie = &app.log_in(&ada).await;
    let new = page_text(&app, cookie, "/competitions/create").await;
    for button in ["Publish", "Save as draft", "Preview"] {
        assert!(new.contains(button), "{button}");
    }
    let fields = "draft[title]=Xylophone+Open&draft[description]=Seven&draft[capacity]=5\
        &draft[timeZone]=UTC&draft[regDeadline]=2026-11-30T12:00&draft[visibility]=UNLISTED";
    let draft = format!("{fields}&idempotency_key=k1&intent=draft");
    let path = post_form(&app, cookie, "create_competition", &draft).await;
    let path = path.strip_prefix("http://localhost").unwrap_or(&path).to_owned();
    let shown = page_text(&app, cookie, &path).await;
    assert!(shown.contains("Only you can see this draft."), "{shown}");
    assert!(shown.contains(NOINDEX) && shown.contains(&format!("{path}/manage")));
    assert!(shown.contains("is saved as a draft"), "no toast");
    assert_eq!(app.get(&path).send().await.status, StatusCode::NOT_FOUND);
    let edit = page_text(&app, cookie, &format!("{path}/edit")).await;
    assert!(edit.contains("name=\"draft[visibility]\" value=\"DRAFT\""), "{edit}");

    let manage = format!("{path}/manage");
    let id = path.rsplit('/').next().unwrap();
    for (to, says) in [
        ("PUBLIC", "Everyone can find this competition."),
        ("UNLISTED", "Everyone with the link can see this competition."),
        ("DRAFT", "This competition is a draft: only you can see it."),
        ("UNLISTED", "Everyone with the link can see this competition."),
    ] {
        let form = format!("competition={id}&visibility={to}");
        let leads_to = post_form(&app, cookie, "set_visibility", &form).await;
        assert!(leads_to.ends_with(&manage), "{leads_to}");
        let confirmed = page_text(&app, cookie, &manage).await;
        assert!(confirmed.contains(says), "{to}: {confirmed}");
        let is_confirmed =
            ["Published. ", "Saved. ", "Unpublished. "].iter().any(|done| confirmed.contains(done));
        assert!(is_confirmed, "{to}: {confirmed}");
        let again = page_text(&app, cookie, &manage).await;
        assert!(!again.contains("Published. ") && again.contains(says), "a reload confirms again");
        let public = app.get(&path).send().await;
        assert_eq!(public.status == StatusCode::NOT_FOUND, to == "DRAFT");
        assert_eq!(public.text.contains(NOINDEX), to == "UNLISTED", "{to}");
        let badge = match to {
            "PUBLIC" => None,
            "UNLISTED" => Some(">Unlisted<"),
            _ => Some(">Draft<"),
        };
        for on in [&path, &manage, "/dashboard"] {
            let shown = page_text(&app, cookie, on).await;
            for known in [">Unlisted<", ">Draft<"] {
                assert_eq!(shown.contains(known), badge == Some(known), "{known} on {on} as {to}");
            }
        }
    }
}

#[tokio::test]
async fn a_refused_visibility_is_explained_on_the_page_where_a_competition_is_managed() {
    let scene = Scene::with(Visibility::Public).await;
    let (app, id) = (&scene.app, scene.id);
    let (cookie, manage) = (&app.log_in(&scene.ada).await, format!("/competitions/{id}/manage"));
    let ben = app.world.participant("Ben").await;
    app.post(&format!("{}/register", scene.path)).by(&ben).send().await;
    let shown = page_text(app, cookie, &manage).await;
    assert!(!shown.contains("Unpublish<"), "a button that is refused");
    post_form(app, cookie, "set_visibility", &format!("competition={id}&visibility=DRAFT")).await;
    let refused = page_text(app, cookie, &manage).await;
    assert!(refused.contains("People are registered, so"), "{refused}");

    let late = app.world.competition(&scene.ada).visible_as(Visibility::Draft).create().await;
    app.world.clock.advance(TimeDelta::days(2));
    let form = format!("competition={late}&visibility=PUBLIC");
    let leads_to = post_form(app, cookie, "set_visibility", &form).await;
    let refused = page_text(app, cookie, leads_to.trim_start_matches("http://localhost")).await;
    assert!(refused.contains("Registration would be closed."), "{refused}");
}
