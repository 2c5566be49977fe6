//! What can no longer be done once a competition has started, or is over.

use chrono::TimeDelta;
use domain::{CompetitionId, ErrorCode, RegistrationStatus, Timestamp};
use serde_json::json;
use service::{Actor, dashboard, testing::World};

use crate::support::{
    cancel_competition, cancel_registration, edit, register, register_with_key, subjects,
};

const MOMENT: TimeDelta = TimeDelta::milliseconds(1);

/// A competition of Ada's with two seats taken, one of which was given back.
async fn sprint(world: &World, start: Option<TimeDelta>) -> (Actor, CompetitionId, [Actor; 2]) {
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).starting_in(start).create().await;
    let seated = world.participant("Grace").await;
    let gone = world.participant("Alan").await;
    for participant in [&seated, &gone] {
        register(&world.ctx, participant, id).await.unwrap();
    }
    cancel_registration(&world.ctx, &gone, id).await.unwrap();
    world.run_pending_jobs().await;
    (ada, id, [seated, gone])
}

#[tokio::test]
async fn a_registration_can_be_cancelled_until_the_start() {
    let world = World::new().await;
    let (ada, id, [seated, gone]) = sprint(&world, Some(TimeDelta::days(7))).await;
    world.clock.advance(TimeDelta::days(7));
    assert_eq!(cancel_registration(&world.ctx, &seated, id).await, Err(ErrorCode::CompetitionOver));
    cancel_registration(&world.ctx, &gone, id)
        .await
        .expect("the answer to the first time may be lost");
    assert_eq!(ErrorCode::CompetitionOver.status(), 409);
    let tally = world.tally(id).await;
    assert_eq!((tally.registered, tally.seats_taken), (1, 1));
    let next = world.competition(&ada).starting_in(TimeDelta::days(2)).create().await;
    register(&world.ctx, &seated, next).await.unwrap();
    world.clock.advance(TimeDelta::days(2) - MOMENT);
    cancel_registration(&world.ctx, &seated, next).await.unwrap();
}

#[tokio::test]
async fn a_competition_that_is_over_cannot_be_cancelled() {
    let world = World::new().await;
    let (ada, id, [seated, _]) = sprint(&world, Some(TimeDelta::days(7))).await;
    world.clock.advance(TimeDelta::days(7));
    let before = subjects(&world, &seated).await;
    assert_eq!(
        cancel_competition(&world.ctx, &ada, id).await.unwrap_err(),
        ErrorCode::CompetitionOver
    );
    assert_eq!(world.run_pending_jobs().await, 0);
    assert_eq!(subjects(&world, &seated).await, before);
    assert_eq!(
        world.roster(&ada, id).await,
        [RegistrationStatus::Confirmed, RegistrationStatus::Cancelled]
    );
}

#[tokio::test]
async fn a_participant_keeps_the_seat_of_a_competition_under_way_and_its_organizer_can_cancel_it() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let new = || world.competition(&ada).starting_in(TimeDelta::days(7));
    let id = new().lasting(TimeDelta::days(2)).create().await;
    let seated = world.participant("Grace").await;
    register(&world.ctx, &seated, id).await.unwrap();
    world.clock.advance(TimeDelta::days(8));
    let refused =
        service::registration::cancel_registration(&world.ctx, &seated, id, None).await.unwrap();
    let refused = refused.outcome.unwrap_err();
    assert_eq!(refused.code, ErrorCode::CompetitionOver);
    assert_eq!(refused.message, "Competition has started");
    cancel_competition(&world.ctx, &ada, id).await.unwrap();
    world.run_pending_jobs().await;
    let subjects = subjects(&world, &seated).await;
    assert!(subjects.iter().any(|subject| subject.contains("cancelled")), "{subjects:?}");
}

#[tokio::test]
async fn a_cancellation_before_the_start_is_repeatable_after_it() {
    let world = World::new().await;
    let (ada, id, [seated, _]) = sprint(&world, Some(TimeDelta::days(7))).await;
    world.clock.advance(TimeDelta::days(7) - MOMENT);
    let first = cancel_competition(&world.ctx, &ada, id).await.unwrap();
    world.clock.advance(MOMENT);
    assert_eq!(cancel_competition(&world.ctx, &ada, id).await.unwrap(), first);
    assert_eq!(
        cancel_registration(&world.ctx, &seated, id).await,
        Err(ErrorCode::CompetitionCancelled)
    );
}

#[tokio::test]
async fn a_competition_without_a_date_is_over_90_days_after_its_deadline() {
    let world = World::new().await;
    let (ada, id, [seated, _]) = sprint(&world, None).await;
    // The deadline is a day after the creation.
    world.clock.advance(TimeDelta::days(91) - MOMENT);
    let seen = dashboard::participant(&world.ctx, &seated).await.unwrap();
    assert_eq!((seen.upcoming.len(), seen.past.len()), (1, 0));
    world.clock.advance(MOMENT);
    assert_eq!(cancel_registration(&world.ctx, &seated, id).await, Err(ErrorCode::CompetitionOver));
    assert_eq!(
        cancel_competition(&world.ctx, &ada, id).await.unwrap_err(),
        ErrorCode::CompetitionOver
    );
    let seen = dashboard::participant(&world.ctx, &seated).await.unwrap();
    assert_eq!((seen.upcoming.len(), seen.past.len()), (0, 1));
}

#[tokio::test]
async fn a_postponed_competition_is_not_over() {
    let world = World::new().await;
    let (ada, id, [seated, _]) = sprint(&world, Some(TimeDelta::days(7))).await;
    world.clock.advance(TimeDelta::days(7) + TimeDelta::hours(1));
    let later = Timestamp::from(world.ctx.now().utc() + TimeDelta::days(7));
    edit(&world.ctx, &ada, id, json!({ "startDate": later })).await.unwrap();
    cancel_registration(&world.ctx, &seated, id).await.unwrap();
}

#[tokio::test]
async fn the_refusal_of_a_competition_that_is_over_is_replayed() {
    let world = World::new().await;
    let (_, id, [seated, _]) = sprint(&world, Some(TimeDelta::days(7))).await;
    world.clock.advance(TimeDelta::days(7));
    for replayed in [false, true] {
        let key = Some("late".parse().unwrap());
        let answer =
            service::registration::cancel_registration(&world.ctx, &seated, id, key).await.unwrap();
        assert_eq!(answer.outcome.unwrap_err().code, ErrorCode::CompetitionOver);
        assert_eq!(answer.replayed, replayed);
    }
    let refused = register_with_key(&world.ctx, &seated, id, "other").await.unwrap();
    assert_eq!(refused.outcome.unwrap_err().code, ErrorCode::RegistrationClosed);
}
