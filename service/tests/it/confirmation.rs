use chrono::TimeDelta;
use domain::RegistrationStatus::{Cancelled, Confirmed, Pending};
use service::{
    cron,
    housekeeping::CleanUp,
    jobs::{LEASE, claim, execute, sweep},
    testing::{Queue, World},
};

use crate::support::{at_once, cancel_registration, claim_one, mails, register, subjects};

#[tokio::test]
async fn a_confirmation_is_mailed_and_shows_in_the_status() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).in_zone("Europe/Berlin");
    let sprint = sprint.starting_in(TimeDelta::days(6)).create().await;
    let seat = register(&world.ctx, &grace, sprint).await.unwrap().registration;
    assert!(mails(&world, &grace).await.is_empty());
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(world.run_pending_jobs().await, 1);

    assert_eq!(world.roster(&ada, sprint).await, [Confirmed]);
    let [mail] = &mails(&world, &grace).await[..] else { panic!("one message") };
    assert_eq!(mail.subject, "Registration Confirmed: Code Sprint");
    assert_eq!(mail.to, "grace@example.com");
    assert_eq!((mail.sent_at, mail.read_at), (world.ctx.now(), None));
    for part in [
        "Grace",
        "Code Sprint",
        "Sun 29 Nov 2026, 13:00 (Europe/Berlin, UTC+1)",
        &seat.id.to_string(),
    ] {
        assert!(mail.body.contains(part), "{part} is missing from {}", mail.body);
    }
    assert!(mails(&world, &ada).await.is_empty());
}

#[tokio::test]
async fn a_confirmation_without_a_start_date_says_that_it_is_to_be_announced() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).starting_in(None).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    world.run_pending_jobs().await;
    assert!(mails(&world, &grace).await[0].body.contains("Start date: Date to be announced"));
}

#[tokio::test]
async fn a_confirmation_says_when_and_where() {
    let world = World::new().await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let sprint = world.competition(&ada).lasting(TimeDelta::hours(3)).at("Town Hall", "Berlin");
    let sprint = sprint.online_at("https://meet.example/42").create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    world.run_pending_jobs().await;
    let body = &mails(&world, &grace).await[0].body;
    for line in ["End: ", "Where: Town Hall, Berlin\n", "Online: https://meet.example/42\n"] {
        assert!(body.contains(line), "{line} is missing from {body}");
    }
}

#[tokio::test]
async fn many_confirmations_share_a_transaction() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(30).create().await;
    let participants = world.participants(30).await;
    for participant in &participants {
        register(&world.ctx, participant, sprint).await.unwrap();
    }
    let claims = claim(&world.ctx, 100).await.unwrap();
    execute(&world.ctx, &claims).await.unwrap();
    assert_eq!(world.roster(&ada, sprint).await, [Confirmed; 30]);
    assert_eq!(world.queue().await, Queue { completed: 30, ..Queue::default() });
    for participant in &participants {
        assert_eq!(mails(&world, participant).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirmation_run_many_times_is_mailed_once() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    let claim = claim_one(&world.ctx).await;
    let runs = [&world.ctx, &other, &world.ctx, &other].map(|ctx| (ctx.clone(), claim.clone()));
    let runs = runs.map(|(ctx, claim)| async move { execute(&ctx, &[claim]).await });
    for result in at_once(runs).await {
        result.unwrap();
    }
    execute(&world.ctx, &[claim]).await.unwrap();
    assert_eq!(subjects(&world, &grace).await, ["Registration Confirmed: Code Sprint"]);
    assert_eq!(world.queue().await, Queue { completed: 1, ..Queue::default() });
}

#[tokio::test]
async fn a_confirmation_is_not_mailed_again_after_its_status_was_lost() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    let seat = register(&world.ctx, &grace, sprint).await.unwrap().registration;
    world.run_pending_jobs().await;
    world.forget_progress(seat.id, Pending).await;
    world.execute("UPDATE jobs SET state = 'ready'").await.unwrap();
    assert_eq!(world.run_pending_jobs().await, 1);
    assert_eq!(world.roster(&ada, sprint).await, [Confirmed]);
    assert_eq!(world.mails().await, 1);
}

#[tokio::test]
async fn a_registration_that_was_cancelled_meanwhile_is_not_confirmed() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [stays, leaves] = &world.participants(2).await[..] else { panic!("two participants") };
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, stays, sprint).await.unwrap();
    world.clock.advance(TimeDelta::seconds(1));
    register(&world.ctx, leaves, sprint).await.unwrap();
    cancel_registration(&world.ctx, leaves, sprint).await.unwrap();
    let claims = claim(&world.ctx, 10).await.unwrap();
    execute(&world.ctx, &claims).await.unwrap();
    assert_eq!(world.roster(&ada, sprint).await, [Confirmed, Cancelled]);
    assert_eq!((mails(&world, stays).await.len(), mails(&world, leaves).await.len()), (1, 0));
    assert_eq!(world.queue().await.completed, 2);
}

#[tokio::test]
async fn a_confirmation_is_sent_by_the_next_worker_after_the_first_one_died() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    claim_one(&world.ctx).await;
    assert_eq!(world.run_pending_jobs().await, 0);
    world.clock.advance(TimeDelta::from_std(LEASE).unwrap() + TimeDelta::milliseconds(1));
    sweep(&world.ctx).await.unwrap();
    assert_eq!(world.run_pending_jobs().await, 1);
    assert_eq!(world.roster(&ada, sprint).await, [Confirmed]);
}

#[tokio::test]
async fn a_batch_of_confirmations_releases_jobs_of_another_kind() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    let confirmation = claim_one(&world.ctx).await;
    cron::fire(&world.ctx, "clean_up", world.ctx.now(), CleanUp {}).await.unwrap();
    let clean_up = claim_one(&world.ctx).await;
    execute(&world.ctx, &[confirmation, clean_up]).await.unwrap();
    assert_eq!(world.queue().await, Queue { waiting: 1, completed: 1, ..Queue::default() });
    assert_eq!(world.roster(&ada, sprint).await, [Confirmed]);
}
