//! Drafts: what happens while they are published and unpublished, and who learns of it.

use chrono::TimeDelta;
use domain::{CompetitionId, ErrorCode, Paging, Visibility};
use serde_json::json;
use service::{
    ClientAddress, accounts, competitions, dashboard,
    testing::{PASSWORD, World},
};

use crate::support::{
    at_once, cancel_competition, cancel_registration, clean_up, code, count, edit, register,
    register_with_key,
};

fn visible_as(visibility: Visibility) -> serde_json::Value {
    json!({ "visibility": visibility })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_competition_that_is_unpublished_while_people_register_is_a_draft_or_has_registrations() {
    let world = World::in_memory().await;
    let processes = [world.ctx.clone(), world.process_without_redis().await];
    let ada = world.organizer("Ada").await;
    let participants = world.participants(6).await;
    let (mut unpublished, mut refused) = (0, 0);
    for round in 0..12 {
        let id = world.competition(&ada).seats(9).create().await;
        let mut tasks: Vec<_> = participants.iter().map(Some).collect();
        tasks.insert(round % 7, None);
        let outcomes = at_once(tasks.into_iter().enumerate().map(|(number, participant)| {
            let (ctx, ada) = (processes[number % 2].clone(), ada.clone());
            let participant = participant.cloned();
            async move {
                match participant {
                    Some(participant) => (true, register(&ctx, &participant, id).await.map(drop)),
                    None => {
                        let unpublish = edit(&ctx, &ada, id, visible_as(Visibility::Draft)).await;
                        (false, unpublish.map(drop))
                    }
                }
            }
        }))
        .await;
        let tally = world.tally(id).await;
        assert_eq!(tally.registered, tally.seats_taken);
        let registered = count(&outcomes, &(true, Ok(())));
        assert_eq!(tally.registered, registered as u64);
        if count(&outcomes, &(false, Ok(()))) == 1 {
            unpublished += 1;
            let not_found = count(&outcomes, &(true, Err(ErrorCode::CompetitionNotFound)));
            assert_eq!((registered, not_found), (0, 6), "{outcomes:?}");
        } else {
            refused += 1;
            let refusal = (false, Err(ErrorCode::HasRegistrations));
            assert_eq!((registered, count(&outcomes, &refusal)), (6, 1), "{outcomes:?}");
        }
    }
    assert_eq!(unpublished + refused, 12);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn registrations_for_a_draft_that_is_published_at_the_same_time_are_made_or_not_found() {
    let world = World::in_memory().await;
    let other = world.process_without_redis().await;
    let ada = world.organizer("Ada").await;
    let participants = world.participants(6).await;
    for _ in 0..6 {
        let id = world.competition(&ada).seats(9).visible_as(Visibility::Draft).create().await;
        let (ctx, actor) = (world.ctx.clone(), ada.clone());
        let publish =
            tokio::spawn(
                async move { edit(&ctx, &actor, id, visible_as(Visibility::Public)).await },
            );
        let outcomes = at_once(participants.iter().cloned().map(|participant| {
            let ctx = other.clone();
            async move { register(&ctx, &participant, id).await.map(drop) }
        }))
        .await;
        publish.await.unwrap().unwrap();
        let registered = count(&outcomes, &Ok(()));
        let not_found = count(&outcomes, &Err(ErrorCode::CompetitionNotFound));
        assert_eq!(registered + not_found, 6, "{outcomes:?}");
        assert_eq!(world.tally(id).await.seats_taken, registered as u64);
    }
}

#[tokio::test]
async fn a_key_with_which_a_draft_was_not_found_registers_once_it_is_published() {
    let world = World::new().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let id = world.competition(&ada).visible_as(Visibility::Draft).create().await;
    let refused = register_with_key(&world.ctx, &ben, id, "k").await.unwrap_err();
    assert_eq!(code(refused), ErrorCode::CompetitionNotFound);
    edit(&world.ctx, &ada, id, visible_as(Visibility::Unlisted)).await.unwrap();
    let registered = register_with_key(&world.ctx, &ben, id, "k").await.unwrap();
    assert!(registered.outcome.is_ok() && !registered.replayed);
}

#[tokio::test]
async fn another_organizer_cannot_tell_a_draft_from_an_unknown_competition() {
    let world = World::new().await;
    let (ada, eve) = (world.organizer("Ada").await, world.organizer("Eve").await);
    let id = world.competition(&ada).visible_as(Visibility::Draft).create().await;
    for visibility in Visibility::ALL {
        let refused = edit(&world.ctx, &eve, id, visible_as(visibility)).await.unwrap_err();
        assert_eq!(refused, ErrorCode::CompetitionNotFound);
    }
    let cancel = competitions::cancel_competition(&world.ctx, &eve, id, None).await.unwrap_err();
    assert_eq!(code(cancel), ErrorCode::CompetitionNotFound);
    assert!(competitions::get(&world.ctx, id).await.is_err());
    let own = competitions::get_visible_to(&world.ctx, &ada, id).await.unwrap().competition;
    assert_eq!((own.version, own.visibility), (1, Visibility::Draft));
}

#[tokio::test]
async fn drafts_do_not_count_on_a_dashboard_and_unlisted_competitions_do() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    for visibility in Visibility::ALL {
        world.competition(&ada).seats(4).visible_as(visibility).create().await;
    }
    let shown = dashboard::organizer(&world.ctx, &ada, Paging::first(20)).await.unwrap();
    assert_eq!((shown.competitions.total, shown.open, shown.seats), (3, 2, 8));
    assert_eq!(shown.closing_soon, 2);
}

#[tokio::test]
async fn a_draft_is_deleted_with_the_account_of_its_organizer() {
    let world = World::new().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let draft = world.competition(&ada).visible_as(Visibility::Draft).create().await;
    let once_public = world.competition(&ada).create().await;
    register(&world.ctx, &ben, once_public).await.unwrap();
    cancel_registration(&world.ctx, &ben, once_public).await.unwrap();
    edit(&world.ctx, &ada, once_public, visible_as(Visibility::Draft)).await.unwrap();
    let from = ClientAddress::UNKNOWN;
    accounts::delete(&world.ctx, &ada, PASSWORD.to_owned(), from).await.unwrap();
    let left = world.execute("UPDATE competitions SET version = version").await.unwrap();
    assert_eq!(left, 1, "the draft without registrations is deleted");
    for id in [draft, once_public] {
        let hidden = competitions::get(&world.ctx, id).await.unwrap_err();
        assert_eq!(code(hidden), ErrorCode::CompetitionNotFound);
    }
}

#[tokio::test]
async fn a_deleted_draft_leaves_the_lists_at_once_and_the_database_a_week_later() {
    let world = World::new().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let kept = world.competition(&ada).create().await;
    let draft = world.competition(&ada).visible_as(Visibility::Draft).create().await;
    let once_public = world.competition(&ada).create().await;
    register(&world.ctx, &ben, once_public).await.unwrap();
    cancel_registration(&world.ctx, &ben, once_public).await.unwrap();
    edit(&world.ctx, &ada, once_public, visible_as(Visibility::Draft)).await.unwrap();
    // Also long after the start that was planned.
    world.clock.advance(TimeDelta::days(400));
    for id in [draft, once_public] {
        let deleted = cancel_competition(&world.ctx, &ada, id).await.unwrap();
        assert!(deleted.competition.is_cancelled());
        assert_eq!(cancel_competition(&world.ctx, &ada, id).await.unwrap(), deleted);
    }
    assert_eq!(cancel_competition(&world.ctx, &ada, kept).await, Err(ErrorCode::CompetitionOver));
    let mine = competitions::mine(&world.ctx, &ada, Paging::first(20)).await.unwrap();
    assert_eq!(mine.total, 1);
    assert_eq!(mine.items[0].competition.id, kept);
    let shown = dashboard::organizer(&world.ctx, &ada, Paging::first(20)).await.unwrap();
    assert_eq!(shown.competitions.total, 1);

    world.run_pending_jobs().await;
    let left = async || {
        clean_up(&world).await;
        world.execute("UPDATE competitions SET version = version").await.unwrap()
    };
    world.clock.advance(TimeDelta::days(7));
    assert_eq!(left().await, 3);
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(left().await, 2, "the history of a registration refers to the other draft");
    let gone = competitions::get_visible_to(&world.ctx, &ada, draft).await.unwrap_err();
    assert_eq!(code(gone), ErrorCode::CompetitionNotFound);
}

#[tokio::test]
async fn deleting_a_draft_that_was_published_meanwhile_is_refused_and_a_repeated_one_is_granted() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let delete = async |id, key: &str| {
        let deleted = competitions::delete_draft(&world.ctx, &ada, id, key.parse().unwrap()).await;
        deleted.map(|deleted| deleted.competition.is_cancelled()).map_err(code)
    };
    let public = world.competition(&ada).create().await;
    assert_eq!(delete(public, "public").await, Err(ErrorCode::PreconditionFailed));
    let kept = competitions::get(&world.ctx, public).await.unwrap().competition;
    assert!(!kept.is_cancelled());
    let draft = world.competition(&ada).visible_as(Visibility::Draft).create().await;
    for key in ["draft", "draft", "later"] {
        assert_eq!(delete(draft, key).await, Ok(true), "{key}");
    }
}

#[tokio::test]
async fn a_competition_that_an_earlier_release_has_written_is_public() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).visible_as(Visibility::Draft).create().await;
    // Its statements do not name the columns.
    let columns = "organizer_id, title, title_key, description, search_text, capacity, \
                   reg_deadline, created_at, updated_at";
    let old_id = CompetitionId("01939c2e-7b5a-7000-8000-000000000001".parse().unwrap());
    let value = if world.database_url().starts_with("sqlite") {
        format!("X'{}'", old_id.0.simple())
    } else {
        format!("'{old_id}'")
    };
    let insert = format!(
        "INSERT INTO competitions (id, {columns}) SELECT {value}, {columns} FROM competitions"
    );
    assert_eq!(world.execute(&insert).await.unwrap(), 1);
    let written = competitions::get(&world.ctx, old_id).await.unwrap().competition;
    assert_eq!(written.visibility, Visibility::Public);
    assert!(competitions::get(&world.ctx, id).await.is_err());
    assert!(world.execute("UPDATE competitions SET visibility = 'HIDDEN'").await.is_err());
}
