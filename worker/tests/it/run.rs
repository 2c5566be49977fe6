use std::time::Duration;

use domain::RegistrationStatus;
use service::{
    Context, competitions,
    jobs::{self, Operator},
    password_reset, registration,
    testing::{Lists, Queue, World},
    webhooks,
};
use tokio::{
    net::TcpListener,
    task::{JoinError, JoinHandle},
    time,
};
use tokio_util::sync::CancellationToken;
use worker::WorkerSettings;

/// Starts a worker; it ends after the token is cancelled.
fn start(ctx: &Context) -> (JoinHandle<Result<(), JoinError>>, CancellationToken) {
    let settings = WorkerSettings {
        confirmation_batches: 2,
        account_mails: 2,
        bulk_mails: 1,
        webhooks: 2,
        reminder_schedule: "*/10 * * * *".parse().unwrap(),
        notices_schedule: "0 3 * * *".parse().unwrap(),
        cleanup_schedule: "0 3 * * *".parse().unwrap(),
    };
    let stop = CancellationToken::new();
    (tokio::spawn(worker::run(ctx.clone(), settings, stop.clone())), stop)
}

async fn until_completed(world: &World, jobs: u64) {
    while world.queue().await != (Queue { completed: jobs, ..Queue::default() }) {
        time::sleep(Duration::from_millis(20)).await;
    }
}

/// Registers `participants` participants for a new competition.
async fn rush(world: &World, title: &str, participants: usize) {
    let organizer = world.organizer(&format!("Organizer of {title}")).await;
    let competition = world.competition(&organizer).titled(title).seats(1_000).create().await;
    for number in 0..participants {
        let participant = world.participant(&format!("{title} {number}")).await;
        registration::register(&world.ctx, &participant, competition, None).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_runs_waiting_and_new_jobs_until_the_signal_to_stop() {
    let world = World::new().await;
    rush(&world, "Sprint", 30).await;
    let (worker, stop) = start(&world.ctx);
    until_completed(&world, 30).await;
    rush(&world, "Marathon", 1).await;
    until_completed(&world, 31).await;
    stop.cancel();
    worker.await.unwrap().unwrap();
    assert_eq!(world.mails().await, 31);
}

/// A mail server that accepts connections and never replies.
async fn silent_mail_server() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    (listener, url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn confirmations_and_reset_links_do_not_wait_for_slow_bulk_mail() {
    let world = World::new().await;
    let (_listener, url) = silent_mail_server().await;
    let ctx = world.process_with_mail(&url).await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(100).create().await;
    for participant in world.participants(40).await {
        registration::register(&ctx, &participant, sprint, None).await.unwrap();
    }
    competitions::cancel_competition(&ctx, &ada, sprint, None).await.unwrap();
    let (worker, _stop) = start(&ctx);
    let active = async |kind: &str| {
        let stats = jobs::stats(&ctx, Operator::Console).await.unwrap();
        stats.into_iter().find(|stats| stats.kind == kind).unwrap().running
    };
    // Mail to 40 people has begun, and takes minutes.
    while active("deliver_mail").await == 0 {
        time::sleep(Duration::from_millis(20)).await;
    }
    let grace = world.participant("Grace").await;
    let marathon = world.competition(&ada).create().await;
    registration::register(&ctx, &grace, marathon, None).await.unwrap();
    let address = domain::Email::parse("grace@example.com").unwrap();
    password_reset::request(&ctx, address).await.unwrap();
    while world.roster(&ada, marathon).await != [RegistrationStatus::Confirmed]
        || active("send_reset_link").await == 0
    {
        time::sleep(Duration::from_millis(20)).await;
    }
    assert!(world.queue().await.waiting > 30, "the bulk mail was over already");
    let postponed = "UPDATE jobs SET kind = kind WHERE postponements > 0";
    assert_eq!(
        world.execute(postponed).await.unwrap(),
        0,
        "they waited until a slow mail was over"
    );
    worker.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn confirmations_do_not_wait_for_a_slow_receiver_of_webhooks() {
    let world = World::new().await;
    // It accepts connections and never answers, like the mail server.
    let (_listener, url) = silent_mail_server().await;
    let ada = world.organizer("Ada").await;
    let url = url.replace("smtp://", "http://");
    let input = serde_json::from_value(serde_json::json!({ "url": url })).unwrap();
    let webhook = webhooks::create(&world.ctx, &ada, input).await.unwrap().webhook.id;
    for _ in 0..100 {
        webhooks::send_test(&world.ctx, &ada, webhook).await.unwrap();
    }
    let (worker, _stop) = start(&world.ctx);
    let active = async |kind: &str| {
        let stats = jobs::stats(&world.ctx, Operator::Console).await.unwrap();
        stats.into_iter().find(|stats| stats.kind == kind).unwrap().running
    };
    while active("deliver_webhooks").await == 0 {
        time::sleep(Duration::from_millis(20)).await;
    }
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    registration::register(&world.ctx, &grace, sprint, None).await.unwrap();
    while world.roster(&ada, sprint).await != [RegistrationStatus::Confirmed] {
        time::sleep(Duration::from_millis(20)).await;
    }
    let paging = domain::Paging::first(100);
    let log = webhooks::deliveries(&world.ctx, &ada, webhook, paging).await.unwrap();
    let waiting = log.items.iter().filter(|delivery| delivery.attempts == 0).count();
    assert!(waiting >= 90, "the confirmation came after {} requests", 100 - waiting);
    worker.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_runs_jobs_while_redis_does_not_answer() {
    let world = World::new().await;
    rush(&world, "Sprint", 3).await;
    let (worker, stop) = start(&world.process_without_redis().await);
    until_completed(&world, 3).await;
    stop.cancel();
    worker.await.unwrap().unwrap();
}

mod with_redis {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn two_workers_leave_nothing_behind_in_redis() {
        let world = World::new().await;
        let workers = [start(&world.ctx), start(&world.second_process().await)];
        rush(&world, "Sprint", 60).await;
        until_completed(&world, 60).await;
        for (worker, stop) in workers {
            stop.cancel();
            worker.await.unwrap().unwrap();
        }
        assert_eq!(world.lists().await, Lists::default());
        assert_eq!(world.mails().await, 60);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_worker_runs_every_job_after_redis_was_emptied() {
        let world = World::new().await;
        let (worker, stop) = start(&world.ctx);
        for (round, title) in (1..).zip(["Sprint", "Marathon", "Relay"]) {
            rush(&world, title, 10).await;
            world.empty_redis().await;
            until_completed(&world, 10 * round).await;
        }
        stop.cancel();
        worker.await.unwrap().unwrap();
        assert_eq!(world.mails().await, 30);
    }
}
