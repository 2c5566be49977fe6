//! The roster of a competition.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{CompetitionId, RosterQuery};
use service::{
    Actor, accounts,
    registration::{browse_roster, export_roster, roster},
    testing::World,
};
use tokio::time::timeout;

use crate::support::{at_once, cancel_registration, code, register};

fn query(sort: &str) -> RosterQuery {
    RosterQuery { sort: Some(sort.to_owned()), ..Default::default() }
}

async fn names(world: &World, actor: &Actor, id: CompetitionId, query: RosterQuery) -> Vec<String> {
    let page = roster(&world.ctx, actor, id, &query.check().unwrap()).await.unwrap();
    page.items.into_iter().map(|entry| entry.user.name).collect()
}

/// All parts of an export: how many, and the names in them.
async fn exported(
    world: &World,
    actor: &Actor,
    id: CompetitionId,
    query: RosterQuery,
) -> (usize, Vec<String>) {
    let filter = query.check().unwrap();
    let mut export = export_roster(&world.ctx, actor, id, filter).await.unwrap();
    let (mut parts, mut names) = (0, Vec::new());
    loop {
        let part = export.next_part().await.unwrap();
        if part.is_empty() {
            return (parts, names);
        }
        parts += 1;
        names.extend(part.into_iter().map(|entry| entry.user.name));
    }
}

#[tokio::test]
async fn a_roster_is_searched_by_words_in_any_order_without_accents_and_by_their_beginnings() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    let all = ["Anna Smith", "José García", "Łukasz Żółty", "Seán O'Brien", "Smithson Ann"];
    for name in all {
        let participant = world.participant(name).await;
        register(&world.ctx, &participant, sprint).await.unwrap();
        world.clock.advance(TimeDelta::seconds(1));
    }
    for (search, expected) in [
        ("garcia", &["José García"][..]),
        ("GARCI\u{301}A jose", &["José García"]),
        ("Smith Anna", &["Anna Smith"]),
        ("smith ann", &["Anna Smith", "Smithson Ann"]),
        ("lukasz zolty", &["Łukasz Żółty"]),
        ("obrien", &["Seán O'Brien"]),
        ("o’brien", &["Seán O'Brien"]),
        ("anna.smith@example.com", &["Anna Smith"]),
        ("mith", &[]),
        ("Anna García", &[]),
        ("' OR 1=1 --", &[]),
        ("z':* | q", &[]),
        ("@", &all),
    ] {
        let query = RosterQuery { search: Some(search.to_owned()), ..Default::default() };
        assert_eq!(names(&world, &ada, sprint, query.clone()).await, expected, "{search}");
        assert_eq!(exported(&world, &ada, sprint, query).await.1, expected, "{search}");
    }
}

#[tokio::test]
async fn accounts_that_an_earlier_release_has_created_are_indexed_once() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace Hopper").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    assert_eq!(accounts::index_missing(&world.ctx).await.unwrap(), 0);
    world.execute("UPDATE users SET search_words = ''").await.unwrap();
    let query = RosterQuery { search: Some("hopper grace".to_owned()), ..Default::default() };
    assert!(names(&world, &ada, sprint, query.clone()).await.is_empty());
    assert_eq!(accounts::index_missing(&world.ctx).await.unwrap(), 2);
    assert_eq!(names(&world, &ada, sprint, query).await, ["Grace Hopper"]);
}

#[tokio::test]
async fn indexing_ends_when_an_account_has_no_words() {
    let world = World::new().await;
    world.organizer("Ada").await;
    world.execute("UPDATE users SET name = '!', email = '', search_words = ''").await.unwrap();
    let indexed = timeout(Duration::from_secs(10), accounts::index_missing(&world.ctx)).await;
    assert_eq!(indexed.expect("an end").unwrap(), 1);
}

#[tokio::test]
async fn a_participant_who_is_renamed_is_found_by_the_new_name() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    let renamed = serde_json::from_value(serde_json::json!({ "name": "Zoë Ångström" })).unwrap();
    accounts::edit_profile(&world.ctx, &grace, renamed).await.unwrap();
    let found = async |search: &str| {
        let query = RosterQuery { search: Some(search.to_owned()), ..Default::default() };
        names(&world, &ada, sprint, query).await
    };
    assert_eq!(found("angstrom zoe").await, ["Zoë Ångström"]);
    // Her address is still the same.
    assert_eq!(found("grace example").await, ["Zoë Ångström"]);
}

#[tokio::test]
async fn a_roster_is_sorted_by_each_column_in_both_directions() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    for name in ["Joe", "ben", "Eve"] {
        let participant = world.participant(name).await;
        register(&world.ctx, &participant, sprint).await.unwrap();
        world.run_pending_jobs().await;
        if name == "ben" {
            cancel_registration(&world.ctx, &participant, sprint).await.unwrap();
        }
        world.clock.advance(TimeDelta::seconds(1));
    }
    for (sort, expected) in [
        ("", ["Joe", "ben", "Eve"]),
        ("registered", ["Joe", "ben", "Eve"]),
        ("-registered", ["Eve", "ben", "Joe"]),
        ("name", ["ben", "Eve", "Joe"]),
        ("-name", ["Joe", "Eve", "ben"]),
        ("status", ["ben", "Joe", "Eve"]),
        ("-status", ["Eve", "Joe", "ben"]),
    ] {
        assert_eq!(names(&world, &ada, sprint, query(sort)).await, expected, "{sort}");
        let (_, all) = exported(&world, &ada, sprint, query(sort)).await;
        assert_eq!(all, expected, "exported by {sort}");
    }
    let page = RosterQuery { page: Some("2".into()), limit: Some("2".into()), ..query("name") };
    assert_eq!(names(&world, &ada, sprint, page.clone()).await, ["Joe"]);
    assert_eq!(exported(&world, &ada, sprint, page).await.1.len(), 3, "all pages are exported");
}

#[tokio::test]
async fn a_roster_without_a_match_differs_from_an_empty_one() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    let search = RosterQuery { search: Some("nobody".into()), ..Default::default() };
    let filter = search.check().unwrap();
    let page = browse_roster(&world.ctx, &ada, sprint, &filter).await.unwrap();
    assert_eq!((page.found.total, page.totals.all()), (0, 0));
    let [stays, leaves] = &world.participants(2).await[..] else { panic!("two participants") };
    for participant in [stays, leaves] {
        register(&world.ctx, participant, sprint).await.unwrap();
    }
    cancel_registration(&world.ctx, leaves, sprint).await.unwrap();
    let page = browse_roster(&world.ctx, &ada, sprint, &filter).await.unwrap();
    assert_eq!((page.found.total, page.totals.all()), (0, 2));
    assert_eq!((page.totals.pending, page.totals.cancelled), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_roster_is_exported_in_parts_without_gaps_or_duplicates() {
    const SIZE: usize = 2_100;
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(SIZE as i64).create().await;
    let participants = world.participants_in_bulk(SIZE).await;
    for some in participants.chunks(500) {
        let register = |participant: &Actor| {
            let (ctx, participant) = (world.ctx.clone(), participant.clone());
            async move { register(&ctx, &participant, sprint).await.map(drop) }
        };
        for outcome in at_once(some.iter().map(register)).await {
            outcome.unwrap();
        }
    }
    let mut all: Vec<_> =
        participants.iter().map(|participant| participant.user().unwrap().name.clone()).collect();
    all.sort_unstable();
    for sort in ["registered", "-registered", "name", "-status"] {
        let (parts, mut names) = exported(&world, &ada, sprint, query(sort)).await;
        names.sort_unstable();
        assert_eq!((parts, names == all), (3, true), "by {sort}");
    }
    let confirmed = RosterQuery { status: Some("CONFIRMED".into()), ..query("name") };
    assert_eq!(exported(&world, &ada, sprint, confirmed).await.0, 0);
}

#[tokio::test]
async fn only_the_organizer_and_administrators_export_a_roster() {
    let world = World::new().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let (grace, root) = (world.participant("Grace").await, world.admin("Root").await);
    let sprint = world.competition(&ada).create().await;
    let open = async |actor: &Actor| {
        let filter = RosterQuery::default().check().unwrap();
        export_roster(&world.ctx, actor, sprint, filter).await.map(drop).map_err(code)
    };
    for actor in [&bob, &grace, &Actor::anonymous()] {
        open(actor).await.unwrap_err();
    }
    for actor in [&ada, &root] {
        open(actor).await.unwrap();
    }
}
