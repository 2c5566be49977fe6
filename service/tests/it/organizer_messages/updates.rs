//! What participants read on the page of the competition.

use chrono::TimeDelta;
use service::{Actor, organizer_messages::updates, testing::World};

use super::Sprint;
use crate::support::{cancel_registration, register};

/// The subjects that an actor reads, newest first.
async fn read(sprint: &Sprint, actor: &Actor) -> Vec<String> {
    let ada = sprint.ada.user().unwrap().id;
    let found = updates(&sprint.world.ctx, actor, sprint.id, ada).await.unwrap();
    found.into_iter().map(|update| update.subject).collect()
}

#[tokio::test]
async fn a_message_is_read_by_its_recipients_by_later_participants_and_by_its_organizer() {
    let sprint = Sprint::new().await;
    let [early, late, outside] = &sprint.world.participants(3).await[..] else { panic!("three") };
    register(&sprint.world.ctx, early, sprint.id).await.unwrap();
    let draft = sprint.draft(&["CONFIRMED"]).await;
    assert!(read(&sprint, &sprint.ada).await.is_empty(), "it is a draft");
    sprint.send_at(&draft, Some(sprint.in_(TimeDelta::hours(1)))).await.unwrap();
    sprint.world.run_pending_jobs().await;
    assert!(read(&sprint, early).await.is_empty(), "it is scheduled");
    sprint.world.clock.advance(TimeDelta::hours(1));
    sprint.world.run_pending_jobs().await;
    sprint.world.clock.advance(TimeDelta::hours(1));
    register(&sprint.world.ctx, late, sprint.id).await.unwrap();
    sprint.world.run_pending_jobs().await;
    for reader in [early, late, &sprint.ada] {
        assert_eq!(read(&sprint, reader).await, ["Bring a laptop"]);
    }
    for other in [outside, &Actor::anonymous(), &sprint.world.organizer("Bob").await] {
        assert!(read(&sprint, other).await.is_empty());
    }
    cancel_registration(&sprint.world.ctx, early, sprint.id).await.unwrap();
    assert_eq!(read(&sprint, early).await, ["Bring a laptop"], "they have got it");
    cancel_registration(&sprint.world.ctx, late, sprint.id).await.unwrap();
    assert!(read(&sprint, late).await.is_empty(), "they never got it");
}

#[tokio::test]
async fn a_message_to_participants_with_a_seat_is_not_read_on_the_waiting_list() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).seats(1).waitlist(5).create().await;
    let sprint = Sprint { world, ada, id };
    let [seated, waiting] = &sprint.world.participants(2).await[..] else { panic!("two") };
    register(&sprint.world.ctx, seated, id).await.unwrap();
    register(&sprint.world.ctx, waiting, id).await.unwrap();
    sprint.send(&sprint.draft(&["CONFIRMED"]).await).await.unwrap();
    sprint.world.run_pending_jobs().await;
    assert_eq!(read(&sprint, seated).await, ["Bring a laptop"]);
    assert!(read(&sprint, waiting).await.is_empty());
    sprint.send(&sprint.draft(&["WAITLISTED"]).await).await.unwrap();
    sprint.world.run_pending_jobs().await;
    assert_eq!(read(&sprint, waiting).await, ["Bring a laptop"]);
    assert_eq!(read(&sprint, seated).await.len(), 1);
    assert_eq!(read(&sprint, &sprint.ada).await.len(), 2);
}
