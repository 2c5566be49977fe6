//! The events that mails bring to calendars, as another library reads them.

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType as Type, ICalendarParameterName,
    ICalendarProperty as Property, ICalendarValue,
};
use chrono::TimeDelta;
use domain::{CompetitionId, ProfilePatch, RegistrationId};
use serde_json::json;
use service::{
    Actor, Context, accounts,
    change_notice::DELAY,
    cron,
    jobs::BackgroundJob,
    reminder::SendReminders,
    testing::{World, run_pending_jobs},
};

use crate::{
    sink::{Received, Sink},
    support::{
        cancel_competition, cancel_registration, claim_one, edit, refuse_records_of_events,
        register, reject, run_job,
    },
};

/// The event of a mail.
struct Read {
    method: String,
    file: String,
    calendar: ICalendar,
}

impl Read {
    /// The event of the mail, which is there twice: among the alternatives, and as a file.
    fn of(mail: &Received) -> Self {
        let [(alternative, file), (attachment, copy)] = &mail.calendars[..] else {
            panic!("{}", mail.raw)
        };
        assert_eq!((alternative, file), (attachment, copy));
        let (_, method) = alternative.split_once("text/calendar; method=").expect("a method");
        let file = file.replace('\n', "\r\n");
        let calendar = ICalendar::parse(&file).expect("a calendar");
        let read = Self { method: method.to_owned(), file, calendar };
        assert_eq!(value(&read.calendar.components[0], &Property::Method), read.method);
        read
    }

    fn component(&self, of: &Type) -> Option<&ICalendarComponent> {
        self.calendar.components.iter().find(|component| component.component_type == *of)
    }

    fn event(&self) -> &ICalendarComponent {
        self.component(&Type::VEvent).expect("an event")
    }

    fn value(&self, property: &Property) -> String {
        value(self.event(), property)
    }

    fn sequence(&self) -> i64 {
        let entry = self.event().property(&Property::Sequence).expect("a sequence");
        entry.values[0].as_integer().expect("a number")
    }
}

/// The value of a property, a time as `2026-11-29T12:00:00Z`; empty without it.
fn value(component: &ICalendarComponent, property: &Property) -> String {
    let Some(entry) = component.property(property) else { return String::new() };
    let value = &entry.values[0];
    let time = value.as_partial_date_time().and_then(|time| time.to_rfc3339());
    time.or_else(|| value.as_text().map(str::to_owned)).expect("a text or a time")
}

struct Scene {
    world: World,
    sink: Sink,
    ctx: Context,
    ada: Actor,
    grace: Actor,
    sprint: CompetitionId,
    registration: RegistrationId,
}

impl Scene {
    /// A participant with a seat of a competition that starts on Sunday at noon, and the mail that
    /// has confirmed it.
    async fn confirmed() -> (Self, Received) {
        let world = World::new().await;
        let sink = Sink::start().await;
        let ctx = world.process_with_mail(&sink.url()).await;
        let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
        let sprint = world.competition(&ada).in_zone("Europe/Berlin").titled("Code; Sprint, \\ 1");
        let sprint = sprint.at("Town Hall", "Berlin").online_at("https://meet.example/42");
        let sprint = sprint.about("# Rules\n\nSeven **rounds**. See https://evil.example/win now.");
        let sprint = sprint.starting_in(TimeDelta::days(6)).lasting(TimeDelta::hours(3));
        let sprint = sprint.contact("jury@chess.example").create().await;
        let registration = register(&ctx, &grace, sprint).await.unwrap().registration.id;
        let scene = Self { world, sink, ctx, ada, grace, sprint, registration };
        let mail = scene.next_mail().await;
        (scene, mail)
    }

    /// Runs all jobs that are due, and returns the one mail that is new.
    async fn next_mail(&self) -> Received {
        let before = self.sink.mails().len();
        run_pending_jobs(&self.ctx).await;
        let mails = self.sink.mails();
        assert_eq!(mails.len(), before + 1, "{mails:?}");
        mails[before].clone()
    }
}

#[tokio::test]
async fn a_confirmation_brings_an_event_that_the_participant_has_accepted() {
    let (scene, mail) = Scene::confirmed().await;
    assert_eq!(mail.header("reply-to"), "jury@chess.example");
    let read = Read::of(&mail);
    assert_eq!(read.method, "REQUEST");
    assert_eq!(read.value(&Property::Summary), "Code; Sprint, \\ 1");
    assert_eq!(read.value(&Property::Dtstart), "2026-11-29T12:00:00Z");
    assert_eq!(read.value(&Property::Dtend), "2026-11-29T15:00:00Z");
    assert_eq!(read.value(&Property::Location), "Town Hall, Berlin");
    assert_eq!(read.value(&Property::Status), "CONFIRMED");
    let about = read.value(&Property::Description);
    let page = scene.ctx.page(&format!("/competitions/{}", scene.sprint));
    let expected = format!(
        "Rules Seven rounds. See [link removed] now.\n\nOnline: https://meet.example/42\n\n{page}"
    );
    assert_eq!(about, expected);
    let organizer = read.event().property(&Property::Organizer).expect("an organizer");
    assert_eq!(organizer.calendar_address(), Some("no-reply@site.example"));
    let name = organizer.parameter(&ICalendarParameterName::Cn).and_then(|name| name.as_text());
    assert_eq!(name, Some("Ada"));
    let attendee = read.event().property(&Property::Attendee).expect("an attendee");
    assert_eq!(attendee.calendar_address(), Some("grace@example.com"));
    let status = attendee.parameter(&ICalendarParameterName::Partstat);
    assert_eq!(status.and_then(|status| status.as_text()), Some("ACCEPTED"));
    let alarm = read.component(&Type::VAlarm).expect("an alarm");
    let trigger = alarm.property(&Property::Trigger).expect("a trigger");
    let ICalendarValue::Duration(before_start) = &trigger.values[0] else { panic!("{trigger:?}") };
    assert_eq!(before_start.as_seconds(), -3_600);
    assert!(read.file.split("\r\n").all(|line| line.len() <= 75), "{}", read.file);
}

#[tokio::test]
async fn a_name_cannot_add_anything_to_an_event() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let name = "Grace \";ROLE=CHAIR:mailto:eve@example.com";
    let patch = ProfilePatch { name: name.to_owned().into(), ..ProfilePatch::default() };
    accounts::edit_profile(&ctx, &grace, patch).await.unwrap();
    let sprint = world.competition(&ada).create().await;
    register(&ctx, &grace, sprint).await.unwrap();
    run_pending_jobs(&ctx).await;
    let read = Read::of(&sink.only());
    let attendees = read.event().properties(&Property::Attendee).count();
    assert_eq!(attendees, 1);
    let attendee = read.event().property(&Property::Attendee).expect("an attendee");
    assert_eq!(attendee.calendar_address(), Some("grace@example.com"));
    assert!(attendee.parameter(&ICalendarParameterName::Role).is_none(), "{attendee:?}");
}

#[tokio::test]
async fn a_change_replaces_the_event_and_a_cancelled_competition_removes_it() {
    let (scene, confirmation) = Scene::confirmed().await;
    let first = Read::of(&confirmation);
    scene.world.clock.advance(TimeDelta::minutes(1));
    let moved = json!({ "startDate": "2026-12-06T12:00:00Z", "endsAt": "2026-12-06T14:00:00Z" });
    edit(&scene.ctx, &scene.ada, scene.sprint, moved).await.unwrap();
    scene.world.clock.advance(DELAY);
    let second = Read::of(&scene.next_mail().await);
    assert_eq!(
        (&*second.method, second.value(&Property::Uid)),
        ("REQUEST", first.value(&Property::Uid))
    );
    assert_eq!(second.value(&Property::Dtstart), "2026-12-06T12:00:00Z");
    assert!(second.sequence() > first.sequence());

    scene.world.clock.advance(TimeDelta::minutes(1));
    cancel_competition(&scene.ctx, &scene.ada, scene.sprint).await.unwrap();
    let third = Read::of(&scene.next_mail().await);
    assert_eq!(
        (&*third.method, third.value(&Property::Uid)),
        ("CANCEL", first.value(&Property::Uid))
    );
    assert_eq!(third.value(&Property::Status), "CANCELLED");
    assert!(third.sequence() > second.sequence());
    assert!(third.component(&Type::VAlarm).is_none());
}

#[tokio::test]
async fn a_start_that_is_not_set_any_more_removes_the_event() {
    let (scene, confirmation) = Scene::confirmed().await;
    let undated = json!({ "startDate": null, "endsAt": null });
    edit(&scene.ctx, &scene.ada, scene.sprint, undated).await.unwrap();
    scene.world.clock.advance(DELAY);
    let read = Read::of(&scene.next_mail().await);
    assert_eq!(read.method, "CANCEL");
    assert_eq!(read.value(&Property::Uid), Read::of(&confirmation).value(&Property::Uid));
    assert_eq!(read.value(&Property::Dtstart), "");
}

#[tokio::test]
async fn a_cancelled_competition_removes_the_event_after_its_start_was_cleared() {
    // Whether the start is cleared with a notice that the cancellation overtakes, or without one.
    for is_notified in [true, false] {
        let (scene, _) = Scene::confirmed().await;
        let undated =
            json!({ "startDate": null, "endsAt": null, "notifyParticipants": is_notified });
        edit(&scene.ctx, &scene.ada, scene.sprint, undated).await.unwrap();
        cancel_competition(&scene.ctx, &scene.ada, scene.sprint).await.unwrap();
        let read = Read::of(&scene.next_mail().await);
        assert_eq!(read.method, "CANCEL", "{is_notified}");
    }
}

#[tokio::test]
async fn a_participant_who_has_lost_the_seat_gets_the_event_removed() {
    let (scene, _) = Scene::confirmed().await;
    let kim = scene.world.participant("Kim").await;
    let full = json!({ "capacity": 1, "waitlistCapacity": 1 });
    edit(&scene.ctx, &scene.ada, scene.sprint, full).await.unwrap();
    cancel_registration(&scene.ctx, &scene.grace, scene.sprint).await.unwrap();
    register(&scene.ctx, &kim, scene.sprint).await.unwrap();
    register(&scene.ctx, &scene.grace, scene.sprint).await.unwrap();
    run_pending_jobs(&scene.ctx).await;
    let before = scene.sink.mails().len();
    cancel_competition(&scene.ctx, &scene.ada, scene.sprint).await.unwrap();
    run_pending_jobs(&scene.ctx).await;
    let mails = scene.sink.mails().split_off(before);
    let methods: Vec<_> = mails.iter().map(|mail| Read::of(mail).method).collect();
    assert_eq!(methods, ["CANCEL", "CANCEL"]);
}

#[tokio::test]
async fn an_event_that_was_not_mailed_is_not_removed() {
    let (world, sink) = (World::new().await, Sink::start().await);
    let ctx = world.process_with_mail(&sink.url()).await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let patch = serde_json::from_value(json!({ "registrations": "MAILBOX" })).unwrap();
    service::mail_preferences::edit(&ctx, &grace, &patch).await.unwrap();
    let sprint = world.competition(&ada).create().await;
    register(&ctx, &grace, sprint).await.unwrap();
    run_pending_jobs(&ctx).await;
    cancel_competition(&ctx, &ada, sprint).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert!(sink.only().calendars.is_empty(), "{}", sink.only().raw);
}

#[tokio::test]
async fn a_reminder_brings_an_event_only_if_the_participant_has_not_got_it() {
    let (scene, _) = Scene::confirmed().await;
    let remind = async || {
        let now = scene.ctx.now();
        cron::fire(&scene.ctx, SendReminders::NAME, now, SendReminders {}).await.unwrap();
        scene.next_mail().await
    };
    let offsets = json!({ "reminderOffsets": [2880, 1440], "notifyParticipants": false });
    edit(&scene.ctx, &scene.ada, scene.sprint, offsets).await.unwrap();
    scene.world.clock.advance(TimeDelta::days(4) + TimeDelta::minutes(1));
    assert_eq!(Read::of(&remind().await).method, "REQUEST", "the competition was edited");
    scene.world.clock.advance(TimeDelta::days(1));
    assert!(remind().await.calendars.is_empty());
}

#[tokio::test]
async fn a_removed_registration_removes_the_event() {
    let (scene, confirmation) = Scene::confirmed().await;
    let first = Read::of(&confirmation);
    reject(&scene.ctx, &scene.ada, scene.sprint, &[scene.registration], "").await.unwrap();
    let removed = Read::of(&scene.next_mail().await);
    assert_eq!(removed.method, "CANCEL");
    assert!(removed.sequence() > first.sequence());
}

#[tokio::test]
async fn a_participant_who_comes_back_gets_a_newer_event() {
    let (scene, confirmation) = Scene::confirmed().await;
    let first = Read::of(&confirmation);
    scene.world.clock.advance(TimeDelta::minutes(1));
    cancel_registration(&scene.ctx, &scene.grace, scene.sprint).await.unwrap();
    let removed = Read::of(&scene.next_mail().await);
    assert_eq!(removed.method, "CANCEL");
    assert!(removed.sequence() > first.sequence());
    // A second confirmation is mailed after six hours.
    scene.world.clock.advance(TimeDelta::hours(7));
    register(&scene.ctx, &scene.grace, scene.sprint).await.unwrap();
    let again = Read::of(&scene.next_mail().await);
    assert_eq!((&*again.method, again.value(&Property::Status)), ("REQUEST", "CONFIRMED".into()));
    assert!(again.sequence() > removed.sequence());
}

#[tokio::test]
async fn a_confirmation_that_is_sent_after_the_end_of_the_registration_brings_no_event() {
    let world = World::new().await;
    let mut sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let sprint = world.competition(&ada).create().await;
    sink.stop().await;
    register(&ctx, &grace, sprint).await.unwrap();
    // Confirms the registration; the mail cannot be sent.
    run_job(&ctx, &claim_one(&ctx).await).await.unwrap();
    cancel_competition(&ctx, &ada, sprint).await.unwrap();
    sink.start_again().await;
    run_pending_jobs(&ctx).await;
    let mails = sink.mails();
    assert_eq!(mails.len(), 2, "{mails:?}");
    // Nothing is to be removed either.
    for mail in mails {
        assert!(mail.calendars.is_empty(), "{}", mail.raw);
    }
}

#[tokio::test]
async fn a_mail_whose_event_cannot_be_recorded_is_sent_once() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let sprint = world.competition(&ada).create().await;
    register(&ctx, &grace, sprint).await.unwrap();
    run_job(&ctx, &claim_one(&ctx).await).await.unwrap();
    refuse_records_of_events(&world).await;
    run_job(&ctx, &claim_one(&ctx).await).await.unwrap();
    world.clock.advance(TimeDelta::hours(1));
    assert_eq!(run_pending_jobs(&ctx).await, 0);
    assert_eq!(Read::of(&sink.only()).method, "REQUEST");
}

#[tokio::test]
async fn a_mail_without_a_start_or_without_a_seat_brings_no_event() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let ada = world.organizer("Ada").await;
    let [first, second] = &world.participants(2).await[..] else { panic!("two") };
    let undated = world.competition(&ada).starting_in(None).create().await;
    register(&ctx, first, undated).await.unwrap();
    let full = world.competition(&ada).seats(1).waitlist(1).create().await;
    register(&ctx, first, full).await.unwrap();
    register(&ctx, second, full).await.unwrap();
    run_pending_jobs(&ctx).await;
    cancel_competition(&ctx, &ada, full).await.unwrap();
    run_pending_jobs(&ctx).await;
    let with_event: Vec<_> =
        sink.mails().into_iter().filter(|mail| !mail.calendars.is_empty()).collect();
    let [confirmed, cancelled] = &with_event[..] else { panic!("{with_event:?}") };
    assert_eq!((&*Read::of(confirmed).method, &*Read::of(cancelled).method), ("REQUEST", "CANCEL"));
    assert_eq!(confirmed.recipients, cancelled.recipients);
    let contact = ada.user().unwrap().email.clone();
    assert!(with_event.iter().all(|mail| mail.header("reply-to") == contact));
}

#[tokio::test]
async fn answers_do_not_go_to_an_account_whose_address_is_not_public() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail_hiding_organizer_emails(&sink.url()).await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let sprint = world.competition(&ada).create().await;
    register(&ctx, &grace, sprint).await.unwrap();
    run_pending_jobs(&ctx).await;
    let headers = sink.only().headers;
    assert!(!headers.iter().any(|line| line.to_lowercase().starts_with("reply-to")), "{headers:?}");
}
