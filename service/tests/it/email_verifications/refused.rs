//! Addresses that their mail servers refuse.

use chrono::TimeDelta;
use domain::{CompetitionId, RosterQuery};
use service::{
    Actor, Context,
    accounts::email::{request, status, verify_by_code},
    registration,
    testing::{World, run_pending_jobs},
};

use super::{ADA, NEW, addressees, ask_for, code_of, last_to, signed_up};
use crate::{
    sink::Sink,
    support::{cancel_competition, register},
};

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
