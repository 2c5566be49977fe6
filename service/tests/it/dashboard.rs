use chrono::TimeDelta;
use domain::{ErrorCode, MyRegistration};
use service::{dashboard, testing::World};

use crate::support::{cancel, code, register};

fn titles(registrations: &[MyRegistration]) -> Vec<&str> {
    registrations.iter().map(|mine| &*mine.competition.title).collect()
}

#[tokio::test]
async fn participants_see_what_is_next_then_what_was() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    for (title, start) in [
        ("Next week", Some(7)),
        ("Was first", Some(2)),
        ("Was second", Some(3)),
        ("Tomorrow", Some(5)),
        ("Someday", None),
        ("Given back", Some(6)),
    ] {
        let new = world.competition(&ada).titled(title);
        let id = new.starting_in(start.map(TimeDelta::days)).create().await;
        register(&world.ctx, &grace, id).await.unwrap();
        if title == "Given back" {
            cancel(&world.ctx, &grace, id).await.unwrap();
        }
    }
    world.clock.advance(TimeDelta::days(4));
    let seen = dashboard::participant(&world.ctx, &grace).await.unwrap();
    // Without a start, the deadline is what is known.
    assert_eq!(titles(&seen.upcoming), ["Someday", "Tomorrow", "Next week"]);
    assert_eq!(titles(&seen.past), ["Was second", "Was first"]);
    assert_eq!(titles(&seen.cancelled), ["Given back"]);
}

#[tokio::test]
async fn organizers_see_the_totals_of_their_own() {
    let world = World::new().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let guests = world.crowd(3).await;
    let closing = world.competition(&ada).seats(5).create().await;
    let open = world.competition(&ada).seats(7).closing_in(TimeDelta::days(2)).create().await;
    let other = world.competition(&bob).create().await;
    for guest in &guests {
        register(&world.ctx, guest, closing).await.unwrap();
        register(&world.ctx, guest, other).await.unwrap();
    }
    register(&world.ctx, &guests[0], open).await.unwrap();
    world.clock.advance(TimeDelta::days(1));
    let seen = dashboard::organizer(&world.ctx, &ada).await.unwrap();
    assert_eq!((seen.competitions.len(), seen.open), (2, 1));
    assert_eq!((seen.registrations, seen.seats), (4, 12));
}

#[tokio::test]
async fn each_role_has_its_own_dashboard() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let refused = dashboard::participant(&world.ctx, &ada).await.unwrap_err();
    assert_eq!(code(refused), ErrorCode::Forbidden);
    let refused = dashboard::organizer(&world.ctx, &grace).await.unwrap_err();
    assert_eq!(code(refused), ErrorCode::Forbidden);
}
