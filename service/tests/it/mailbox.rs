use chrono::TimeDelta;
use domain::{ErrorCode, MailId, MailPage, MailQuery};
use service::{
    Actor,
    mail::mailbox::{browse, list, mark_all_read, mark_read, mark_unread, unread_count},
    testing::World,
};

use crate::support::{code, mails, register, subjects};

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
        let mut subjects: Vec<_> = page.found.items.iter().map(|mail| &*mail.subject).collect();
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
async fn a_mailbox_is_read_all_at_once_and_a_message_made_unread_again() {
    let world = World::new().await;
    let [grace, alan] = two_participants_with_mail(&world).await;
    assert_eq!(mark_all_read(&world.ctx, &grace).await.unwrap(), 2);
    assert_eq!(mark_all_read(&world.ctx, &grace).await.unwrap(), 0);
    assert_eq!(unread_count(&world.ctx, &grace).await.unwrap(), 0);
    assert_eq!(unread_count(&world.ctx, &alan).await.unwrap(), 2, "his stay as they are");

    let mail = mails(&world, &grace).await.remove(0);
    let not_his = mark_unread(&world.ctx, &alan, mail.id).await.unwrap_err();
    assert_eq!(code(not_his), ErrorCode::MailNotFound);
    assert_eq!(unread_count(&world.ctx, &grace).await.unwrap(), 0);
    assert_eq!(mark_unread(&world.ctx, &grace, mail.id).await.unwrap().read_at, None);
    assert_eq!(unread_count(&world.ctx, &grace).await.unwrap(), 1);
    let unauthorized = mark_all_read(&world.ctx, &Actor::anonymous()).await.unwrap_err();
    assert_eq!(code(unauthorized), ErrorCode::Unauthorized);
}
