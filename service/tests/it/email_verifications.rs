//! Verifying the address of an account, and changing it.

use chrono::TimeDelta;
use domain::{
    CompetitionId, Email, EmailChange, EmailCode, EmailStatus, ErrorCode, MailChannel,
    MailPreferencesPatch, Password, PersonName, PublicError, Raw, Role, RosterQuery, Signup,
};
use service::{
    Actor, ClientAddress, Context,
    accounts::{
        delete,
        email::{EmailLinkKey, change, find_link, request, status, verify_by_code, verify_by_link},
        find, sign_up,
    },
    jobs::{self, Claim, FailOutcome, claim},
    mail_preferences, password_reset, registration,
    testing::{PASSWORD, World, run_pending_jobs},
};

use crate::{
    accounts::try_log_in,
    sink::{Received, Sink},
    support::{
        at_once, cancel_competition, claim_one, clean_up, code, count, mails, register, run_job,
        subjects,
    },
};

const ADA: &str = "ada@example.com";
const NEW: &str = "ada@lovelace.example";

/// Signs up as people do. Returns them as they are known then.
async fn signed_up(ctx: &Context, address: &str) -> Actor {
    signed_up_as(ctx, address, Role::Participant).await
}

async fn signed_up_as(ctx: &Context, address: &str, role: Role) -> Actor {
    let signup = Signup {
        name: PersonName::parse("Ada Lovelace").unwrap(),
        email: Email::parse(address).unwrap(),
        password: Password::parse(PASSWORD.to_owned()).unwrap(),
        role,
    };
    sign_up(ctx, signup, ClientAddress::UNKNOWN).await.unwrap().into()
}

/// A site that sends mail, where Ada has signed up and has got her mail.
async fn site() -> (World, Sink, Context, Actor) {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let ada = signed_up(&ctx, ADA).await;
    run_pending_jobs(&ctx).await;
    (world, sink, ctx, ada)
}

fn key_of(mail: &Received) -> EmailLinkKey {
    let link = mail.body.lines().find(|line| line.contains("token=")).expect("a link");
    let (address, token) = link.split_once("token=").unwrap();
    assert_eq!(address, "https://site.example/auth/verify-email?");
    EmailLinkKey::of(token)
}

fn code_of(mail: &Received) -> EmailCode {
    let (_, code) = mail.body.split_once("page of your account: ").expect("a code");
    EmailCode::parse(code.lines().next().unwrap()).unwrap()
}

/// A code that the mail does not have.
fn wrong_code(mail: &Received) -> EmailCode {
    let first = code_of(mail).as_str().starts_with('0');
    EmailCode::parse(if first { "100000" } else { "000000" }).unwrap()
}

async fn verified(ctx: &Context, actor: &Actor) -> bool {
    status(ctx, actor).await.unwrap().verified
}

async fn ask_for(ctx: &Context, actor: &Actor, address: &str) -> Result<EmailStatus, ErrorCode> {
    let wanted =
        EmailChange { email: Email::parse(address).unwrap(), password: PASSWORD.to_owned() };
    change(ctx, actor, wanted, ClientAddress::UNKNOWN).await.map_err(code)
}

/// The last mail to an address.
fn last_to(sink: &Sink, address: &str) -> Received {
    let mut mails = sink.mails().into_iter().filter(|mail| mail.recipients == [address]);
    mails.next_back().expect("a mail")
}

fn addressees(sink: &Sink) -> Vec<String> {
    sink.mails().into_iter().flat_map(|mail| mail.recipients).collect()
}

#[tokio::test]
async fn a_new_account_gets_a_link_and_a_code_of_which_either_proves_its_address() {
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
async fn six_mails_an_hour_prove_addresses_of_an_account() {
    let (world, sink, ctx, ada) = site().await;
    let mut outcomes = Vec::new();
    for number in 0..8 {
        outcomes.push(ask_for(&ctx, &ada, &format!("ada{number}@example.com")).await.map(drop));
        run_pending_jobs(&ctx).await;
        world.clock.advance(TimeDelta::minutes(1));
    }
    assert_eq!(count(&outcomes, &Ok(())), 6);
    assert_eq!(outcomes[6..], [Err(ErrorCode::RateLimited), Err(ErrorCode::RateLimited)]);
    assert_eq!(sink.mails().len(), 7);
}

#[tokio::test]
async fn six_mails_an_hour_prove_one_address_however_many_accounts_ask_for_it() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    for number in 0..8 {
        signed_up(&ctx, &format!("ada+{number}@example.com")).await;
    }
    let mut sent = 0;
    for claim in claim(&ctx, 10).await.unwrap() {
        sent += usize::from(run_job(&ctx, &claim).await.is_ok());
    }
    assert_eq!((sent, sink.mails().len()), (6, 6), "the others are mailed later");
}

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
    run_pending_jobs(&ctx).await;
    assert!(sink.mails().is_empty(), "{:?}", addressees(&sink));
}

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

/// Sets a password by a link.
async fn set_password(ctx: &Context, link: &str) {
    let (_, token) = link.split_once("token=").unwrap();
    let key = password_reset::ResetKey::of(token);
    let password = Password::parse("battery staple".to_owned()).unwrap();
    password_reset::confirm(ctx, &key, password, ClientAddress::UNKNOWN).await.unwrap();
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

#[tokio::test]
async fn a_mailed_link_to_a_new_password_proves_the_address_and_one_of_an_operator_does_not() {
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

/// A site whose mail server answers the first recipients in these words, and a participant there
/// with a seat, whose confirmation was answered so.
async fn refusing(replies: &[&'static str]) -> (World, Sink, Context, Actor, Actor, CompetitionId) {
    let world = World::new().await;
    let sink = Sink::replying(replies).await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let (grace, ada) = (world.organizer("Grace").await, world.participant("Ada").await);
    let sprint = world.competition(&grace).create().await;
    register(&ctx, &ada, sprint).await.unwrap();
    run_pending_jobs(&ctx).await;
    (world, sink, ctx, grace, ada, sprint)
}

async fn is_refused_in_roster(ctx: &Context, organizer: &Actor, id: CompetitionId) -> bool {
    let filter = RosterQuery::default().check().unwrap();
    let entries = registration::roster(ctx, organizer, id, &filter).await.unwrap().items;
    assert_eq!(entries.len(), 1);
    entries[0].mail_refused
}

#[tokio::test]
async fn an_address_that_its_server_refuses_is_marked_until_a_mail_is_taken() {
    let (world, sink, ctx, grace, ada, sprint) = refusing(&["550 5.1.1 no such user"]).await;
    assert_eq!(world.queue().await.dead, 1);
    assert!(status(&ctx, &ada).await.unwrap().refused);
    assert!(is_refused_in_roster(&ctx, &grace, sprint).await);

    world.clock.advance(TimeDelta::minutes(1));
    cancel_competition(&ctx, &grace, sprint).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert_eq!(addressees(&sink), [ADA]);
    let after = status(&ctx, &ada).await.unwrap();
    assert_eq!((after.refused, after.verified), (false, true));
}

#[tokio::test]
async fn a_mail_that_a_policy_refuses_marks_no_address() {
    let (world, _sink, ctx, grace, ada, sprint) = refusing(&["550 5.7.1 relaying denied"]).await;
    assert_eq!(world.queue().await.dead, 1);
    assert!(!status(&ctx, &ada).await.unwrap().refused);
    assert!(!is_refused_in_roster(&ctx, &grace, sprint).await);
}

#[tokio::test]
async fn a_refused_address_is_marked_no_more_when_it_is_changed() {
    let (_world, sink, ctx, grace, ada, sprint) = refusing(&["550 5.1.1 no such user"]).await;
    ask_for(&ctx, &ada, NEW).await.unwrap();
    run_pending_jobs(&ctx).await;
    verify_by_code(&ctx, &ada, &code_of(&last_to(&sink, NEW))).await.unwrap();
    assert!(!is_refused_in_roster(&ctx, &grace, sprint).await);
}

#[tokio::test]
async fn a_new_address_that_its_server_refuses_is_named_as_such() {
    let world = World::new().await;
    let sink = Sink::replying(&["550 5.1.1 no such user", "550 5.1.1 no such user"]).await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let ada = signed_up(&ctx, ADA).await;
    run_pending_jobs(&ctx).await;
    let mistyped = status(&ctx, &ada).await.unwrap();
    assert!(mistyped.refused && mistyped.pending.unwrap().refused);
    // Another spelling of it is another address.
    ask_for(&ctx, &ada, NEW).await.unwrap();
    assert!(!status(&ctx, &ada).await.unwrap().pending.unwrap().refused);
    run_pending_jobs(&ctx).await;
    assert!(status(&ctx, &ada).await.unwrap().pending.unwrap().refused);
    world.clock.advance(TimeDelta::minutes(1));
    request(&ctx, &ada).await.unwrap();
    run_pending_jobs(&ctx).await;
    verify_by_code(&ctx, &ada, &code_of(&sink.only())).await.unwrap();
    let verified = status(&ctx, &ada).await.unwrap();
    assert_eq!((&*verified.email, verified.refused, verified.pending), (NEW, false, None));
}
