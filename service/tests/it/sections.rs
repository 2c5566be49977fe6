//! The sections of a competition: rules, prizes, schedule.

use chrono::TimeDelta;
use domain::{CompetitionInput, CompetitionQuery, ErrorCode, Sections};
use serde_json::json;
use service::{
    ClientAddress, accounts,
    competitions::{self, draft_of, duplicate, edit_draft},
    testing::{PASSWORD, World},
};

use crate::support::{at_once, cancel_competition, code, count, edit, edited, register};

fn sections() -> Sections {
    Sections {
        rules: Some("One idea a team.".to_owned()),
        prizes: None,
        schedule: Some("9:00 Start\n17:00 End".to_owned()),
    }
}

async fn rows(world: &World) -> u64 {
    world.execute("UPDATE competition_sections SET competition_id = competition_id").await.unwrap()
}

#[tokio::test]
async fn a_competition_keeps_its_sections_and_one_without_any_has_no_row() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).with_sections(sections()).create().await;
    let plain = world.competition(&ada).create().await;
    let shown = async |id| competitions::get(&world.ctx, id).await.unwrap().sections;
    assert_eq!((shown(sprint).await, shown(plain).await), (sections(), Sections::default()));
    assert_eq!(rows(&world).await, 1);

    let removed = json!({ "rules": null, "schedule": " " });
    let edited = edit(&world.ctx, &ada, sprint, removed).await.unwrap();
    assert_eq!((edited.sections, edited.competition.version), (Sections::default(), 2));
    assert_eq!((shown(sprint).await, rows(&world).await), (Sections::default(), 0));
}

#[tokio::test]
async fn an_edit_of_one_section_raises_the_version_and_keeps_the_others() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).with_sections(sections()).create().await;
    world.clock.advance(TimeDelta::minutes(1));
    let edited = edit(&world.ctx, &ada, sprint, json!({ "prizes": "A cup" })).await.unwrap();
    let expected = Sections { prizes: Some("A cup".to_owned()), ..sections() };
    assert_eq!((&edited.sections, edited.competition.version), (&expected, 2));
    assert_eq!(edited.competition.updated_at, world.ctx.now());
    let shown = competitions::get(&world.ctx, sprint).await.unwrap();
    assert_eq!((shown.sections, shown.competition), (expected.clone(), edited.competition));

    // The same text again, and an edit of something else.
    let edited = edit(&world.ctx, &ada, sprint, json!({ "prizes": "A cup" })).await.unwrap();
    assert_eq!((&edited.sections, edited.competition.version), (&expected, 2));
    let edited = edit(&world.ctx, &ada, sprint, json!({ "title": "Marathon" })).await.unwrap();
    assert_eq!((&edited.sections, edited.competition.version), (&expected, 3));
}

#[tokio::test]
async fn an_edit_of_a_section_on_a_stale_version_is_refused() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).with_sections(sections()).create().await;
    let change = |prizes: &str| json!({ "version": 1, "prizes": prizes });
    edit(&world.ctx, &ada, sprint, change("A cup")).await.unwrap();
    let refused = edit(&world.ctx, &ada, sprint, change("A medal")).await.unwrap_err();
    assert_eq!(refused, ErrorCode::StaleVersion);
    let shown = competitions::get(&world.ctx, sprint).await.unwrap().sections;
    assert_eq!(shown.prizes.as_deref(), Some("A cup"));
}

#[tokio::test]
async fn of_concurrent_edits_of_a_section_at_one_version_one_is_applied() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    let edits = (0..8).map(|number| {
        let (ctx, ada) = (world.ctx.clone(), ada.clone());
        let patch = json!({ "version": 1, "rules": format!("Rule {number}") });
        async move { edit(&ctx, &ada, sprint, patch).await.map(|edited| edited.sections) }
    });
    let outcomes = at_once(edits).await;
    assert_eq!(count(&outcomes, &Err(ErrorCode::StaleVersion)), 7, "{outcomes:?}");
    let applied = outcomes.into_iter().find_map(Result::ok).unwrap();
    let shown = competitions::get(&world.ctx, sprint).await.unwrap();
    assert_eq!((shown.sections, shown.competition.version), (applied, 2));
}

#[tokio::test]
async fn sections_stay_when_people_register_and_the_competition_is_cancelled() {
    let world = World::new().await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let sprint = world.competition(&ada).with_sections(sections()).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    let cancelled = cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    assert_eq!(cancelled.sections, sections());
    let shown = competitions::get(&world.ctx, sprint).await.unwrap().sections;
    assert_eq!(shown, sections());
}

#[tokio::test]
async fn lists_have_no_sections() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    world.competition(&ada).with_sections(sections()).create().await;
    let filter = CompetitionQuery::default().check().unwrap();
    let list = competitions::list(&world.ctx, &filter).await.unwrap().items;
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].sections, Sections::default());
}

#[tokio::test]
async fn a_form_has_the_sections_and_the_contact_address_and_changes_what_was_typed_only() {
    let world = World::new().await;
    let (ctx, ada) = (&world.ctx, world.organizer("Ada").await);
    let sprint = world.competition(&ada).with_sections(sections()).contact("team@a.example");
    let sprint = sprint.create().await;
    let copy = duplicate(ctx, &ada, sprint).await.unwrap().draft;
    assert_eq!((&*copy.rules, &*copy.prizes), ("One idea a team.", ""));
    assert_eq!(
        (&*copy.schedule, &*copy.contact_email),
        ("9:00 Start\n17:00 End", "team@a.example")
    );

    let seen = draft_of(&competitions::get(ctx, sprint).await.unwrap());
    let mut mine = seen.clone();
    // Browsers send other line ends.
    mine.schedule = mine.schedule.replace('\n', "\r\n");
    mine.prizes = "A cup".to_owned();
    edit(ctx, &ada, sprint, json!({ "rules": "Two ideas" })).await.unwrap();
    let edited = edit_draft(ctx, &ada, sprint, 2, &seen, edited(mine), None).await.unwrap();
    let edited = edited.outcome.unwrap();
    assert_eq!(edited.competition.contact_email.as_deref(), Some("team@a.example"));
    let expected = Sections {
        rules: Some("Two ideas".to_owned()),
        prizes: Some("A cup".to_owned()),
        ..sections()
    };
    assert_eq!(edited.sections, expected);
}

#[tokio::test]
async fn a_repeated_creation_returns_the_sections_of_the_first() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let create = async |rules: &str| {
        let input = json!({
            "title": "Sprint", "description": "24 hours", "capacity": 5,
            "regDeadline": "2026-11-30T12:00:00Z", "rules": rules,
        });
        let input: CompetitionInput = serde_json::from_value(input).unwrap();
        let key = Some("k".parse().unwrap());
        competitions::create(&world.ctx, &ada, input, key).await
    };
    let first = create("One idea a team.").await.unwrap().view;
    let again = create("One idea a team.").await.unwrap();
    assert!(again.replayed);
    assert_eq!((again.view.sections, again.view.competition), (first.sections, first.competition));
    let other = create("Two ideas").await.map(|created| created.replayed);
    assert_eq!(code(other.unwrap_err()), ErrorCode::IdempotencyKeyReused);
}

#[tokio::test]
async fn a_competition_is_deleted_with_its_sections_and_a_kept_one_loses_its_contact_address() {
    let world = World::new().await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let new = || world.competition(&ada).with_sections(sections()).contact("ada@home.example");
    let (kept, unused) = (new().create().await, new().create().await);
    register(&world.ctx, &grace, kept).await.unwrap();
    world.clock.advance(TimeDelta::days(8));
    let from = ClientAddress::UNKNOWN;
    accounts::delete(&world.ctx, &ada, PASSWORD.to_owned(), from).await.unwrap();
    assert!(competitions::get(&world.ctx, unused).await.is_err());
    assert_eq!(rows(&world).await, 1);
    let kept = competitions::get(&world.ctx, kept).await.unwrap();
    assert_eq!(kept.sections, sections());
    assert_eq!((kept.organizer.is_deleted, kept.competition.contact_email), (true, None));
}
