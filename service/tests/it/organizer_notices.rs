//! Organizers hear of what participants do with their competitions.

use chrono::TimeDelta;
use domain::{CompetitionId, ErrorCode, OrganizerNotices};
use serde_json::json;
use service::{
    Actor, Context, accounts, cron,
    jobs::BackgroundJob,
    organizer_notices::{NotifyOrganizers, edit, get},
    testing::World,
};

use crate::disabling::address;
use crate::support::{
    at_once, cancel_competition, cancel_registration, claim_one, code, mails, register, run_job,
    subjects,
};

/// Ada, who hears of everything as it happens, and her competition.
struct Site {
    world: World,
    ada: Actor,
    sprint: CompetitionId,
}

impl Site {
    async fn new(seats: i64, choices: serde_json::Value) -> Self {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        choose(&world.ctx, &ada, choices).await;
        let new = world.competition(&ada).seats(seats).waitlist(5);
        let sprint = new.closing_in(TimeDelta::days(20)).starting_in(None).create().await;
        Self { world, ada, sprint }
    }

    async fn at_once(seats: i64) -> Self {
        Self::new(seats, json!({ "registrations": "AT_ONCE", "cancellations": "AT_ONCE" })).await
    }

    /// Registers new participants, called Guest 1 and so on.
    async fn register(&self, size: usize) -> Vec<Actor> {
        let participants = self.world.participants(size).await;
        for participant in &participants {
            register(&self.world.ctx, participant, self.sprint).await.unwrap();
        }
        participants
    }

    /// Fires a tick of the schedule and runs all jobs. At one time it fires once.
    async fn notify(&self) {
        let ctx = &self.world.ctx;
        cron::fire(ctx, NotifyOrganizers::NAME, ctx.now(), NotifyOrganizers {}).await.unwrap();
        self.world.run_pending_jobs().await;
    }

    /// The same after a while.
    async fn notify_after(&self, while_: TimeDelta) {
        self.world.clock.advance(while_);
        self.notify().await;
    }

    async fn heard(&self) -> Vec<String> {
        subjects(&self.world, &self.ada).await
    }
}

async fn choose(ctx: &Context, actor: &Actor, choices: serde_json::Value) -> OrganizerNotices {
    edit(ctx, actor, &serde_json::from_value(choices).unwrap()).await.unwrap()
}

const SETTLED: TimeDelta = TimeDelta::minutes(1);
const LATER: TimeDelta = TimeDelta::minutes(11);

#[tokio::test]
async fn registrations_and_cancellations_are_noticed_once_each_with_the_names() {
    let site = Site::at_once(40).await;
    let guests = site.register(2).await;
    site.notify().await;
    assert!(site.heard().await.is_empty(), "a transaction may not be committed yet");
    site.notify_after(SETTLED).await;
    assert_eq!(site.heard().await, ["2 new registrations: Code Sprint"]);
    let notice = &mails(&site.world, &site.ada).await[0];
    assert!(notice.body.contains("- 2 new registrations: Guest 1, Guest 2"), "{}", notice.body);
    let page = format!("/competitions/{}/manage/participants", site.sprint);
    assert!(notice.body.contains(&page), "{}", notice.body);
    site.notify_after(LATER).await;
    assert_eq!(site.heard().await.len(), 1, "nothing has happened since");

    cancel_registration(&site.world.ctx, &guests[0], site.sprint).await.unwrap();
    site.notify_after(LATER).await;
    site.notify_after(LATER).await;
    assert_eq!(site.heard().await[0], "Cancelled registration: Code Sprint");
    assert_eq!(site.heard().await.len(), 2);
}

#[tokio::test]
async fn an_organizer_whose_account_is_disabled_gets_no_notice() {
    let site = Site::at_once(40).await;
    site.register(1).await;
    let email = address("ada");
    accounts::disable(&site.world.ctx, &email).await.unwrap();
    site.notify_after(LATER).await;
    assert!(site.heard().await.is_empty());
    accounts::enable(&site.world.ctx, &email).await.unwrap();
    let late = site.world.participant("Late").await;
    register(&site.world.ctx, &late, site.sprint).await.unwrap();
    // Of what has happened since: the rest is on the pages.
    site.notify_after(LATER).await;
    assert_eq!(site.heard().await, ["New registration: Code Sprint"]);
}

#[tokio::test]
async fn a_registration_that_is_cancelled_before_it_was_noticed_is_no_news() {
    let site = Site::at_once(40).await;
    let guests = site.register(1).await;
    cancel_registration(&site.world.ctx, &guests[0], site.sprint).await.unwrap();
    site.notify_after(LATER).await;
    assert!(site.heard().await.is_empty());
}

#[tokio::test]
async fn a_rush_is_one_notice_and_the_next_one_comes_ten_minutes_later() {
    let site = Site::at_once(1_000).await;
    for participant in site.world.participants_in_bulk(50).await {
        register(&site.world.ctx, &participant, site.sprint).await.unwrap();
    }
    site.notify_after(SETTLED).await;
    assert_eq!(site.heard().await, ["50 new registrations: Code Sprint"]);
    let body = &mails(&site.world, &site.ada).await[0].body;
    assert!(body.contains("Member 10 and 40 more"), "{body}");
    site.register(1).await;
    site.notify_after(TimeDelta::minutes(5)).await;
    assert_eq!(site.heard().await.len(), 1, "within ten minutes of the last one");
    site.register_and_wait().await;
    assert_eq!(site.heard().await[0], "2 new registrations: Code Sprint");
}

impl Site {
    /// One more registration, and the time until the next notice.
    async fn register_and_wait(&self) {
        let late = self.world.participant("Late").await;
        register(&self.world.ctx, &late, self.sprint).await.unwrap();
        self.notify_after(LATER).await;
    }
}

#[tokio::test]
async fn the_last_seat_and_the_emptied_waiting_list_are_noticed_once() {
    let choices = json!({ "registrations": "NEVER", "cancellations": "NEVER" });
    let site = Site::new(1, choices).await;
    let guests = site.register(2).await;
    site.notify_after(LATER).await;
    assert_eq!(site.heard().await, ["Full: Code Sprint"]);
    let body = &mails(&site.world, &site.ada).await[0].body;
    assert!(body.contains("- Full: 1 of 1 seats are taken"), "{body}");
    // The seat goes to the one who waits, so that it stays full and the list empties.
    cancel_registration(&site.world.ctx, &guests[0], site.sprint).await.unwrap();
    site.notify_after(LATER).await;
    assert_eq!(site.heard().await, ["Waiting list empty: Code Sprint", "Full: Code Sprint"]);
    site.notify_after(LATER).await;
    assert_eq!(site.heard().await.len(), 2);
    // Full again after a seat was free.
    cancel_registration(&site.world.ctx, &guests[1], site.sprint).await.unwrap();
    site.notify_after(LATER).await;
    register(&site.world.ctx, &guests[0], site.sprint).await.unwrap();
    site.notify_after(LATER).await;
    assert_eq!(site.heard().await[0], "Full: Code Sprint");
    assert_eq!(site.heard().await.len(), 3);
}

#[tokio::test]
async fn a_daily_notice_has_all_competitions_at_seven_in_the_morning_of_the_organizer() {
    let choices = json!({ "full": "DAILY", "waitlistEmpty": "NEVER" });
    let site = Site::new(1, choices).await;
    let zone = "UPDATE users SET time_zone = 'Asia/Tokyo' WHERE email = 'ada@example.com'";
    site.world.execute(zone).await.unwrap();
    let other = site.world.competition(&site.ada).titled("Chess").create().await;
    let guests = site.register(1).await;
    register(&site.world.ctx, &guests[0], other).await.unwrap();
    // It is 21:00 in Tokyo.
    site.notify().await;
    site.notify_after(TimeDelta::minutes(9 * 60 + 59)).await;
    assert!(site.heard().await.is_empty(), "it is 06:59 there");
    site.notify_after(TimeDelta::minutes(1)).await;
    assert_eq!(site.heard().await, ["News of your competitions"]);
    let body = mails(&site.world, &site.ada).await[0].body.clone();
    for part in ["Code Sprint", "Chess", "- New registration: Guest 1", "- Full: 1 of 1"] {
        assert!(body.contains(part), "{part} is missing from {body}");
    }
    site.notify_after(TimeDelta::hours(1)).await;
    cancel_registration(&site.world.ctx, &guests[0], other).await.unwrap();
    site.notify_after(TimeDelta::hours(22)).await;
    assert_eq!(site.heard().await.len(), 1, "it is 06:00 on the next day");
    site.notify_after(TimeDelta::hours(1)).await;
    assert_eq!(site.heard().await.len(), 2);
    let body = mails(&site.world, &site.ada).await[0].body.clone();
    assert!(body.contains("- Cancelled registration: Guest 1"), "{body}");
    assert!(!body.contains("Code Sprint"), "{body}");
    site.notify_after(TimeDelta::days(1)).await;
    assert_eq!(site.heard().await.len(), 2, "nothing has happened");
}

#[tokio::test]
async fn an_organizer_who_wants_no_notices_gets_none_also_of_what_was_before() {
    let never = json!({
        "registrations": "NEVER", "cancellations": "NEVER", "full": "NEVER",
        "waitlistEmpty": "NEVER",
    });
    let site = Site::new(1, never).await;
    site.register(2).await;
    site.notify_after(TimeDelta::days(1)).await;
    assert!(site.heard().await.is_empty());
    choose(&site.world.ctx, &site.ada, json!({ "registrations": "AT_ONCE" })).await;
    site.notify_after(LATER).await;
    assert!(site.heard().await.is_empty(), "the registrations were before");
}

#[tokio::test]
async fn what_was_there_before_this_release_and_a_cancelled_competition_are_no_news() {
    let site = Site::at_once(1).await;
    site.register(2).await;
    // The job runs for the first time.
    site.world.clock.advance(TimeDelta::days(1));
    site.notify().await;
    assert!(site.heard().await.is_empty());
    let late = site.world.participant("Late").await;
    register(&site.world.ctx, &late, site.sprint).await.unwrap();
    cancel_competition(&site.world.ctx, &site.ada, site.sprint).await.unwrap();
    site.notify_after(LATER).await;
    assert!(site.heard().await.is_empty());
}

#[tokio::test]
async fn a_run_that_is_repeated_or_runs_twice_at_once_notices_once() {
    let site = Site::at_once(40).await;
    let other = site.world.second_process().await;
    site.register(3).await;
    site.world.run_pending_jobs().await;
    site.world.clock.advance(SETTLED);
    let ctx = &site.world.ctx;
    cron::fire(ctx, NotifyOrganizers::NAME, ctx.now(), NotifyOrganizers {}).await.unwrap();
    let claim = claim_one(ctx).await;
    let runs = [ctx.clone(), other].map(|ctx| {
        let claim = claim.clone();
        async move { run_job(&ctx, &claim).await }
    });
    for result in at_once(runs).await {
        result.unwrap();
    }
    run_job(ctx, &claim).await.unwrap();
    assert_eq!(site.heard().await, ["3 new registrations: Code Sprint"]);
}

#[tokio::test]
async fn a_notice_that_cannot_be_stored_is_made_by_the_next_run() {
    let site = Site::at_once(40).await;
    site.register(1).await;
    site.world.run_pending_jobs().await;
    site.world.refuse_mail_to(&site.ada).await;
    site.world.clock.advance(SETTLED);
    let ctx = &site.world.ctx;
    cron::fire(ctx, NotifyOrganizers::NAME, ctx.now(), NotifyOrganizers {}).await.unwrap();
    let claim = claim_one(ctx).await;
    run_job(ctx, &claim).await.unwrap_err();
    site.world.accept_all_mail().await;
    run_job(ctx, &claim).await.unwrap();
    assert_eq!(site.heard().await, ["New registration: Code Sprint"]);
}

#[tokio::test]
async fn the_choices_are_those_of_an_organizer_and_change_one_by_one() {
    let world = World::new().await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    assert_eq!(get(&world.ctx, &ada).await.unwrap(), OrganizerNotices::default());
    let changed = choose(&world.ctx, &ada, json!({ "full": "NEVER" })).await;
    assert_eq!(get(&world.ctx, &ada).await.unwrap(), changed);
    let again = choose(&world.ctx, &ada, json!({ "registrations": "AT_ONCE" })).await;
    assert_eq!((again.full, again.cancellations), (changed.full, changed.cancellations));
    let refusal = get(&world.ctx, &grace).await.map_err(code);
    assert_eq!(refusal, Err(ErrorCode::Forbidden));
    let wrong = serde_json::from_value(json!({ "full": "HOURLY" })).unwrap();
    let refusal = edit(&world.ctx, &ada, &wrong).await.map_err(code);
    assert_eq!(refusal, Err(ErrorCode::ValidationFailed));
}
