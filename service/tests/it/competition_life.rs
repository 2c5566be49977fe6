//! When a competition takes registrations: from its opening to its deadline, and never once it is
//! cancelled.

use chrono::TimeDelta;
use domain::{CompetitionId, CompetitionQuery, ErrorCode};
use serde_json::json;
use service::{competitions, testing::World};

use crate::support::{
    cancel_competition, cancel_registration, edit, register, register_with_key, titles,
};

#[tokio::test]
async fn registration_is_rejected_before_it_opens() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).opening_in(TimeDelta::hours(1)).create().await;
    world.clock.advance(TimeDelta::hours(1) - TimeDelta::milliseconds(1));
    let early = register(&world.ctx, &grace, sprint).await;
    assert_eq!(early.unwrap_err(), ErrorCode::RegistrationNotOpen);
    world.clock.advance(TimeDelta::milliseconds(1));
    register(&world.ctx, &grace, sprint).await.unwrap();
    assert_eq!(world.tally(sprint).await.seats_taken, 1);
}

#[tokio::test]
async fn registration_not_open_is_the_first_refusal_and_is_replayed() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [seated, late] = &world.participants(2).await[..] else { panic!("two participants") };
    let sprint = world.competition(&ada).seats(1).create().await;
    register(&world.ctx, seated, sprint).await.unwrap();
    let tomorrow = world.ctx.now().utc() + TimeDelta::hours(20);
    let moved = json!({ "regOpensAt": domain::Timestamp::from(tomorrow) });
    edit(&world.ctx, &ada, sprint, moved).await.unwrap();
    for participant in [seated, late] {
        let refusal = register(&world.ctx, participant, sprint).await.unwrap_err();
        assert_eq!(refusal, ErrorCode::RegistrationNotOpen);
    }
    let first = register_with_key(&world.ctx, late, sprint, "k").await.unwrap();
    world.clock.advance(TimeDelta::hours(21));
    let again = register_with_key(&world.ctx, late, sprint, "k").await.unwrap();
    assert!(again.replayed);
    assert_eq!(first.outcome.unwrap_err().message, again.outcome.unwrap_err().message);
}

#[tokio::test]
async fn the_list_has_competitions_that_open_later_and_no_cancelled_ones() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).tagged(&["code"]).opening_in(TimeDelta::hours(1));
    let sprint = sprint.create().await;
    assert_eq!(titles(&world, CompetitionQuery::default()).await, ["Code Sprint"]);
    cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    let filter = CompetitionQuery::default().check().unwrap();
    let page = competitions::browse(&world.ctx, &filter).await.unwrap();
    assert!(page.found.items.is_empty() && page.popular_tags.is_empty() && !page.any_open);
    assert!(competitions::closing_soon(&world.ctx, 9).await.unwrap().is_empty());
    let found = competitions::get(&world.ctx, sprint).await.unwrap().competition;
    assert!(found.is_cancelled(), "who knows its address sees what became of it");
    assert_eq!(
        competitions::mine(&world.ctx, &ada, domain::Paging::first(100)).await.unwrap().items.len(),
        1
    );
}

#[tokio::test]
async fn a_cancelled_competition_cannot_be_changed() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [seated, gone, late] = &world.participants(3).await[..] else {
        panic!("three participants")
    };
    let sprint = world.competition(&ada).create().await;
    for participant in [seated, gone] {
        register(&world.ctx, participant, sprint).await.unwrap();
    }
    cancel_registration(&world.ctx, gone, sprint).await.unwrap();
    cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    world.clock.advance(TimeDelta::days(2));
    for participant in [seated, gone, late] {
        let refusal = register(&world.ctx, participant, sprint).await.unwrap_err();
        assert_eq!(refusal, ErrorCode::CompetitionCancelled, "also after the deadline");
    }
    let refusal = cancel_registration(&world.ctx, seated, sprint).await.unwrap_err();
    assert_eq!(refusal, ErrorCode::CompetitionCancelled);
    cancel_registration(&world.ctx, gone, sprint)
        .await
        .expect("the answer to the first time may be lost");
    let refusal = edit(&world.ctx, &ada, sprint, json!({ "title": "It is on" })).await.unwrap_err();
    assert_eq!(refusal, ErrorCode::CancelledIsFinal);
    let tally = world.tally(sprint).await;
    assert_eq!((tally.registered, tally.seats_taken), (1, 1));
}

#[tokio::test]
async fn the_time_zone_and_opening_are_stored_and_edited() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let get =
        async |id: CompetitionId| competitions::get(&world.ctx, id).await.unwrap().competition;
    let plain = get(world.competition(&ada).create().await).await;
    assert_eq!((&*plain.time_zone, plain.reg_opens_at), ("UTC", None));
    let new = world.competition(&ada).in_zone("Europe/Berlin").opening_in(TimeDelta::hours(1));
    let id = new.create().await;
    let made = get(id).await;
    assert_eq!(made.time_zone, "Europe/Berlin");
    assert!(made.is_not_yet_open(world.ctx.now()));
    let patch = json!({ "timeZone": "Asia/Tokyo", "regOpensAt": null });
    edit(&world.ctx, &ada, id, patch).await.unwrap();
    let edited = get(id).await;
    assert_eq!((&*edited.time_zone, edited.reg_opens_at), ("Asia/Tokyo", None));
    let deadline = json!({ "regOpensAt": edited.reg_deadline });
    let refused = edit(&world.ctx, &ada, id, deadline).await.unwrap_err();
    assert_eq!(refused, ErrorCode::OpeningNotBeforeDeadline);
    let refused = edit(&world.ctx, &ada, id, json!({ "timeZone": "Mars/Olympus" })).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::ValidationFailed);
}
