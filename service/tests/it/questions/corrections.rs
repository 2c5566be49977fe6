//! Answers that the organizer corrects.

use chrono::TimeDelta;
use domain::{
    ErrorCode, RegistrationEventKind, RegistrationId, RegistrationPatch, RegistrationRecord,
};
use serde_json::{Value, json};
use service::{
    Actor,
    registration::{self, SeenAnswers, correct_answers},
};

use super::{Asking, in_short, size};
use crate::support::{cancel_competition, cancel_registration, code, edit, mails, reject};

impl Asking {
    async fn correct(
        &self,
        organizer: &Actor,
        id: RegistrationId,
        values: &[(usize, Value)],
    ) -> service::Result<RegistrationRecord> {
        let input: RegistrationPatch = serde_json::from_value(self.answers(values).await).unwrap();
        correct_answers(&self.world.ctx, organizer, self.sprint, id, input, None).await
    }
}

#[tokio::test]
async fn an_organizer_corrects_answers_which_is_recorded_and_the_participant_notified_of() {
    let asking = Asking::new().await;
    let (ctx, ada, grace) = (&asking.world.ctx, &asking.ada, &asking.grace);
    let id = asking.register(grace, &[(0, json!("S")), (1, json!(["Friday"]))]).await;
    asking.world.run_pending_jobs().await;
    // After the deadline, when the participant cannot change them any more.
    asking.world.clock.advance(TimeDelta::days(2));
    let corrected = asking.correct(ada, id, &[(0, json!("M"))]).await.unwrap();
    assert_eq!(in_short(corrected.entry.answers), [("Size".to_owned(), json!("M"))]);
    let [event] = &corrected.events[..] else { panic!("{:?}", corrected.events) };
    assert_eq!(
        (event.kind, event.by.as_deref()),
        (RegistrationEventKind::AnswersEdited, Some("Ada"))
    );

    let received = mails(&asking.world, grace).await;
    let notices: Vec<_> =
        received.iter().filter(|mail| mail.subject == "Answers edited: Code Sprint").collect();
    let [notice] = &notices[..] else { panic!("{received:?}") };
    assert!(notice.body.contains("Size\nM\n\nDays\nNo answer"), "{}", notice.body);

    let same = asking.correct(ada, id, &[(0, json!("M"))]).await.unwrap();
    assert_eq!(same.events.len(), 1, "without a change nothing is recorded");
    assert_eq!(mails(&asking.world, grace).await.len(), received.len());
    let seen = registration::record(ctx, ada, asking.sprint, id).await.unwrap();
    assert_eq!(seen, same);
}

#[tokio::test]
async fn an_organizer_may_leave_a_required_question_without_an_answer() {
    let asking = Asking::new().await;
    let id = asking.register(&asking.grace, &size("S")).await;
    let corrected = asking.correct(&asking.ada, id, &[]).await.unwrap();
    assert!(corrected.entry.answers.is_empty());
    let wrong = asking.correct(&asking.ada, id, &size("XS")).await.unwrap_err();
    assert_eq!(code(wrong), ErrorCode::ValidationFailed);
}

#[tokio::test]
async fn a_correction_keeps_answers_whose_options_were_removed_or_ordered_anew() {
    let asking = Asking::new().await;
    let given = [(0, json!("S")), (1, json!(["Friday", "Sunday"]))];
    let id = asking.register(&asking.grace, &given).await;
    let mut questions = json!(asking.detail().await.questions);
    questions[0]["options"] = json!(["M", "L"]);
    questions[1]["options"] = json!(["Sunday", "Friday"]);
    let edited = json!({ "questions": questions });
    edit(&asking.world.ctx, &asking.ada, asking.sprint, edited).await.unwrap();
    let same = asking.correct(&asking.ada, id, &given).await.unwrap();
    assert!(same.events.is_empty(), "{:?}", same.events);
    let other = [(0, json!("S")), (1, json!(["Friday"]))];
    let corrected = asking.correct(&asking.ada, id, &other).await.unwrap();
    let answers = in_short(corrected.entry.answers);
    assert_eq!(answers, [("Size".into(), json!("S")), ("Days".into(), json!(["Friday"]))]);
    let unknown = asking.correct(&asking.ada, id, &size("XS")).await.unwrap_err();
    assert_eq!(code(unknown), ErrorCode::ValidationFailed);
}

#[tokio::test]
async fn a_correction_of_what_was_changed_since_it_was_seen_is_refused() {
    let asking = Asking::new().await;
    let (ctx, sprint) = (&asking.world.ctx, asking.sprint);
    let id = asking.register(&asking.grace, &size("S")).await;
    let seen = async || SeenAnswers {
        updated_at: registration::record(ctx, &asking.ada, sprint, id)
            .await
            .unwrap()
            .entry
            .registration
            .updated_at,
        questions_version: asking.detail().await.questions_version,
    };
    let input: RegistrationPatch =
        serde_json::from_value(asking.answers(&size("M")).await).unwrap();
    let correct =
        async |seen| correct_answers(ctx, &asking.ada, sprint, id, input.clone(), Some(seen)).await;
    let before = seen().await;
    asking.world.clock.advance(TimeDelta::minutes(1));
    asking.edit_answers(&asking.grace, id, &size("L")).await.unwrap();
    assert_eq!(code(correct(before).await.unwrap_err()), ErrorCode::StaleVersion);
    let before = seen().await;
    asking.ask(&["Size"], &[]).await;
    assert_eq!(code(correct(before).await.unwrap_err()), ErrorCode::StaleVersion);
    correct(seen().await).await.unwrap();
}

#[tokio::test]
async fn only_the_organizer_corrects_answers_and_only_until_the_competition_is_over() {
    let asking = Asking::new().await;
    let (world, ctx) = (&asking.world, &asking.world.ctx);
    let id = asking.register(&asking.grace, &size("S")).await;
    let refused =
        async |actor: &Actor| code(asking.correct(actor, id, &size("M")).await.unwrap_err());
    assert_eq!(refused(&world.organizer("Eve").await).await, ErrorCode::Forbidden);
    assert_eq!(refused(&world.admin("Root").await).await, ErrorCode::Forbidden);
    assert_eq!(refused(&asking.grace).await, ErrorCode::Forbidden);
    let other = world.competition(&asking.ada).create().await;
    let elsewhere = registration::record(ctx, &asking.ada, other, id).await.unwrap_err();
    assert_eq!(code(elsewhere), ErrorCode::NotRegistered);

    reject(ctx, &asking.ada, asking.sprint, &[id], "").await.unwrap();
    asking.correct(&asking.ada, id, &size("L")).await.unwrap();
    world.clock.advance(TimeDelta::days(8));
    assert_eq!(refused(&asking.ada).await, ErrorCode::CompetitionOver);
}

#[tokio::test]
async fn answers_of_a_cancelled_registration_or_competition_are_not_corrected() {
    let asking = Asking::new().await;
    let ctx = &asking.world.ctx;
    let alan = asking.world.participant("Alan").await;
    let cancelled = asking.register(&alan, &size("S")).await;
    let id = asking.register(&asking.grace, &size("S")).await;
    cancel_registration(ctx, &alan, asking.sprint).await.unwrap();
    let refused = asking.correct(&asking.ada, cancelled, &size("M")).await.unwrap_err();
    assert_eq!(code(refused), ErrorCode::RegistrationCancelled);
    cancel_competition(ctx, &asking.ada, asking.sprint).await.unwrap();
    let refused = asking.correct(&asking.ada, id, &size("M")).await.unwrap_err();
    assert_eq!(code(refused), ErrorCode::CompetitionCancelled);
}

#[tokio::test]
async fn a_notice_of_a_removal_is_sent_although_answers_are_corrected_before_it() {
    let asking = Asking::new().await;
    let (ctx, ada) = (&asking.world.ctx, &asking.ada);
    let id = asking.register(&asking.grace, &size("S")).await;
    reject(ctx, ada, asking.sprint, &[id], "No more room").await.unwrap();
    let record = asking.correct(ada, id, &size("M")).await.unwrap();
    assert_eq!(record.entry.rejection_reason.as_deref(), Some("No more room"));
    let kinds: Vec<_> = record.events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [RegistrationEventKind::AnswersEdited, RegistrationEventKind::Removed]);
    asking.world.run_pending_jobs().await;
    let subjects: Vec<_> =
        mails(&asking.world, &asking.grace).await.into_iter().map(|mail| mail.subject).collect();
    assert!(subjects.contains(&"Registration removed: Code Sprint".to_owned()), "{subjects:?}");
}

#[tokio::test]
async fn a_notice_shows_the_beginning_of_a_long_answer() {
    let asking = Asking::new().await;
    let id = asking.register(&asking.grace, &size("S")).await;
    asking.ask(&["Size"], &[json!({ "kind": "LONG_TEXT", "label": "About you" })]).await;
    let long = [(0, json!("S")), (1, json!("ä".repeat(300)))];
    asking.correct(&asking.ada, id, &long).await.unwrap();
    let received = mails(&asking.world, &asking.grace).await;
    let beginning = format!("\nAbout you\n{}…\n", "ä".repeat(200));
    assert!(received[0].body.contains(&beginning), "{}", received[0].body);
}
