use chrono::TimeDelta;
use domain::{ErrorCode, MyRegistration, Paging};
use service::{dashboard, testing::World};

use crate::support::{cancel_competition, cancel_registration, code, register};

fn titles(registrations: &[MyRegistration]) -> Vec<&str> {
    registrations.iter().map(|mine| &*mine.competition.title).collect()
}

#[tokio::test]
async fn participants_see_upcoming_then_past_registrations() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let lasting = |title: &str| {
        let new = world.competition(&ada).titled(title).starting_in(TimeDelta::days(3));
        new.lasting(TimeDelta::days(2))
    };
    for new in [lasting("Under way"), lasting("Not approved").with_approval()] {
        register(&world.ctx, &grace, new.create().await).await.unwrap();
    }
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
            cancel_registration(&world.ctx, &grace, id).await.unwrap();
        }
    }
    world.clock.advance(TimeDelta::days(4));
    let seen = dashboard::participant(&world.ctx, &grace).await.unwrap();
    // Without a start date, the deadline counts.
    assert_eq!(
        titles(&seen.upcoming),
        ["Someday", "Not approved", "Under way", "Tomorrow", "Next week"]
    );
    assert_eq!(titles(&seen.past), ["Was second", "Was first"]);
    assert_eq!(titles(&seen.cancelled), ["Given back"]);
}

#[tokio::test]
async fn a_participant_sees_the_newest_200_registrations_and_the_number_of_all() {
    let world = World::new().await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let seen = dashboard::participant(&world.ctx, &grace).await.unwrap();
    assert_eq!((seen.upcoming.len(), seen.total), (0, 0));
    let oldest = world.competition(&ada).titled("Oldest").create().await;
    register(&world.ctx, &grace, oldest).await.unwrap();
    world.clock.advance(TimeDelta::seconds(1));
    for (more, listed) in [(199, 200), (1, 200)] {
        world.register_for_many(&grace, &ada, more).await;
        let seen = dashboard::participant(&world.ctx, &grace).await.unwrap();
        assert_eq!(seen.upcoming.len(), listed);
        assert_eq!(titles(&seen.upcoming).contains(&"Oldest"), more == 199);
        assert_eq!(seen.total, if more == 199 { 200 } else { 201 });
    }
}

#[tokio::test]
async fn organizers_see_the_totals_of_their_competitions() {
    let world = World::new().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let participants = world.participants(3).await;
    let closing = world.competition(&ada).seats(5).create().await;
    let open = world.competition(&ada).seats(7).closing_in(TimeDelta::days(2)).create().await;
    let other = world.competition(&bob).create().await;
    for participant in &participants {
        register(&world.ctx, participant, closing).await.unwrap();
        register(&world.ctx, participant, other).await.unwrap();
    }
    register(&world.ctx, &participants[0], open).await.unwrap();
    world.clock.advance(TimeDelta::days(1));
    let seen = dashboard::organizer(&world.ctx, &ada, Paging::first(20)).await.unwrap();
    assert_eq!((seen.competitions.total, seen.open), (2, 1));
    assert_eq!((seen.registrations, seen.seats, seen.closing_soon), (4, 12, 1));
}

#[tokio::test]
async fn a_page_of_the_dashboard_has_the_totals_of_all_competitions() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let participants = world.participants(2).await;
    let full = world.competition(&ada).titled("Full").seats(1).create().await;
    let new = world.competition(&ada).titled("Opens later").seats(2);
    new.opening_in(TimeDelta::hours(1)).create().await;
    let open = world.competition(&ada).titled("Open").seats(4).create().await;
    register(&world.ctx, &participants[0], full).await.unwrap();
    register(&world.ctx, &participants[1], open).await.unwrap();
    for (page, titles) in [(1, &["Open", "Opens later"][..]), (2, &["Full"]), (3, &[])] {
        let paging = Paging { page, limit: 2 };
        let seen = dashboard::organizer(&world.ctx, &ada, paging).await.unwrap();
        let here: Vec<_> =
            seen.competitions.items.iter().map(|own| &*own.competition.title).collect();
        assert_eq!(here, titles);
        assert_eq!((seen.competitions.total, seen.competitions.pages()), (3, 2));
        assert_eq!((seen.open, seen.registrations, seen.seats), (1, 2, 7));
        assert_eq!(seen.trend[29].count, 2);
    }
}

#[tokio::test]
async fn a_cancelled_competition_is_not_counted_as_open() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let [on, off] =
        [world.competition(&ada).create().await, world.competition(&ada).create().await];
    for id in [on, off] {
        register(&world.ctx, &grace, id).await.unwrap();
    }
    cancel_competition(&world.ctx, &ada, off).await.unwrap();
    let seen = dashboard::participant(&world.ctx, &grace).await.unwrap();
    assert_eq!((seen.upcoming.len(), seen.past.len(), seen.cancelled.len()), (1, 0, 1));
    assert!(seen.cancelled[0].competition.cancelled_at.is_some());
    let seen = dashboard::organizer(&world.ctx, &ada, Paging::first(20)).await.unwrap();
    assert_eq!((seen.competitions.total, seen.open, seen.closing_soon), (2, 1, 1));
    assert_eq!((seen.registrations, seen.seats), (1, 10));
}

#[tokio::test]
async fn the_trend_counts_registrations_on_each_of_the_last_30_days() {
    let world = World::new().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let participants = world.participants(6).await;
    let own = world.competition(&ada).closing_in(TimeDelta::days(90)).starting_in(None);
    let (own, other) = (own.create().await, world.competition(&bob).create().await);
    register(&world.ctx, &participants[0], other).await.unwrap();
    register(&world.ctx, &participants[0], own).await.unwrap();
    // A minute before the day is over, and a minute after.
    world.clock.advance(TimeDelta::hours(12) - TimeDelta::minutes(1));
    register(&world.ctx, &participants[1], own).await.unwrap();
    world.clock.advance(TimeDelta::minutes(2));
    for participant in &participants[2..4] {
        register(&world.ctx, participant, own).await.unwrap();
    }
    cancel_registration(&world.ctx, &participants[3], own).await.unwrap();
    world.clock.advance(TimeDelta::days(28));
    register(&world.ctx, &participants[4], own).await.unwrap();
    let counts = async || {
        let trend = dashboard::organizer(&world.ctx, &ada, Paging::first(20)).await.unwrap().trend;
        let counts: Vec<_> = trend.iter().map(|day| day.count).collect();
        (trend[0].day.to_string(), trend.len(), counts[0], counts[1], counts[2], counts[29])
    };
    assert_eq!(counts().await, ("2026-11-23T00:00:00.000Z".to_owned(), 30, 2, 2, 0, 1));
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(counts().await, ("2026-11-24T00:00:00.000Z".to_owned(), 30, 2, 0, 0, 0));
}

#[tokio::test]
async fn the_trend_counts_competitions_that_have_closed_since_their_registrations() {
    let world = World::new().await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let closing = world.competition(&ada).closing_in(TimeDelta::hours(6)).create().await;
    register(&world.ctx, &grace, closing).await.unwrap();
    // The deadline was within the first of the 30 days, and then before it.
    for (days, expected) in [(29, 1), (1, 0)] {
        world.clock.advance(TimeDelta::days(days));
        let seen = dashboard::organizer(&world.ctx, &ada, Paging::first(20)).await.unwrap();
        assert_eq!(seen.trend.iter().map(|day| day.count).sum::<u64>(), expected);
    }
}

#[tokio::test]
async fn the_trend_counts_seats_from_the_waiting_list_long_after_the_deadline() {
    let world = World::new().await;
    let (ada, people) = (world.organizer("Ada").await, world.participants(2).await);
    let start = TimeDelta::days(60);
    let sprint = world.competition(&ada).seats(1).waitlist(1).starting_in(start);
    let sprint = sprint.promoting_for(start).create().await;
    for participant in &people {
        register(&world.ctx, participant, sprint).await.unwrap();
    }
    world.clock.advance(TimeDelta::days(45));
    cancel_registration(&world.ctx, &people[0], sprint).await.unwrap();
    let seen = dashboard::organizer(&world.ctx, &ada, Paging::first(20)).await.unwrap();
    assert_eq!(seen.trend[29].count, 1);
}

#[tokio::test]
async fn each_role_has_its_own_dashboard() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let refused = dashboard::participant(&world.ctx, &ada).await.unwrap_err();
    assert_eq!(code(refused), ErrorCode::Forbidden);
    let refused = dashboard::organizer(&world.ctx, &grace, Paging::first(20)).await.unwrap_err();
    assert_eq!(code(refused), ErrorCode::Forbidden);
}

#[tokio::test]
async fn an_organizer_has_more_competitions_than_a_statement_has_parameters() {
    const MANY: u64 = 33_000;
    let world = World::new().await;
    // PostgreSQL has a parameter for all ids, which a test of 33,000 rows would not tell.
    if !world.database_url().starts_with("sqlite") {
        return;
    }
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let id = world.competition(&ada).create().await;
    register(&world.ctx, &grace, id).await.unwrap();
    let copies = format!(
        "WITH RECURSIVE copy(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM copy \
         WHERE number < {MANY}) INSERT INTO competitions (id, organizer_id, title, title_key, \
         description, search_text, capacity, reg_deadline, created_at, updated_at) SELECT \
         randomblob(16), organizer_id, title, title_key, '', '', 1, reg_deadline, created_at, \
         updated_at FROM competitions, copy"
    );
    world.execute(&copies).await.unwrap();
    let seen = dashboard::organizer(&world.ctx, &ada, Paging::first(10)).await.unwrap();
    assert_eq!(seen.competitions.total, MANY + 1);
    assert_eq!((seen.open, seen.registrations, seen.trend[29].count), (MANY + 1, 1, 1));
}
