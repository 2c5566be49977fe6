//! Messages that are mailed once the address is verified.

use chrono::TimeDelta;
use service::{
    accounts::email::{request, verify_by_code, verify_by_link},
    testing::run_pending_jobs,
};

use super::{ADA, addressees, code_of, key_of, site};
use crate::support::{claim_one, mails, register, run_job, subjects};

#[tokio::test]
async fn messages_stay_in_the_mailbox_until_the_address_is_verified_and_are_mailed_then() {
    let (world, sink, ctx, ada) = site().await;
    let organizer = world.organizer("Grace").await;
    let sprint = world.competition(&organizer).create().await;
    register(&ctx, &ada, sprint).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert_eq!(subjects(&world, &ada).await, ["Registration Confirmed: Code Sprint"]);
    assert_eq!(addressees(&sink), [ADA], "only the mail that verifies the address");

    verify_by_link(&ctx, &key_of(&sink.only())).await.unwrap();
    run_pending_jobs(&ctx).await;
    let sent = sink.mails();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[1].header("subject"), "Registration Confirmed: Code Sprint");
    assert_eq!(sent[1].calendars.len(), 2, "with its event");
}

#[tokio::test]
async fn messages_that_were_read_or_are_old_are_not_mailed_by_the_first_verification() {
    let (world, sink, ctx, ada) = site().await;
    world.fill_mailbox(&ada, 2, "Old").await;
    world.clock.advance(TimeDelta::days(4));
    world.fill_mailbox(&ada, 12, "New").await;
    world.execute("UPDATE mailbox SET held_at = sent_at").await.unwrap();
    let read = mails(&world, &ada).await[0].id;
    service::mail::mailbox::mark_read(&ctx, &ada, read).await.unwrap();
    request(&ctx, &ada).await.unwrap();
    run_pending_jobs(&ctx).await;
    verify_by_code(&ctx, &ada, &code_of(sink.mails().last().unwrap())).await.unwrap();
    run_pending_jobs(&ctx).await;
    let waiting = sink.mails().into_iter().filter(|mail| mail.body.contains("New"));
    // The hour has room for ten.
    assert_eq!(waiting.count(), 10);
    assert!(sink.mails().iter().all(|mail| !mail.body.contains("Old")));
}

#[tokio::test]
async fn a_message_whose_delivery_waits_is_mailed_once_after_a_verification() {
    let (world, sink, ctx, ada) = site().await;
    let organizer = world.organizer("Grace").await;
    let sprint = world.competition(&organizer).create().await;
    register(&ctx, &ada, sprint).await.unwrap();
    // The confirmation is written, and waits for its delivery.
    let confirmation = claim_one(&ctx).await;
    run_job(&ctx, &confirmation).await.unwrap();
    verify_by_link(&ctx, &key_of(&sink.only())).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert_eq!(addressees(&sink), [ADA, ADA]);
}

#[tokio::test]
async fn the_newest_ten_of_more_messages_are_mailed_by_the_first_verification() {
    let (world, sink, ctx, ada) = site().await;
    world.fill_mailbox(&ada, 1, "Earliest").await;
    world.clock.advance(TimeDelta::minutes(1));
    world.fill_mailbox(&ada, 10, "New").await;
    world.execute("UPDATE mailbox SET held_at = sent_at").await.unwrap();
    request(&ctx, &ada).await.unwrap();
    run_pending_jobs(&ctx).await;
    verify_by_code(&ctx, &ada, &code_of(sink.mails().last().unwrap())).await.unwrap();
    run_pending_jobs(&ctx).await;
    let mails = sink.mails();
    assert_eq!(mails.iter().filter(|mail| mail.body.contains("New")).count(), 10);
    assert!(mails.iter().all(|mail| !mail.body.contains("Earliest")));
}
