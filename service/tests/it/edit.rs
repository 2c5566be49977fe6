use chrono::TimeDelta;
use domain::{CompetitionDraft, CompetitionId, ErrorCode, PublicError, Timestamp};
use serde_json::json;
use service::{
    Actor,
    competitions::{self, draft_of, edit_draft},
    testing::World,
};

use crate::support::{at_once, count, edit, edited, register, titles};

#[tokio::test]
async fn an_edit_changes_only_the_fields_it_has() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).tagged(&["a", "b"]).seats(10).create().await;
    world.clock.advance(TimeDelta::minutes(1));
    let before = competitions::get(&world.ctx, sprint).await.unwrap().competition;
    let patch = json!({ "title": "Marathon", "capacity": 60, "tags": ["b", "c"] });
    let edited = edit(&world.ctx, &ada, sprint, patch).await.unwrap();
    let after = competitions::get(&world.ctx, sprint).await.unwrap().competition;
    assert_eq!(edited.competition, after);
    assert_eq!((&*after.title, after.capacity, after.seats_left), ("Marathon", 60, 60));
    assert_eq!((after.tags, after.version), (vec!["b".to_owned(), "c".to_owned()], 2));
    assert_eq!((after.description, after.start_date), (before.description, before.start_date));
    assert_eq!(after.updated_at, world.ctx.now());
    let found = domain::CompetitionQuery { search: Some("MARATH".into()), ..Default::default() };
    assert_eq!(titles(&world, found).await, ["Marathon"], "it is found by its new title");
}

#[tokio::test]
async fn a_start_date_can_be_removed_and_dates_stay_in_order() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    let edited = edit(&world.ctx, &ada, sprint, json!({ "startDate": null })).await.unwrap();
    assert_eq!(edited.competition.start_date, None);
    let deadline = edited.competition.reg_deadline;
    let too_early = json!({ "startDate": deadline });
    let refused = edit(&world.ctx, &ada, sprint, too_early).await.unwrap_err();
    assert_eq!(refused, ErrorCode::StartNotAfterDeadline);
    let past = Timestamp::from(world.ctx.now().utc() - TimeDelta::seconds(1));
    let refused = edit(&world.ctx, &ada, sprint, json!({ "regDeadline": past })).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::DeadlineNotInFuture);
    world.clock.advance(TimeDelta::days(2));
    edit(&world.ctx, &ada, sprint, json!({ "title": "It was fun" })).await.unwrap();
}

#[tokio::test]
async fn a_form_reports_wrong_fields_wrong_times_and_a_low_capacity_together_and_in_its_order() {
    let world = World::new().await;
    let (ctx, ada) = (&world.ctx, world.organizer("Ada").await);
    let sprint = world.competition(&ada).seats(10).create().await;
    for participant in &world.participants(2).await {
        register(ctx, participant, sprint).await.unwrap();
    }
    let seen = draft_of(&competitions::get(ctx, sprint).await.unwrap());
    let refused = async |change: fn(&mut CompetitionDraft)| {
        let mut mine = seen.clone();
        change(&mut mine);
        let outcome = edit_draft(ctx, &ada, sprint, 1, &seen, edited(mine), None).await;
        let refusal = match outcome.map(|decision| decision.outcome) {
            Ok(outcome) => outcome.unwrap_err(),
            Err(error) => PublicError::from(error),
        };
        let fields: Vec<_> = refusal.fields.into_iter().map(|fault| fault.field).collect();
        fields.join(" ")
    };
    let title_and_times = |mine: &mut CompetitionDraft| {
        (mine.title, mine.capacity) = (String::new(), "1".to_owned());
        mine.start_date = "2026-11-22T12:00".to_owned();
    };
    assert_eq!(refused(title_and_times).await, "title capacity startDate");
    // A malformed time is one fault, and is not compared with the other times.
    let no_time = |mine: &mut CompetitionDraft| {
        (mine.title, mine.start_date) = (String::new(), "soon".to_owned());
    };
    assert_eq!(refused(no_time).await, "title startDate");
    let low = |mine: &mut CompetitionDraft| mine.capacity = "1".to_owned();
    assert_eq!(refused(low).await, "capacity");
    assert_eq!(competitions::get(ctx, sprint).await.unwrap().competition.version, 1);
}

#[tokio::test]
async fn only_its_organizer_edits_a_competition() {
    let world = World::new().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let (grace, root) = (world.participant("Grace").await, world.admin("Root").await);
    let sprint = world.competition(&ada).create().await;
    let refusal = async |actor: &Actor, id| {
        edit(&world.ctx, actor, id, json!({ "title": "Mine" })).await.unwrap_err()
    };
    for actor in [&bob, &grace, &root] {
        assert_eq!(refusal(actor, sprint).await, ErrorCode::Forbidden);
    }
    assert_eq!(refusal(&Actor::anonymous(), sprint).await, ErrorCode::Unauthorized);
    assert_eq!(
        refusal(&ada, CompetitionId(uuid::Uuid::nil())).await,
        ErrorCode::CompetitionNotFound
    );
    assert_eq!(competitions::get(&world.ctx, sprint).await.unwrap().competition.version, 1);
}

#[tokio::test]
async fn an_edit_of_an_old_version_is_rejected_and_registrations_keep_the_version() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    for participant in &world.participants(3).await {
        register(&world.ctx, participant, sprint).await.unwrap();
    }
    let first = json!({ "version": 1, "title": "First" });
    assert_eq!(edit(&world.ctx, &ada, sprint, first).await.unwrap().competition.version, 2);
    let second = json!({ "version": 1, "title": "Second" });
    let refused = edit(&world.ctx, &ada, sprint, second).await.unwrap_err();
    assert_eq!(refused, ErrorCode::StaleVersion);
    let second = json!({ "version": 2, "title": "Second" });
    assert_eq!(edit(&world.ctx, &ada, sprint, second).await.unwrap().competition.version, 3);
}

#[tokio::test]
async fn capacity_never_falls_below_the_seats_taken() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(5).create().await;
    for participant in &world.participants(3).await {
        register(&world.ctx, participant, sprint).await.unwrap();
    }
    let refused = edit(&world.ctx, &ada, sprint, json!({ "capacity": 2 })).await.unwrap_err();
    assert_eq!(refused, ErrorCode::CapacityBelowSeatsTaken);
    let edited = edit(&world.ctx, &ada, sprint, json!({ "capacity": 3 })).await.unwrap();
    assert_eq!(edited.competition.seats_left, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_added_during_a_rush_are_all_taken_and_no_more() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(10).create().await;
    let participants = world.participants(80).await;
    let ctxs = [&world.ctx, &other];
    let more = {
        let (ctx, ada) = (other.clone(), ada.clone());
        tokio::spawn(async move { edit(&ctx, &ada, sprint, json!({ "capacity": 30 })).await })
    };
    let outcomes = at_once(participants.iter().enumerate().map(|(number, participant)| {
        let (ctx, participant) = (ctxs[number % 2].clone(), participant.clone());
        async move { register(&ctx, &participant, sprint).await.map(drop) }
    }))
    .await;
    more.await.unwrap().unwrap();
    let sold = count(&outcomes, &Ok(()));
    assert!((10..=30).contains(&sold), "{sold}");
    assert_eq!(count(&outcomes, &Err(ErrorCode::CompetitionFull)), 80 - sold);
    let tally = world.tally(sprint).await;
    assert_eq!((tally.registered, tally.seats_taken), (sold as u64, sold as u64));
}

#[tokio::test]
async fn an_edit_without_an_effect_keeps_the_version() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let new = world.competition(&ada).titled("Café Open").about("Two\nlines").tagged(&["a", "b"]);
    let sprint = new.opening_in(TimeDelta::hours(1)).create().await;
    let before = competitions::get(&world.ctx, sprint).await.unwrap().competition;
    let tally = world.tally(sprint).await;
    world.clock.advance(TimeDelta::minutes(1));
    for patch in [
        json!({}),
        json!({ "version": 1 }),
        json!({
            "title": before.title, "description": before.description, "tags": before.tags,
            "capacity": before.capacity, "regDeadline": before.reg_deadline,
            "startDate": before.start_date, "regOpensAt": before.reg_opens_at,
            "timeZone": before.time_zone,
        }),
        // The same in another spelling.
        json!({ "title": " Cafe\u{301} Open ", "description": "Two\r\nlines", "capacity": 10.0 }),
        json!({ "timeZone": "Etc/UTC", "tags": ["a", " b", "A"] }),
    ] {
        let edited = edit(&world.ctx, &ada, sprint, patch.clone()).await.unwrap();
        assert_eq!(edited.competition, before, "{patch}");
    }
    assert_eq!(competitions::get(&world.ctx, sprint).await.unwrap().competition, before);
    assert_eq!(world.tally(sprint).await, tally);
    // Each of these is a change.
    for (version, patch) in (2..).zip([
        json!({ "version": 1, "tags": ["b", "a"] }),
        json!({ "tags": ["B", "a"] }),
        json!({ "title": "CAFÉ OPEN" }),
        json!({ "startDate": null }),
    ]) {
        let edited = edit(&world.ctx, &ada, sprint, patch.clone()).await.unwrap();
        assert_eq!(edited.competition.version, version, "{patch}");
    }
}

#[tokio::test]
async fn an_edit_without_an_effect_is_replayed() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    for replayed in [false, true] {
        let patch = serde_json::from_value(json!({ "capacity": 10 })).unwrap();
        let key = Some("k".parse().unwrap());
        let edited = competitions::edit(&world.ctx, &ada, sprint, patch, key).await.unwrap();
        assert_eq!(edited.outcome.unwrap().competition.version, 1);
        assert_eq!(edited.replayed, replayed);
    }
}

#[tokio::test]
async fn texts_stay_when_an_edit_shares_a_transaction_with_registrations() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let about = "24 hours of code";
    let edited = world.competition(&ada).about(about).seats(50).create().await;
    let other = world.competition(&ada).about(about).seats(50).create().await;
    let participants = world.participants(8).await;
    let registrations = participants
        .iter()
        .flat_map(|participant| [edited, other].map(|id| register(&world.ctx, participant, id)));
    let edit = edit(&world.ctx, &ada, edited, json!({ "title": "Marathon" }));
    let (registered, edit) = tokio::join!(futures::future::join_all(registrations), edit);
    assert!(registered.iter().all(Result::is_ok), "{registered:?}");
    assert_eq!(edit.unwrap().competition.description, about);
    for (id, title) in [(edited, "Marathon"), (other, "Code Sprint")] {
        let seen = competitions::get(&world.ctx, id).await.unwrap().competition;
        assert_eq!((&*seen.title, &*seen.description, seen.seats_left), (title, about, 42));
    }
}
