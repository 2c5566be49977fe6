//! SIGKILL at critical moments.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, http::HeaderMap};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use service::{Actor, testing::World};
use tokio::{net::TcpListener, task::JoinSet};

use crate::support::{App, Process};

/// Longer than a lease and the sweep after it.
const TIMEOUT: Duration = Duration::from_secs(90);

/// The mails of an actor, once there are any.
async fn mails(world: &World, actor: &Actor) -> Vec<domain::Mail> {
    let began = tokio::time::Instant::now();
    loop {
        let mails = service::mail::mailbox::list(&world.ctx, actor, None).await.unwrap();
        if !mails.is_empty() {
            return mails;
        }
        assert!(began.elapsed() < TIMEOUT, "no mail was delivered");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_confirmation_is_sent_after_a_kill_between_commit_and_mail() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    // The other process compares the deadline with the real time.
    app.world.clock.set_to_real_time();
    let id = app.world.competition(&ada).create().await;
    let token = app.token(&ben);

    let server = Process::serve(&app.world, &["--no-worker"]);
    let request = Client::new().post(server.url(&format!("/api/competitions/{id}/register")));
    let response = request.bearer_auth(&token).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    server.kill();
    assert!(
        service::mail::mailbox::list(&app.world.ctx, &ben, None).await.unwrap().is_empty(),
        "the mail was delivered before the kill"
    );

    let server = Process::serve(&app.world, &[]);
    assert_eq!(mails(&app.world, &ben).await.len(), 1);
    server.kill();
    let server = Process::serve(&app.world, &[]);
    let me =
        Client::new().get(server.url("/api/competitions/registrations/my")).bearer_auth(&token);
    let mine: Value = me.send().await.unwrap().json().await.unwrap();
    assert_eq!(mine[0]["status"], "CONFIRMED");
    assert_eq!(mails(&app.world, &ben).await.len(), 1, "the mail was delivered twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_notifies_everyone_once_although_the_worker_is_killed() {
    const SEATS: usize = 1_600;
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    app.world.clock.set_to_real_time();
    let id = app.world.competition(&ada).seats(SEATS as i64).create().await;
    let participants = app.world.participants_in_bulk(SEATS).await;
    for some in participants.chunks(400) {
        let register = some.iter().map(|participant| {
            let (ctx, participant) = (app.world.ctx.clone(), participant.clone());
            async move { service::registration::register(&ctx, &participant, id, None).await }
        });
        for answer in register.collect::<JoinSet<_>>().join_all().await {
            answer.unwrap().outcome.unwrap();
        }
    }
    service::competitions::cancel_competition(&app.world.ctx, &ada, id, None)
        .await
        .unwrap()
        .outcome
        .unwrap();

    let server = Process::serve(&app.world, &[]);
    let began = tokio::time::Instant::now();
    while app.world.mails().await == 0 {
        assert!(began.elapsed() < TIMEOUT, "no notice was delivered");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    server.kill();
    let notified = app.world.mails().await;
    assert!(notified < SEATS as u64, "killed too late: {notified}");

    let _server = Process::serve(&app.world, &[]);
    while app.world.open_jobs().await > 0 {
        assert!(began.elapsed() < TIMEOUT, "the job was not completed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for audited in app.world.audit().await {
        assert_eq!((audited.cancellations, audited.mails), (1, 0), "{audited:?}");
    }
    assert_eq!(app.world.mails().await, SEATS as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_under_load_lose_and_duplicate_no_registration() {
    const PARTICIPANTS: usize = 60;
    const KILLS: usize = 5;
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    app.world.clock.set_to_real_time();
    let id = app.world.competition(&ada).seats(40).create().await;
    let mut participants = Vec::new();
    for number in 0..PARTICIPANTS {
        participants.push(app.world.participant(&format!("P{number}")).await);
    }

    let mut answers = vec![None; PARTICIPANTS];
    let mut interrupted = 0;
    for round in 0.. {
        let server = Process::serve(&app.world, &[]);
        let client = Client::new();
        let requests = participants.iter().map(|participant| {
            let request = client.post(server.url(&format!("/api/competitions/{id}/register")));
            request.bearer_auth(app.token(participant)).header("Idempotency-Key", "the-only-try")
        });
        let sent: Vec<_> = requests.map(|request| tokio::spawn(request.send())).collect();
        let last = round >= KILLS;
        if !last {
            // Anywhere in the middle of it, a little later each round.
            tokio::time::sleep(Duration::from_millis(5 + 15 * round as u64)).await;
            server.kill();
        }
        for (answer, task) in answers.iter_mut().zip(sent) {
            match task.await.unwrap() {
                Ok(response) => {
                    let status = response.status();
                    if matches!(status, StatusCode::CREATED | StatusCode::BAD_REQUEST) {
                        assert!(answer.is_none_or(|before| before == status), "an answer changed");
                        *answer = Some(status);
                    }
                }
                Err(_) => interrupted += 1,
            }
        }
        if last && answers.contains(&None) {
            // Keys that a killed server was working on are in flight for a moment more.
            tokio::time::sleep(Duration::from_millis(500)).await;
        } else if last {
            let seated =
                answers.iter().filter(|answer| **answer == Some(StatusCode::CREATED)).count();
            assert_eq!(seated, 40, "{answers:?}");
            for (participant, answer) in participants.iter().zip(&answers) {
                if *answer == Some(StatusCode::CREATED) {
                    assert_eq!(mails(&app.world, participant).await.len(), 1);
                } else {
                    assert_eq!(*answer, Some(StatusCode::BAD_REQUEST));
                }
            }
            break;
        }
    }
    assert!(interrupted > 0, "no kill hit a request");
    let detail = service::competitions::get(&app.world.ctx, id).await.unwrap();
    assert_eq!(detail.count.registrations, 40);
    assert_eq!(app.world.roster(&ada, id).await.len(), 40);
}

/// A receiver of webhooks, and the `webhook-id` of each request that it has answered.
async fn receiver() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let ids = Arc::<Mutex<Vec<String>>>::default();
    let received = Arc::clone(&ids);
    let answer = async move |headers: HeaderMap| {
        received.lock().unwrap().push(headers["webhook-id"].to_str().unwrap().to_owned());
    };
    let service = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, service).await });
    (url, ids)
}

#[tokio::test]
async fn a_webhook_is_sent_again_with_its_id_after_a_kill_between_request_and_record() {
    const NETWORKS: [&str; 2] = ["--webhook-allowed-networks", "127.0.0.1/32"];
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    app.world.clock.set_to_real_time();
    let (url, ids) = receiver().await;
    let created = app.post("/api/webhooks").by(&ada).json(&json!({ "url": url })).send().await;
    let path = format!("/api/webhooks/{}/test", created.json()["id"].as_str().unwrap());
    app.post(&path).by(&ada).send().await;

    let failpoint = ("FAILPOINT", "webhook_sent");
    let mut server = Process::serve_with_arguments(&app.world, failpoint, &NETWORKS);
    server.end().await;
    assert_eq!(ids.lock().unwrap().len(), 1, "the failpoint was not reached");

    let _server = Process::serve(&app.world, &NETWORKS);
    let began = tokio::time::Instant::now();
    while ids.lock().unwrap().len() < 2 {
        assert!(began.elapsed() < TIMEOUT, "it was not sent again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let ids = ids.lock().unwrap();
    assert_eq!(ids[0], ids[1]);
}
