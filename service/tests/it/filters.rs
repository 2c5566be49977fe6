//! Filters of the list of competitions: how far they are, how one takes part, and when they start.

use chrono::TimeDelta;
use domain::{
    CompetitionDetail, CompetitionQuery, CompetitionStatus, PublicError, RegistrationStatus,
    Visibility,
};
use service::{
    Actor, Cursor, competitions, cron, housekeeping::CleanUp, registration, testing::World,
};

use crate::support::{cancel_competition, cancel_registration, register, titles};

const DAY: TimeDelta = TimeDelta::days(1);

/// On the eleventh day: one competition of each status, each with one that is not listed beside it.
async fn ten_days_later() -> World {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    for (title, closes, starts) in [
        ("Open", 20, Some(30)),
        ("Closed", 5, Some(30)),
        ("Closed without a date", 5, None),
        ("Over", 5, Some(8)),
        ("Over before", 3, Some(4)),
    ] {
        let starts = starts.map(TimeDelta::days);
        let new = |title: &str, visibility| {
            let new = world.competition(&ada).titled(title).tagged(&["code"]);
            new.closing_in(TimeDelta::days(closes)).starting_in(starts).visible_as(visibility)
        };
        new(title, Visibility::Public).create().await;
        new("Unlisted", Visibility::Unlisted).create().await;
        new("Draft", Visibility::Draft).create().await;
        let cancelled = new("Cancelled", Visibility::Public).create().await;
        cancel_competition(&world.ctx, &ada, cancelled).await.unwrap();
    }
    world.clock.advance(TimeDelta::days(10));
    world
}

async fn clean_up(world: &World) {
    cron::fire(&world.ctx, "clean_up", world.ctx.now(), CleanUp {}).await.unwrap();
    world.run_pending_jobs().await;
}

fn of_status(status: &str, sort: &str) -> CompetitionQuery {
    let field = |text: &str| Some(text.to_owned());
    CompetitionQuery { status: field(status), sort: field(sort), ..CompetitionQuery::default() }
}

#[tokio::test]
async fn each_listed_competition_has_one_status() {
    let world = ten_days_later().await;
    let find = async |status, sort| titles(&world, of_status(status, sort)).await;
    assert_eq!(find("", "newest").await, ["Open"]);
    assert_eq!(find("open", "newest").await, ["Open"]);
    assert_eq!(find("closed", "title").await, ["Closed", "Closed without a date"]);
    assert_eq!(find("over", "title").await, ["Over", "Over before"]);
    // A competition without a date is over 90 days after its deadline.
    world.clock.advance(TimeDelta::days(85) - TimeDelta::milliseconds(1));
    assert_eq!(find("closed", "newest").await, ["Closed without a date"]);
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(find("closed", "newest").await, [""; 0]);
    assert_eq!(find("over", "newest").await.len(), 5);
}

#[tokio::test]
async fn a_competition_has_the_status_under_which_it_is_listed() {
    let world = ten_days_later().await;
    for status in CompetitionStatus::ALL {
        let filter = of_status(status.as_str(), "").check().unwrap();
        let listed = competitions::list(&world.ctx, &filter).await.unwrap().items;
        assert!(!listed.is_empty(), "{}", status.as_str());
        for CompetitionDetail { competition, .. } in listed {
            assert_eq!(competition.status(world.ctx.now()), status, "{}", competition.title);
        }
    }
}

#[tokio::test]
async fn past_competitions_without_a_date_begin_with_the_newest() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    for title in ["First", "Second"] {
        world.competition(&ada).titled(title).closing_in(DAY).starting_in(None).create().await;
        world.clock.advance(TimeDelta::seconds(1));
    }
    world.clock.advance(TimeDelta::days(91));
    assert_eq!(titles(&world, of_status("over", "start")).await, ["Second", "First"]);
}

#[tokio::test]
async fn past_competitions_are_found_by_signs_without_words_for_a_year() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    world.competition(&ada).titled("Run 🏃").closing_in(DAY).starting_in(DAY * 2).create().await;
    let find = async || {
        let search = Some("🏃".to_owned());
        titles(&world, CompetitionQuery { search, ..of_status("over", "") }).await
    };
    world.clock.advance(DAY + TimeDelta::days(365) - TimeDelta::milliseconds(1));
    assert_eq!(find().await, ["Run 🏃"]);
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(find().await, [""; 0]);
}

#[tokio::test]
async fn past_competitions_are_sorted_from_the_last_one_in_pages_and_in_parts() {
    let world = ten_days_later().await;
    for (status, sort, expected) in [
        ("over", "start", ["Over", "Over before"]),
        ("over", "deadline", ["Over", "Over before"]),
        ("closed", "start", ["Closed", "Closed without a date"]),
    ] {
        let query = of_status(status, sort);
        assert_eq!(titles(&world, query.clone()).await, expected, "{status} by {sort}");
        let filter = query.check().unwrap();
        let mut parts = Vec::new();
        let mut cursor = Cursor::first(1);
        loop {
            let part = competitions::list_after(&world.ctx, &filter, &cursor).await.unwrap();
            parts.extend(part.items.into_iter().map(|item| item.competition.title));
            let Some(after) = part.next else { break };
            cursor = Cursor { after: Some(after), ..cursor };
        }
        assert_eq!(parts, expected, "{status} by {sort} in parts");
    }
}

#[tokio::test]
async fn past_competitions_are_found_by_words_for_a_year() {
    let world = ten_days_later().await;
    let find = async || {
        let search = Some("befor".to_owned());
        titles(&world, CompetitionQuery { search, ..of_status("over", "") }).await
    };
    assert_eq!(find().await, ["Over before"]);
    assert_eq!(competitions::index_missing(&world.ctx).await.unwrap(), 0);
    world.clock.advance(TimeDelta::days(358) - TimeDelta::milliseconds(1));
    clean_up(&world).await;
    assert_eq!(find().await, ["Over before"]);
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(find().await, [""; 0], "before the clean-up");
    clean_up(&world).await;
    assert_eq!(find().await, [""; 0]);
}

#[tokio::test]
async fn filters_by_attendance_and_by_tag_apply_to_every_status() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let new = |title| world.competition(&ada).titled(title).closing_in(DAY).starting_in(DAY * 2);
    new("Hall").at("Hall", "").tagged(&["chess"]).create().await;
    new("Link").online_at("https://meet.example/").create().await;
    new("Both").at("Hall", "Berlin").online_at("https://meet.example/").create().await;
    new("Nowhere").create().await;
    for status in ["open", "closed", "over"] {
        let find = async |attendance: &str| {
            let attendance = Some(attendance.to_owned());
            titles(&world, CompetitionQuery { attendance, ..of_status(status, "title") }).await
        };
        assert_eq!(find("in-person").await, ["Both", "Hall"], "{status}");
        assert_eq!(find("online").await, ["Both", "Link"], "{status}");
        assert_eq!(find("").await.len(), 4, "{status}");
        let tags = Some("chess".to_owned());
        let tagged = CompetitionQuery { tags, ..of_status(status, "") };
        assert_eq!(titles(&world, tagged).await, ["Hall"], "{status}");
        world.clock.advance(DAY);
    }
}

#[tokio::test]
async fn start_days_are_those_of_a_zone_and_include_both_ends() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    // Noon of the test clock's day; the competitions start at 23:00 UTC.
    let today = world.ctx.now().utc().date_naive();
    let at = |day: i64| {
        let late = today.and_hms_opt(23, 0, 0).unwrap().and_utc() + DAY * day as i32;
        late - world.ctx.now().utc()
    };
    for (title, day) in [("First", 5), ("Second", 6), ("Third", 7)] {
        let new = world.competition(&ada).titled(title).closing_in(DAY);
        new.starting_in(at(day)).create().await;
    }
    world.competition(&ada).titled("Undated").starting_in(None).create().await;
    let day = |days: i64| Some((today + TimeDelta::days(days)).to_string());
    let find = async |from, until, zone: &str| {
        let query = CompetitionQuery {
            starts_from: from,
            starts_until: until,
            ..of_status("open", "start")
        };
        let mut filter = query.check().unwrap();
        filter.time_zone = domain::TimeZoneName::parse(zone).unwrap();
        let page = competitions::list(&world.ctx, &filter).await.unwrap();
        page.items.into_iter().map(|item| item.competition.title).collect::<Vec<_>>()
    };
    assert_eq!(find(day(5), day(6), "UTC").await, ["First", "Second"]);
    assert_eq!(find(day(6), None, "UTC").await, ["Second", "Third"]);
    assert_eq!(find(None, day(5), "UTC").await, ["First"]);
    // There it is the next day by then.
    assert_eq!(find(day(6), day(6), "Asia/Tokyo").await, ["First"]);
    assert_eq!(find(None, Some("9999-12-31".to_owned()), "UTC").await.len(), 3);
    assert_eq!(find(None, None, "UTC").await.len(), 4);
}

#[tokio::test]
async fn a_viewer_gets_the_statuses_of_their_own_registrations_only() {
    let world = World::new().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let grace = world.participant("Grace").await;
    let taken = world.competition(&ada).seats(1).waitlist(1).create().await;
    let left = world.competition(&ada).titled("Left").create().await;
    let other = world.competition(&ada).titled("Other").create().await;
    register(&world.ctx, &grace, taken).await.unwrap();
    register(&world.ctx, &grace, other).await.unwrap();
    register(&world.ctx, &ben, taken).await.unwrap();
    register(&world.ctx, &ben, left).await.unwrap();
    cancel_registration(&world.ctx, &ben, left).await.unwrap();
    let all = [taken, left, other];
    let of_ben = registration::own_statuses(&world.ctx, &ben, all).await.unwrap();
    let expected = [(taken, RegistrationStatus::Waitlisted), (left, RegistrationStatus::Cancelled)];
    assert_eq!(of_ben, expected.into());
    for viewer in [&ada, &Actor::anonymous()] {
        let of_others = registration::own_statuses(&world.ctx, viewer, all).await.unwrap();
        assert_eq!(of_others, [].into());
    }
}

#[tokio::test]
async fn faulty_filters_are_named_all_at_once() {
    let query = CompetitionQuery {
        status: Some("past".into()),
        attendance: Some("by-post".into()),
        starts_from: Some("2026-02-30".into()),
        starts_until: Some("soon".into()),
        ..CompetitionQuery::default()
    };
    let PublicError { fields, .. } = query.check().unwrap_err();
    let fields: Vec<_> = fields.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["status", "attendance", "startsFrom", "startsUntil"]);
}

#[tokio::test]
async fn the_name_of_an_organizer_is_public_if_one_of_their_competitions_is() {
    let world = World::new().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let name = async |organizer: &Actor| {
        competitions::organizer_name(&world.ctx, organizer.user().unwrap().id).await.unwrap()
    };
    world.competition(&ada).starting_in(DAY * 2).create().await;
    for hidden in [Visibility::Draft, Visibility::Unlisted] {
        world.competition(&bob).visible_as(hidden).create().await;
    }
    let cancelled = world.competition(&bob).create().await;
    cancel_competition(&world.ctx, &bob, cancelled).await.unwrap();
    world.clock.advance(DAY * 10);
    assert_eq!(name(&ada).await.as_deref(), Some("Ada"), "of a past one");
    assert_eq!(name(&bob).await, None);
}
