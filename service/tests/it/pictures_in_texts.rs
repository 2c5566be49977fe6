//! Uploaded pictures in the texts of competitions.

use chrono::TimeDelta;
use domain::{Asset, AssetId, CompetitionId, Paging, PictureWidth, Sections, Timestamp};
use serde_json::{Value, json};
use service::{Actor, Error, assets, competitions, testing::World};

use crate::support::{clean_up, edit};

/// A week, and a second more.
const A_WEEK: TimeDelta = TimeDelta::seconds(7 * 24 * 3600 + 1);

/// What shows a picture.
fn shown(picture: &Asset) -> String {
    format!("See the map.\n\n![The map]({})", picture.path)
}

/// Whether the file of a picture is there.
async fn is_there(world: &World, picture: AssetId) -> bool {
    assets::read(&world.ctx, picture, PictureWidth::Small).await.unwrap().is_some()
}

/// The faults of an edit by field; none if it succeeds.
async fn faults(world: &World, actor: &Actor, id: CompetitionId, patch: Value) -> Vec<String> {
    let patch = serde_json::from_value(patch).unwrap();
    match competitions::edit(&world.ctx, actor, id, patch, None).await {
        Ok(decision) => {
            decision.outcome.unwrap();
            Vec::new()
        }
        Err(Error::Public(error)) => {
            error.fields.into_iter().map(|fault| format!("{fault:?}")).collect()
        }
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn texts_show_pictures_that_their_organizer_has_uploaded_and_no_others() {
    let world = World::new().await;
    let (ada, eve) = (world.organizer("Ada").await, world.organizer("Eve").await);
    let (own, foreign) = (world.picture(&ada, 1).await, world.picture(&eve, 1).await);
    let id = world.competition(&ada).create().await;
    for field in ["description", "rules", "prizes", "schedule"] {
        let found = faults(&world, &ada, id, json!({ field: shown(&foreign) })).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(field) && found[0].contains(&foreign.path), "{found:?}");
        let found = faults(&world, &ada, id, json!({ field: shown(&own) })).await;
        assert_eq!(found, [""; 0]);
    }
    // All of them at once.
    let both = json!({ "rules": shown(&foreign), "prizes": shown(&foreign), "schedule": null });
    assert_eq!(faults(&world, &ada, id, both).await.len(), 2);
    let detail = competitions::get(&world.ctx, id).await.unwrap();
    assert_eq!(detail.sections.schedule, Some(shown(&own)), "nothing was saved");
    // A picture elsewhere is a link, and no fault.
    let elsewhere = json!({ "rules": "![x](https://a.example/x.png) ![y](/media/y.jpg)" });
    assert_eq!(faults(&world, &ada, id, elsewhere).await, [""; 0]);
}

#[tokio::test]
async fn a_new_competition_shows_pictures_of_its_organizer_only() {
    let world = World::new().await;
    let (ada, eve) = (world.organizer("Ada").await, world.organizer("Eve").await);
    let (own, foreign) = (world.picture(&ada, 1).await, world.picture(&eve, 1).await);
    let create = async |rules: &Asset| {
        let input = json!({
            "title": "Chess", "description": shown(&own), "capacity": 5, "rules": shown(rules),
            "regDeadline": Timestamp::from(world.ctx.now().utc() + TimeDelta::days(1)),
        });
        let input = serde_json::from_value(input).unwrap();
        competitions::create(&world.ctx, &ada, input, None).await
    };
    let Err(Error::Public(refused)) = create(&foreign).await else { panic!("a foreign picture") };
    assert!(refused.about("rules").is_some() && refused.about("description").is_none());
    let created = create(&own).await.unwrap().view.competition.id;
    world.clock.advance(A_WEEK);
    clean_up(&world).await;
    assert!(is_there(&world, own.id).await, "{created} shows it");
    assert!(!is_there(&world, foreign.id).await);
}

#[tokio::test]
async fn a_picture_stays_while_a_text_shows_it_and_a_week_after() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let competition =
        || world.competition(&ada).closing_in(TimeDelta::days(60)).starting_in(None).create();
    let (id, other) = (competition().await, competition().await);
    let (map, plan) = (world.picture(&ada, 1).await, world.picture(&ada, 2).await);
    let set = async |id, patch: Value| assert_eq!(faults(&world, &ada, id, patch).await, [""; 0]);
    set(id, json!({ "description": shown(&map), "rules": shown(&plan) })).await;
    set(other, json!({ "schedule": shown(&map) })).await;
    // An edit of another field leaves them.
    set(id, json!({ "title": "Other" })).await;
    world.clock.advance(A_WEEK);
    clean_up(&world).await;
    assert!(is_there(&world, map.id).await && is_there(&world, plan.id).await);
    // One text shows it still.
    set(id, json!({ "description": "None", "rules": null })).await;
    world.clock.advance(A_WEEK);
    clean_up(&world).await;
    assert!(is_there(&world, map.id).await);
    assert!(!is_there(&world, plan.id).await);
    let found = faults(&world, &ada, id, json!({ "rules": shown(&plan) })).await;
    assert_eq!(found.len(), 1, "it was deleted");
}

#[tokio::test]
async fn a_picture_that_a_text_has_named_before_it_was_shown_stops_no_edit() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).create().await;
    let gone = world.picture(&ada, 1).await;
    let text = shown(&gone);
    world
        .execute(&format!("UPDATE competitions SET description = '{text}' WHERE title <> ''"))
        .await
        .unwrap();
    world.execute("DELETE FROM assets").await.unwrap();
    assert_eq!(faults(&world, &ada, id, json!({ "rules": "New" })).await, [""; 0]);
    let pictures =
        assets::pictures_shown_in(&world.ctx, ada.user().unwrap().id, &text, &Sections::default())
            .await
            .unwrap();
    let html = service::markdown::render(&text, 2, &pictures);
    assert!(html.contains("Image: The map"), "{html}");
}

#[tokio::test]
async fn a_text_that_an_earlier_release_has_written_keeps_its_picture_from_the_next_edit_on() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let id =
        world.competition(&ada).closing_in(TimeDelta::days(60)).starting_in(None).create().await;
    let map = world.picture(&ada, 1).await;
    let text = shown(&map);
    assert_eq!(faults(&world, &ada, id, json!({ "rules": text })).await, [""; 0]);
    world.execute("DELETE FROM competition_pictures").await.unwrap();
    assert_eq!(faults(&world, &ada, id, json!({ "title": "Other" })).await, [""; 0]);
    world.clock.advance(A_WEEK);
    clean_up(&world).await;
    assert!(is_there(&world, map.id).await);
}

#[tokio::test]
async fn a_picture_that_an_earlier_release_deletes_is_deleted_with_its_use() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).create().await;
    let (map, plan) = (world.picture(&ada, 1).await, world.picture(&ada, 2).await);
    assert_eq!(faults(&world, &ada, id, json!({ "rules": shown(&map) })).await, [""; 0]);
    // It knows no texts, and marks both.
    world.execute("UPDATE assets SET state = 'DELETING'").await.unwrap();
    clean_up(&world).await;
    assert_eq!(world.assets().await, 0);
    assert!(!is_there(&world, map.id).await && !is_there(&world, plan.id).await);
}

#[tokio::test]
async fn a_picture_of_another_organizer_or_a_deleted_one_is_neither_shown_nor_kept() {
    let world = World::new().await;
    let (ada, eve) = (world.organizer("Ada").await, world.organizer("Eve").await);
    let id = world.competition(&ada).create().await;
    let (own, foreign) = (world.picture(&ada, 1).await, world.picture(&eve, 1).await);
    // An earlier release has written it.
    let text = format!("{}\n\n{}", shown(&own), shown(&foreign));
    world.execute(&format!("UPDATE competitions SET description = '{text}'")).await.unwrap();
    let organizer = ada.user().unwrap().id;
    let images = async || {
        let none = Sections::default();
        let pictures = assets::pictures_shown_in(&world.ctx, organizer, &text, &none).await;
        service::markdown::render(&text, 2, &pictures.unwrap()).matches("<img").count()
    };
    assert_eq!(images().await, 1);
    assert_eq!(faults(&world, &ada, id, json!({ "title": "Other" })).await, [""; 0]);
    world.clock.advance(A_WEEK);
    clean_up(&world).await;
    assert!(is_there(&world, own.id).await && !is_there(&world, foreign.id).await);
    world.execute("UPDATE assets SET state = 'DELETING'").await.unwrap();
    assert_eq!(images().await, 0);
}

#[tokio::test]
async fn an_organizer_sees_which_pictures_are_used_and_how_long_the_others_are_kept() {
    let world = World::new().await;
    let (ada, eve) = (world.organizer("Ada").await, world.organizer("Eve").await);
    let bob = world.participant("Bob").await;
    let id = world.competition(&ada).create().await;
    let mut uploaded = Vec::new();
    for shade in 1..=3 {
        uploaded.push(world.picture(&ada, shade).await);
    }
    world.set_cover(&ada, id, &uploaded[0]).await.unwrap();
    edit(&world.ctx, &ada, id, json!({ "rules": shown(&uploaded[1]) })).await.unwrap();
    let listed = async |actor: &Actor, page| {
        assets::list(&world.ctx, actor, Paging { page, limit: 2 }).await
    };
    let first = listed(&ada, 1).await.unwrap();
    assert_eq!((first.total, first.pages()), (3, 2));
    let kept: Vec<_> =
        first.items.iter().map(|own| (own.asset.id, own.kept_until.is_some())).collect();
    assert_eq!(kept, [(uploaded[2].id, true), (uploaded[1].id, false)]);
    assert_eq!(
        first.items[0].kept_until,
        Some((world.ctx.now().utc() + TimeDelta::days(7)).into())
    );
    let second = listed(&ada, 2).await.unwrap();
    assert_eq!(second.items[0].asset, uploaded[0]);
    assert_eq!(second.items[0].kept_until, None);
    assert_eq!(listed(&eve, 1).await.unwrap().total, 0);
    assert!(listed(&bob, 1).await.is_err());
}
