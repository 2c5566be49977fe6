use chrono::TimeDelta;
use domain::{ErrorCode, RegistrationStatus};
use service::{
    Actor, ClientAddress, Context,
    accounts::{CredentialsVersion, delete, find, recognize},
    competitions, refresh_tokens,
    registration::roster,
    testing::{PASSWORD, World, account},
};

use crate::{
    accounts::{sign_up_again, try_log_in},
    support::{at_once, code, register},
};

async fn leave(ctx: &Context, actor: &Actor) -> Result<(), ErrorCode> {
    delete(ctx, actor, PASSWORD.to_owned(), ClientAddress::UNKNOWN).await.map_err(code)
}

#[tokio::test]
async fn a_deleted_account_frees_its_seats_and_leaves_nothing_behind() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [grace, next] = &world.crowd(2).await[..] else { panic!("two guests") };
    let sprint = world.competition(&ada).seats(1).create().await;
    register(&world.ctx, grace, sprint).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(register(&world.ctx, next, sprint).await, Err(ErrorCode::CompetitionFull));

    assert_eq!(leave(&world.ctx, grace).await, Ok(()));
    assert_eq!(find(&world.ctx, grace.user().unwrap().id).await.unwrap(), None);
    assert_eq!(world.tally(sprint).await.seats_held, 0);
    assert!(world.roster(&ada, sprint).await.is_empty());
    assert_eq!(world.mails().await, 0);
    assert!(register(&world.ctx, next, sprint).await.is_ok(), "the seat is free");
    let guest = try_log_in(&world.ctx, "guest.1@example.com", PASSWORD).await;
    assert_eq!(guest.unwrap_err().code, ErrorCode::InvalidCredentials);
    sign_up_again(&world.ctx, "guest.1@example.com").await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_deletes_nothing() {
    let world = World::new().await;
    let grace = world.participant("Grace").await;
    let refused = delete(&world.ctx, &grace, "wrong horse".to_owned(), ClientAddress::UNKNOWN)
        .await
        .map_err(code);
    assert_eq!(refused, Err(ErrorCode::WrongPassword));
    let nobody =
        delete(&world.ctx, &Actor::anonymous(), PASSWORD.to_owned(), ClientAddress::UNKNOWN)
            .await
            .map_err(code);
    assert_eq!(nobody, Err(ErrorCode::Unauthorized));
    assert!(find(&world.ctx, grace.user().unwrap().id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_seat_in_what_is_over_stays_counted_under_no_name() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let over = world.competition(&ada).create().await;
    register(&world.ctx, &grace, over).await.unwrap();
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::days(8));
    let to_come = world.competition(&ada).create().await;
    register(&world.ctx, &grace, to_come).await.unwrap();
    let token = refresh_tokens::start(&world.ctx, &account(&grace)).await.unwrap();

    assert_eq!(leave(&world.ctx, &grace).await, Ok(()));
    assert_eq!(world.roster(&ada, over).await, [RegistrationStatus::Confirmed]);
    assert!(world.roster(&ada, to_come).await.is_empty());
    let filter = domain::RosterQuery::default().check().unwrap();
    let page = roster(&world.ctx, &ada, over, &filter).await.unwrap();
    let who = &page.items[0].user;
    assert_eq!((&*who.name, &*who.email), ("Deleted account", ""));
    assert_eq!(world.tally(over).await.seats_held, 1);

    let id = grace.user().unwrap().id;
    assert_eq!(recognize(&world.ctx, id, CredentialsVersion::FIRST).await.unwrap(), None);
    assert!(refresh_tokens::renew(&world.ctx, &token).await.is_err());
    assert_eq!((world.mails().await, world.answers_kept().await), (0, 0));
    for address in ["grace@example.com", &format!("deleted:{id}")] {
        let refused = try_log_in(&world.ctx, address, PASSWORD).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::InvalidCredentials, "{address}");
    }
    sign_up_again(&world.ctx, "grace@example.com").await.unwrap();
    let traces = "DELETE FROM users WHERE lower(name || email || email_key || search_text) LIKE '%grace%' AND role = 'PARTICIPANT'";
    assert_eq!(world.execute(traces).await.unwrap(), 0);
}

#[tokio::test]
async fn an_organizer_stays_while_others_are_registered_for_what_is_to_come() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let (sprint, empty) =
        (world.competition(&ada).create().await, world.competition(&ada).create().await);
    register(&world.ctx, &grace, sprint).await.unwrap();
    assert_eq!(leave(&world.ctx, &ada).await, Err(ErrorCode::OpenCompetitions));
    assert!(competitions::get(&world.ctx, empty).await.is_ok(), "nothing was deleted");

    world.clock.advance(TimeDelta::days(8));
    assert_eq!(leave(&world.ctx, &ada).await, Ok(()));
    let past = competitions::get(&world.ctx, sprint).await.unwrap();
    assert_eq!(past.organizer.name, "Deleted account");
    assert!(competitions::get(&world.ctx, empty).await.is_err(), "nobody has anything in it");
}

#[tokio::test]
async fn an_organizer_of_nothing_goes_at_once() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    world.competition(&ada).create().await;
    assert_eq!(leave(&world.ctx, &ada).await, Ok(()));
    for table in ["users", "competitions"] {
        assert_eq!(world.execute(&format!("DELETE FROM {table}")).await.unwrap(), 0, "{table}");
    }
}

/// Whatever wins, no seat is held by nobody, and the count is right.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn registering_and_deleting_at_once_leaves_the_count_right() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    let crowd = world.crowd(6).await;
    let tasks = crowd.iter().enumerate().flat_map(|(number, guest)| {
        let (ctx, other, guest) = (world.ctx.clone(), other.clone(), guest.clone());
        let again = guest.clone();
        let registering: std::pin::Pin<Box<dyn Future<Output = ()> + Send>> =
            Box::pin(async move { drop(register(&ctx, &guest, sprint).await) });
        let leaving: std::pin::Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
            if number % 2 == 0 {
                leave(&other, &again).await.unwrap();
            }
        });
        [registering, leaving]
    });
    at_once(tasks.collect::<Vec<_>>()).await;
    let tally = world.tally(sprint).await;
    assert_eq!(tally.registered, tally.seats_held);
    assert_eq!(tally.seats_held, world.roster(&ada, sprint).await.len() as u64);
}
