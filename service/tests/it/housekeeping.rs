use chrono::TimeDelta;
use service::{
    cron,
    housekeeping::clean_up,
    jobs::Job,
    password_reset, refresh_tokens,
    sessions::Session,
    testing::{World, account},
};

use crate::support::{claim_one, register_with_key};

/// A tick of the schedule, and the work that it causes.
async fn clean(world: &World) {
    cron::fire(&world.ctx, "clean_up", world.ctx.now(), &Job::CleanUp {}).await.unwrap();
    let claim = claim_one(&world.ctx).await;
    clean_up(&world.ctx, &claim).await.unwrap();
}

#[tokio::test]
async fn answers_are_kept_for_25_hours() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [old, young] = &world.crowd(2).await[..] else { panic!("two guests") };
    let sprint = world.competition(&ada).create().await;
    register_with_key(&world.ctx, old, sprint, "k").await.unwrap();
    world.clock.advance(TimeDelta::milliseconds(1));
    register_with_key(&world.ctx, young, sprint, "k").await.unwrap();
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::hours(25));
    clean(&world).await;
    assert_eq!(world.answers_kept().await, 1);
    let replay = register_with_key(&world.ctx, young, sprint, "k").await.unwrap();
    assert!(replay.replayed && replay.outcome.is_ok());
    assert_eq!(world.tally(sprint).await.seats_held, 2, "registrations stay");
    assert_eq!(world.mails().await, 2, "and so does mail");
}

#[tokio::test]
async fn sessions_go_when_they_have_expired() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    for pause in [TimeDelta::seconds(1), TimeDelta::days(14)] {
        let session = Session::new(world.ctx.clone(), None);
        session.log_in(&account(&ada)).await;
        session.commit().await.unwrap();
        world.clock.advance(pause);
    }
    clean(&world).await;
    assert_eq!(world.stored_sessions().await.len(), 1);
}

#[tokio::test]
async fn done_jobs_are_kept_for_a_week_and_others_for_as_long_as_it_takes() {
    let world = World::new().await;
    clean(&world).await;
    world.clock.advance(TimeDelta::milliseconds(1));
    clean(&world).await;
    world.clock.advance(TimeDelta::days(7));
    cron::fire(&world.ctx, "waiting", world.ctx.now(), &Job::SendReminders {}).await.unwrap();
    let waiting = claim_one(&world.ctx).await;
    clean(&world).await;
    // The first is gone; the second and the one that cleaned are there.
    assert_eq!((world.queue().await.done, world.queue().await.running), (2, 1));
    service::jobs::complete(&world.ctx, &waiting).await.unwrap();
}

#[tokio::test]
async fn the_dead_letter_queue_and_recent_ticks_are_kept() {
    let world = World::new().await;
    cron::fire(&world.ctx, "old", world.ctx.now(), &Job::CleanUp {}).await.unwrap();
    world.retire_all_jobs().await;
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::days(400));
    clean(&world).await;
    assert_eq!(world.ticks_kept().await, 2);
    world.clock.advance(TimeDelta::milliseconds(1));
    clean(&world).await;
    assert_eq!(world.ticks_kept().await, 2, "the oldest is gone, a new one has come");
    assert_eq!(world.queue().await.dead, 1);
}

#[tokio::test]
async fn refresh_tokens_and_reset_links_go_when_they_have_expired() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let address = domain::Email::parse("ada@example.com").unwrap();
    refresh_tokens::start(&world.ctx, &account(&ada)).await.unwrap();
    world.clock.advance(TimeDelta::days(30) - TimeDelta::hours(1));
    refresh_tokens::start(&world.ctx, &account(&ada)).await.unwrap();
    password_reset::link(&world.ctx, &address).await.unwrap();
    world.clock.advance(TimeDelta::hours(1));
    clean(&world).await;
    assert_eq!(world.execute("UPDATE refresh_tokens SET used_at = NULL").await.unwrap(), 2);
    world.clock.advance(TimeDelta::milliseconds(1));
    clean(&world).await;
    assert_eq!(world.execute("DELETE FROM refresh_tokens").await.unwrap(), 1);
    assert_eq!(world.execute("DELETE FROM password_resets").await.unwrap(), 0);
}
