//! Mails that a server takes late.

use chrono::TimeDelta;
use domain::ErrorCode;
use service::{
    ClientAddress, Context,
    accounts::{
        delete,
        email::{request, verify_by_code, verify_by_link},
    },
    jobs::{self, Claim, FailOutcome},
    testing::{PASSWORD, World, run_pending_jobs},
};

use super::{ADA, NEW, addressees, ask_for, code_of, key_of, signed_up, site};
use crate::{
    sink::Sink,
    support::{claim_one, code, register, run_job},
};

/// Runs a job whose mail is deferred, and lets the time pass until it is tried again.
async fn defer(world: &World, ctx: &Context, sending: &Claim) {
    let error = run_job(ctx, sending).await.unwrap_err();
    let outcome = jobs::fail(ctx, sending, &error.to_string()).await.unwrap();
    assert_eq!(outcome, FailOutcome::Retry);
    world.clock.advance(TimeDelta::minutes(90));
}

#[tokio::test]
async fn a_deferred_mail_is_not_sent_to_an_address_that_was_replaced_meanwhile() {
    let world = World::new().await;
    let sink = Sink::replying(&["451 later"]).await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let ada = signed_up(&ctx, ADA).await;
    let deferred = claim_one(&ctx).await;
    let error = run_job(&ctx, &deferred).await.unwrap_err();
    jobs::fail(&ctx, &deferred, &error.to_string()).await.unwrap();
    ask_for(&ctx, &ada, NEW).await.unwrap();
    run_pending_jobs(&ctx).await;
    verify_by_code(&ctx, &ada, &code_of(&sink.only())).await.unwrap();
    world.clock.advance(TimeDelta::hours(1));
    run_pending_jobs(&ctx).await;
    assert_eq!(addressees(&sink), [NEW]);
}

#[tokio::test]
async fn a_deferred_mail_is_not_sent_for_a_change_that_was_given_up() {
    let (world, sink, ctx, ada) = site().await;
    verify_by_link(&ctx, &key_of(&sink.only())).await.unwrap();
    ask_for(&ctx, &ada, NEW).await.unwrap();
    ask_for(&ctx, &ada, ADA).await.unwrap();
    world.clock.advance(TimeDelta::hours(1));
    run_pending_jobs(&ctx).await;
    assert!(addressees(&sink).iter().all(|address| address == ADA));
}

#[tokio::test]
async fn a_deferred_mail_is_not_sent_for_a_deleted_account_that_has_a_history() {
    let world = World::new().await;
    let sink = Sink::replying(&["451 later"]).await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let (ada, grace) = (signed_up(&ctx, ADA).await, world.organizer("Grace").await);
    let deferred = claim_one(&ctx).await;
    let error = run_job(&ctx, &deferred).await.unwrap_err();
    jobs::fail(&ctx, &deferred, &error.to_string()).await.unwrap();
    let sprint = world.competition(&grace).create().await;
    register(&ctx, &ada, sprint).await.unwrap();
    world.clock.advance(TimeDelta::days(8));
    delete(&ctx, &ada, PASSWORD.to_owned(), ClientAddress::UNKNOWN).await.unwrap();
    assert_eq!(world.execute("DELETE FROM email_verifications").await.unwrap(), 0, "it is left");
    run_pending_jobs(&ctx).await;
    assert!(sink.mails().is_empty(), "{:?}", addressees(&sink));
}

#[tokio::test]
async fn a_mail_that_a_server_defers_for_hours_is_sent_though_the_clean_up_has_run() {
    let world = World::new().await;
    let sink = Sink::replying(&["451 later"; 3]).await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let ada = signed_up(&ctx, ADA).await;
    for _ in 0..3 {
        defer(&world, &ctx, &claim_one(&ctx).await).await;
    }
    // The address to verify has expired.
    world.execute("DELETE FROM email_verifications").await.unwrap();
    run_pending_jobs(&ctx).await;
    verify_by_code(&ctx, &ada, &code_of(&sink.only())).await.unwrap();
}

#[tokio::test]
async fn an_account_that_a_server_of_an_earlier_release_has_deleted_gets_no_address_back() {
    let (world, sink, ctx, ada) = site().await;
    world.clock.advance(TimeDelta::minutes(1));
    request(&ctx, &ada).await.unwrap();
    // It leaves the address to verify, and the row of an account with a history.
    let deleted = "UPDATE users SET email = '', email_key = 'deleted:7'";
    world.execute(deleted).await.unwrap();
    let link = verify_by_link(&ctx, &key_of(&sink.only())).await.unwrap_err();
    assert_eq!(code(link), ErrorCode::EmailVerificationInvalid);
    run_pending_jobs(&ctx).await;
    assert_eq!(sink.mails().len(), 1);
}
