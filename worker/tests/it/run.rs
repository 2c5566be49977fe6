use std::time::Duration;

use service::{
    Context, registration,
    testing::{Lists, Queue, World},
};
use tokio::{task::JoinHandle, time};
use tokio_util::sync::CancellationToken;
use worker::WorkerOptions;

/// Starts a worker; it ends after the token is cancelled.
fn start(ctx: &Context) -> (JoinHandle<()>, CancellationToken) {
    let options = WorkerOptions {
        worker_concurrency: 2,
        cron_reminder_schedule: "*/10 * * * *".parse().unwrap(),
        cron_cleanup_schedule: "0 3 * * *".parse().unwrap(),
    };
    let stop = CancellationToken::new();
    (tokio::spawn(worker::run(ctx.clone(), options, stop.clone())), stop)
}

async fn until_done(world: &World, jobs: u64) {
    while world.queue().await != (Queue { done: jobs, ..Queue::default() }) {
        time::sleep(Duration::from_millis(20)).await;
    }
}

/// So many guests of a new competition register.
async fn rush(world: &World, title: &str, guests: usize) {
    let organizer = world.organizer(&format!("Organizer of {title}")).await;
    let competition = world.competition(&organizer).titled(title).seats(1_000).create().await;
    for number in 0..guests {
        let guest = world.participant(&format!("{title} {number}")).await;
        registration::register(&world.ctx, &guest, competition, None).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_does_what_there_is_and_what_comes_and_stops_when_told() {
    let world = World::new().await;
    rush(&world, "Sprint", 30).await;
    let (worker, stop) = start(&world.ctx);
    until_done(&world, 30).await;
    rush(&world, "Marathon", 1).await;
    until_done(&world, 31).await;
    stop.cancel();
    worker.await.unwrap();
    assert_eq!(world.mails().await, 31);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_whose_redis_does_not_answer_works_all_the_same() {
    let world = World::new().await;
    rush(&world, "Sprint", 3).await;
    let (worker, stop) = start(&world.process_without_redis().await);
    until_done(&world, 3).await;
    stop.cancel();
    worker.await.unwrap();
}

mod with_redis {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn two_workers_leave_nothing_behind_in_redis() {
        let world = World::new().await;
        let workers = [start(&world.ctx), start(&world.second_process().await)];
        rush(&world, "Sprint", 60).await;
        until_done(&world, 60).await;
        for (worker, stop) in workers {
            stop.cancel();
            worker.await.unwrap();
        }
        assert_eq!(world.lists().await, Lists::default());
        assert_eq!(world.mails().await, 60);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_worker_survives_that_redis_is_emptied_under_it() {
        let world = World::new().await;
        let (worker, stop) = start(&world.ctx);
        for (round, title) in (1..).zip(["Sprint", "Marathon", "Relay"]) {
            rush(&world, title, 10).await;
            world.empty_redis().await;
            until_done(&world, 10 * round).await;
        }
        stop.cancel();
        worker.await.unwrap();
        assert_eq!(world.mails().await, 30);
    }
}
