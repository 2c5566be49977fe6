mod delivery;
mod endpoints;
mod events;
mod postponements;
mod receiver;

use domain::{Delivery, Paging, WebhookId, WebhookInput, WebhookWithSecret};
use receiver::Receiver;
use serde_json::{Value, json};
use service::{Actor, Error, testing::World, webhooks};

/// Creates a webhook from the fields of the API.
async fn webhook(world: &World, organizer: &Actor, body: Value) -> WebhookWithSecret {
    let input: WebhookInput = serde_json::from_value(body).unwrap();
    webhooks::create(&world.ctx, organizer, input).await.unwrap()
}

/// A webhook for all events.
async fn webhook_to(world: &World, organizer: &Actor, receiver: &Receiver) -> WebhookWithSecret {
    webhook(world, organizer, json!({ "url": receiver.url })).await
}

/// The newest deliveries, newest first.
async fn log(world: &World, organizer: &Actor, id: WebhookId) -> Vec<Delivery> {
    webhooks::deliveries(&world.ctx, organizer, id, Paging::first(100)).await.unwrap().items
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: service::Result<T>) -> domain::PublicError {
    match result {
        Err(Error::Public(error)) => error,
        other => panic!("{other:?}"),
    }
}
