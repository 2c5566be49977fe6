//! Calendar files, read back as a calendar reads them.

use chrono::TimeDelta;
use domain::{CompetitionId, ErrorCode, RegistrationId};
use icalendar::{
    Calendar, CalendarComponent, CalendarDateTime, Component, DatePerhapsTime, Event, EventLike,
    EventStatus,
};
use serde_json::json;
use service::{Actor, calendar, competitions, testing::World};

use crate::support::{cancel_registration, code, edit, register};

const SITE: &str = "https://compete.example:8443";

/// The events of a file.
fn events(file: &str) -> Vec<Event> {
    assert!(file.split("\r\n").all(|line| line.len() <= 75), "lines are folded: {file}");
    let calendar: Calendar = file.parse().expect("a calendar");
    let event = |component| match component {
        CalendarComponent::Event(event) => event,
        other => panic!("{other:?}"),
    };
    calendar.components.into_iter().map(event).collect()
}

fn uid(event: &Event) -> &str {
    event.get_uid().expect("a UID")
}

fn start(event: &Event) -> Option<DatePerhapsTime> {
    event.get_start()
}

/// The calendar file of a competition, as visitors see it.
async fn of_competition(world: &World, id: CompetitionId) -> String {
    let competition = competitions::get(&world.ctx, id).await.unwrap().competition;
    calendar::of_competition(&world.ctx, &competition, SITE)
}

#[tokio::test]
async fn the_calendar_of_a_competition_has_its_deadline_and_start() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let title =
        "Chess; Open, \\ and more: a title so long that its line has to be folded somewhere, ÄÖÜ";
    let id = world
        .competition(&ada)
        .titled(title)
        .about("Seven *rounds*.\n\nBring a board.")
        .create()
        .await;
    let competition = competitions::get(&world.ctx, id).await.unwrap().competition;

    let file = calendar::of_competition(&world.ctx, &competition, SITE);
    let [deadline, begin] = &events(&file)[..] else { panic!("two events in {file}") };
    assert_eq!(uid(deadline), format!("{id}-deadline@compete.example"));
    assert_eq!(deadline.get_summary(), Some(&*format!("Registration closes: {title}")));
    assert_eq!(start(deadline), Some(competition.reg_deadline.utc().into()));
    assert_eq!((uid(begin), begin.get_summary()), (&*format!("{id}@compete.example"), Some(title)));
    assert_eq!(start(begin), Some(competition.start_date.unwrap().utc().into()));
    let about = format!("Seven rounds. Bring a board.\n\n{SITE}/competitions/{id}");
    assert_eq!(begin.get_description(), Some(&*about));

    let later = world.competition(&ada).starting_in(None).create().await;
    let file = of_competition(&world, later).await;
    assert_eq!(events(&file).len(), 1, "no start is made up");
}

#[tokio::test]
async fn the_event_of_a_competition_has_its_place_and_ends_after_an_hour_without_an_end() {
    let world = World::new().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let at_start = async |id| {
        let file = of_competition(&world, id).await;
        events(&file)
            .into_iter()
            .find(|event| {
                uid(event).starts_with(&id.to_string()) && !uid(event).contains("deadline")
            })
            .expect("the start")
    };
    let length = |event: &Event| match (event.get_start(), event.get_end()) {
        (
            Some(DatePerhapsTime::DateTime(CalendarDateTime::Utc(start))),
            Some(DatePerhapsTime::DateTime(CalendarDateTime::Utc(end))),
        ) => end - start,
        other => panic!("{other:?}"),
    };
    let (hall, address) = ("Town Hall; room 2", "Rathausplatz 1, 10115 Berlin");
    let long = TimeDelta::hours(30);
    let id = world.competition(&ada).lasting(long).at(hall, address).create().await;
    let event = at_start(id).await;
    assert_eq!(event.get_location(), Some(&*format!("{hall}, {address}")));
    assert_eq!(length(&event), long);

    let link = "https://meet.example/42";
    let id = world.competition(&ada).online_at(link).create().await;
    let event = at_start(id).await;
    assert_eq!((event.get_location(), length(&event)), (Some("Online"), TimeDelta::hours(1)));
    let held = register(&world.ctx, &ben, id).await.unwrap().registration.id;
    let ticket = async || {
        let file = calendar::of_registration(&world.ctx, &ben, held, SITE).await.unwrap();
        events(&file).remove(0)
    };
    let event = ticket().await;
    assert_eq!(event.get_location(), Some(link));
    assert!(event.get_description().unwrap().contains(&format!("Online: {link}")));
    cancel_registration(&world.ctx, &ben, id).await.unwrap();
    let event = ticket().await;
    assert_eq!(event.get_location(), Some("Online"));
    assert!(!event.get_description().unwrap().contains(link));
}

#[tokio::test]
async fn the_event_of_a_registration_keeps_its_id_when_it_changes() {
    let world = World::new().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let id = world.competition(&ada).starting_in(None).create().await;
    let held = register(&world.ctx, &ben, id).await.unwrap().registration.id;
    let event = async || {
        let file = calendar::of_registration(&world.ctx, &ben, held, SITE).await.unwrap();
        let [event] = &events(&file)[..] else { panic!("one event in {file}") };
        event.clone()
    };

    let first = event().await;
    assert_eq!(uid(&first), format!("{held}@compete.example"));
    assert_eq!(first.get_summary(), Some("Registration closes: Code Sprint"), "no start is set");
    assert_eq!((first.get_sequence(), first.get_status()), (Some(2), Some(EventStatus::Tentative)));

    world.run_pending_jobs().await;
    assert_eq!(event().await.get_status(), Some(EventStatus::Confirmed));

    world.clock.advance(TimeDelta::minutes(1));
    let starts = domain::Timestamp::from(world.ctx.now().utc() + TimeDelta::days(9));
    let patch = json!({ "title": "Code Dash", "startDate": starts });
    edit(&world.ctx, &ada, id, patch).await.unwrap();
    let moved = event().await;
    assert_eq!((uid(&moved), moved.get_sequence()), (uid(&first), Some(3)));
    assert_eq!(
        (moved.get_summary(), start(&moved)),
        (Some("Code Dash"), Some(starts.utc().into()))
    );
    assert!(moved.get_last_modified() > first.get_last_modified());

    cancel_registration(&world.ctx, &ben, id).await.unwrap();
    let cancelled = event().await;
    assert_eq!(cancelled.get_status(), Some(EventStatus::Cancelled));
    assert_eq!(uid(&cancelled), uid(&first));
}

#[tokio::test]
async fn a_registration_is_in_the_calendar_of_its_participant_only() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let (ben, eve) = (world.participant("Ben").await, world.participant("Eve").await);
    let id = world.competition(&ada).create().await;
    let held = register(&world.ctx, &ben, id).await.unwrap().registration.id;
    let refusal = async |actor: &Actor, id: RegistrationId| {
        code(calendar::of_registration(&world.ctx, actor, id, SITE).await.unwrap_err())
    };
    for other in [&eve, &ada] {
        assert_eq!(refusal(other, held).await, ErrorCode::NotRegistered);
    }
    assert_eq!(refusal(&Actor::anonymous(), held).await, ErrorCode::Unauthorized);
    assert_eq!(refusal(&ben, RegistrationId(uuid::Uuid::nil())).await, ErrorCode::NotRegistered);
}
