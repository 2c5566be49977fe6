//! Filling a database with generated rows.

use domain::{CompetitionQuery, ErrorCode, Login, Paging, RosterQuery};
use service::{
    Actor, ClientAddress,
    accounts::log_in,
    competitions::{self, list},
    demo::PASSWORD,
    fill::{Size, fill},
    mail::mailbox,
    registration,
    testing::World,
};

use crate::support::code;

const SIZE: Size = Size { participants: 300, competitions: 100, registrations: 3_000 };

async fn log_in_as(world: &World, email: &str) -> Actor {
    let login = Login { email: email.to_owned(), password: PASSWORD.to_owned() };
    log_in(&world.ctx, login, ClientAddress::UNKNOWN).await.unwrap().into()
}

#[tokio::test]
async fn each_generated_registration_has_a_mail_a_job_and_an_idempotency_record() {
    let world = World::new().await;
    let mut seen = 0;
    let filled = fill(&world.ctx, SIZE, false, |rows| seen = rows).await.unwrap();
    assert_eq!((filled.size, seen), (SIZE, SIZE.rows()));
    let audit = world.audit().await;
    assert_eq!(audit.len(), SIZE.registrations);
    assert!(audit.iter().all(|row| (row.mails, row.done, row.open, row.dead) == (1, 1, 0, 0)));
    assert_eq!(world.idempotency_records().await, 3_000);
    assert_eq!(world.mails().await, 3_000);
}

#[tokio::test]
async fn generated_competitions_have_as_many_registrations_as_they_count() {
    let world = World::new().await;
    let accounts = fill(&world.ctx, SIZE, false, |_| {}).await.unwrap().accounts.unwrap();
    let mut largest = 0;
    let page = CompetitionQuery { limit: Some("100".into()), ..CompetitionQuery::default() };
    let open = list(&world.ctx, &page.check().unwrap()).await.unwrap();
    assert!((15..=20).contains(&open.total), "{} are open", open.total);
    for item in open.items {
        let tally = world.tally(item.competition.id).await;
        let capacity = u64::from(item.competition.capacity);
        assert!(tally.seats_taken <= capacity, "{tally:?} of {capacity}");
        assert_eq!(tally.registered, tally.seats_taken);
        assert_eq!(u64::from(item.count.registrations), tally.seats_taken);
        assert!((1..=3).contains(&item.competition.tags.len()));
        assert!(item.competition.description.len() > 150);
        largest = largest.max(item.count.registrations);
    }
    assert!(largest > 100, "the largest has {largest}");

    let organizer = log_in_as(&world, &accounts.organizer).await;
    let own = competitions::mine(&world.ctx, &organizer, Paging::first(100)).await.unwrap();
    assert!(own.total >= 5, "{}", own.total);
    let filter = RosterQuery::default().check().unwrap();
    let id = own.items[0].competition.id;
    let roster = registration::browse_roster(&world.ctx, &organizer, id, &filter).await.unwrap();
    assert_eq!(roster.found.total, roster.totals.confirmed + roster.totals.cancelled);
}

#[tokio::test]
async fn the_accounts_of_a_fill_can_log_in_and_have_much_to_see() {
    let world = World::new().await;
    let accounts = fill(&world.ctx, SIZE, false, |_| {}).await.unwrap().accounts.unwrap();
    let participant = log_in_as(&world, &accounts.participant).await;
    let mine = registration::mine(&world.ctx, &participant, Paging::first(10)).await.unwrap();
    assert_eq!(mine.total, 25, "one of four competitions");
    let mails = mailbox::list(&world.ctx, &participant, None).await.unwrap();
    assert_eq!(mails.len(), 25);
    log_in_as(&world, &accounts.admin).await;
}

#[tokio::test]
async fn a_fill_is_refused_in_production_unless_it_is_forced() {
    let world = World::new().await;
    let production = world.production().await;
    let small = Size { participants: 3, competitions: 1, registrations: 5 };
    let refused = fill(&production, small, false, |_| {}).await.unwrap_err();
    assert_eq!(code(refused), ErrorCode::Forbidden);
    let forced = fill(&production, small, true, |_| {}).await.unwrap();
    assert_eq!(forced.accounts, None);
    assert_eq!(forced.size, Size { registrations: 3, ..small }, "one for each participant");
}

#[tokio::test]
async fn a_fill_does_not_mix_with_other_accounts() {
    let world = World::new().await;
    world.participant("Grace").await;
    let refused = fill(&world.ctx, SIZE, true, |_| {}).await.unwrap_err();
    assert_eq!(code(refused), ErrorCode::Forbidden);
    assert_eq!(world.registrations().await, 0);
}
