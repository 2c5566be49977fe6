use chrono::TimeDelta;
use domain::{DeletionPreview, ErrorCode, NamedCompetitions, RegistrationStatus, Timestamp};
use serde_json::json;
use service::{
    Actor, ClientAddress, Context,
    accounts::{CredentialsVersion, delete, find, preview_deletion, recognize},
    competitions, dashboard, refresh_tokens,
    registration::roster,
    testing::{PASSWORD, World, account},
};

use crate::{
    accounts::{sign_up_again, try_log_in},
    personal_tokens::create_token,
    support::{
        at_once, cancel_competition, cancel_registration, code, edit, mails, register, subjects,
    },
};

fn named(count: u64, titles: &[&str]) -> NamedCompetitions {
    NamedCompetitions { count, titles: titles.iter().map(|&title| title.into()).collect() }
}

async fn leave(ctx: &Context, actor: &Actor) -> Result<(), ErrorCode> {
    delete(ctx, actor, PASSWORD.to_owned(), ClientAddress::UNKNOWN).await.map_err(code)
}

#[tokio::test]
async fn deleting_an_account_frees_its_seats_and_deletes_its_data() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [grace, next] = &world.participants(2).await[..] else { panic!("two participants") };
    let sprint = world.competition(&ada).seats(1).create().await;
    register(&world.ctx, grace, sprint).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(register(&world.ctx, next, sprint).await, Err(ErrorCode::CompetitionFull));

    assert_eq!(leave(&world.ctx, grace).await, Ok(()));
    assert_eq!(find(&world.ctx, grace.user().unwrap().id).await.unwrap(), None);
    assert_eq!(world.tally(sprint).await.seats_taken, 0);
    assert!(world.roster(&ada, sprint).await.is_empty());
    assert_eq!(world.mails().await, 0);
    assert!(register(&world.ctx, next, sprint).await.is_ok(), "the seat is free");
    let participant = try_log_in(&world.ctx, "participant.1@example.com", PASSWORD).await;
    assert_eq!(participant.unwrap_err().code, ErrorCode::InvalidCredentials);
    sign_up_again(&world.ctx, "participant.1@example.com").await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_deletes_nothing() {
    let world = World::new().await;
    let grace = world.participant("Grace").await;
    let refused = delete(&world.ctx, &grace, "wrong horse".to_owned(), ClientAddress::UNKNOWN)
        .await
        .map_err(code);
    assert_eq!(refused, Err(ErrorCode::WrongPassword));
    let refused =
        delete(&world.ctx, &Actor::anonymous(), PASSWORD.to_owned(), ClientAddress::UNKNOWN)
            .await
            .map_err(code);
    assert_eq!(refused, Err(ErrorCode::Unauthorized));
    assert!(find(&world.ctx, grace.user().unwrap().id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_seat_in_a_past_competition_stays_counted_without_a_name() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let over = world.competition(&ada).create().await;
    register(&world.ctx, &grace, over).await.unwrap();
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::days(8));
    let to_come = world.competition(&ada).create().await;
    register(&world.ctx, &grace, to_come).await.unwrap();
    let token = refresh_tokens::start(&world.ctx, &account(&grace)).await.unwrap();

    assert_eq!(leave(&world.ctx, &grace).await, Ok(()));
    assert_eq!(world.roster(&ada, over).await, [RegistrationStatus::Confirmed]);
    assert!(world.roster(&ada, to_come).await.is_empty());
    let filter = domain::RosterQuery::default().check().unwrap();
    let page = roster(&world.ctx, &ada, over, &filter).await.unwrap();
    let who = &page.items[0].user;
    assert_eq!((&*who.name, &*who.email), ("Deleted account", ""));
    assert_eq!(world.tally(over).await.seats_taken, 1);

    let id = grace.user().unwrap().id;
    assert_eq!(recognize(&world.ctx, id, CredentialsVersion::FIRST).await.unwrap(), None);
    assert!(refresh_tokens::renew(&world.ctx, &token).await.is_err());
    assert_eq!((world.mails().await, world.idempotency_records().await), (0, 0));
    for address in ["grace@example.com", &format!("deleted:{id}")] {
        let refused = try_log_in(&world.ctx, address, PASSWORD).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::InvalidCredentials, "{address}");
    }
    sign_up_again(&world.ctx, "grace@example.com").await.unwrap();
    let traces = "DELETE FROM users \
                  WHERE lower(name || email || email_key || search_text) LIKE '%grace%' \
                  AND role = 'PARTICIPANT'";
    assert_eq!(world.execute(traces).await.unwrap(), 0);
}

#[tokio::test]
async fn an_organizer_with_registrations_to_come_cannot_be_deleted() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let (sprint, empty) =
        (world.competition(&ada).create().await, world.competition(&ada).create().await);
    register(&world.ctx, &grace, sprint).await.unwrap();
    assert_eq!(leave(&world.ctx, &ada).await, Err(ErrorCode::OpenCompetitions));
    let left = competitions::get(&world.ctx, empty).await.unwrap().competition;
    assert!(!left.is_cancelled(), "nothing was deleted or cancelled");

    world.clock.advance(TimeDelta::days(8));
    assert_eq!(leave(&world.ctx, &ada).await, Ok(()));
    let past = competitions::get(&world.ctx, sprint).await.unwrap();
    assert_eq!(past.organizer.name, "Deleted account");
    let id = ada.user().unwrap().id;
    assert_eq!(competitions::organizer_name(&world.ctx, id).await.unwrap(), None);
    assert!(competitions::get(&world.ctx, empty).await.is_err(), "it never had a registration");
    let history = dashboard::participant(&world.ctx, &grace).await.unwrap().past;
    assert!(history[0].competition.organizer.is_deleted);
}

#[tokio::test]
async fn an_organizer_without_competitions_is_deleted_at_once() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    world.competition(&ada).create().await;
    assert_eq!(leave(&world.ctx, &ada).await, Ok(()));
    for table in ["users", "competitions"] {
        assert_eq!(world.execute(&format!("DELETE FROM {table}")).await.unwrap(), 0, "{table}");
    }
}

/// Whichever request wins, the count is right and each seat belongs to an account.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_registration_and_deletion_keep_the_count() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    let participants = world.participants(6).await;
    let tasks = participants.iter().enumerate().flat_map(|(number, participant)| {
        let (ctx, other, participant) = (world.ctx.clone(), other.clone(), participant.clone());
        let again = participant.clone();
        let registering: std::pin::Pin<Box<dyn Future<Output = ()> + Send>> =
            Box::pin(async move { drop(register(&ctx, &participant, sprint).await) });
        let leaving: std::pin::Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
            if number % 2 == 0 {
                leave(&other, &again).await.unwrap();
            }
        });
        [registering, leaving]
    });
    at_once(tasks.collect::<Vec<_>>()).await;
    let tally = world.tally(sprint).await;
    assert_eq!(tally.registered, tally.seats_taken);
    assert_eq!(tally.seats_taken, world.roster(&ada, sprint).await.len() as u64);
}

#[tokio::test]
async fn an_undated_competition_blocks_a_deletion_until_it_is_over() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let undated = world.competition(&ada).starting_in(None).create().await;
    register(&world.ctx, &grace, undated).await.unwrap();
    world.run_pending_jobs().await;
    // 90 days after a deadline of a day.
    world.clock.advance(TimeDelta::days(91) - TimeDelta::milliseconds(1));
    assert_eq!(leave(&world.ctx, &ada).await, Err(ErrorCode::OpenCompetitions));
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(leave(&world.ctx, &ada).await, Ok(()));
    let history = dashboard::participant(&world.ctx, &grace).await.unwrap().past;
    assert_eq!(history[0].competition.id, undated);
    assert!(history[0].competition.organizer.is_deleted);
    assert_eq!(world.tally(undated).await.seats_taken, 1);
}

#[tokio::test]
async fn a_competition_under_way_blocks_the_deletion_of_its_organizer_and_of_no_participant() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).starting_in(TimeDelta::days(7));
    let sprint = sprint.lasting(TimeDelta::days(2)).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::days(9) - TimeDelta::milliseconds(1));
    assert_eq!(leave(&world.ctx, &ada).await, Err(ErrorCode::OpenCompetitions));
    assert_eq!(preview_deletion(&world.ctx, &grace).await.unwrap().seats.count, 0);
    assert_eq!(leave(&world.ctx, &grace).await, Ok(()));
    // The roster says who took part.
    assert_eq!(world.tally(sprint).await.seats_taken, 1);
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(leave(&world.ctx, &ada).await, Ok(()));
}

#[tokio::test]
async fn a_competition_with_registrations_outlives_its_organizer() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [grace, alan] = &world.participants(2).await[..] else { panic!("two participants") };
    let freed = world.competition(&ada).titled("Given back").create().await;
    let cancelled = world.competition(&ada).titled("Cancelled").create().await;
    let never = world.competition(&ada).titled("Never").create().await;
    for id in [freed, cancelled] {
        register(&world.ctx, grace, id).await.unwrap();
    }
    world.run_pending_jobs().await;
    cancel_registration(&world.ctx, grace, freed).await.unwrap();
    cancel_competition(&world.ctx, &ada, cancelled).await.unwrap();

    let preview = preview_deletion(&world.ctx, &ada).await.unwrap();
    let expected = DeletionPreview {
        deleted: named(1, &["Never"]),
        cancelled: named(1, &["Given back"]),
        kept: 1,
        ..Default::default()
    };
    assert_eq!(preview, expected);
    assert_eq!(leave(&world.ctx, &ada).await, Ok(()));
    world.run_pending_jobs().await;

    let history = dashboard::participant(&world.ctx, grace).await.unwrap().cancelled;
    let mut titles: Vec<_> = history.iter().map(|mine| &*mine.competition.title).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["Cancelled", "Given back"]);
    assert!(history.iter().all(|mine| mine.competition.organizer.is_deleted));
    assert_eq!(mails(&world, grace).await.len(), 4, "two confirmations, two cancellations");
    assert_eq!(subjects(&world, grace).await[0], "Competition cancelled: Cancelled");
    let left = competitions::get(&world.ctx, freed).await.unwrap().competition;
    assert_eq!((left.cancelled_at, left.version), (Some(world.ctx.now()), 2));
    let refused = register(&world.ctx, alan, freed).await.unwrap_err();
    assert_eq!(
        refused,
        ErrorCode::CompetitionCancelled,
        "a competition without an organizer is cancelled"
    );
    assert!(competitions::get(&world.ctx, never).await.is_err());
}

#[tokio::test]
async fn the_preview_names_what_a_deletion_would_do() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let over = world.competition(&ada).starting_in(TimeDelta::days(2)).create().await;
    register(&world.ctx, &grace, over).await.unwrap();
    world.clock.advance(TimeDelta::days(3));
    for title in ["F", "E", "D", "C", "B", "A"] {
        let to_come = world.competition(&ada).titled(title).create().await;
        register(&world.ctx, &grace, to_come).await.unwrap();
    }
    world.run_pending_jobs().await;
    create_token(&world.ctx, &grace, "CI", "read", None).await.unwrap();
    let preview = preview_deletion(&world.ctx, &ada).await.unwrap();
    let blocking = named(6, &["A", "B", "C", "D", "E"]);
    assert_eq!(preview, DeletionPreview { blocking, kept: 1, ..Default::default() });
    let preview = preview_deletion(&world.ctx, &grace).await.unwrap();
    let expected = DeletionPreview {
        seats: named(6, &["A", "B", "C", "D", "E"]),
        past: 1,
        messages: 8,
        tokens: 1,
        ..Default::default()
    };
    assert_eq!(preview, expected);
    assert!(preview_deletion(&world.ctx, &Actor::anonymous()).await.is_err());
}

/// A seat of a deleted account stays counted in a competition that is over. The account gets no
/// mail.
#[tokio::test]
async fn a_deleted_account_gets_no_mail() {
    let world = World::new().await;
    let ctx = world.process_with_mail("smtp://127.0.0.1:1").await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let cancelled = world.competition(&ada).create().await;
    let postponed = world.competition(&ada).starting_in(TimeDelta::days(2)).create().await;
    for id in [cancelled, postponed] {
        register(&world.ctx, &grace, id).await.unwrap();
    }
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::days(2));
    cancel_competition(&ctx, &ada, cancelled).await.unwrap();
    assert_eq!(leave(&ctx, &grace).await, Ok(()));
    let later = Timestamp::from(world.ctx.now().utc() + TimeDelta::hours(12));
    edit(&ctx, &ada, postponed, json!({ "startDate": later })).await.unwrap();
    let reminders = service::reminder::SendReminders {};
    service::cron::fire(&ctx, "reminders", ctx.now(), reminders).await.unwrap();
    assert_eq!(service::testing::run_pending_jobs(&ctx).await, 2);
    assert_eq!(world.mails().await, 0);
    assert_eq!(world.jobs_of_kind("deliver_mail").await, 0);
    for id in [cancelled, postponed] {
        assert_eq!(world.tally(id).await.seats_taken, 1);
    }
}
