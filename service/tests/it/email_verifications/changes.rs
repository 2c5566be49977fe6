//! Changing the address of an account.

use domain::{Email, EmailChange, ErrorCode, MailChannel, MailPreferencesPatch, Raw};
use service::{
    ClientAddress,
    accounts::{
        email::{change, request, status, verify_by_code, verify_by_link},
        find,
    },
    mail_preferences, password_reset,
    testing::{PASSWORD, World, run_pending_jobs},
};

use super::{
    ADA, NEW, addressees, ask_for, code_of, key_of, last_to, set_password, signed_up, site,
};
use crate::{
    accounts::try_log_in,
    support::{code, subjects},
};

#[tokio::test]
async fn a_new_password_ends_a_change_of_the_address() {
    let (_world, sink, ctx, ada) = site().await;
    verify_by_link(&ctx, &key_of(&sink.only())).await.unwrap();
    ask_for(&ctx, &ada, "eve@example.com").await.unwrap();
    run_pending_jobs(&ctx).await;
    let theirs = key_of(&last_to(&sink, "eve@example.com"));
    let link = password_reset::link(&ctx, &Email::parse(ADA).unwrap()).await.unwrap();
    set_password(&ctx, &link).await;
    let ended = verify_by_link(&ctx, &theirs).await.unwrap_err();
    assert_eq!(code(ended), ErrorCode::EmailVerificationInvalid);
    assert_eq!(status(&ctx, &ada).await.unwrap().email, ADA);
}

#[tokio::test]
async fn an_address_can_be_changed_back_within_a_minute() {
    let (_world, sink, ctx, ada) = site().await;
    for address in [NEW, "typo@lovelace.example", NEW] {
        let asked = ask_for(&ctx, &ada, address).await.unwrap();
        assert_eq!(asked.pending.unwrap().email, address);
    }
    run_pending_jobs(&ctx).await;
    assert!(!addressees(&sink).contains(&"typo@lovelace.example".to_owned()));
    verify_by_code(&ctx, &ada, &code_of(&last_to(&sink, NEW))).await.unwrap();
    assert_eq!(status(&ctx, &ada).await.unwrap().email, NEW);
}

#[tokio::test]
async fn a_changed_address_replaces_the_old_one_when_it_is_verified_and_the_old_one_is_notified() {
    let (world, sink, ctx, ada) = site().await;
    verify_by_link(&ctx, &key_of(&sink.only())).await.unwrap();
    let patch = MailPreferencesPatch {
        reminders: Raw::Given("MAILBOX".to_owned()),
        ..MailPreferencesPatch::default()
    };
    mail_preferences::edit(&ctx, &ada, &patch).await.unwrap();
    let old_link = password_reset::link(&ctx, &Email::parse(ADA).unwrap()).await.unwrap();

    let asked = ask_for(&ctx, &ada, NEW).await.unwrap();
    assert_eq!(
        (&*asked.email, asked.verified, asked.pending.unwrap().email),
        (ADA, true, NEW.into())
    );
    run_pending_jobs(&ctx).await;
    let verification = sink.mails().pop().unwrap();
    assert_eq!(verification.recipients, [NEW]);
    assert_eq!(verification.header("subject"), "Verify your new email address");
    assert!(try_log_in(&ctx, ADA, PASSWORD).await.is_ok());

    verify_by_code(&ctx, &ada, &code_of(&verification)).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert!(try_log_in(&ctx, ADA, PASSWORD).await.is_err());
    let renewed = find(&ctx, ada.user().unwrap().id).await.unwrap().unwrap();
    assert_eq!((&*renewed.user.email, renewed.user.email_verified), (NEW, true));
    assert_eq!(last_to(&sink, ADA).header("subject"), "Your email address was changed");
    let kept = ["Your email address was changed", "A new email address was asked for"];
    assert_eq!(subjects(&world, &ada).await, kept);
    // A link in the mail of the old address sets no password, and the choices are kept.
    let (_, token) = old_link.split_once("token=").unwrap();
    let key = password_reset::ResetKey::of(token);
    assert_eq!(password_reset::email_of(&ctx, &key).await.unwrap(), None);
    let kept = mail_preferences::get(&ctx, &renewed.into()).await.unwrap();
    assert_eq!(kept.reminders, MailChannel::Mailbox);
}

#[tokio::test]
async fn a_mistyped_address_is_corrected_without_a_mail_to_it() {
    let (world, sink, ctx, ada) = site().await;
    ask_for(&ctx, &ada, NEW).await.unwrap();
    run_pending_jobs(&ctx).await;
    verify_by_link(&ctx, &key_of(&sink.mails()[1])).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert_eq!(subjects(&world, &ada).await, ["Your email address was changed"]);
    assert_eq!(addressees(&sink), [ADA, NEW]);
}

#[tokio::test]
async fn an_address_of_another_account_is_refused_also_when_it_is_taken_meanwhile() {
    let (world, sink, ctx, ada) = site().await;
    world.participant("Grace").await;
    assert_eq!(ask_for(&ctx, &ada, "GRACE@example.com").await, Err(ErrorCode::EmailTaken));
    ask_for(&ctx, &ada, "joan@example.com").await.unwrap();
    run_pending_jobs(&ctx).await;
    world.participant("Joan").await;
    let taken = verify_by_link(&ctx, &key_of(&sink.mails()[1])).await.unwrap_err();
    assert_eq!(code(taken), ErrorCode::EmailTaken);
    assert_eq!(status(&ctx, &ada).await.unwrap().email, ADA);
}

#[tokio::test]
async fn a_change_needs_the_password() {
    let (_world, sink, ctx, ada) = site().await;
    let email = Email::parse(NEW).unwrap();
    let wrong = EmailChange { email, password: "wrong".to_owned() };
    let refused = change(&ctx, &ada, wrong, ClientAddress::UNKNOWN).await.unwrap_err();
    assert_eq!(code(refused), ErrorCode::WrongPassword);
    run_pending_jobs(&ctx).await;
    assert_eq!(addressees(&sink), [ADA]);
}

#[tokio::test]
async fn another_spelling_of_a_verified_address_needs_no_verification() {
    let (_world, sink, ctx, ada) = site().await;
    verify_by_link(&ctx, &key_of(&sink.only())).await.unwrap();
    let after = ask_for(&ctx, &ada, "Ada@Example.com").await.unwrap();
    assert_eq!((&*after.email, after.verified, after.pending), ("Ada@Example.com", true, None));
    run_pending_jobs(&ctx).await;
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn a_change_is_given_up_by_the_address_that_the_account_has() {
    let (_world, sink, ctx, ada) = site().await;
    verify_by_link(&ctx, &key_of(&sink.only())).await.unwrap();
    ask_for(&ctx, &ada, NEW).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert_eq!(ask_for(&ctx, &ada, ADA).await.unwrap().pending, None);
    let given_up = verify_by_link(&ctx, &key_of(&last_to(&sink, NEW))).await.unwrap_err();
    assert_eq!(code(given_up), ErrorCode::EmailVerificationInvalid);
}

#[tokio::test]
async fn without_a_mail_server_an_address_is_changed_at_once_and_unverified() {
    let world = World::new().await;
    let ada = signed_up(&world.ctx, ADA).await;
    assert_eq!(run_pending_jobs(&world.ctx).await, 0);
    let refused = request(&world.ctx, &ada).await.unwrap_err();
    assert_eq!(code(refused), ErrorCode::MailUnavailable);
    let after = ask_for(&world.ctx, &ada, NEW).await.unwrap();
    assert_eq!((&*after.email, after.verified, after.pending), (NEW, false, None));
    assert!(try_log_in(&world.ctx, NEW, PASSWORD).await.is_ok());
}
