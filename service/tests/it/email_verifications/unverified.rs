//! What an address that is not verified gets and does not get.

use domain::{Email, Role};
use service::{
    password_reset,
    testing::{World, run_pending_jobs},
};

use super::{ADA, addressees, last_to, signed_up_as, site};
use crate::{
    sink::Sink,
    support::{mails, register},
};

#[tokio::test]
async fn an_invitation_to_an_unverified_address_is_mailed_as_to_one_without_an_account() {
    let (world, sink, ctx, ada) = site().await;
    let grace = world.organizer("Grace").await;
    let sprint = world.competition(&grace).create().await;
    let emails =
        domain::InvitationsInput { emails: vec![ADA.to_owned()].into(), ..Default::default() };
    service::invitations::invite(&ctx, &grace, sprint, emails).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert_eq!(addressees(&sink), [ADA, ADA]);
    assert!(!last_to(&sink, ADA).raw.contains("Lovelace"));
    assert!(mails(&world, &ada).await.is_empty(), "the account may be that of another person");
}

#[tokio::test]
async fn an_account_with_a_domain_of_one_word_sets_a_new_password() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    world.participant("Ada").await;
    world.execute("UPDATE users SET email = 'ada@host', email_key = 'ada@host'").await.unwrap();
    password_reset::request(&ctx, Email::parse("ada@host").unwrap()).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert_eq!(addressees(&sink), ["ada@host"]);
}

#[tokio::test]
async fn answers_to_mails_do_not_go_to_an_unverified_address_of_an_organizer() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let ada = signed_up_as(&ctx, ADA, Role::Organizer).await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&ctx, &grace, sprint).await.unwrap();
    run_pending_jobs(&ctx).await;
    let confirmation = sink.mails().pop().unwrap();
    assert_eq!(confirmation.recipients, ["grace@example.com"]);
    assert!(!confirmation.raw.contains("Reply-To"), "{}", confirmation.raw);
}
