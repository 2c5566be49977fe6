use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use domain::{Email, ErrorCode, Password};
use service::{
    ClientAddress, Context,
    accounts::{CredentialsVersion, recognize},
    jobs::{self, FailOutcome, Operator},
    password_reset::{ResetKey, confirm, email_of, link, request},
    refresh_tokens,
    testing::{PASSWORD, World, account, run_pending_jobs},
};

use tokio::sync::Semaphore;

use crate::{
    accounts::try_log_in,
    sink::{Manners, Received, Sink},
    support::{at_once, claim_one, code, count, mails, run_job, subjects},
};

const NEW: &str = "battery staple";

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn key_in(link: &str) -> ResetKey {
    let (address, token) = link.split_once("token=").expect("a link");
    assert!(address.ends_with("https://site.example/auth/reset?"), "{address}");
    ResetKey::of(token)
}

/// The key to the link in a mail.
fn key_of(mail: &Received) -> ResetKey {
    key_in(mail.body.lines().find(|line| line.contains("token=")).expect("a link"))
}

async fn set(ctx: &Context, key: &ResetKey) -> Result<(), ErrorCode> {
    confirm(ctx, key, Password::parse(NEW.to_owned()).unwrap(), ClientAddress::UNKNOWN)
        .await
        .map_err(code)
}

async fn new_key(world: &World) -> ResetKey {
    key_in(&link(&world.ctx, &email("ada@example.com")).await.unwrap())
}

#[tokio::test]
async fn a_forgotten_password_is_reset_by_mail() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let ada = world.participant("Ada").await;
    request(&ctx, email("ADA@example.com")).await.unwrap();
    assert!(sink.mails().is_empty(), "the request waited for the mail");
    run_pending_jobs(&ctx).await;

    let sent = sink.only();
    assert_eq!(sent.recipients, ["ada@example.com"]);
    let key = key_of(&sent);
    assert_eq!(email_of(&ctx, &key).await.unwrap().as_deref(), Some("ada@example.com"));
    set(&ctx, &key).await.unwrap();
    assert!(try_log_in(&ctx, "ada@example.com", NEW).await.is_ok());
    assert!(try_log_in(&ctx, "ada@example.com", PASSWORD).await.is_err());

    // The mailbox has a notice of both, and no link.
    run_pending_jobs(&ctx).await;
    let kept = mails(&world, &ada).await;
    assert!(kept.iter().all(|mail| !mail.body.contains("token=")), "{kept:?}");
    let mut subjects = subjects(&world, &ada).await;
    subjects.sort();
    assert_eq!(subjects, ["A new password was asked for", "Your password was changed"]);
    let sent: Vec<_> = sink.mails().iter().map(|mail| mail.header("subject").to_owned()).collect();
    assert_eq!(sent, ["Set a new password", "Your password was changed"]);
}

#[tokio::test]
async fn an_unknown_address_gets_the_same_response_and_no_mail() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    world.participant("Ada").await;
    request(&ctx, email("eve@example.com")).await.unwrap();
    // The request adds a job, as it does for a known address.
    assert_eq!(world.queue().await.waiting, 1);
    assert_eq!(run_pending_jobs(&ctx).await, 1);
    assert!(sink.mails().is_empty());
    assert_eq!((world.mails().await, world.queue().await.dead), (0, 0));
}

#[tokio::test]
async fn repeated_requests_within_a_minute_send_one_link() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    world.participant("Ada").await;
    for address in ["ada@example.com", "Ada@Example.com", "eve@example.com", "eve@example.com"] {
        request(&ctx, email(address)).await.unwrap();
    }
    assert_eq!(run_pending_jobs(&ctx).await, 2);
    world.clock.advance(TimeDelta::minutes(1));
    request(&ctx, email("ada@example.com")).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert_eq!(sink.mails().len(), 2);
}

#[tokio::test]
async fn a_newer_link_does_not_revoke_earlier_ones() {
    let world = World::new().await;
    world.participant("Ada").await;
    let (old, new) = (new_key(&world).await, new_key(&world).await);
    assert!(email_of(&world.ctx, &new).await.unwrap().is_some());
    assert_eq!(set(&world.ctx, &old).await, Ok(()));
    assert_eq!(set(&world.ctx, &new).await, Err(ErrorCode::ResetLinkInvalid));
}

/// Asks for a link once a minute, so many times.
async fn ask(world: &World, ctx: &Context, times: usize) {
    for _ in 0..times {
        request(ctx, email("ada@example.com")).await.unwrap();
        run_pending_jobs(ctx).await;
        world.clock.advance(TimeDelta::minutes(1));
    }
}

#[tokio::test]
async fn requests_of_others_do_not_block_the_owner() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let ada = world.participant("Ada").await;
    ask(&world, &ctx, 30).await;
    let sent = sink.mails();
    assert_eq!((sent.len(), mails(&world, &ada).await.len()), (3, 3));
    let keys: Vec<_> = sent.iter().map(key_of).collect();
    for key in &keys {
        assert!(email_of(&ctx, key).await.unwrap().is_some());
    }
    // One that is over makes room for the next.
    world.clock.advance(TimeDelta::minutes(30));
    ask(&world, &ctx, 1).await;
    assert_eq!(sink.mails().len(), 4);

    // All of them end with the first that is used, and the owner may ask again at once.
    assert_eq!(set(&ctx, &keys[2]).await, Ok(()));
    assert_eq!(set(&ctx, &key_of(&sink.mails()[3])).await, Err(ErrorCode::ResetLinkInvalid));
    ask(&world, &ctx, 1).await;
    let last = sink.mails().pop().unwrap();
    assert_eq!(last.header("subject"), "Set a new password");
}

#[tokio::test]
async fn an_address_gets_at_most_six_links_an_hour() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    world.participant("Ada").await;
    for _ in 0..8 {
        ask(&world, &ctx, 1).await;
        world.execute("DELETE FROM password_resets").await.unwrap();
    }
    assert_eq!(sink.mails().len(), 6);
    assert_eq!(world.queue().await.dead, 0);
}

#[tokio::test]
async fn an_unsent_link_does_not_count_against_the_limit() {
    let world = World::new().await;
    let sink = Sink::replying(&["550 5.4.5 quota"; 10]).await;
    let ctx = world.process_with_mail(&sink.url()).await;
    world.participant("Ada").await;
    request(&ctx, email("ada@example.com")).await.unwrap();
    let claim = claim_one(&ctx).await;
    for _ in 0..10 {
        run_job(&ctx, &claim).await.unwrap_err();
    }
    assert_eq!(world.queue().await.dead, 0, "a quota is no end of a link");
    assert_eq!(world.execute("DELETE FROM password_resets").await.unwrap(), 0);
    run_job(&ctx, &claim).await.unwrap();
    assert_eq!(set(&ctx, &key_of(&sink.only())).await, Ok(()));
}

#[tokio::test]
async fn a_link_expires_an_hour_after_it_was_sent() {
    let world = World::new().await;
    let gate = Arc::new(Semaphore::new(0));
    let sink = Sink::with(Manners { gate: Some(Arc::clone(&gate)), ..Manners::default() }).await;
    let ctx = world.process_with_mail(&sink.url()).await;
    world.participant("Ada").await;
    request(&ctx, email("ada@example.com")).await.unwrap();
    let sending = tokio::spawn({
        let ctx = ctx.clone();
        async move { run_pending_jobs(&ctx).await }
    });
    while sink.mails().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    world.clock.advance(TimeDelta::minutes(5));
    gate.add_permits(1);
    sending.await.unwrap();
    world.clock.advance(TimeDelta::minutes(59));
    assert_eq!(set(&ctx, &key_of(&sink.only())).await, Ok(()));
}

#[tokio::test]
async fn without_mail_one_notice_an_hour_is_left_in_the_mailbox() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    ask(&world, &world.ctx, 10).await;
    assert_eq!(mails(&world, &ada).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_used_once_by_concurrent_requests() {
    let world = World::new().await;
    let other = world.second_process().await;
    world.participant("Ada").await;
    let key = new_key(&world).await;
    let answers = at_once((0..8).map(|number| {
        let (ctx, key) = ([&world.ctx, &other][number % 2].clone(), key.clone());
        async move { set(&ctx, &key).await }
    }))
    .await;
    assert_eq!(count(&answers, &Ok(())), 1);
    assert_eq!(count(&answers, &Err(ErrorCode::ResetLinkInvalid)), 7);
    assert_eq!(set(&world.ctx, &key).await, Err(ErrorCode::ResetLinkInvalid));
}

#[tokio::test]
async fn a_link_expires_after_an_hour() {
    let world = World::new().await;
    world.participant("Ada").await;
    let key = new_key(&world).await;
    world.clock.advance(TimeDelta::hours(1) - TimeDelta::milliseconds(1));
    assert!(email_of(&world.ctx, &key).await.unwrap().is_some());
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(email_of(&world.ctx, &key).await.unwrap(), None);
    assert_eq!(set(&world.ctx, &key).await, Err(ErrorCode::ResetLinkInvalid));
}

#[tokio::test]
async fn an_unissued_link_is_rejected() {
    let world = World::new().await;
    world.participant("Ada").await;
    new_key(&world).await;
    for token in ["", "nul \0", "0".repeat(64).as_str()] {
        assert_eq!(set(&world.ctx, &ResetKey::of(token)).await, Err(ErrorCode::ResetLinkInvalid));
    }
}

#[tokio::test]
async fn the_database_has_hashes_of_links_only() {
    let world = World::new().await;
    world.participant("Ada").await;
    let link = link(&world.ctx, &email("ada@example.com")).await.unwrap();
    let (_, token) = link.split_once("token=").unwrap();
    let sql = format!("DELETE FROM password_resets WHERE hash = '{token}'");
    assert_eq!(world.execute(&sql).await.unwrap(), 0);
    assert_eq!(world.execute("DELETE FROM password_resets").await.unwrap(), 1);
}

#[tokio::test]
async fn a_reset_password_revokes_all_sessions_and_tokens() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let id = ada.user().unwrap().id;
    let token = refresh_tokens::start(&world.ctx, &account(&ada)).await.unwrap();
    let first = CredentialsVersion::FIRST;
    assert!(recognize(&world.ctx, id, first).await.unwrap().is_some());
    set(&world.ctx, &new_key(&world).await).await.unwrap();
    assert_eq!(recognize(&world.ctx, id, first).await.unwrap(), None);
    assert!(refresh_tokens::renew(&world.ctx, &token).await.is_err());
}

#[tokio::test]
async fn a_link_is_sent_again_after_a_temporary_failure() {
    let world = World::new().await;
    let sink = Sink::replying(&["451 later"]).await;
    let ctx = world.process_with_mail(&sink.url()).await;
    world.participant("Ada").await;
    request(&ctx, email("ada@example.com")).await.unwrap();
    let claim = claim_one(&ctx).await;
    let error = run_job(&ctx, &claim).await.unwrap_err();
    assert_eq!(jobs::fail(&ctx, &claim, &error.to_string()).await.unwrap(), FailOutcome::Retry);
    world.clock.advance(TimeDelta::seconds(3));
    run_pending_jobs(&ctx).await;
    assert_eq!(set(&ctx, &key_of(&sink.only())).await, Ok(()));
}

#[tokio::test]
async fn a_link_that_the_mail_server_rejects_leaves_no_message() {
    let world = World::new().await;
    let sink = Sink::replying(&["550 no"]).await;
    let ctx = world.process_with_mail(&sink.url()).await;
    world.participant("Ada").await;
    request(&ctx, email("ada@example.com")).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert_eq!((world.queue().await.dead, world.mails().await), (1, 0));
    assert_eq!(jobs::retry_all(&ctx, Operator::Console).await.unwrap(), 1);
    run_pending_jobs(&ctx).await;
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn without_mail_a_message_in_the_mailbox_says_so() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    request(&world.ctx, email("ada@example.com")).await.unwrap();
    world.run_pending_jobs().await;
    let [notice] = &mails(&world, &ada).await[..] else { panic!("one message") };
    assert!(notice.body.contains("ask the people who run it for a link"), "{}", notice.body);
    assert_eq!(world.execute("DELETE FROM password_resets").await.unwrap(), 0);
}

#[tokio::test]
async fn the_command_reports_an_unknown_account() {
    let world = World::new().await;
    let unknown = link(&world.ctx, &email("eve@example.com")).await.map_err(code);
    assert_eq!(unknown, Err(ErrorCode::AccountNotFound));
}
