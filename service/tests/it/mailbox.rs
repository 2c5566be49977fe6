use chrono::TimeDelta;
use domain::{ErrorCode, MailChange, MailId, MailPage, MailQuery, MailSelection, MailboxQuery};
use service::{
    Actor, cron,
    jobs::BackgroundJob,
    mail::mailbox::{browse, change, list, mark_all_read, mark_read, unread_count},
    reminder::SendReminders,
    testing::World,
};

use crate::personal_tokens::create_token;
use crate::support::{cancel_registration, clean_up, code, mails, register, subjects};

/// Two participants of the same two competitions, with their confirmations.
async fn two_participants_with_mail(world: &World) -> [Actor; 2] {
    let ada = world.organizer("Ada").await;
    let participants = [world.participant("Grace").await, world.participant("Alan").await];
    for title in ["First", "Second"] {
        let id = world.competition(&ada).titled(title).create().await;
        for participant in &participants {
            register(&world.ctx, participant, id).await.unwrap();
        }
        world.run_pending_jobs().await;
        world.clock.advance(TimeDelta::seconds(1));
    }
    participants
}

#[tokio::test]
async fn a_mailbox_shows_its_owners_mail_newest_first() {
    let world = World::new().await;
    let [grace, _] = two_participants_with_mail(&world).await;
    let expected = ["Registration Confirmed: Second", "Registration Confirmed: First"];
    assert_eq!(subjects(&world, &grace).await, expected);
    let own = grace.user().unwrap();
    assert!(mails(&world, &grace).await.iter().all(|mail| mail.user_id == own.id));
}

#[tokio::test]
async fn mail_is_read_once_and_by_its_owner_only() {
    let world = World::new().await;
    let [grace, alan] = two_participants_with_mail(&world).await;
    let mail = mails(&world, &grace).await.remove(0);
    let not_his = mark_read(&world.ctx, &alan, mail.id).await.unwrap_err();
    assert_eq!(code(not_his), ErrorCode::MailNotFound);
    assert_eq!(unread_count(&world.ctx, &grace).await.unwrap(), 2);

    let opened_at = world.ctx.now();
    let read = mark_read(&world.ctx, &grace, mail.id).await.unwrap();
    assert_eq!(read.read_at, Some(opened_at));
    world.clock.advance(TimeDelta::hours(1));
    let again = mark_read(&world.ctx, &grace, mail.id).await.unwrap();
    assert_eq!(again.read_at, Some(opened_at), "the first time counts");
    assert_eq!(unread_count(&world.ctx, &grace).await.unwrap(), 1);
    assert_eq!(unread_count(&world.ctx, &alan).await.unwrap(), 2);
}

#[tokio::test]
async fn mail_that_does_not_exist_is_not_found() {
    let world = World::new().await;
    let grace = world.participant("Grace").await;
    let unknown = mark_read(&world.ctx, &grace, MailId(uuid::Uuid::nil())).await.unwrap_err();
    assert_eq!(code(unknown), ErrorCode::MailNotFound);
}

#[tokio::test]
async fn a_visitor_has_no_mailbox() {
    let world = World::new().await;
    let visitor = Actor::anonymous();
    let unauthorized = ErrorCode::Unauthorized;
    assert_eq!(code(list(&world.ctx, &visitor, None).await.unwrap_err()), unauthorized);
    assert_eq!(code(unread_count(&world.ctx, &visitor).await.unwrap_err()), unauthorized);
    let mail = MailId(uuid::Uuid::nil());
    assert_eq!(code(mark_read(&world.ctx, &visitor, mail).await.unwrap_err()), unauthorized);
}

/// A page of the actor's messages that match a search.
async fn found(world: &World, actor: &Actor, search: &str, page: &str) -> MailPage {
    let query = MailQuery { search: Some(search.to_owned()), page: Some(page.to_owned()) };
    browse(&world.ctx, actor, &query.check().unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_search_finds_words_of_subject_and_text_in_any_case_among_ones_own_mail() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [grace, alan] = [world.participant("Grace").await, world.participant("Alan").await];
    for (title, participant) in
        [("Ärger 100%", &grace), ("Ruhe", &grace), ("Ärger für Alan", &alan)]
    {
        let id = world.competition(&ada).titled(title).create().await;
        register(&world.ctx, participant, id).await.unwrap();
        world.run_pending_jobs().await;
    }
    for (words, expected) in [
        ("äRGER", vec!["Registration Confirmed: Ärger 100%"]),
        (
            "registration id",
            vec!["Registration Confirmed: Ruhe", "Registration Confirmed: Ärger 100%"],
        ),
        ("100% ärger", vec!["Registration Confirmed: Ärger 100%"]),
        ("confirm arger grace", vec!["Registration Confirmed: Ärger 100%"]),
        ("%", vec!["Registration Confirmed: Ärger 100%"]),
        ("für alan", vec![]),
    ] {
        let page = found(&world, &grace, words, "").await;
        let mut subjects: Vec<_> =
            page.found.items.iter().map(|mail| &*mail.newest.subject).collect();
        subjects.sort_unstable();
        assert_eq!(subjects, expected, "{words}");
        assert_eq!((page.found.total, page.any), (expected.len() as u64, true), "{words}");
        let listed = list(&world.ctx, &grace, Some(&words.to_lowercase())).await.unwrap();
        assert_eq!(listed.len(), expected.len(), "{words}");
    }
    let behind = found(&world, &grace, "", "2").await;
    assert_eq!((behind.found.items.len(), behind.found.total, behind.unread), (0, 2, 2));
    assert!(!found(&world, &ada, "", "").await.any, "no mail at all");
}

#[tokio::test]
async fn a_message_is_not_found_by_the_words_of_its_links() {
    let world = World::new().await;
    let [grace, _] = two_participants_with_mail(&world).await;
    // The path of a competition, and the host of the site.
    for word in ["competitions", "site.example"] {
        assert!(mails(&world, &grace).await.iter().all(|mail| mail.body.contains(word)), "{word}");
        assert_eq!(found(&world, &grace, word, "1").await.found.total, 0, "{word}");
    }
    assert_eq!(found(&world, &grace, "cancel your registration", "1").await.found.total, 2);
}

#[tokio::test]
async fn a_mailbox_is_read_all_at_once() {
    let world = World::new().await;
    let [grace, alan] = two_participants_with_mail(&world).await;
    assert_eq!(mark_all_read(&world.ctx, &grace).await.unwrap(), 2);
    assert_eq!(mark_all_read(&world.ctx, &grace).await.unwrap(), 0);
    assert_eq!(unread_count(&world.ctx, &grace).await.unwrap(), 0);
    assert_eq!(unread_count(&world.ctx, &alan).await.unwrap(), 2, "his stay as they are");

    let unauthorized = mark_all_read(&world.ctx, &Actor::anonymous()).await.unwrap_err();
    assert_eq!(code(unauthorized), ErrorCode::Unauthorized);
}

/// A page of the actor's mailbox.
async fn shown(world: &World, actor: &Actor, query: MailboxQuery) -> MailPage {
    browse(&world.ctx, actor, &query.check().unwrap()).await.unwrap()
}

/// The subjects of a page, with the numbers of messages and of unread ones of each thread.
fn threads(page: &MailPage) -> Vec<(&str, u64, u64)> {
    let threads = page.found.items.iter();
    threads.map(|thread| (&*thread.newest.subject, thread.messages, thread.unread)).collect()
}

fn select(messages: &[MailId], whole_threads: bool) -> MailSelection {
    MailSelection { messages: messages.to_vec(), whole_threads }
}

/// A participant with two messages about "First", one about "Second" and one about the account.
async fn participant_with_threads(world: &World) -> Actor {
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let mut ids = Vec::new();
    for title in ["First", "Second"] {
        ids.push(world.competition(&ada).titled(title).create().await);
    }
    for id in [ids[0], ids[1], ids[0]] {
        if id == ids[0] {
            // Once she is not registered: that is refused.
            let _ = cancel_registration(&world.ctx, &grace, id).await;
        }
        register(&world.ctx, &grace, id).await.unwrap();
        world.run_pending_jobs().await;
        // A second confirmation within six hours is not sent.
        world.clock.advance(TimeDelta::hours(7));
    }
    create_token(&world.ctx, &grace, "CI", "read", None).await.unwrap();
    grace
}

const ACCOUNT: &str = "A personal access token was created";
const FIRST: &str = "Registration Confirmed: First";
const SECOND: &str = "Registration Confirmed: Second";

#[tokio::test]
async fn messages_about_one_competition_are_a_thread() {
    let world = World::new().await;
    let grace = participant_with_threads(&world).await;
    let page = shown(&world, &grace, MailboxQuery::default()).await;
    assert_eq!(threads(&page), [(ACCOUNT, 1, 1), (FIRST, 2, 2), (SECOND, 1, 1)]);
    assert_eq!((page.found.total, page.unread), (3, 4));

    let competition = page.found.items[1].competition.unwrap();
    let query = MailboxQuery { competition: Some(competition.to_string()), ..Default::default() };
    let thread = shown(&world, &grace, query.clone()).await;
    assert_eq!(threads(&thread), [(FIRST, 1, 1), (FIRST, 1, 1)]);
    assert_eq!((thread.competition.as_deref(), thread.found.total), (Some("First"), 2));
    let alan = world.participant("Another").await;
    assert_eq!(threads(&shown(&world, &alan, query).await), []);
}

#[tokio::test]
async fn chosen_messages_are_read_deleted_and_restored_together() {
    let world = World::new().await;
    let grace = participant_with_threads(&world).await;
    let all = MailboxQuery::default;
    let page = shown(&world, &grace, all()).await;
    let ids: Vec<_> = page.found.items.iter().map(|thread| thread.newest.id).collect();
    let apply = async |ids: &[MailId], whole, what| {
        let changed = change(&world.ctx, &grace, &select(ids, whole), what).await.unwrap();
        (changed.changed, changed.protected)
    };
    assert_eq!(apply(&ids[1..], false, MailChange::Read).await, (2, 0));
    assert_eq!(apply(&ids[1..], true, MailChange::Read).await, (1, 0), "the rest of the thread");
    assert_eq!(apply(&ids[2..], true, MailChange::Unread).await, (1, 0));

    assert_eq!(apply(&ids, true, MailChange::Delete).await, (3, 1), "the account is protected");
    assert_eq!(apply(&ids, true, MailChange::Delete).await, (0, 1));
    let page = shown(&world, &grace, all()).await;
    assert_eq!(threads(&page), [(ACCOUNT, 1, 1)]);
    assert_eq!((page.unread, page.any_deleted), (1, true));
    assert_eq!(subjects(&world, &grace).await, [ACCOUNT], "clients of the API do not see them");
    assert_eq!(found(&world, &grace, "confirmed", "1").await.found.total, 0);

    let deleted = MailboxQuery { deleted: Some("true".to_owned()), ..Default::default() };
    let page = shown(&world, &grace, deleted).await;
    assert_eq!(threads(&page), [(FIRST, 1, 0), (SECOND, 1, 0), (FIRST, 1, 0)]);
    assert_eq!(apply(&ids[2..], false, MailChange::Restore).await, (1, 0));
    let page = shown(&world, &grace, all()).await;
    assert_eq!(threads(&page), [(ACCOUNT, 1, 1), (SECOND, 1, 0)]);

    mark_read(&world.ctx, &grace, ids[0]).await.unwrap();
    assert_eq!(apply(&ids[..1], true, MailChange::Delete).await, (1, 0), "it is read now");
}

#[tokio::test]
async fn a_chosen_thread_leaves_messages_that_came_later() {
    let world = World::new().await;
    let grace = participant_with_threads(&world).await;
    let all = mails(&world, &grace).await;
    let first: Vec<_> = all.iter().filter(|mail| mail.subject == FIRST).collect();
    let older = select(&[first[1].id], true);
    let changed = change(&world.ctx, &grace, &older, MailChange::Delete).await.unwrap();
    assert_eq!(changed.changed, 1);
    assert!(mails(&world, &grace).await.iter().any(|mail| mail.id == first[0].id));
}

#[tokio::test]
async fn messages_of_others_are_not_changed() {
    let world = World::new().await;
    let [grace, alan] = two_participants_with_mail(&world).await;
    let his: Vec<_> = mails(&world, &alan).await.iter().map(|mail| mail.id).collect();
    for what in [MailChange::Read, MailChange::Delete, MailChange::Restore] {
        for whole_threads in [false, true] {
            let selection = select(&his, whole_threads);
            let changed = change(&world.ctx, &grace, &selection, what).await.unwrap();
            assert_eq!((changed.changed, changed.protected), (0, 0), "{what:?}");
        }
    }
    assert_eq!(unread_count(&world.ctx, &alan).await.unwrap(), 2);
    assert_eq!(mails(&world, &grace).await.len(), 2);
    let visitor = Actor::anonymous();
    let refused = change(&world.ctx, &visitor, &select(&his, false), MailChange::Read).await;
    assert_eq!(code(refused.unwrap_err()), ErrorCode::Unauthorized);
}

#[tokio::test]
async fn a_deleted_reminder_is_not_sent_again() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let new = world.competition(&ada).closing_in(TimeDelta::hours(1));
    let id = new.starting_in(TimeDelta::hours(30)).create().await;
    let grace = world.participant("Grace").await;
    register(&world.ctx, &grace, id).await.unwrap();
    world.run_pending_jobs().await;
    let remind = async || {
        world.clock.advance(TimeDelta::hours(7));
        let now = world.ctx.now();
        cron::fire(&world.ctx, SendReminders::NAME, now, SendReminders {}).await.unwrap();
        world.run_pending_jobs().await;
        mails(&world, &grace).await
    };
    let all: Vec<_> = remind().await.iter().map(|mail| mail.id).collect();
    assert_eq!(all.len(), 2);
    change(&world.ctx, &grace, &select(&all, false), MailChange::Delete).await.unwrap();
    assert_eq!(remind().await, []);
}

#[tokio::test]
async fn a_deleted_message_can_be_restored_for_30_days() {
    let world = World::new().await;
    let [grace, _] = two_participants_with_mail(&world).await;
    let mail = mails(&world, &grace).await.remove(0);
    let selection = select(&[mail.id], false);
    let apply = async |what| change(&world.ctx, &grace, &selection, what).await.unwrap().changed;
    for (days, restored) in [(30, 1), (31, 0)] {
        assert_eq!(apply(MailChange::Delete).await, 1);
        world.clock.advance(TimeDelta::days(days));
        clean_up(&world).await;
        assert_eq!(apply(MailChange::Restore).await, restored, "after {days} days");
    }
}
