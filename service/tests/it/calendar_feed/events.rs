//! The events of feeds, read back with another library than the one that writes them.

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType as Type, ICalendarProperty as Property,
};
use chrono::TimeDelta;
use domain::Visibility;
use serde_json::json;
use service::{
    calendar::{self, of_registration},
    calendar_feed::read,
    competitions,
    testing::World,
};

use super::feed_of;
use crate::support::{
    approve, cancel_competition, cancel_registration, count, edit, register, reject,
};

const SITE: &str = "https://site.example";

/// The values of one kind of property of the events of a feed.
async fn values(world: &World, key: &str, property: &Property) -> Vec<String> {
    let file = read(&world.ctx, key).await.unwrap();
    events(&file).iter().map(|event| value(event, property)).collect()
}

async fn summaries(world: &World, key: &str) -> Vec<String> {
    values(world, key, &Property::Summary).await
}

/// The events of a file.
fn events(file: &str) -> Vec<ICalendarComponent> {
    let calendar = ICalendar::parse(file).expect("a calendar");
    let is_event = |component: &ICalendarComponent| component.component_type == Type::VEvent;
    calendar.components.into_iter().filter(is_event).collect()
}

/// The value of a property, a time as `2026-11-29T12:00:00Z`; empty without it.
fn value(component: &ICalendarComponent, property: &Property) -> String {
    let Some(entry) = component.property(property) else { return String::new() };
    let value = &entry.values[0];
    let time = value.as_partial_date_time().and_then(|time| time.to_rfc3339());
    time.or_else(|| value.as_text().map(str::to_owned)).expect("a text or a time")
}

#[tokio::test]
async fn a_feed_has_the_events_of_active_registrations_with_the_uids_of_their_files() {
    let world = World::new().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let key = feed_of(&world.ctx, &ben).await;
    let dated = world.competition(&ada).titled("Dated").lasting(TimeDelta::hours(3)).create().await;
    let undated = world.competition(&ada).titled("Undated").starting_in(None).create().await;
    let full = world.competition(&ada).titled("Full").seats(1).waitlist(1).create().await;
    let reviewed = world.competition(&ada).titled("Reviewed").with_approval().create().await;
    let eve = world.participant("Eve").await;
    register(&world.ctx, &eve, full).await.unwrap();
    let mut files = Vec::new();
    for id in [dated, undated, full, reviewed] {
        let held = register(&world.ctx, &ben, id).await.unwrap().registration.id;
        world.run_pending_jobs().await;
        let file = of_registration(&world.ctx, &ben, held, SITE).await.unwrap();
        let [event] = &events(&file)[..] else { panic!("one event in {file}") };
        let of = |property| value(event, &property);
        files.push((of(Property::Uid), of(Property::Summary), of(Property::Status)));
        assert_eq!(of(Property::Uid), format!("{held}@site.example"));
    }
    let file = read(&world.ctx, &key).await.unwrap();
    let mut found: Vec<_> = events(&file)
        .iter()
        .map(|event| {
            let of = |property| value(event, &property);
            (of(Property::Uid), of(Property::Summary), of(Property::Status))
        })
        .collect();
    found.sort();
    files.sort();
    assert_eq!(found, files);
    let mut titles: Vec<_> = found.iter().map(|(_, title, status)| (&**title, &**status)).collect();
    titles.sort_unstable();
    let expected = [
        ("Dated", "CONFIRMED"),
        ("Full (waiting list)", "TENTATIVE"),
        ("Registration closes: Undated", "CONFIRMED"),
        ("Reviewed (not approved yet)", "TENTATIVE"),
    ];
    assert_eq!(titles, expected);
    let dated = events(&file).into_iter().find(|event| value(event, &Property::Summary) == "Dated");
    let dated = dated.expect("an event");
    let times = (value(&dated, &Property::Dtstart), value(&dated, &Property::Dtend));
    assert_eq!(times, ("2026-11-30T12:00:00Z".into(), "2026-11-30T15:00:00Z".into()));
}

#[tokio::test]
async fn a_feed_names_itself_and_has_no_method() {
    let world = World::new().await;
    let ben = world.participant("Ben").await;
    let key = feed_of(&world.ctx, &ben).await;
    let file = read(&world.ctx, &key).await.unwrap();
    let calendar = ICalendar::parse(&file).expect("a calendar");
    let head = &calendar.components[0];
    assert_eq!(head.component_type, Type::VCalendar);
    let of = |property| value(head, &property);
    assert_eq!((of(Property::Name), of(Property::Version)), ("Mini Compete".into(), "2.0".into()));
    for line in [
        "X-WR-CALNAME:Mini Compete",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ] {
        assert!(file.split("\r\n").any(|found| found == line), "{line}: {file}");
    }
    assert!(!file.contains("METHOD"), "{file}");
    assert_eq!(events(&file).len(), 0);
    let zone = calendar.components.iter().any(|part| part.component_type == Type::VTimezone);
    assert!(zone, "a file has one component at least: {file}");
}

#[tokio::test]
async fn what_ends_a_registration_takes_its_event_out_of_the_feed() {
    let world = World::new().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let key = feed_of(&world.ctx, &ben).await;
    let new = async |title| {
        let id = world.competition(&ada).titled(title).with_approval().create().await;
        (id, register(&world.ctx, &ben, id).await.unwrap().registration.id)
    };
    let (kept, of_kept) = new("Kept").await;
    let ((left, _), (rejected, of_rejected)) = (new("Left").await, new("Rejected").await);
    let (hidden, of_hidden) = new("Hidden").await;
    approve(&world.ctx, &ada, kept, &[of_kept]).await.unwrap();
    assert_eq!(summaries(&world, &key).await.len(), 4);

    cancel_registration(&world.ctx, &ben, left).await.unwrap();
    reject(&world.ctx, &ada, rejected, &[of_rejected], "").await.unwrap();
    reject(&world.ctx, &ada, hidden, &[of_hidden], "").await.unwrap();
    edit(&world.ctx, &ada, hidden, json!({ "visibility": "DRAFT" })).await.unwrap();
    assert_eq!(summaries(&world, &key).await, ["Kept"]);
}

#[tokio::test]
async fn a_cancelled_competition_stays_until_it_would_have_started_and_a_past_one_for_a_year() {
    let world = World::new().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let key = feed_of(&world.ctx, &ben).await;
    let of_ada = feed_of(&world.ctx, &ada).await;
    let new = async |title| {
        let id = world.competition(&ada).titled(title).lasting(TimeDelta::hours(48)).create().await;
        register(&world.ctx, &ben, id).await.unwrap();
        world.run_pending_jobs().await;
        id
    };
    let (_, cancelled) = (new("Held").await, new("Off").await);
    cancel_competition(&world.ctx, &ada, cancelled).await.unwrap();
    let mut found = summaries(&world, &key).await;
    found.sort();
    assert_eq!(found, ["Held", "Off (cancelled)"]);
    let statuses = values(&world, &key, &Property::Status).await;
    assert_eq!(count(&statuses, &"CANCELLED".to_owned()), 1);
    let mut found = summaries(&world, &of_ada).await;
    found.sort();
    let expected =
        ["Held (organizer)", "Off (organizer, cancelled)", "Registration closes: Held (organizer)"];
    assert_eq!(found, expected);

    world.clock.advance(TimeDelta::days(7));
    assert_eq!(summaries(&world, &key).await, ["Held"]);
    // They have 48 hours.
    world.clock.advance(TimeDelta::days(367) - TimeDelta::milliseconds(1));
    assert_eq!(summaries(&world, &key).await, ["Held"]);
    assert_eq!(summaries(&world, &of_ada).await.len(), 2);
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(summaries(&world, &key).await.len(), 0);
    assert_eq!(summaries(&world, &of_ada).await.len(), 0);
}

#[tokio::test]
async fn a_feed_has_the_500_registrations_that_start_last() {
    let world = World::new().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let key = feed_of(&world.ctx, &ben).await;
    for (title, days) in [("Early", 3), ("Late", 30)] {
        let new = world.competition(&ada).titled(title).starting_in(TimeDelta::days(days));
        let id = new.create().await;
        register(&world.ctx, &ben, id).await.unwrap();
    }
    world.register_for_many(&ben, &ada, 499).await;
    let found = summaries(&world, &key).await;
    assert_eq!((found.len(), &*found[0]), (500, "Late"));
    assert!(!found.contains(&"Early".to_owned()));
    world.register_for_many(&ben, &ada, 1).await;
    assert_eq!(summaries(&world, &key).await.len(), 500);
}

#[tokio::test]
async fn an_organizer_finds_their_competitions_with_the_uids_of_their_files() {
    let world = World::new().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let key = feed_of(&world.ctx, &ada).await;
    world.competition(&bob).titled("Not hers").create().await;
    let sprint = world.competition(&ada).titled("Sprint").online_at("https://meet.example/1");
    let sprint = sprint.create().await;
    let draft = || world.competition(&ada).visible_as(Visibility::Draft);
    let dated = draft().titled("Dated").create().await;
    draft().titled("Undated").starting_in(None).create().await;
    let deleted = draft().titled("Deleted").create().await;
    cancel_competition(&world.ctx, &ada, deleted).await.unwrap();

    let file = read(&world.ctx, &key).await.unwrap();
    let mut found: Vec<_> = events(&file)
        .iter()
        .map(|event| {
            let of = |property| value(event, &property);
            (of(Property::Summary), of(Property::Uid), of(Property::Status))
        })
        .collect();
    found.sort();
    let row = |summary: &str, uid: String, status: &str| {
        (summary.to_owned(), format!("{uid}@site.example"), status.to_owned())
    };
    let expected = [
        row("Dated (organizer, draft)", dated.to_string(), "TENTATIVE"),
        row("Registration closes: Sprint (organizer)", format!("{sprint}-deadline"), "CONFIRMED"),
        row("Sprint (organizer)", sprint.to_string(), "CONFIRMED"),
    ];
    assert_eq!(found, expected);
    let competition = competitions::get(&world.ctx, sprint).await.unwrap().competition;
    let single = calendar::of_competition(&world.ctx, &competition, SITE);
    let uids: Vec<_> = events(&single).iter().map(|event| value(event, &Property::Uid)).collect();
    assert!(uids.iter().all(|uid| file.contains(&format!("UID:{uid}"))), "{uids:?}");
    assert!(values(&world, &key, &Property::Location).await.iter().any(|at| at.contains("meet")));
}

#[tokio::test]
async fn any_title_is_read_back_from_folded_lines() {
    let world = World::new().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let key = feed_of(&world.ctx, &ben).await;
    let beginning = "Chess; Open, \\n \\ \"quoted\" : 🏆 Ä ß 日本語 ";
    let title = format!("{beginning}{}", "é🏁".repeat(100));
    let title: String = title.chars().take(200).collect();
    let id = world
        .competition(&ada)
        .titled(&title)
        .about("First line; with, marks.\n\nBEGIN:VALARM\n\nEND:VCALENDAR")
        .at("Hall; 2, left", "Street 1, 10115 Berlin")
        .create()
        .await;
    register(&world.ctx, &ben, id).await.unwrap();
    let file = read(&world.ctx, &key).await.unwrap();
    assert!(file.ends_with("END:VCALENDAR\r\n"), "{file}");
    assert!(!file.replace("\r\n", "").contains(['\r', '\n']), "lines end with CRLF");
    for line in file.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
    }
    let [event] = &events(&file)[..] else { panic!("one event in {file}") };
    assert_eq!(value(event, &Property::Summary), title);
    assert_eq!(value(event, &Property::Location), "Hall; 2, left, Street 1, 10115 Berlin");
    let description = value(event, &Property::Description);
    assert!(description.starts_with("First line; with, marks. BEGIN:VALARM"), "{description}");
}
