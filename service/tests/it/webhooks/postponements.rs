//! `Retry-After` of receivers.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{DeliveryStatus, WebhookId};
use service::{Actor, testing::World, webhooks};

use super::{log, receiver::Receiver, webhook_to};

/// When the eighth attempt is due by the schedule, without the jitter.
const SCHEDULE: TimeDelta = TimeDelta::seconds(5 + (5 + 30) * 60 + (2 + 5 + 10 + 10) * 3_600);

struct Postponed {
    world: World,
    ada: Actor,
    receiver: Receiver,
    id: WebhookId,
}

impl Postponed {
    /// A webhook whose receiver has answered the first request.
    async fn after_answer(status: &str) -> Self {
        let world = World::in_memory().await;
        let ada = world.organizer("Ada").await;
        let receiver = Receiver::start().await;
        receiver.answer(status, "");
        let id = webhook_to(&world, &ada, &receiver).await.webhook.id;
        let this = Self { world, ada, receiver, id };
        this.test().await;
        assert_eq!(this.requests(), 1);
        this
    }

    async fn test(&self) {
        webhooks::send_test(&self.world.ctx, &self.ada, self.id).await.unwrap();
        self.world.run_pending_jobs().await;
    }

    /// An event, which unlike a test does not end the rest of the receiver.
    async fn event(&self) {
        self.world.competition(&self.ada).create().await;
        self.world.run_pending_jobs().await;
    }

    fn now(&self) -> DateTime<Utc> {
        self.world.ctx.now().utc()
    }

    fn requests(&self) -> usize {
        self.receiver.received().len()
    }

    async fn run_at(&self, time: DateTime<Utc>) {
        self.world.clock.advance(time - self.now());
        self.world.run_pending_jobs().await;
    }

    /// When the next request is due for the oldest delivery.
    async fn next(&self) -> DateTime<Utc> {
        let deliveries = log(&self.world, &self.ada, self.id).await;
        deliveries.last().unwrap().next_attempt_at.unwrap().utc()
    }
}

#[tokio::test]
async fn requests_to_a_receiver_wait_as_long_as_it_asks_for() {
    let hook = Postponed::after_answer("503 Service Unavailable\r\nretry-after: 7200").await;
    let asked = hook.now() + TimeDelta::hours(2);
    assert_eq!(hook.next().await, asked);
    hook.event().await;
    hook.run_at(asked - TimeDelta::seconds(1)).await;
    assert_eq!(hook.requests(), 1, "a request came early");
    hook.receiver.answer("204 No Content", "");
    hook.run_at(asked + TimeDelta::seconds(1)).await;
    assert_eq!(hook.requests(), 3);
}

#[tokio::test]
async fn a_date_postpones_requests_as_seconds_do() {
    let answer = "429 Too Many Requests\r\nretry-after: Mon, 23 Nov 2026 15:30:00 GMT";
    let hook = Postponed::after_answer(answer).await;
    assert_eq!(hook.next().await.to_rfc2822(), "Mon, 23 Nov 2026 15:30:00 +0000");
}

#[tokio::test]
async fn no_request_comes_earlier_than_scheduled_because_a_receiver_asks_for_it() {
    for value in ["0", "2", "Mon, 23 Nov 2020 15:30:00 GMT", "soon"] {
        let answer = format!("503 Service Unavailable\r\nretry-after: {value}");
        let hook = Postponed::after_answer(&answer).await;
        let pause = hook.next().await - hook.now();
        assert!((TimeDelta::seconds(5)..=TimeDelta::seconds(6)).contains(&pause), "{pause}");
        hook.run_at(hook.now() + TimeDelta::seconds(4)).await;
        assert_eq!(hook.requests(), 1, "{value}");
    }
}

#[tokio::test]
async fn a_retry_after_with_another_status_postpones_nothing() {
    let hook = Postponed::after_answer("500 Internal Server Error\r\nretry-after: 7200").await;
    assert!(hook.next().await < hook.now() + TimeDelta::seconds(6));
}

#[tokio::test]
async fn a_receiver_postpones_requests_up_to_the_end_of_the_schedule() {
    let hook = Postponed::after_answer("503 Service Unavailable\r\nretry-after: 31536000").await;
    let end = hook.now() + SCHEDULE;
    assert_eq!(hook.next().await, end);
    hook.event().await;
    hook.run_at(end + TimeDelta::seconds(1)).await;
    assert!(hook.requests() >= 2, "the rest of the receiver is longer");
    // From there on only the schedule counts.
    let pause = hook.next().await - hook.now();
    assert!((TimeDelta::minutes(5)..=TimeDelta::seconds(331)).contains(&pause), "{pause}");
}

#[tokio::test]
async fn the_last_attempt_of_a_delivery_does_not_wait_for_what_another_was_answered() {
    let hook = Postponed::after_answer("500 Internal Server Error").await;
    for _ in 0..6 {
        hook.run_at(hook.next().await + TimeDelta::seconds(1)).await;
    }
    let last = hook.next().await;
    assert_eq!(hook.requests(), 7);
    hook.receiver.answer("503 Service Unavailable\r\nretry-after: 90000", "");
    hook.event().await;
    hook.run_at(last + TimeDelta::seconds(1)).await;
    let deliveries = log(&hook.world, &hook.ada, hook.id).await;
    let oldest = deliveries.last().unwrap();
    assert_eq!((oldest.status, oldest.attempts), (DeliveryStatus::Failed, 8));
}

#[tokio::test]
async fn send_again_begins_a_schedule_of_its_own() {
    let hook = Postponed::after_answer("410 Gone").await;
    let enable = serde_json::from_value(serde_json::json!({ "enabled": true })).unwrap();
    webhooks::edit(&hook.world.ctx, &hook.ada, hook.id, enable).await.unwrap();
    hook.world.clock.advance(TimeDelta::days(3));
    hook.receiver.answer("503 Service Unavailable\r\nretry-after: 31536000", "");
    let delivery = log(&hook.world, &hook.ada, hook.id).await[0].id;
    webhooks::send_again(&hook.world.ctx, &hook.ada, delivery).await.unwrap();
    hook.world.run_pending_jobs().await;
    assert_eq!(hook.next().await, hook.now() + SCHEDULE);
}
