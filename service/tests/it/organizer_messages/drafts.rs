//! Writing a message, seeing who would get it, and trying it.

use chrono::TimeDelta;
use domain::{ErrorCode, MAX_MESSAGES, OrganizerMessageId, OrganizerMessageStatus, Recipient};
use serde_json::json;
use service::{
    Actor,
    organizer_messages::{create, delete, edit, get, get_draft, list, preview, send_test},
};

use super::{MAILED, Sprint, TEXT, input};
use crate::support::{code, mails, register, subjects};

#[tokio::test]
async fn a_message_is_a_draft_that_is_edited_and_deleted_until_it_is_sent() {
    let sprint = Sprint::new().await;
    let (ctx, ada, id) = (&sprint.world.ctx, &sprint.ada, sprint.id);
    let draft = sprint.draft(&["CONFIRMED"]).await;
    assert_eq!((draft.status, draft.version), (OrganizerMessageStatus::Draft, 1));
    let patch = serde_json::from_value(json!({ "text": "See you", "answer": "" })).unwrap();
    let edited = edit(ctx, ada, id, draft.id, patch).await.unwrap();
    assert_eq!((&*edited.subject, &*edited.text), ("Bring a laptop", "See you"));
    assert_eq!((edited.version, &edited.statuses), (2, &draft.statuses));
    let wrong = serde_json::from_value(json!({ "statuses": [] })).unwrap();
    let refusal = edit(ctx, ada, id, draft.id, wrong).await.map_err(code);
    assert_eq!(refusal, Err(ErrorCode::ValidationFailed));
    let newer = sprint.draft(&["WAITLISTED"]).await;
    let ids = list(ctx, ada, id).await.unwrap().into_iter().map(|one| one.id);
    assert_eq!(ids.collect::<Vec<_>>(), [newer.id, draft.id]);

    let grace = sprint.world.participant("Grace").await;
    register(ctx, &grace, id).await.unwrap();
    sprint.send(&edited).await.unwrap();
    let again = edit(ctx, ada, id, draft.id, input(json!({}))).await.map_err(code);
    assert_eq!(again.unwrap_err(), ErrorCode::MessageNotDraft);
    let shown = get_draft(ctx, ada, id, draft.id).await.map_err(code);
    assert_eq!(shown.unwrap_err(), ErrorCode::MessageNotDraft);
    let removed = delete(ctx, ada, id, draft.id).await.map_err(code);
    assert_eq!(removed, Err(ErrorCode::MessageNotDraft));
    delete(ctx, ada, id, newer.id).await.unwrap();
    let removed = delete(ctx, ada, id, newer.id).await.map_err(code);
    assert_eq!(removed, Err(ErrorCode::MessageNotFound));
}

#[tokio::test]
async fn only_its_organizer_writes_reads_and_sends_a_message_of_a_competition() {
    let sprint = Sprint::new().await;
    let (world, id) = (&sprint.world, sprint.id);
    let draft = sprint.draft(&["CONFIRMED"]).await;
    let others = [world.organizer("Bob").await, world.participant("Grace").await];
    for (actor, refusal) in [
        (&others[0], ErrorCode::Forbidden),
        (&others[1], ErrorCode::Forbidden),
        (&world.admin("Root").await, ErrorCode::Forbidden),
        (&Actor::anonymous(), ErrorCode::Unauthorized),
    ] {
        let ctx = &world.ctx;
        let sending = serde_json::from_value(json!({ "version": 1 })).unwrap();
        let stopped = service::organizer_messages::stop(ctx, actor, id, draft.id).await;
        let sent = service::organizer_messages::send(ctx, actor, id, draft.id, sending).await;
        for outcome in [
            create(ctx, actor, id, input(json!({}))).await.map(drop),
            list(ctx, actor, id).await.map(drop),
            get(ctx, actor, id, draft.id).await.map(drop),
            edit(ctx, actor, id, draft.id, input(json!({}))).await.map(drop),
            preview(ctx, actor, id, draft.id).await.map(drop),
            send_test(ctx, actor, id, draft.id).await,
            sent.map(drop),
            stopped.map(drop),
            delete(ctx, actor, id, draft.id).await,
        ] {
            assert_eq!(outcome.map_err(code), Err(refusal));
        }
    }
    let other = world.competition(&sprint.ada).titled("Chess").create().await;
    let elsewhere = get(&world.ctx, &sprint.ada, other, draft.id).await.map_err(code);
    assert_eq!(elsewhere.unwrap_err(), ErrorCode::MessageNotFound, "of another competition");
}

#[tokio::test]
async fn a_competition_has_at_most_200_messages() {
    let sprint = Sprint::new().await;
    let first = sprint.draft(&["CONFIRMED"]).await;
    for _ in 1..MAX_MESSAGES {
        sprint.draft(&["CONFIRMED"]).await;
    }
    let (ctx, ada) = (&sprint.world.ctx, &sprint.ada);
    let one_more = create(ctx, ada, sprint.id, input(json!({}))).await.map_err(code);
    assert_eq!(one_more.unwrap_err(), ErrorCode::TooManyMessages);
    delete(ctx, ada, sprint.id, first.id).await.unwrap();
    sprint.draft(&["CONFIRMED"]).await;
}

#[tokio::test]
async fn a_preview_counts_the_recipients_and_names_the_first_three() {
    let sprint = Sprint::new().await;
    let (ctx, ada) = (&sprint.world.ctx, &sprint.ada);
    let draft = sprint.draft(&["CONFIRMED"]).await;
    let none = preview(ctx, ada, sprint.id, draft.id).await.unwrap();
    assert_eq!((none.count, none.samples), (0, Vec::new()));
    for participant in sprint.world.participants(4).await {
        register(ctx, &participant, sprint.id).await.unwrap();
        sprint.world.clock.advance(TimeDelta::seconds(1));
    }
    let found = preview(ctx, ada, sprint.id, draft.id).await.unwrap();
    let guest = |number| Recipient {
        name: format!("Guest {number}"),
        email: format!("guest.{number}@example.com"),
    };
    assert_eq!((found.count, found.samples), (4, vec![guest(1), guest(2), guest(3)]));
    let waiting = sprint.draft(&["WAITLISTED", "AWAITING_APPROVAL"]).await;
    assert_eq!(preview(ctx, ada, sprint.id, waiting.id).await.unwrap().count, 0);
    let unknown = OrganizerMessageId(uuid::Uuid::nil());
    let missing = preview(ctx, ada, sprint.id, unknown).await.map_err(code);
    assert_eq!(missing.unwrap_err(), ErrorCode::MessageNotFound);
}

#[tokio::test]
async fn a_test_goes_to_the_organizer_alone_and_at_most_ten_times_in_an_hour() {
    let sprint = Sprint::new().await;
    let (ctx, ada) = (&sprint.world.ctx, &sprint.ada);
    let grace = sprint.world.participant("Grace").await;
    register(ctx, &grace, sprint.id).await.unwrap();
    let draft = sprint.draft(&["CONFIRMED"]).await;
    send_test(ctx, ada, sprint.id, draft.id).await.unwrap();
    let [test] = &mails(&sprint.world, ada).await[..] else { panic!("one message") };
    assert_eq!(test.subject, format!("Test: {MAILED}"));
    assert!(test.body.contains(TEXT) && test.body.contains("This is a test"), "{}", test.body);
    for _ in 1..10 {
        send_test(ctx, ada, sprint.id, draft.id).await.unwrap();
    }
    let one_more = send_test(ctx, ada, sprint.id, draft.id).await.map_err(code);
    assert_eq!(one_more, Err(ErrorCode::RateLimited));
    sprint.world.clock.advance(TimeDelta::hours(1));
    send_test(ctx, ada, sprint.id, draft.id).await.unwrap();
    sprint.world.run_pending_jobs().await;
    assert!(!subjects(&sprint.world, &grace).await.iter().any(|one| one.contains("laptop")));
    assert_eq!(sprint.message(draft.id).await.status, OrganizerMessageStatus::Draft);
}
