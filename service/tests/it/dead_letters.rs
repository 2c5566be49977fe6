use chrono::TimeDelta;
use domain::{DeadLetter, ErrorCode, JobId, Paging, QueueStats};
use service::{
    Actor, cron,
    housekeeping::CleanUp,
    jobs::{
        Claim, DeadLetterFilter, FailOutcome, JobFilter, JobState, Operator, complete,
        count_dead_letters, dead_letter, dead_letters, dead_letters_on_page, discard,
        discard_batch, extend_lease, fail, list, move_to_dead_letters, retry, retry_all,
        retry_batch, stats,
    },
    password_reset,
    reminder::SendReminders,
    testing::{Queue, World},
};

use crate::support::{cancel_competition, claim_one, code, register};

/// Fails a job until it is a dead letter; returns the last claim on it.
async fn kill(world: &World) -> Claim {
    loop {
        let claim = claim_one(&world.ctx).await;
        if fail(&world.ctx, &claim, "no luck").await.unwrap() == FailOutcome::Dead {
            return claim;
        }
        world.clock.advance(TimeDelta::seconds(5));
    }
}

/// A world with one dead letter.
async fn world_with_a_dead_letter() -> (World, Claim) {
    let world = World::new().await;
    cron::fire(&world.ctx, "clean_up", world.ctx.now(), CleanUp {}).await.unwrap();
    let claim = kill(&world).await;
    (world, claim)
}

async fn listed(world: &World) -> Vec<DeadLetter> {
    dead_letters(&world.ctx, Operator::Console).await.unwrap()
}

#[tokio::test]
async fn a_dead_letter_is_listed_with_its_error_until_it_is_retried() {
    let (world, claim) = world_with_a_dead_letter().await;
    let [letter] = &listed(&world).await[..] else { panic!("one dead letter") };
    assert_eq!((letter.id, &*letter.kind, letter.attempts), (claim.id, "clean_up", 3));
    assert_eq!((&*letter.last_error, letter.failed_at), ("no luck", world.ctx.now()));
    retry(&world.ctx, Operator::Console, letter.id).await.unwrap();
    assert!(listed(&world).await.is_empty());
}

#[tokio::test]
async fn a_retry_is_audited_and_gives_the_job_all_its_attempts() {
    let (world, claim) = world_with_a_dead_letter().await;
    let root = world.admin("Root").await;
    retry(&world.ctx, Operator::Admin(&root), claim.id).await.unwrap();
    assert_eq!(world.job_audits().await, [format!("revived by {}", root.user().unwrap().id)]);
    assert_eq!(world.queue().await, Queue { waiting: 1, ..Queue::default() });

    assert_eq!(kill(&world).await.id, claim.id, "the same job");
    retry(&world.ctx, Operator::Console, claim.id).await.unwrap();
    assert_eq!(world.job_audits().await[1], "revived by console");
    assert_eq!(world.run_pending_jobs().await, 1);
    assert_eq!(world.queue().await, Queue { completed: 1, ..Queue::default() });
}

#[tokio::test]
async fn a_retried_job_that_was_stored_with_fewer_attempts_gets_those_of_today() {
    let (world, claim) = world_with_a_dead_letter().await;
    world.execute("UPDATE failed_jobs SET max_attempts = 1").await.unwrap();
    retry(&world.ctx, Operator::Console, claim.id).await.unwrap();
    let allowed_more = "UPDATE jobs SET attempts = attempts WHERE max_attempts = 3";
    assert_eq!(world.execute(allowed_more).await.unwrap(), 1);
}

#[tokio::test]
async fn a_retried_job_keeps_its_dedup_key() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    world.run_pending_jobs().await;
    cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    let keyed = "UPDATE jobs SET attempts = attempts WHERE dedup_key IS NOT NULL";
    assert_eq!(world.execute(keyed).await.unwrap(), 1);
    kill(&world).await;
    assert_eq!(retry_all(&world.ctx, Operator::Console).await.unwrap(), 1);
    assert_eq!(world.execute(keyed).await.unwrap(), 1);
    world.run_pending_jobs().await;
    assert_eq!(world.mails().await, 2);
}

#[tokio::test]
async fn a_dead_letter_whose_dedup_key_was_taken_again_is_retried_without_it() {
    let world = World::new().await;
    let address = || domain::Email::parse("eve@example.com").unwrap();
    let move_next_to_dead_letters = async || {
        let claim = claim_one(&world.ctx).await;
        move_to_dead_letters(&world.ctx, &claim, "refused").await.unwrap();
    };
    // A second request within a minute has the same key.
    password_reset::request(&world.ctx, address()).await.unwrap();
    move_next_to_dead_letters().await;
    password_reset::request(&world.ctx, address()).await.unwrap();
    assert_eq!(claim_one(&world.ctx).await.kind(), "send_reset_link");
    world.clock.advance(TimeDelta::seconds(1));
    cron::fire(&world.ctx, "clean_up", world.ctx.now(), CleanUp {}).await.unwrap();
    move_next_to_dead_letters().await;
    assert_eq!(retry_all(&world.ctx, Operator::Console).await.unwrap(), 2);
    let keyed = "UPDATE jobs SET kind = kind WHERE dedup_key IS NOT NULL";
    assert_eq!(world.execute(keyed).await.unwrap(), 1);
    assert_eq!(world.queue().await, Queue { waiting: 2, active: 1, ..Queue::default() });
}

#[tokio::test]
async fn claims_from_before_a_retry_cannot_complete_the_job_after_it() {
    let (world, _) = world_with_a_dead_letter().await;
    retry_all(&world.ctx, Operator::Console).await.unwrap();
    let early = claim_one(&world.ctx).await;
    fail(&world.ctx, &early, "no luck").await.unwrap();
    world.clock.advance(TimeDelta::seconds(5));
    let last = kill(&world).await;
    retry_all(&world.ctx, Operator::Console).await.unwrap();
    let held = claim_one(&world.ctx).await;
    for lost in [&early, &last] {
        complete(&world.ctx, lost).await.unwrap();
        assert_eq!(fail(&world.ctx, lost, "too late").await.unwrap(), FailOutcome::Lost);
        assert!(extend_lease(&world.ctx, std::slice::from_ref(lost)).await.unwrap().is_empty());
    }
    assert_eq!(world.queue().await, Queue { active: 1, ..Queue::default() });
    complete(&world.ctx, &held).await.unwrap();
}

#[tokio::test]
async fn only_a_dead_letter_can_be_retried() {
    let world = World::new().await;
    cron::fire(&world.ctx, "clean_up", world.ctx.now(), CleanUp {}).await.unwrap();
    let alive = claim_one(&world.ctx).await.id;
    for id in [alive, JobId(uuid::Uuid::nil())] {
        let refused = retry(&world.ctx, Operator::Console, id).await.unwrap_err();
        assert_eq!(code(refused), ErrorCode::JobNotFound);
    }
    assert!(world.job_audits().await.is_empty());
    assert_eq!(retry_all(&world.ctx, Operator::Console).await.unwrap(), 0);
}

#[tokio::test]
async fn a_discarded_job_is_deleted_and_audited() {
    let (world, claim) = world_with_a_dead_letter().await;
    let root = world.admin("Root").await;
    let by_root = Operator::Admin(&root);
    assert_eq!(dead_letter(&world.ctx, by_root, claim.id).await.unwrap().kind, "clean_up");
    discard(&world.ctx, by_root, claim.id, Some(" clean_up ")).await.unwrap();
    assert_eq!(world.job_audits().await, [format!("discarded by {}", root.user().unwrap().id)]);
    assert!(listed(&world).await.is_empty());
    assert_eq!(world.queue().await, Queue::default());
    for gone in [
        discard(&world.ctx, by_root, claim.id, None).await,
        retry(&world.ctx, by_root, claim.id).await,
        dead_letter(&world.ctx, by_root, claim.id).await.map(drop),
    ] {
        assert_eq!(code(gone.unwrap_err()), ErrorCode::JobNotFound);
    }
}

#[tokio::test]
async fn a_job_is_not_discarded_under_another_name() {
    let (world, claim) = world_with_a_dead_letter().await;
    for other in ["", "send_reminders", "Clean_up"] {
        let refused = discard(&world.ctx, Operator::Console, claim.id, Some(other)).await;
        assert_eq!(code(refused.unwrap_err()), ErrorCode::ValidationFailed, "{other}");
    }
    assert_eq!(listed(&world).await.len(), 1);
    assert!(world.job_audits().await.is_empty());
    discard(&world.ctx, Operator::Console, claim.id, None).await.unwrap();
    assert_eq!(world.job_audits().await, ["discarded by console"]);
}

/// Adds dead letters of both kinds, a minute apart: reminders, clean-up, reminders …
async fn world_with_dead_letters(count: usize) -> World {
    let world = World::new().await;
    for number in 0..count {
        let (ctx, now) = (&world.ctx, world.ctx.now());
        if number % 2 == 0 {
            cron::fire(ctx, "reminders", now, SendReminders {}).await.unwrap();
        } else {
            cron::fire(ctx, "clean_up", now, CleanUp {}).await.unwrap();
        }
        let claim = claim_one(ctx).await;
        move_to_dead_letters(ctx, &claim, "no luck").await.unwrap();
        world.clock.advance(TimeDelta::minutes(1));
    }
    world
}

#[tokio::test]
async fn dead_letters_are_read_a_page_at_a_time() {
    let world = world_with_dead_letters(5).await;
    let all: Vec<_> = listed(&world).await.into_iter().map(|letter| letter.id).collect();
    let mut pages = Vec::new();
    for (page, length) in [(1, 2), (2, 2), (3, 1), (4, 0)] {
        let paging = Paging { page, limit: 2 };
        let found = dead_letters_on_page(&world.ctx, Operator::Console, paging).await.unwrap();
        assert_eq!((found.items.len(), found.total, found.pages()), (length, 5, 3));
        pages.extend(found.items.into_iter().map(|letter| letter.id));
    }
    assert_eq!(pages, all);
}

#[tokio::test]
async fn a_batch_is_retried_or_discarded_by_kind_and_age() {
    let world = world_with_dead_letters(6).await;
    let ctx = &world.ctx;
    let clean_up = DeadLetterFilter {
        kind: Some("clean_up".into()),
        added_before: Some((ctx.now().utc() - TimeDelta::minutes(2)).into()),
        ..DeadLetterFilter::all(ctx)
    };
    let count = async |filter| count_dead_letters(ctx, Operator::Console, filter).await.unwrap();
    assert_eq!(count(&clean_up).await, 2);
    assert_eq!(retry_batch(ctx, Operator::Console, &clean_up).await.unwrap(), 2);
    assert_eq!(count(&clean_up).await, 0);
    assert_eq!(world.queue().await, Queue { waiting: 2, dead: 4, ..Queue::default() });
    let reminders =
        DeadLetterFilter { kind: Some("send_reminders".into()), ..DeadLetterFilter::all(ctx) };
    assert_eq!(discard_batch(ctx, Operator::Console, &reminders).await.unwrap(), 3);
    assert_eq!(world.queue().await, Queue { waiting: 2, dead: 1, ..Queue::default() });
    let audits = world.job_audits().await;
    let of = |action: &str| audits.iter().filter(|audit| audit.starts_with(action)).count();
    assert_eq!((of("revived"), of("discarded")), (2, 3));
}

#[tokio::test]
async fn a_job_that_fails_again_after_the_list_was_made_is_not_retried_again() {
    let world = world_with_dead_letters(2).await;
    let ctx = &world.ctx;
    let all = DeadLetterFilter::all(ctx);
    assert_eq!(retry_batch(ctx, Operator::Console, &all).await.unwrap(), 2);
    world.clock.advance(TimeDelta::seconds(1));
    for claim in service::jobs::claim(ctx, 2).await.unwrap() {
        move_to_dead_letters(ctx, &claim, "no luck").await.unwrap();
    }
    assert_eq!(retry_batch(ctx, Operator::Console, &all).await.unwrap(), 0);
    assert_eq!(retry_all(ctx, Operator::Console).await.unwrap(), 2);
}

#[tokio::test]
async fn a_call_retries_a_thousand_dead_letters_at_most() {
    let (world, claim) = world_with_a_dead_letter().await;
    let copies = format!(
        "INSERT INTO failed_jobs (id, kind, payload, priority, attempts, max_attempts, epoch, \
         last_error, created_at, failed_at) \
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers \
         WHERE n < 1049) SELECT {}, kind, payload, priority, attempts, max_attempts, \
         epoch, last_error, created_at, failed_at FROM failed_jobs, numbers",
        if world.database_url().starts_with("sqlite") {
            "randomblob(16)"
        } else {
            "gen_random_uuid()"
        },
    );
    assert_eq!(world.execute(&copies).await.unwrap(), 1_049);
    assert_eq!(retry_all(&world.ctx, Operator::Console).await.unwrap(), 1_000);
    assert_eq!(retry_all(&world.ctx, Operator::Console).await.unwrap(), 50);
    assert_eq!(world.queue().await, Queue { waiting: 1_050, ..Queue::default() });
    retry(&world.ctx, Operator::Console, claim.id).await.unwrap_err();
}

#[tokio::test]
async fn jobs_are_listed_by_state_kind_and_age_a_page_at_a_time() {
    let world = world_with_dead_letters(4).await;
    let ctx = &world.ctx;
    let page = async |filter: &JobFilter, limit| {
        let page = list(ctx, Operator::Console, filter, limit).await.unwrap();
        let kinds: Vec<_> = page.jobs.into_iter().map(|job| job.kind).collect();
        (kinds, page.next)
    };
    let failed = JobFilter { state: JobState::Failed, kind: None, added_before: None, after: None };
    let (kinds, next) = page(&failed, 3).await;
    assert_eq!(kinds, ["clean_up", "send_reminders", "clean_up"]);
    let (kinds, end) = page(&JobFilter { after: next, ..failed.clone() }, 3).await;
    assert_eq!((kinds, end), (vec!["send_reminders".to_owned()], None));
    let of_kind = JobFilter { kind: Some("clean_up".into()), ..failed.clone() };
    assert_eq!(page(&of_kind, 9).await.0.len(), 2);
    let old = Some((ctx.now().utc() - TimeDelta::minutes(3)).into());
    assert_eq!(page(&JobFilter { added_before: old, ..failed.clone() }, 9).await.0.len(), 1);

    cron::fire(ctx, "clean_up", ctx.now(), CleanUp {}).await.unwrap();
    let count = async |state| page(&JobFilter { state, ..failed.clone() }, 9).await.0.len();
    assert_eq!((count(JobState::Waiting).await, count(JobState::Active).await), (1, 0));
    let claim = claim_one(ctx).await;
    assert_eq!((count(JobState::Waiting).await, count(JobState::Active).await), (0, 1));
    fail(ctx, &claim, "no luck").await.unwrap();
    assert_eq!((count(JobState::Waiting).await, count(JobState::Delayed).await), (0, 1));
    world.clock.advance(TimeDelta::seconds(5));
    complete(ctx, &claim_one(ctx).await).await.unwrap();
    assert_eq!((count(JobState::Delayed).await, count(JobState::Completed).await), (0, 1));
}

#[tokio::test]
async fn only_an_administrator_lists_or_retries_dead_letters() {
    let (world, claim) = world_with_a_dead_letter().await;
    let ada = world.organizer("Ada").await;
    for (actor, expected) in
        [(Actor::anonymous(), ErrorCode::Unauthorized), (ada, ErrorCode::Forbidden)]
    {
        let who = Operator::Admin(&actor);
        let refusals = [
            dead_letters(&world.ctx, who).await.map(drop),
            stats(&world.ctx, who).await.map(drop),
            retry(&world.ctx, who, claim.id).await,
            retry_all(&world.ctx, who).await.map(drop),
            retry_batch(&world.ctx, who, &DeadLetterFilter::all(&world.ctx)).await.map(drop),
            discard_batch(&world.ctx, who, &DeadLetterFilter::all(&world.ctx)).await.map(drop),
        ];
        for refusal in refusals {
            assert_eq!(code(refusal.unwrap_err()), expected);
        }
    }
    assert_eq!(world.queue().await.dead, 1);
}

#[tokio::test]
async fn jobs_are_counted_by_kind_and_state() {
    let (world, _) = world_with_a_dead_letter().await;
    for _ in 0..3 {
        world.clock.advance(TimeDelta::milliseconds(1));
        let ctx = &world.ctx;
        cron::fire(ctx, "reminders", ctx.now(), SendReminders {}).await.unwrap();
    }
    let claims = service::jobs::claim(&world.ctx, 2).await.unwrap();
    complete(&world.ctx, &claims[0]).await.unwrap();
    world.clock.advance(TimeDelta::seconds(60));
    let counted = |stats: Vec<QueueStats>, kind: &str| {
        stats.into_iter().find(|stats| stats.kind == kind).unwrap()
    };
    let now = stats(&world.ctx, Operator::Console).await.unwrap();
    let reminders = QueueStats {
        kind: "send_reminders".to_owned(),
        ready: 1,
        running: 1,
        oldest_age_seconds: Some(60),
        ..QueueStats::default()
    };
    assert_eq!(counted(now.clone(), "send_reminders"), reminders);
    assert_eq!(counted(now.clone(), "clean_up").dead, 1);
    assert_eq!(counted(now, "confirm_registrations").oldest_age_seconds, None);

    complete(&world.ctx, &claims[1]).await.unwrap();
    let now = stats(&world.ctx, Operator::Console).await.unwrap();
    assert_eq!(counted(now, "send_reminders").done_last_minute, 1);
}
