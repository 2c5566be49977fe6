use std::collections::{BTreeMap, HashSet};

use chrono::TimeDelta;
use domain::Visibility;
use serde_json::json;
use service::{RequestId, competitions, jobs, registration, testing::World, webhooks};
use tokio::task::JoinSet;

use super::{log, receiver::Receiver, webhook, webhook_to};
use crate::support::{cancel_registration, edit, register};

fn counts(receiver: &Receiver) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for request in receiver.received() {
        *counts.entry(request.kind()).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn every_cause_has_its_event_once() {
    let world = World::in_memory().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let receiver = Receiver::start().await;
    webhook_to(&world, &ada, &receiver).await;
    let id = world.competition(&ada).seats(1).create().await;
    register(&world.ctx, &ben, id).await.unwrap();
    world.run_pending_jobs().await;
    cancel_registration(&world.ctx, &ben, id).await.unwrap();
    // A repetition and an edit without an effect have no event.
    cancel_registration(&world.ctx, &ben, id).await.unwrap();
    edit(&world.ctx, &ada, id, json!({ "capacity": 5 })).await.unwrap();
    edit(&world.ctx, &ada, id, json!({ "capacity": 5 })).await.unwrap();
    for _ in 0..2 {
        competitions::cancel_competition(&world.ctx, &ada, id, None).await.unwrap();
    }
    world.run_pending_jobs().await;
    let expected = [
        ("competition.cancelled", 1),
        ("competition.changed", 1),
        ("competition.full", 1),
        ("competition.published", 1),
        ("registration.cancelled", 1),
        ("registration.confirmed", 1),
        ("registration.created", 1),
    ];
    assert_eq!(counts(&receiver), expected.map(|(kind, count)| (kind.to_owned(), count)).into());
    let changed = receiver.received().into_iter().find(|one| one.kind() == "competition.changed");
    let changed = changed.unwrap().json();
    assert_eq!(changed["version"], 1);
    assert_eq!(changed["timestamp"], "2026-11-23T12:00:00.000Z");
    assert_eq!(changed["data"]["id"], id.to_string());
    assert_eq!(
        (&changed["data"]["capacity"], &changed["data"]["seatsLeft"], &changed["data"]["version"]),
        (&json!(5), &json!(5), &json!(2))
    );
}

#[tokio::test]
async fn joining_the_waiting_list_and_a_seat_from_it_have_their_events() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let [ben, eve] = &world.participants(2).await[..] else { panic!("two participants") };
    let receiver = Receiver::start().await;
    webhook_to(&world, &ada, &receiver).await;
    let id = world.competition(&ada).seats(1).waitlist(1).create().await;
    register(&world.ctx, ben, id).await.unwrap();
    register(&world.ctx, eve, id).await.unwrap();
    cancel_registration(&world.ctx, ben, id).await.unwrap();
    world.run_pending_jobs().await;
    let status_of = |kind| {
        let received = receiver.received();
        let found = received.into_iter().find(|one| one.kind() == kind).unwrap().json();
        (found["data"]["userId"].clone(), found["data"]["status"].clone())
    };
    let eve = json!(eve.user().unwrap().id);
    assert_eq!(status_of("registration.waitlisted"), (eve.clone(), json!("WAITLISTED")));
    assert_eq!(status_of("registration.promoted"), (eve, json!("PENDING")));
    assert_eq!(counts(&receiver)["registration.created"], 1, "joining the list is no seat");
}

#[tokio::test]
async fn seats_that_the_organizer_gives_have_their_events() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let [ben, eve, kim] = &world.participants(3).await[..] else { panic!("three participants") };
    let receiver = Receiver::start().await;
    webhook_to(&world, &ada, &receiver).await;
    let id = world.competition(&ada).seats(1).waitlist(1).create().await;
    register(&world.ctx, ben, id).await.unwrap();
    let waiting = register(&world.ctx, eve, id).await.unwrap().registration.id;
    let promotion = json!({ "registrationIds": [waiting], "addSeats": true });
    let promotion = serde_json::from_value(promotion).unwrap();
    registration::promote(&world.ctx, &ada, id, promotion, None).await.unwrap().outcome.unwrap();
    let addition = json!({ "email": kim.user().unwrap().email });
    let addition = serde_json::from_value(addition).unwrap();
    let added = registration::add_participant(&world.ctx, &ada, id, addition, None).await;
    added.unwrap().outcome.unwrap();
    world.run_pending_jobs().await;
    let counts = counts(&receiver);
    for (kind, count) in [
        ("competition.changed", Some(1)),
        ("registration.created", Some(1)),
        ("registration.promoted", Some(1)),
        ("registration.confirmed", Some(2)),
        ("registration.waitlisted", Some(2)),
        ("registration.approved", None),
        ("registration.rejected", None),
    ] {
        assert_eq!(counts.get(kind).copied(), count, "{kind}");
    }
}

#[tokio::test]
async fn an_event_of_a_competition_says_when_and_where_without_the_online_link() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let receiver = Receiver::start().await;
    webhook_to(&world, &ada, &receiver).await;
    let sprint = world.competition(&ada).lasting(TimeDelta::hours(3)).at("Town Hall", "Berlin");
    sprint.online_at("https://meet.example/42").create().await;
    world.run_pending_jobs().await;
    let [published] = &receiver.received()[..] else { panic!("one event") };
    let published = published.json();
    let data = &published["data"];
    assert_eq!(data["endsAt"], "2026-11-30T15:00:00.000Z");
    assert_eq!(
        (&data["venueName"], &data["venueAddress"]),
        (&json!("Town Hall"), &json!("Berlin"))
    );
    assert!(!published.to_string().contains("meet.example"), "{published}");
}

#[tokio::test]
async fn a_draft_is_announced_when_it_is_first_published_and_has_no_events_before() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let receiver = Receiver::start().await;
    webhook_to(&world, &ada, &receiver).await;
    let id = world.competition(&ada).visible_as(Visibility::Draft).create().await;
    let abandoned = world.competition(&ada).visible_as(Visibility::Draft).create().await;
    let mut sent = 0;
    for (edited, expected) in [
        (json!({ "capacity": 5 }), None),
        (json!({ "visibility": "UNLISTED" }), Some(("competition.published", "UNLISTED"))),
        (json!({ "visibility": "PUBLIC" }), Some(("competition.changed", "PUBLIC"))),
        (json!({ "visibility": "DRAFT" }), Some(("competition.changed", "DRAFT"))),
        (json!({ "capacity": 6 }), None),
        (json!({ "visibility": "PUBLIC" }), Some(("competition.changed", "PUBLIC"))),
    ] {
        edit(&world.ctx, &ada, id, edited.clone()).await.unwrap();
        world.run_pending_jobs().await;
        let received = receiver.received();
        let new: Vec<_> = received[sent..]
            .iter()
            .map(|event| (event.kind(), event.json()["data"]["visibility"].clone()))
            .collect();
        let expected = expected.map(|(kind, visibility)| (kind.to_owned(), json!(visibility)));
        assert_eq!(new, Vec::from_iter(expected), "{edited}");
        sent = received.len();
    }
    competitions::cancel_competition(&world.ctx, &ada, abandoned, None).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(receiver.received().len(), sent, "nobody knew the draft");
}

#[tokio::test]
async fn a_rush_of_100_registrations_has_an_event_for_each_and_few_jobs() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let receiver = Receiver::start().await;
    webhook_to(&world, &ada, &receiver).await;
    let id = world.competition(&ada).seats(100).create().await;
    world.run_pending_jobs().await;
    let before = world.jobs_of_kind("publish_events").await;
    let register = world.participants_in_bulk(100).await.into_iter().map(|participant| {
        let ctx = world.ctx.clone();
        async move { registration::register(&ctx, &participant, id, None).await }
    });
    for answer in register.collect::<JoinSet<_>>().join_all().await {
        answer.unwrap().outcome.unwrap();
    }
    let batches = world.jobs_of_kind("publish_events").await - before;
    assert!(batches <= 10, "{batches} jobs for 100 registrations");
    world.run_pending_jobs().await;
    let counts = counts(&receiver);
    for (kind, expected) in [
        ("registration.created", 100),
        ("registration.confirmed", 100),
        ("competition.full", 1),
        ("competition.published", 1),
    ] {
        assert_eq!(counts[kind], expected, "{kind}");
    }
    let received = receiver.received();
    let ids: HashSet<_> = received.iter().map(|one| one.header("webhook-id")).collect();
    assert_eq!(ids.len(), received.len(), "an event was sent twice");
    assert!(receiver.most_active() <= 4, "{} requests at once", receiver.most_active());
}

#[tokio::test]
async fn a_competition_without_webhooks_adds_no_job() {
    let world = World::in_memory().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let ben = world.participant("Ben").await;
    let receiver = Receiver::start().await;
    let of_bob = webhook_to(&world, &bob, &receiver).await;
    let id = world.competition(&ada).create().await;
    register(&world.ctx, &ben, id).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(world.jobs_of_kind("publish_events").await, 0);
    // Nor does one whose only webhook is disabled or deleted.
    let id = world.competition(&bob).create().await;
    let disable = serde_json::from_value(json!({ "enabled": false })).unwrap();
    webhooks::edit(&world.ctx, &bob, of_bob.webhook.id, disable).await.unwrap();
    register(&world.ctx, &ben, id).await.unwrap();
    let enable = serde_json::from_value(json!({ "enabled": true })).unwrap();
    webhooks::edit(&world.ctx, &bob, of_bob.webhook.id, enable).await.unwrap();
    cancel_registration(&world.ctx, &ben, id).await.unwrap();
    webhooks::delete(&world.ctx, &bob, of_bob.webhook.id).await.unwrap();
    register(&world.ctx, &ben, id).await.unwrap();
    world.competition(&bob).create().await;
    // That it was published, and that the registration was cancelled.
    assert_eq!(world.jobs_of_kind("publish_events").await, 2);
}

#[tokio::test]
async fn a_webhook_gets_the_events_and_competitions_that_it_chose() {
    let world = World::in_memory().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let [one, other] =
        [world.competition(&ada).create().await, world.competition(&ada).create().await];
    let receiver = Receiver::start().await;
    let of_one = webhook(
        &world,
        &ada,
        json!({
            "url": receiver.url,
            "eventTypes": ["registration.created"],
            "competitionId": one.to_string(),
        }),
    )
    .await;
    for id in [one, other] {
        register(&world.ctx, &ben, id).await.unwrap();
    }
    world.run_pending_jobs().await;
    let received = receiver.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].json()["data"]["competitionId"], one.to_string());
    assert_eq!(log(&world, &ada, of_one.webhook.id).await.len(), 1);
}

#[tokio::test]
async fn a_payload_has_no_name_or_address_of_a_participant() {
    let world = World::in_memory().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Benjamin").await);
    let receiver = Receiver::start().await;
    webhook_to(&world, &ada, &receiver).await;
    let id = world.competition(&ada).create().await;
    let made = register(&world.ctx, &ben, id).await.unwrap();
    world.run_pending_jobs().await;
    let received = receiver.received();
    assert!(received.iter().all(|one| !one.body.to_lowercase().contains("benjamin")));
    let created = received.iter().find(|one| one.kind() == "registration.created").unwrap().json();
    assert_eq!(created["data"]["id"], made.registration.id.to_string());
    assert_eq!(created["data"]["status"], "PENDING");
}

#[tokio::test]
async fn the_jobs_that_publish_events_carry_the_request_that_caused_them() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let (ben, eve) = (world.participant("Ben").await, world.participant("Eve").await);
    let id = world.competition(&ada).create().await;
    webhook(&world, &ada, json!({ "url": "https://club.example" })).await;
    for (participant, request) in [(&ben, "r-1"), (&eve, "r-2")] {
        let register = register(&world.ctx, participant, id);
        RequestId::new(request).scope(register).await.unwrap();
    }
    let edit = edit(&world.ctx, &ada, id, json!({ "capacity": 5 }));
    RequestId::new("r-3").scope(edit).await.unwrap();
    let published = async || {
        let ids = world.request_ids_of_jobs().await;
        ids.into_iter().filter(|id| id.starts_with("publish_events")).collect::<Vec<_>>()
    };
    let expected = ["publish_events r-1", "publish_events r-2", "publish_events r-3"];
    assert_eq!(published().await, expected);
    // Both confirmations in one run, whose job has the first of them.
    let claims = jobs::claim(&world.ctx, 100).await.unwrap();
    let confirmations: Vec<_> =
        claims.into_iter().filter(|claim| claim.kind() == "confirm_registrations").collect();
    assert_eq!(confirmations.len(), 2);
    jobs::execute(&world.ctx, &confirmations).await.unwrap();
    let published = published().await;
    assert_eq!(published.len(), 4);
    assert!(published[..2] != expected[..2], "{published:?}");
}
