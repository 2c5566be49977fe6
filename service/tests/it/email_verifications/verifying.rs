//! Verifying an address by the link or the code of a mail.

use chrono::TimeDelta;
use domain::{Email, ErrorCode, PublicError};
use service::{
    accounts::{
        disable,
        email::{find_link, request, status, verify_by_code, verify_by_link},
        enable,
    },
    password_reset,
    testing::run_pending_jobs,
};

use super::{
    ADA, NEW, ask_for, code_of, key_of, last_to, set_password, site, verified, wrong_code,
};
use crate::support::{at_once, clean_up, code, count};

#[tokio::test]
async fn a_new_account_gets_a_link_and_a_code_of_which_either_verifies_its_address() {
    for by_link in [true, false] {
        let (_world, sink, ctx, ada) = site().await;
        let sent = sink.only();
        assert_eq!(sent.recipients, [ADA]);
        assert_eq!(sent.header("subject"), "Verify your email address");
        // Anyone could send words of their own to anyone.
        assert!(!sent.raw.contains("Lovelace"), "{}", sent.raw);
        let before = status(&ctx, &ada).await.unwrap();
        assert_eq!((&*before.email, before.verified, before.sends_mail), (ADA, false, true));
        assert_eq!(before.pending.unwrap().email, ADA);
        if by_link {
            let key = key_of(&sent);
            assert_eq!(
                find_link(&ctx, &key).await.unwrap().map(|link| link.email).as_deref(),
                Some(ADA)
            );
            assert!(!verified(&ctx, &ada).await, "to look at a link verifies nothing");
            verify_by_link(&ctx, &key).await.unwrap();
            assert_eq!(find_link(&ctx, &key).await.unwrap(), None);
            let again = verify_by_link(&ctx, &key).await.unwrap_err();
            assert_eq!(code(again), ErrorCode::EmailVerificationInvalid);
        } else {
            let given = code_of(&sent);
            verify_by_code(&ctx, &ada, &given).await.unwrap();
            // A retry after a lost response.
            verify_by_code(&ctx, &ada, &given).await.unwrap();
        }
        let after = status(&ctx, &ada).await.unwrap();
        assert_eq!((after.verified, after.pending), (true, None));
    }
}

#[tokio::test]
async fn a_code_is_refused_after_five_tries_and_the_link_still_works() {
    let (_world, sink, ctx, ada) = site().await;
    let sent = sink.only();
    let mut refusals = Vec::new();
    for _ in 0..5 {
        let error = verify_by_code(&ctx, &ada, &wrong_code(&sent)).await.unwrap_err();
        refusals.push(PublicError::from(error).message.to_string());
    }
    assert!(refusals[0].ends_with("You have 4 tries left."), "{refusals:?}");
    assert!(refusals[3].ends_with("You have one try left."), "{refusals:?}");
    assert!(refusals[4].ends_with("Ask for a new mail."), "{refusals:?}");
    let right = verify_by_code(&ctx, &ada, &code_of(&sent)).await.unwrap_err();
    assert_eq!(code(right), ErrorCode::EmailVerificationInvalid);
    assert!(!verified(&ctx, &ada).await);
    verify_by_link(&ctx, &key_of(&sent)).await.unwrap();
    assert!(verified(&ctx, &ada).await);
}

#[tokio::test]
async fn concurrent_guesses_have_five_tries_together() {
    let (_world, sink, ctx, ada) = site().await;
    let wrong = wrong_code(&sink.only());
    let guess = |_| {
        let (ctx, ada, wrong) = (ctx.clone(), ada.clone(), wrong.clone());
        async move { verify_by_code(&ctx, &ada, &wrong).await.map(drop).map_err(code) }
    };
    let outcomes = at_once((0..12).map(guess)).await;
    assert_eq!(count(&outcomes, &Err(ErrorCode::EmailCodeWrong)), 5);
    assert_eq!(count(&outcomes, &Err(ErrorCode::EmailVerificationInvalid)), 7);
}

#[tokio::test]
async fn a_link_and_a_code_expire_after_an_hour_and_a_new_mail_replaces_them() {
    let (world, sink, ctx, ada) = site().await;
    let first = sink.only();
    world.clock.advance(TimeDelta::hours(1));
    assert_eq!(find_link(&ctx, &key_of(&first)).await.unwrap(), None);
    let expired = verify_by_code(&ctx, &ada, &code_of(&first)).await.unwrap_err();
    assert_eq!(code(expired), ErrorCode::EmailVerificationInvalid);
    clean_up(&world).await;
    request(&ctx, &ada).await.unwrap();
    // One a minute.
    request(&ctx, &ada).await.unwrap();
    run_pending_jobs(&ctx).await;
    let second = sink.mails().pop().unwrap();
    assert_eq!(sink.mails().len(), 2);
    world.clock.advance(TimeDelta::minutes(1));
    request(&ctx, &ada).await.unwrap();
    assert!(find_link(&ctx, &key_of(&second)).await.unwrap().is_some(), "until the next mail");
    run_pending_jobs(&ctx).await;
    let third = sink.mails().pop().unwrap();
    assert!(find_link(&ctx, &key_of(&second)).await.unwrap().is_none());
    verify_by_code(&ctx, &ada, &code_of(&third)).await.unwrap();
    // There is nothing more to verify.
    world.clock.advance(TimeDelta::minutes(1));
    assert!(request(&ctx, &ada).await.unwrap().verified);
    run_pending_jobs(&ctx).await;
    assert_eq!(sink.mails().len(), 3);
}

#[tokio::test]
async fn the_code_of_a_change_that_has_expired_is_refused() {
    let (world, sink, ctx, ada) = site().await;
    verify_by_link(&ctx, &key_of(&sink.only())).await.unwrap();
    world.clock.advance(TimeDelta::hours(2));
    ask_for(&ctx, &ada, NEW).await.unwrap();
    run_pending_jobs(&ctx).await;
    let late = code_of(&last_to(&sink, NEW));
    world.clock.advance(TimeDelta::minutes(61));
    let refused = verify_by_code(&ctx, &ada, &late).await.unwrap_err();
    assert_eq!(code(refused), ErrorCode::EmailVerificationInvalid);
    clean_up(&world).await;
    let refused = verify_by_code(&ctx, &ada, &late).await.unwrap_err();
    assert_eq!(code(refused), ErrorCode::EmailVerificationInvalid);
}

#[tokio::test]
async fn a_mailed_link_to_a_new_password_verifies_the_address_and_one_of_an_operator_does_not() {
    for mailed in [true, false] {
        let (_world, sink, ctx, ada) = site().await;
        let address = Email::parse(ADA).unwrap();
        let link = if mailed {
            password_reset::request(&ctx, address).await.unwrap();
            run_pending_jobs(&ctx).await;
            let mail = sink.mails().pop().unwrap();
            mail.body.lines().find(|line| line.contains("token=")).unwrap().to_owned()
        } else {
            password_reset::link(&ctx, &address).await.unwrap()
        };
        set_password(&ctx, &link).await;
        assert_eq!(verified(&ctx, &ada).await, mailed);
        run_pending_jobs(&ctx).await;
        let sent: Vec<_> =
            sink.mails().iter().map(|mail| mail.header("subject").to_owned()).collect();
        let expected: &[&str] = match mailed {
            true => {
                &["Verify your email address", "Set a new password", "Your password was changed"]
            }
            false => &["Verify your email address"],
        };
        assert_eq!(sent, expected);
    }
}

#[tokio::test]
async fn a_link_is_of_no_use_while_an_account_is_disabled_and_after() {
    let (_world, sink, ctx, ada) = site().await;
    let (key, address) = (key_of(&sink.only()), Email::parse(ADA).unwrap());
    disable(&ctx, &address).await.unwrap();
    for _ in 0..2 {
        let refused = verify_by_link(&ctx, &key).await.unwrap_err();
        assert_eq!(code(refused), ErrorCode::EmailVerificationInvalid);
        enable(&ctx, &address).await.unwrap();
    }
    assert!(!verified(&ctx, &ada).await);
}
