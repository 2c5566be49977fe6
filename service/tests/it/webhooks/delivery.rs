use std::time::Duration;

use chrono::TimeDelta;
use domain::{DeliveryStatus, DisabledReason, ErrorCode};
use serde_json::json;
use service::{
    jobs::{self, LEASE},
    mail::mailbox,
    testing::World,
    webhooks,
};
use standardwebhooks::Webhook;
use tokio::{task::JoinSet, time::timeout};

use super::{log, receiver::Receiver, refused, webhook_to};

#[tokio::test]
async fn requests_are_signed_by_the_standard_with_both_secrets_for_a_day() {
    let world = World::in_memory().await;
    world.clock.set_to_real_time();
    let ada = world.organizer("Ada").await;
    let receiver = Receiver::start().await;
    let made = webhook_to(&world, &ada, &receiver).await;
    let rotated = webhooks::rotate_secret(&world.ctx, &ada, made.webhook.id).await.unwrap();
    webhooks::send_test(&world.ctx, &ada, made.webhook.id).await.unwrap();
    world.run_pending_jobs().await;
    let received = &receiver.received()[0];
    for secret in [&made.secret, &rotated.secret] {
        let verifier = Webhook::new(secret).unwrap();
        verifier.verify(received.body.as_bytes(), &received.headers).unwrap();
        assert!(verifier.verify(b"{}", &received.headers).is_err());
    }
    assert_eq!(received.header("content-type"), "application/json");
    assert!(received.header("user-agent").starts_with("Mini-Compete-Webhooks/"));
    assert!(received.header("webhook-id").starts_with("msg_"));

    world.clock.advance(TimeDelta::hours(25));
    webhooks::send_test(&world.ctx, &ada, made.webhook.id).await.unwrap();
    world.run_pending_jobs().await;
    let signatures = receiver.received()[1].header("webhook-signature").split(' ').count();
    assert_eq!(signatures, 1, "the previous secret still signs");
}

#[tokio::test]
async fn a_delivery_is_retried_over_a_day_with_one_message_id() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let receiver = Receiver::start().await;
    receiver.answer("500 Internal Server Error", "out of order");
    let id = webhook_to(&world, &ada, &receiver).await.webhook.id;
    webhooks::send_test(&world.ctx, &ada, id).await.unwrap();
    world.run_pending_jobs().await;
    let began = world.ctx.now();
    for attempt in 1..8 {
        assert_eq!(receiver.received().len(), attempt);
        let delivery = &log(&world, &ada, id).await[0];
        assert_eq!((delivery.status, delivery.attempts), (DeliveryStatus::Pending, attempt as u32));
        assert_eq!(delivery.response_status, Some(500));
        assert_eq!(delivery.response_body.as_deref(), Some("out of order"));
        let pause = delivery.next_attempt_at.unwrap().utc() - world.ctx.now().utc();
        world.clock.advance(pause - TimeDelta::seconds(2));
        world.run_pending_jobs().await;
        assert_eq!(receiver.received().len(), attempt, "an attempt came early");
        world.clock.advance(TimeDelta::seconds(3));
        world.run_pending_jobs().await;
    }
    assert!(world.ctx.now().utc() - began.utc() > TimeDelta::hours(24));
    let delivery = &log(&world, &ada, id).await[0];
    assert_eq!((delivery.status, delivery.attempts), (DeliveryStatus::Failed, 8));
    assert_eq!(delivery.next_attempt_at, None);
    let received = receiver.received();
    assert!(received.iter().all(|one| one.header("webhook-id") == delivery.message_id));
    assert!(received.iter().all(|one| one.body == received[0].body));

    receiver.answer("200 OK", "thanks");
    webhooks::send_again(&world.ctx, &ada, delivery.id).await.unwrap();
    world.run_pending_jobs().await;
    let delivery = &log(&world, &ada, id).await[0];
    assert_eq!((delivery.status, delivery.attempts), (DeliveryStatus::Delivered, 1));
    assert_eq!(receiver.received()[8].header("webhook-id"), delivery.message_id);
    assert_eq!(world.open_jobs().await, 0, "a job waits for nothing");
}

#[tokio::test]
async fn new_events_of_a_failing_webhook_add_no_further_jobs_for_later() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let receiver = Receiver::start().await;
    receiver.answer("500 Internal Server Error", "");
    let id = webhook_to(&world, &ada, &receiver).await.webhook.id;
    for _ in 0..5 {
        webhooks::send_test(&world.ctx, &ada, id).await.unwrap();
        world.run_pending_jobs().await;
    }
    assert_eq!(world.open_jobs().await, 1);
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_not_asked_again() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let receiver = Receiver::start().await;
    receiver.answer("410 Gone", "");
    let id = webhook_to(&world, &ada, &receiver).await.webhook.id;
    for _ in 0..9 {
        webhooks::send_test(&world.ctx, &ada, id).await.unwrap();
    }
    world.run_pending_jobs().await;
    assert!(receiver.received().len() <= 4, "{} requests", receiver.received().len());
    let webhook = webhooks::get(&world.ctx, &ada, id).await.unwrap();
    assert_eq!((webhook.enabled, webhook.disabled_reason), (false, Some(DisabledReason::Gone)));
    let deliveries = log(&world, &ada, id).await;
    assert!(deliveries.iter().all(|one| one.status == DeliveryStatus::Failed), "{deliveries:?}");
    let mails = mailbox::list(&world.ctx, &ada, None).await.unwrap();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].body.contains("410 Gone"), "{}", mails[0].body);
    let test = webhooks::send_test(&world.ctx, &ada, id).await;
    assert_eq!(refused(test).code, ErrorCode::WebhookDisabled);
}

#[tokio::test]
async fn a_webhook_that_fails_for_days_is_disabled_and_its_organizer_notified() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let receiver = Receiver::start().await;
    receiver.answer("503 Service Unavailable", "");
    let id = webhook_to(&world, &ada, &receiver).await.webhook.id;
    for day in 0..7 {
        if webhooks::get(&world.ctx, &ada, id).await.unwrap().enabled {
            webhooks::send_test(&world.ctx, &ada, id).await.unwrap();
        } else {
            assert!(day >= 5, "disabled on day {day}");
        }
        for _ in 0..24 {
            world.run_pending_jobs().await;
            world.clock.advance(TimeDelta::hours(1));
        }
    }
    let webhook = webhooks::get(&world.ctx, &ada, id).await.unwrap();
    assert_eq!(webhook.disabled_reason, Some(DisabledReason::Failing));
    assert_eq!(mailbox::list(&world.ctx, &ada, None).await.unwrap().len(), 1);
    // Enabled again, it begins anew.
    receiver.answer("204 No Content", "");
    let enable = serde_json::from_value(json!({ "enabled": true })).unwrap();
    let webhook = webhooks::edit(&world.ctx, &ada, id, enable).await.unwrap();
    assert!(webhook.enabled && webhook.failing_since.is_none());
    webhooks::send_test(&world.ctx, &ada, id).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(log(&world, &ada, id).await[0].status, DeliveryStatus::Delivered);
}

#[tokio::test]
async fn redirects_are_not_followed_and_long_responses_are_cut() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let (receiver, target) = (Receiver::start().await, Receiver::start().await);
    receiver.answer(&format!("307 Temporary Redirect\r\nlocation: {}", target.url), "");
    let id = webhook_to(&world, &ada, &receiver).await.webhook.id;
    webhooks::send_test(&world.ctx, &ada, id).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(log(&world, &ada, id).await[0].response_status, Some(307));
    assert!(target.received().is_empty());
    receiver.answer("200 OK", &"x\0".repeat(1_000_000));
    webhooks::send_test(&world.ctx, &ada, id).await.unwrap();
    world.run_pending_jobs().await;
    let body = log(&world, &ada, id).await[0].response_body.clone().unwrap();
    assert_eq!(body.chars().count(), 1_024);
}

/// Cutting the run off does what a kill does: nothing is recorded, and the job keeps its lease.
#[tokio::test]
async fn a_worker_that_dies_before_it_records_a_request_sends_it_again_with_the_same_id() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let receiver = Receiver::start().await;
    receiver.delay(Duration::from_secs(60));
    let id = webhook_to(&world, &ada, &receiver).await.webhook.id;
    webhooks::send_test(&world.ctx, &ada, id).await.unwrap();
    let arrived = async {
        while receiver.received().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        _ = world.run_pending_jobs() => panic!("the receiver answered"),
        () = arrived => {}
    }
    assert_eq!(log(&world, &ada, id).await[0].attempts, 0);
    receiver.delay(Duration::ZERO);
    world.clock.advance(TimeDelta::from_std(LEASE).unwrap() + TimeDelta::seconds(1));
    assert_eq!(jobs::sweep(&world.ctx).await.unwrap(), 1);
    timeout(Duration::from_secs(10), world.run_pending_jobs()).await.unwrap();
    let received = receiver.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].header("webhook-id"), received[1].header("webhook-id"));
    let delivery = &log(&world, &ada, id).await[0];
    assert_eq!((delivery.status, delivery.attempts), (DeliveryStatus::Delivered, 1));
}

#[tokio::test]
async fn jobs_of_one_webhook_at_the_same_time_do_not_send_a_delivery_twice() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let receiver = Receiver::start().await;
    receiver.delay(Duration::from_millis(100));
    let id = webhook_to(&world, &ada, &receiver).await.webhook.id;
    for _ in 0..6 {
        webhooks::send_test(&world.ctx, &ada, id).await.unwrap();
    }
    let claims = jobs::claim(&world.ctx, 100).await.unwrap();
    assert_eq!(claims.len(), 6);
    let runs = claims.iter().map(|claim| {
        let (ctx, claim) = (world.ctx.clone(), claim.clone());
        async move { jobs::execute(&ctx, &[claim]).await }
    });
    for run in runs.collect::<JoinSet<_>>().join_all().await {
        run.unwrap();
    }
    world.run_pending_jobs().await;
    assert_eq!(receiver.received().len(), 6);
    assert!(log(&world, &ada, id).await.iter().all(|one| one.attempts == 1));
}

#[tokio::test]
async fn old_deliveries_leave_the_log() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let receiver = Receiver::start().await;
    let id = webhook_to(&world, &ada, &receiver).await.webhook.id;
    webhooks::send_test(&world.ctx, &ada, id).await.unwrap();
    world.run_pending_jobs().await;
    for (days, kept) in [(29, 1), (2, 0)] {
        world.clock.advance(TimeDelta::days(days));
        let clean_up = service::housekeeping::CleanUp {};
        service::cron::fire(&world.ctx, "clean_up", world.ctx.now(), clean_up).await.unwrap();
        world.run_pending_jobs().await;
        assert_eq!(log(&world, &ada, id).await.len(), kept, "after {days} more days");
    }
}
