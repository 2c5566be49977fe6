//! Messages that users do not want by mail stay in their mailbox.

use chrono::TimeDelta;
use domain::{AccessMode, ErrorCode, MailChannel, MailKind, MailPreferences, MailPreferencesPatch};
use serde_json::{Value, json};
use service::{
    Actor, ClientAddress, Context, accounts,
    change_notice::DELAY,
    cron,
    jobs::BackgroundJob,
    mail_preferences::{channel, edit as edit_preferences, get, kind_of_link, set_channel},
    reminder::SendReminders,
    testing::{PASSWORD, World, run_pending_jobs},
};

use crate::{
    sink::{Received, Sink},
    support::{cancel_competition, code, edit, mails, register},
};

async fn choose(ctx: &Context, actor: &Actor, body: Value) -> MailPreferences {
    let patch: MailPreferencesPatch = serde_json::from_value(body).unwrap();
    edit_preferences(ctx, actor, &patch).await.unwrap()
}

/// The key of the link that ends mails like this one. It is in a header and in both parts.
fn key_of(mail: &Received, kind: MailKind) -> String {
    let page = mail.header("list-unsubscribe").trim_matches(['<', '>']).to_owned();
    assert_eq!(mail.header("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
    assert!(mail.body.ends_with(&page), "{}", mail.body);
    assert!(mail.html.contains(&format!("<a href=\"{page}\">")), "{}", mail.html);
    let key = page.strip_prefix("https://site.example/unsubscribe/").expect("a page of the site");
    key.strip_suffix(&format!("/{kind}")).expect("the kind").to_owned()
}

fn has_header(mail: &Received, name: &str) -> bool {
    mail.headers.iter().any(|line| line.to_lowercase().starts_with(&format!("{name}:")))
}

#[tokio::test]
async fn only_the_kinds_that_a_user_wants_are_mailed_and_all_are_in_the_mailbox() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    assert_eq!(get(&ctx, &grace).await.unwrap(), MailPreferences::default());
    choose(&ctx, &grace, json!({ "registrations": "MAILBOX", "reminders": "MAILBOX" })).await;
    let chosen = choose(&ctx, &grace, json!({ "reminders": "MAIL", "changes": null })).await;
    let expected =
        MailPreferences { registrations: MailChannel::Mailbox, ..MailPreferences::default() };
    assert_eq!((chosen, get(&ctx, &grace).await.unwrap()), (expected, expected));

    let sprint = world.competition(&ada).starting_in(TimeDelta::days(3)).create().await;
    register(&ctx, &grace, sprint).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert_eq!((sink.mails().len(), mails(&world, &grace).await.len()), (0, 1));
    let moved = json!({ "venueName": "Library" });
    edit(&ctx, &ada, sprint, moved).await.unwrap();
    world.clock.advance(DELAY);
    run_pending_jobs(&ctx).await;
    assert!(sink.only().header("subject").starts_with("Competition changed"));
    choose(&ctx, &grace, json!({ "changes": "MAILBOX" })).await;
    cancel_competition(&ctx, &ada, sprint).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert_eq!((sink.mails().len(), mails(&world, &grace).await.len()), (1, 3));
}

#[tokio::test]
async fn the_link_in_a_reminder_ends_reminders_and_nothing_else() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let new = || world.competition(&ada).starting_in(TimeDelta::days(3));
    let (first, second) = (new().create().await, new().create().await);
    for id in [first, second] {
        register(&ctx, &grace, id).await.unwrap();
    }
    run_pending_jobs(&ctx).await;
    assert!(sink.mails().iter().all(|mail| !has_header(mail, "list-unsubscribe")));
    world.clock.advance(TimeDelta::days(2) + TimeDelta::minutes(1));
    cron::fire(&ctx, SendReminders::NAME, ctx.now(), SendReminders {}).await.unwrap();
    run_pending_jobs(&ctx).await;
    let reminders = sink.mails().split_off(2);
    let keys: Vec<_> = reminders.iter().map(|mail| key_of(mail, MailKind::Reminders)).collect();
    assert_eq!((keys.len(), &keys[0]), (2, &keys[1]));

    assert_eq!(channel(&ctx, &keys[0], MailKind::Reminders).await.unwrap(), MailChannel::Mail);
    for _ in 0..2 {
        set_channel(&ctx, &keys[0], MailKind::Reminders, MailChannel::Mailbox).await.unwrap();
    }
    let expected = MailPreferences { reminders: MailChannel::Mailbox, ..Default::default() };
    assert_eq!(get(&ctx, &grace).await.unwrap(), expected);
    assert_eq!(get(&ctx, &ada).await.unwrap(), MailPreferences::default());
    let other = keys[0].replace(char::is_numeric, "a");
    for unknown in ["0123", "\0", &*other] {
        let refused = channel(&ctx, unknown, MailKind::Reminders).await.unwrap_err();
        assert_eq!(code(refused), ErrorCode::UnsubscribeLinkInvalid, "{unknown:?}");
    }
}

#[tokio::test]
async fn of_a_deleted_account_only_the_choice_about_invitations_stays() {
    let world = World::new().await;
    let ctx = &world.ctx;
    let grace = world.participant("Grace").await;
    let everything = json!({
        "registrations": "MAILBOX", "changes": "MAILBOX", "reminders": "MAILBOX",
        "invitations": "MAILBOX",
    });
    choose(ctx, &grace, everything).await;
    let path = world.unsubscribe_path(&grace, MailKind::Invitations).await;
    let key = path.split('/').nth(2).expect("a key");
    accounts::delete(ctx, &grace, PASSWORD.to_owned(), ClientAddress::UNKNOWN).await.unwrap();
    let again = world.participant("Grace").await;
    let expected = MailPreferences { invitations: MailChannel::Mailbox, ..Default::default() };
    assert_eq!(get(ctx, &again).await.unwrap(), expected);
    // Links in old mails still work.
    assert_eq!(channel(ctx, key, MailKind::Invitations).await.unwrap(), MailChannel::Mailbox);
}

#[tokio::test]
async fn a_site_without_tls_offers_no_one_click() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail_at(&sink.url(), "http://site.example").await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).access(AccessMode::Invitation).create().await;
    let input = serde_json::from_value(json!({ "emails": ["eve@example.org"] })).unwrap();
    service::invitations::invite(&ctx, &ada, id, input).await.unwrap();
    run_pending_jobs(&ctx).await;
    let mail = sink.only();
    assert!(mail.header("list-unsubscribe").starts_with("<http://site.example/unsubscribe/"));
    assert!(!has_header(&mail, "list-unsubscribe-post"), "{:?}", mail.headers);
}

#[tokio::test]
async fn a_link_concerns_only_kinds_that_have_links() {
    for (kind, has_link) in [
        ("reminders", true),
        ("invitations", true),
        ("registrations", false),
        ("changes", false),
        ("security", false),
    ] {
        assert_eq!(kind_of_link(kind).is_ok(), has_link, "{kind}");
    }
}

#[tokio::test]
async fn a_person_without_an_account_can_end_invitations() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let ada = world.organizer("Ada").await;
    let invite = async |address: &str| {
        let id = world.competition(&ada).access(AccessMode::Invitation).create().await;
        let input = serde_json::from_value(json!({ "emails": [address] })).unwrap();
        service::invitations::invite(&ctx, &ada, id, input).await.unwrap();
        run_pending_jobs(&ctx).await;
        sink.mails().len()
    };
    assert_eq!(invite("eve@example.org").await, 1);
    let key = key_of(&sink.only(), MailKind::Invitations);
    set_channel(&ctx, &key, MailKind::Invitations, MailChannel::Mailbox).await.unwrap();
    assert_eq!(invite("EVE@example.org").await, 1, "eve has unsubscribed");
    assert_eq!(invite("bob@example.org").await, 2);
    set_channel(&ctx, &key, MailKind::Invitations, MailChannel::Mail).await.unwrap();
    assert_eq!(invite("eve@example.org").await, 3);
}
