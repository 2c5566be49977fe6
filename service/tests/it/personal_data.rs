//! The download of what is stored about a user.

use domain::{ErrorCode, MailChange, MailSelection};
use serde_json::Value;
use service::{
    Actor,
    mail::mailbox,
    personal_data::{DataPart, export},
    personal_tokens::recognize,
    testing::World,
};

use crate::{
    personal_tokens::create_token,
    support::{code, mails, register},
};

/// The lists of a download, and its members.
async fn download(world: &World, actor: &Actor) -> Vec<(&'static str, Vec<Value>)> {
    let mut data = export(&world.ctx, actor).unwrap();
    let mut all: Vec<(&'static str, Vec<Value>)> = Vec::new();
    while let Some(part) = data.next_part().await.unwrap() {
        match part {
            DataPart::Members(members) => {
                all.extend(members.into_iter().map(|(name, value)| (name, vec![value])));
            }
            DataPart::Items(name, items) => match all.last_mut() {
                Some((last, list)) if *last == name => list.extend(items),
                _ => all.push((name, items)),
            },
        }
    }
    all
}

fn list<'a>(all: &'a [(&str, Vec<Value>)], name: &str) -> &'a [Value] {
    let found = all.iter().find(|(found, _)| *found == name);
    &found.unwrap_or_else(|| panic!("{name} is missing")).1
}

#[tokio::test]
async fn a_download_has_all_registrations_and_messages_also_the_deleted_ones() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let (grace, eve) = (world.participant("Grace").await, world.participant("Eve").await);
    for title in ["First", "Second"] {
        let id = world.competition(&ada).titled(title).create().await;
        register(&world.ctx, &grace, id).await.unwrap();
        register(&world.ctx, &eve, id).await.unwrap();
    }
    world.run_pending_jobs().await;
    world.fill_mailbox(&grace, 450, "text").await;
    let deleted = mails(&world, &grace).await.remove(0).id;
    let selection = MailSelection { messages: vec![deleted], whole_threads: false };
    mailbox::change(&world.ctx, &grace, &selection, MailChange::Delete).await.unwrap();

    let all = download(&world, &grace).await;

    let titles: Vec<_> =
        list(&all, "registrations").iter().map(|one| &one["competition"]["title"]).collect();
    assert_eq!(titles.len(), 2, "{titles:?}");
    let messages = list(&all, "messages");
    assert_eq!(messages.len(), 452, "three parts");
    assert!(messages.iter().any(|one| one["id"] == deleted.to_string()));
    assert_eq!(list(&all, "account")[0]["email"], "grace@example.com");
    assert!(all.iter().all(|(name, _)| *name != "competitions"), "she organizes nothing");
    let text = format!("{all:?}");
    assert!(!text.contains("eve@example.com"), "nothing of others");
}

#[tokio::test]
async fn a_download_of_an_organizer_has_their_competitions_and_webhooks() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    world.competition(&ada).titled("Chess").create().await;
    let all = download(&world, &ada).await;
    assert_eq!(list(&all, "competitions")[0]["title"], "Chess");
    for name in ["webhooks", "pictures", "organizerNotices", "messages", "sessions"] {
        list(&all, name);
    }
}

#[tokio::test]
async fn a_personal_access_token_downloads_no_data() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let (_, token) = create_token(&world.ctx, &ada, "CI", "write", None).await.unwrap();
    let script = recognize(&world.ctx, &token).await.unwrap();
    assert_eq!(code(export(&world.ctx, &script).unwrap_err()), ErrorCode::Forbidden);
    let visitor = export(&world.ctx, &Actor::anonymous()).unwrap_err();
    assert_eq!(code(visitor), ErrorCode::Unauthorized);
}
