use domain::{ErrorCode, MAX_WEBHOOKS, WebhookInput};
use serde_json::{Value, json};
use service::{
    testing::World,
    webhooks::{self, SecretHandover},
};

use super::{refused, webhook};

fn input(body: Value) -> WebhookInput {
    serde_json::from_value(body).unwrap()
}

#[tokio::test]
async fn the_secret_is_in_the_results_that_make_it_and_in_no_other() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let made = webhook(&world, &ada, json!({ "url": "https://club.example/hook" })).await;
    assert!(made.secret.starts_with("whsec_"));
    let shown = webhooks::get(&world.ctx, &ada, made.webhook.id).await.unwrap();
    assert_eq!(shown, made.webhook);
    assert!(!serde_json::to_string(&shown).unwrap().contains("whsec_"));
    assert!(!format!("{made:?}").contains("whsec_"));
    let rotated = webhooks::rotate_secret(&world.ctx, &ada, made.webhook.id).await.unwrap();
    assert_ne!(rotated.secret, made.secret);
    assert!(rotated.webhook.previous_secret_until.is_some());
}

#[tokio::test]
async fn a_handover_has_a_secret_until_it_is_rotated_and_for_its_organizer_only() {
    let world = World::in_memory().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let ctx = &world.ctx;
    let made = webhook(&world, &ada, json!({ "url": "https://club.example/hook" })).await;
    let handover = SecretHandover::of(&made);
    assert!(!serde_json::to_string(&handover).unwrap().contains(&made.secret));
    assert_eq!(handover.webhook(), made.webhook.id);
    assert_eq!(handover.clone().finish(ctx, &ada).await.unwrap(), Some(made.secret.clone()));
    let other = refused(handover.clone().finish(ctx, &bob).await);
    assert_eq!(other.code, ErrorCode::WebhookNotFound);
    let ben = world.participant("Ben").await;
    assert_eq!(refused(handover.clone().finish(ctx, &ben).await).code, ErrorCode::Forbidden);
    webhooks::rotate_secret(ctx, &ada, made.webhook.id).await.unwrap();
    assert_eq!(handover.finish(ctx, &ada).await.unwrap(), None);
}

#[tokio::test]
async fn webhooks_of_others_do_not_exist() {
    let world = World::in_memory().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let ctx = &world.ctx;
    let id = webhook(&world, &ada, json!({ "url": "https://club.example" })).await.webhook.id;
    let delivery = webhooks::send_test(ctx, &ada, id).await.unwrap().id;
    let paging = domain::Paging::first(10);
    let codes = [
        refused(webhooks::get(ctx, &bob, id).await).code,
        refused(webhooks::edit(ctx, &bob, id, serde_json::from_str("{}").unwrap()).await).code,
        refused(webhooks::rotate_secret(ctx, &bob, id).await).code,
        refused(webhooks::send_test(ctx, &bob, id).await).code,
        refused(webhooks::deliveries(ctx, &bob, id, paging).await).code,
        refused(webhooks::delete(ctx, &bob, id).await).code,
    ];
    assert_eq!(codes, [ErrorCode::WebhookNotFound; 6]);
    let again = refused(webhooks::send_again(ctx, &bob, delivery).await);
    assert_eq!(again.code, ErrorCode::DeliveryNotFound);
    assert!(webhooks::list(ctx, &bob).await.unwrap().is_empty());
    let ben = world.participant("Ben").await;
    assert_eq!(refused(webhooks::list(ctx, &ben).await).code, ErrorCode::Forbidden);
}

#[tokio::test]
async fn an_organizer_has_ten_webhooks_at_most() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    for _ in 0..MAX_WEBHOOKS {
        webhook(&world, &ada, json!({ "url": "https://club.example" })).await;
    }
    let one_more = input(json!({ "url": "https://club.example" }));
    let refusal = refused(webhooks::create(&world.ctx, &ada, one_more).await);
    assert_eq!(refusal.code, ErrorCode::TooManyWebhooks);
}

#[tokio::test]
async fn an_address_must_be_public_and_encrypted() {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    for bad in [
        "club.example",
        "http://club.example",
        "ftp://club.example",
        "https://",
        "https://ada:secret@club.example",
        "https://ada@club.example",
        "https://club.example/#top",
        "https://10.0.0.1",
        "https://127.0.0.2",
        "https://0x7f.2",
        "https://2130706434",
        "https://[::1]",
        "https://[::ffff:8.8.8.8]",
        "https://[64:ff9b::808:808]",
        "https://169.254.169.254/latest/meta-data",
        // Another port leads to the networks of the operator only.
        "https://8.8.8.8:22",
        "http://[::1]:8000",
    ] {
        let refusal =
            refused(webhooks::create(&world.ctx, &ada, input(json!({ "url": bad }))).await);
        assert!(refusal.about("url").is_some(), "{bad}: {refusal:?}");
    }
    for good in ["https://club.example/a?b=c", "https://8.8.8.8", "http://localhost:8000"] {
        webhook(&world, &ada, json!({ "url": good })).await;
    }
    let production = world.production().await;
    let plain = input(json!({ "url": "http://localhost:8000" }));
    assert!(refused(webhooks::create(&production, &ada, plain).await).about("url").is_some());
}

#[tokio::test]
async fn a_webhook_is_for_a_competition_of_its_organizer() {
    let world = World::in_memory().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let id = world.competition(&bob).create().await.to_string();
    let input = input(json!({ "url": "https://club.example", "competitionId": id }));
    let refusal = refused(webhooks::create(&world.ctx, &ada, input).await);
    assert_eq!(refusal.about("competitionId"), Some("Competition not found"));
}
