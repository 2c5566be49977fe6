//! Questions of competitions, and the answers of registrations.

mod corrections;

use chrono::TimeDelta;
use domain::{
    CompetitionDetail, CompetitionId, ErrorCode, MyRegistration, NewRegistration, Paging,
    PublicError, RegistrationId, RegistrationInput, RegistrationPatch, RosterQuery,
};
use serde_json::{Value, json};
use service::{
    Actor, ClientAddress, Decision,
    accounts::delete,
    competitions,
    registration::{self, edit_answers, register_with, roster},
    testing::{PASSWORD, World},
};

use crate::support::{cancel_competition, cancel_registration, code, edit, register, reject};

/// A competition of Ada's that asks for a size and, if it is answered, for days.
struct Asking {
    world: World,
    ada: Actor,
    grace: Actor,
    sprint: CompetitionId,
}

impl Asking {
    async fn new() -> Self {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let grace = world.participant("Grace").await;
        let questions = json!([
            { "kind": "ONE_OF", "label": "Size", "required": true, "options": ["S", "M", "L"] },
            { "kind": "ANY_OF", "label": "Days", "options": ["Friday", "Saturday", "Sunday"] },
        ]);
        let sprint = world.competition(&ada).asking(questions).create().await;
        Self { world, ada, grace, sprint }
    }

    async fn detail(&self) -> CompetitionDetail {
        competitions::get(&self.world.ctx, self.sprint).await.unwrap()
    }

    /// Answers by the position of their question.
    async fn answers(&self, values: &[(usize, Value)]) -> Value {
        let questions = self.detail().await.questions;
        let answer = |(index, value): &(usize, Value)| {
            let id = questions[*index].id;
            json!({ "questionId": id, "value": value })
        };
        json!({ "answers": values.iter().map(answer).collect::<Vec<_>>() })
    }

    async fn try_register(
        &self,
        participant: &Actor,
        values: &[(usize, Value)],
        key: Option<&str>,
    ) -> Decision<NewRegistration> {
        let body = self.answers(values).await;
        let input: RegistrationInput = serde_json::from_value(body).unwrap();
        let key = key.map(|key| key.parse().unwrap());
        let ctx = &self.world.ctx;
        register_with(ctx, participant, self.sprint, input, key).await.unwrap()
    }

    async fn register(&self, participant: &Actor, values: &[(usize, Value)]) -> RegistrationId {
        self.try_register(participant, values, None).await.outcome.unwrap().registration.id
    }

    async fn edit_answers(
        &self,
        participant: &Actor,
        id: RegistrationId,
        values: &[(usize, Value)],
    ) -> service::Result<MyRegistration> {
        let input: RegistrationPatch = serde_json::from_value(self.answers(values).await).unwrap();
        edit_answers(&self.world.ctx, participant, id, input).await
    }

    /// Of the newest registration.
    async fn answers_of(&self, participant: &Actor) -> Vec<(String, Value)> {
        let paging = Paging { page: 1, limit: 1 };
        let mine = registration::mine(&self.world.ctx, participant, paging).await.unwrap();
        in_short(mine.items[0].answers.clone())
    }

    /// Asks those of its questions whose labels are these, in this order, and `new` ones.
    async fn ask(&self, labels: &[&str], new: &[Value]) {
        let questions = self.detail().await.questions;
        let kept = labels.iter().map(|label| {
            json!(questions.iter().find(|question| question.label == *label).expect("a question"))
        });
        let all: Vec<_> = kept.chain(new.iter().cloned()).collect();
        edit(&self.world.ctx, &self.ada, self.sprint, json!({ "questions": all })).await.unwrap();
    }

    async fn roster(&self, query: RosterQuery) -> Vec<(String, Vec<(String, Value)>)> {
        let filter = query.check().unwrap();
        let page = roster(&self.world.ctx, &self.ada, self.sprint, &filter).await.unwrap();
        page.items.into_iter().map(|entry| (entry.user.name, in_short(entry.answers))).collect()
    }
}

fn in_short(answers: Vec<domain::Answer>) -> Vec<(String, Value)> {
    answers.into_iter().map(|answer| (answer.question, json!(answer.value))).collect()
}

fn size(size: &str) -> Vec<(usize, Value)> {
    vec![(0, json!(size))]
}

fn fields(error: &PublicError) -> Vec<&str> {
    error.fields.iter().map(|fault| &*fault.message).collect()
}

#[tokio::test]
async fn the_answers_of_a_registration_are_in_the_list_of_the_participant_and_in_the_roster() {
    let asking = Asking::new().await;
    let alan = asking.world.participant("Alan").await;
    let days = (1, json!(["Sunday", "Friday"]));
    asking.register(&asking.grace, &[(0, json!("M")), days]).await;
    asking.register(&alan, &size("L")).await;
    let of_grace =
        vec![("Size".to_owned(), json!("M")), ("Days".to_owned(), json!(["Friday", "Sunday"]))];
    let of_alan = vec![("Size".to_owned(), json!("L"))];
    assert_eq!(asking.answers_of(&asking.grace).await, of_grace);
    assert_eq!(
        asking.roster(RosterQuery::default()).await,
        [("Grace".to_owned(), of_grace), ("Alan".to_owned(), of_alan)]
    );
}

#[tokio::test]
async fn a_registration_without_a_required_answer_takes_no_seat_and_leaves_its_key_unused() {
    let asking = Asking::new().await;
    for values in [vec![], vec![(1, json!(["Friday"]))], size("XL")] {
        let refused = asking.try_register(&asking.grace, &values, Some("k-1")).await;
        let error = refused.outcome.unwrap_err();
        assert_eq!(error.code, ErrorCode::ValidationFailed, "{values:?}");
        assert!(fields(&error)[0].starts_with("Size: "), "{values:?}: {error:?}");
    }
    assert_eq!(
        register(&asking.world.ctx, &asking.grace, asking.sprint).await.unwrap_err(),
        ErrorCode::ValidationFailed
    );
    assert_eq!(asking.world.tally(asking.sprint).await.registered, 0);
    let days = (1, json!(["Friday"]));
    let answers = [(0, json!("M")), days.clone()];
    let first = asking.try_register(&asking.grace, &answers, Some("k-1")).await;
    let in_another_order = [days, (0, json!("M"))];
    let replayed = asking.try_register(&asking.grace, &in_another_order, Some("k-1")).await;
    assert!(replayed.replayed);
    assert_eq!(first.outcome.unwrap(), replayed.outcome.unwrap());
}

#[tokio::test]
async fn another_request_with_the_same_key_and_other_answers_is_refused() {
    let asking = Asking::new().await;
    asking.try_register(&asking.grace, &size("M"), Some("k-1")).await.outcome.unwrap();
    let input: RegistrationInput =
        serde_json::from_value(asking.answers(&size("L")).await).unwrap();
    let key = Some("k-1".parse().unwrap());
    let ctx = &asking.world.ctx;
    let reused = register_with(ctx, &asking.grace, asking.sprint, input, key).await;
    assert_eq!(code(reused.unwrap_err()), ErrorCode::IdempotencyKeyReused);
    assert_eq!(asking.answers_of(&asking.grace).await, [("Size".to_owned(), json!("M"))]);
}

#[tokio::test]
async fn a_replay_is_found_although_the_questions_have_changed_since() {
    let asking = Asking::new().await;
    let body = asking.answers(&size("M")).await;
    let send = async || {
        let input: RegistrationInput = serde_json::from_value(body.clone()).unwrap();
        let key = Some("k-1".parse().unwrap());
        // Another process: it has no response in memory.
        let ctx = asking.world.second_process().await;
        register_with(&ctx, &asking.grace, asking.sprint, input, key).await.unwrap()
    };
    let first = send().await;
    asking.ask(&[], &[json!({ "kind": "NUMBER", "label": "Age", "required": true })]).await;
    let again = send().await;
    assert!(again.replayed);
    assert_eq!(again.outcome.unwrap(), first.outcome.unwrap());
}

#[tokio::test]
async fn a_participant_without_answers_registers_where_none_is_required() {
    let asking = Asking::new().await;
    asking.ask(&["Days"], &[]).await;
    // Each is decided twice, the second time after the lock on its key was released.
    for participant in asking.world.participants(10).await {
        let key = Some("k-1".parse().unwrap());
        let new = registration::register(&asking.world.ctx, &participant, asking.sprint, key).await;
        assert!(!new.unwrap().outcome.unwrap().registration.id.0.is_nil());
        assert_eq!(asking.answers_of(&participant).await, []);
    }
}

#[tokio::test]
async fn a_registered_participant_and_a_full_competition_are_reported_before_missing_answers() {
    let asking = Asking::new().await;
    asking.register(&asking.grace, &size("M")).await;
    let again = asking.try_register(&asking.grace, &[], None).await;
    assert_eq!(again.outcome.unwrap_err().code, ErrorCode::AlreadyRegistered);
    edit(&asking.world.ctx, &asking.ada, asking.sprint, json!({ "capacity": 1 })).await.unwrap();
    let alan = asking.world.participant("Alan").await;
    let full = asking.try_register(&alan, &[], None).await;
    assert_eq!(full.outcome.unwrap_err().code, ErrorCode::CompetitionFull);
}

#[tokio::test]
async fn answers_to_a_competition_that_asks_nothing_are_refused() {
    let asking = Asking::new().await;
    let open = asking.world.competition(&asking.ada).create().await;
    let body = asking.answers(&size("M")).await;
    let input: RegistrationInput = serde_json::from_value(body).unwrap();
    let ctx = &asking.world.ctx;
    let refused = register_with(ctx, &asking.grace, open, input, None).await.unwrap();
    let error = refused.outcome.unwrap_err();
    assert_eq!(fields(&error), ["This competition asks no such question"]);
}

#[tokio::test]
async fn a_new_registration_after_a_cancelled_one_has_its_own_answers() {
    let asking = Asking::new().await;
    asking.register(&asking.grace, &[(0, json!("M")), (1, json!(["Friday"]))]).await;
    cancel_registration(&asking.world.ctx, &asking.grace, asking.sprint).await.unwrap();
    asking.register(&asking.grace, &size("S")).await;
    assert_eq!(asking.answers_of(&asking.grace).await, [("Size".to_owned(), json!("S"))]);
}

#[tokio::test]
async fn an_edited_or_removed_question_keeps_its_answers() {
    let asking = Asking::new().await;
    asking.register(&asking.grace, &[(0, json!("M")), (1, json!(["Friday"]))]).await;
    let mut size = json!(asking.detail().await.questions[0]);
    size["label"] = "T-shirt size".into();
    size["options"] = json!(["Small", "Large"]);
    let age = json!({ "kind": "NUMBER", "label": "Age" });
    edit(&asking.world.ctx, &asking.ada, asking.sprint, json!({ "questions": [age, size] }))
        .await
        .unwrap();
    let answers = [("T-shirt size".to_owned(), json!("M")), ("Days".to_owned(), json!(["Friday"]))];
    assert_eq!(asking.answers_of(&asking.grace).await, answers);
    let labels: Vec<_> =
        asking.detail().await.questions.into_iter().map(|question| question.label).collect();
    assert_eq!(labels, ["Age", "T-shirt size"]);
}

#[tokio::test]
async fn an_edit_without_another_question_leaves_the_version_as_it_is() {
    let asking = Asking::new().await;
    let before = asking.detail().await.competition.version;
    asking.ask(&["Size", "Days"], &[]).await;
    assert_eq!(asking.detail().await.competition.version, before);
    asking.ask(&["Days", "Size"], &[]).await;
    assert_eq!(asking.detail().await.competition.version, before + 1);
    let unknown = json!([{ "id": asking.sprint, "kind": "DATE", "label": "Born" }]);
    let refused =
        edit(&asking.world.ctx, &asking.ada, asking.sprint, json!({ "questions": unknown })).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::ValidationFailed);
}

#[tokio::test]
async fn a_participant_changes_answers_until_the_deadline() {
    let asking = Asking::new().await;
    let id = asking.register(&asking.grace, &[(0, json!("M")), (1, json!(["Friday"]))]).await;
    asking.ask(&["Size"], &[]).await;
    let changed = asking.edit_answers(&asking.grace, id, &size("L")).await.unwrap();
    let answers = [("Size".to_owned(), json!("L")), ("Days".to_owned(), json!(["Friday"]))];
    assert_eq!(in_short(changed.answers), answers, "the answer to the removed question stays");
    let wrong = asking.edit_answers(&asking.grace, id, &[]).await;
    assert_eq!(code(wrong.unwrap_err()), ErrorCode::ValidationFailed);
    let alan = asking.world.participant("Alan").await;
    let of_another = asking.edit_answers(&alan, id, &size("S")).await;
    assert_eq!(code(of_another.unwrap_err()), ErrorCode::NotRegistered);
    asking.world.clock.advance(TimeDelta::days(1));
    let late = asking.edit_answers(&asking.grace, id, &size("S")).await;
    assert_eq!(code(late.unwrap_err()), ErrorCode::RegistrationClosed);
    assert_eq!(asking.answers_of(&asking.grace).await, answers);
}

#[tokio::test]
async fn a_changed_answer_changes_the_time_of_the_registration() {
    let asking = Asking::new().await;
    let id = asking.register(&asking.grace, &size("M")).await;
    asking.world.clock.advance(TimeDelta::minutes(1));
    let changed = asking.edit_answers(&asking.grace, id, &size("S")).await.unwrap().registration;
    assert!(changed.updated_at > changed.registered_at);
}

#[tokio::test]
async fn the_answers_of_a_rejected_registration_and_a_cancelled_competition_cannot_be_changed() {
    let asking = Asking::new().await;
    let alan = asking.world.participant("Alan").await;
    let rejected = asking.register(&asking.grace, &size("M")).await;
    let seated = asking.register(&alan, &size("M")).await;
    let (ctx, ada) = (&asking.world.ctx, &asking.ada);
    reject(ctx, ada, asking.sprint, &[rejected], "").await.unwrap();
    let refused = asking.edit_answers(&asking.grace, rejected, &size("S")).await;
    assert_eq!(code(refused.unwrap_err()), ErrorCode::RegistrationRejected);
    cancel_competition(ctx, ada, asking.sprint).await.unwrap();
    let refused = asking.edit_answers(&alan, seated, &size("S")).await;
    assert_eq!(code(refused.unwrap_err()), ErrorCode::CompetitionCancelled);
    assert_eq!(asking.answers_of(&alan).await, [("Size".to_owned(), json!("M"))]);
}

#[tokio::test]
async fn the_answers_of_a_cancelled_registration_cannot_be_changed() {
    let asking = Asking::new().await;
    let id = asking.register(&asking.grace, &size("M")).await;
    cancel_registration(&asking.world.ctx, &asking.grace, asking.sprint).await.unwrap();
    let refused = asking.edit_answers(&asking.grace, id, &size("S")).await;
    assert_eq!(code(refused.unwrap_err()), ErrorCode::NotRegistered);
}

#[tokio::test]
async fn a_roster_is_filtered_by_an_answer_alone_and_with_other_filters() {
    let asking = Asking::new().await;
    let people = asking.world.participants(3).await;
    for (person, (size, days)) in people.iter().zip([
        ("M", json!(["Friday"])),
        ("L", json!(["Friday", "Sunday"])),
        ("M", json!([])),
    ]) {
        asking.register(person, &[(0, json!(size)), (1, days)]).await;
    }
    let questions = asking.detail().await.questions;
    let found = async |index: usize, value: &str, search: Option<&str>| {
        let query = RosterQuery {
            answer: Some(format!("{}:{value}", questions[index].id)),
            search: search.map(str::to_owned),
            ..RosterQuery::default()
        };
        let filter = query.check().unwrap();
        let ctx = &asking.world.ctx;
        let page = registration::browse_roster(ctx, &asking.ada, asking.sprint, &filter).await;
        let page = page.unwrap();
        assert_eq!(page.found.total, page.found.items.len() as u64, "{query:?}");
        assert_eq!(page.questions, questions);
        page.found.items.len()
    };
    assert_eq!(found(0, "M", None).await, 2);
    assert_eq!(found(0, "S", None).await, 0);
    assert_eq!(found(1, "Friday", None).await, 2);
    assert_eq!(found(1, "Sunday", None).await, 1);
    assert_eq!(found(1, "Fri", None).await, 0);
    let name = people[0].user().unwrap().name.clone();
    assert_eq!(found(0, "M", Some(&name)).await, 1);
}

#[tokio::test]
async fn a_deleted_account_leaves_no_answers() {
    let asking = Asking::new().await;
    asking.ask(&[], &[json!({ "kind": "SHORT_TEXT", "label": "Team" })]).await;
    asking.register(&asking.grace, &[(0, json!("The Turing Machines"))]).await;
    assert!(asking.world.stored_text().await.contains("The Turing Machines"));
    // The registration stays, because the competition is over.
    asking.world.clock.advance(TimeDelta::days(8));
    let ctx = &asking.world.ctx;
    delete(ctx, &asking.grace, PASSWORD.to_owned(), ClientAddress::UNKNOWN).await.unwrap();
    assert!(!asking.world.stored_text().await.contains("The Turing Machines"));
}
