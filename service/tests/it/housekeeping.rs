use chrono::TimeDelta;
use service::{
    cron,
    housekeeping::{CleanUp, Period, Purged, Retention, preview, purge},
    jobs,
    mail::mailbox,
    password_reset, personal_tokens, refresh_tokens,
    reminder::SendReminders,
    testing::{RequestSession, World, account},
};

use crate::{
    personal_tokens::create_token,
    support::{claim_one, clean_up, mails, register, register_with_key, run_job},
};

#[tokio::test]
async fn idempotency_records_are_deleted_after_25_hours() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [old, young] = &world.participants(2).await[..] else { panic!("two participants") };
    let sprint = world.competition(&ada).create().await;
    register_with_key(&world.ctx, old, sprint, "k").await.unwrap();
    world.clock.advance(TimeDelta::milliseconds(1));
    register_with_key(&world.ctx, young, sprint, "k").await.unwrap();
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::hours(25));
    clean_up(&world).await;
    assert_eq!(world.idempotency_records().await, 1);
    let replay = register_with_key(&world.ctx, young, sprint, "k").await.unwrap();
    assert!(replay.replayed && replay.outcome.is_ok());
    assert_eq!(world.tally(sprint).await.seats_taken, 2, "registrations stay");
    assert_eq!(world.mails().await, 2, "and so does mail");
}

#[tokio::test]
async fn expired_sessions_are_deleted() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    for pause in [TimeDelta::seconds(1), TimeDelta::days(14)] {
        let session = RequestSession::new(world.ctx.clone(), None);
        session.log_in(&account(&ada), "").await.unwrap();
        session.commit().await.unwrap();
        world.clock.advance(pause);
    }
    clean_up(&world).await;
    assert_eq!(world.stored_sessions().await.len(), 1);
}

#[tokio::test]
async fn expired_personal_tokens_are_deleted_after_thirty_days_and_others_are_kept() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    create_token(&world.ctx, &ada, "short", "read", Some(1)).await.unwrap();
    create_token(&world.ctx, &ada, "long", "read", None).await.unwrap();
    world.clock.advance(TimeDelta::days(31));
    clean_up(&world).await;
    assert_eq!(personal_tokens::list(&world.ctx, &ada).await.unwrap().len(), 2);
    world.clock.advance(TimeDelta::milliseconds(1));
    clean_up(&world).await;
    let left = personal_tokens::list(&world.ctx, &ada).await.unwrap();
    assert_eq!(left.iter().map(|token| &*token.name).collect::<Vec<_>>(), ["long"]);
}

#[tokio::test]
async fn completed_jobs_are_deleted_after_a_week_and_others_are_kept() {
    let world = World::new().await;
    clean_up(&world).await;
    world.clock.advance(TimeDelta::milliseconds(1));
    clean_up(&world).await;
    world.clock.advance(TimeDelta::days(7));
    cron::fire(&world.ctx, "waiting", world.ctx.now(), SendReminders {}).await.unwrap();
    let waiting = claim_one(&world.ctx).await;
    clean_up(&world).await;
    // The first is deleted; the second and the clean-up itself are there.
    assert_eq!((world.queue().await.completed, world.queue().await.active), (2, 1));
    service::jobs::complete(&world.ctx, &waiting).await.unwrap();
}

#[tokio::test]
async fn ticks_are_kept_for_400_days_and_dead_letters_for_180() {
    let world = World::new().await;
    cron::fire(&world.ctx, "old", world.ctx.now(), CleanUp {}).await.unwrap();
    for _ in 0..3 {
        jobs::fail(&world.ctx, &claim_one(&world.ctx).await, "no luck").await.unwrap();
        world.clock.advance(TimeDelta::seconds(5));
    }
    world.clock.advance(TimeDelta::days(180) - TimeDelta::seconds(5));
    clean_up(&world).await;
    assert_eq!(world.queue().await.dead, 1);
    world.clock.advance(TimeDelta::milliseconds(1));
    clean_up(&world).await;
    assert_eq!(world.queue().await.dead, 0);
    world.clock.advance(TimeDelta::days(220) - TimeDelta::milliseconds(10_001));
    clean_up(&world).await;
    assert_eq!(world.ticks_kept().await, 4);
    world.clock.advance(TimeDelta::milliseconds(1));
    clean_up(&world).await;
    assert_eq!(world.ticks_kept().await, 4, "the oldest is gone, a new one has come");
}

#[tokio::test]
async fn read_mail_is_deleted_after_a_year_and_unread_mail_after_two() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [reader, other] = &world.participants(2).await[..] else { panic!("two participants") };
    let sprint = world.competition(&ada).create().await;
    for participant in [reader, other] {
        register(&world.ctx, participant, sprint).await.unwrap();
    }
    world.run_pending_jobs().await;
    let received = mails(&world, reader).await.remove(0);
    mailbox::mark_read(&world.ctx, reader, received.id).await.unwrap();
    world.clock.advance(TimeDelta::days(365));
    clean_up(&world).await;
    assert_eq!(world.mails().await, 2);
    world.clock.advance(TimeDelta::milliseconds(1));
    clean_up(&world).await;
    assert!(mails(&world, reader).await.is_empty());
    assert_eq!(mails(&world, other).await.len(), 1);
    world.clock.advance(TimeDelta::days(365));
    clean_up(&world).await;
    assert_eq!(world.mails().await, 0);
}

#[tokio::test]
async fn a_period_of_for_ever_keeps_every_row() {
    let world = World::new().await;
    cron::fire(&world.ctx, "old", world.ctx.now(), CleanUp {}).await.unwrap();
    let claim = claim_one(&world.ctx).await;
    jobs::move_to_dead_letters(&world.ctx, &claim, "no luck").await.unwrap();
    jobs::retry(&world.ctx, jobs::Operator::Console, claim.id).await.unwrap();
    world.clock.advance(TimeDelta::days(400) + TimeDelta::milliseconds(1));
    let for_ever = Retention { job_audits: Period::FOR_EVER, ..Retention::default() };
    purge(&world.process_with_retention(for_ever).await, |_| {}).await.unwrap();
    assert_eq!(world.job_audits().await.len(), 1);
    let audits = |purged: Vec<Purged>| {
        purged.into_iter().find(|purged| purged.table == "job_audits").map(|purged| purged.rows)
    };
    assert_eq!(audits(preview(&world.ctx).await.unwrap()), Some(1));
    assert_eq!(world.job_audits().await.len(), 1, "a preview deletes nothing");
    assert_eq!(audits(purge(&world.ctx, |_| {}).await.unwrap()), Some(1));
    assert!(world.job_audits().await.is_empty());
}

#[tokio::test]
async fn expired_refresh_tokens_and_reset_links_are_deleted() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let address = domain::Email::parse("ada@example.com").unwrap();
    refresh_tokens::start(&world.ctx, &account(&ada)).await.unwrap();
    world.clock.advance(TimeDelta::days(30) - TimeDelta::hours(1));
    refresh_tokens::start(&world.ctx, &account(&ada)).await.unwrap();
    password_reset::link(&world.ctx, &address).await.unwrap();
    world.clock.advance(TimeDelta::hours(1));
    clean_up(&world).await;
    assert_eq!(world.execute("UPDATE refresh_tokens SET used_at = NULL").await.unwrap(), 2);
    world.clock.advance(TimeDelta::milliseconds(1));
    clean_up(&world).await;
    assert_eq!(world.execute("DELETE FROM refresh_tokens").await.unwrap(), 1);
    assert_eq!(world.execute("DELETE FROM password_resets").await.unwrap(), 0);
}

/// How many rows a table has.
async fn rows(world: &World, table: &str, column: &str) -> u64 {
    world.execute(&format!("UPDATE {table} SET {column} = {column}")).await.unwrap()
}

/// Numbers from 1 to `count`, as a table `numbers` with one column `n`.
fn numbers(count: u64) -> String {
    format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < \
         {count})"
    )
}

#[tokio::test]
async fn more_rows_than_a_batch_are_deleted() {
    let world = World::new().await;
    for (expires_at, prefix) in [("2026-11-22", "old"), ("2026-11-24", "young")] {
        let sql = format!(
            "INSERT INTO sessions (id, data, expires_at) {} SELECT '{prefix}' || n, '', \
             '{expires_at} 00:00:00+00:00' FROM numbers",
            numbers(25_000),
        );
        assert_eq!(world.execute(&sql).await.unwrap(), 25_000);
    }
    clean_up(&world).await;
    assert_eq!(rows(&world, "sessions", "id").await, 25_000);
    assert_eq!(world.execute("DELETE FROM sessions WHERE id LIKE 'young%'").await.unwrap(), 25_000);
}

#[tokio::test]
async fn a_table_that_fails_does_not_stop_the_cleanup_of_others() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    refresh_tokens::start(&world.ctx, &account(&ada)).await.unwrap();
    world.clock.advance(TimeDelta::days(31));
    cron::fire(&world.ctx, "clean_up", world.ctx.now(), CleanUp {}).await.unwrap();
    let claim = claim_one(&world.ctx).await;
    // The first table to be cleaned.
    world.execute("ALTER TABLE sessions RENAME TO gone").await.unwrap();
    run_job(&world.ctx, &claim).await.unwrap_err();
    assert_eq!(rows(&world, "refresh_tokens", "hash").await, 0);
    assert_eq!(world.queue().await.active, 1, "it is not completed");
    world.execute("ALTER TABLE gone RENAME TO sessions").await.unwrap();
    run_job(&world.ctx, &claim).await.unwrap();
    assert_eq!(world.queue().await.completed, 1);
}
