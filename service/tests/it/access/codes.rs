//! Access codes, and how often each can be used.

use domain::{AccessCodeUse, CompetitionId, ErrorCode, NewRegistration};
use serde_json::{Value, json};
use service::{Actor, competitions, registration, testing::World};

use super::{register_by_code, register_with};
use crate::support::{
    approve, at_once, cancel_registration, code as code_of, code, count, edit, register, reject,
};

/// A competition of Ada's with access codes.
struct Sprint {
    world: World,
    ada: Actor,
    id: CompetitionId,
}

impl Sprint {
    async fn new(codes: Value) -> Self {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(50).with_codes(codes).create().await;
        Self { world, ada, id }
    }

    async fn register(&self, actor: &Actor, code: &str) -> Result<NewRegistration, ErrorCode> {
        register_by_code(&self.world.ctx, actor, self.id, code).await
    }

    /// The codes with their limits and uses.
    async fn codes(&self) -> Vec<(String, Option<u32>, u32)> {
        let codes = competitions::access_codes(&self.world.ctx, &self.ada, self.id).await.unwrap();
        let parts = |AccessCodeUse { code, max_uses, uses }| (code, max_uses, uses);
        codes.into_iter().map(parts).collect()
    }

    async fn set_codes(&self, codes: Value) {
        let patch = json!({ "accessCodes": codes });
        edit(&self.world.ctx, &self.ada, self.id, patch).await.unwrap();
    }
}

#[tokio::test]
async fn a_competition_with_access_codes_takes_registrations_with_one_of_them_only() {
    let sprint = Sprint::new(json!([{ "code": "EARLY-BIRD" }, { "code": "VIP1" }])).await;
    let [grace, linus] =
        [sprint.world.participant("Grace").await, sprint.world.participant("Linus").await];
    let ctx = &sprint.world.ctx;
    assert_eq!(register(ctx, &grace, sprint.id).await.unwrap_err(), ErrorCode::AccessCodeRequired);
    let blank = register_with(ctx, &grace, sprint.id, json!({ "accessCode": " " })).await;
    assert_eq!(blank.unwrap_err(), ErrorCode::AccessCodeRequired);
    assert_eq!(
        sprint.register(&grace, "EARLY-BIRDS").await.unwrap_err(),
        ErrorCode::AccessCodeInvalid
    );
    assert_eq!(sprint.register(&grace, "NO").await.unwrap_err(), ErrorCode::ValidationFailed);
    assert_eq!(sprint.world.tally(sprint.id).await.registered, 0);
    sprint.register(&grace, " early-bird").await.unwrap();
    sprint.register(&linus, "VIP1").await.unwrap();
    let codes = [("EARLY-BIRD".to_owned(), None, 1), ("VIP1".to_owned(), None, 1)];
    assert_eq!(sprint.codes().await, codes);
}

#[tokio::test]
async fn a_wrong_access_code_and_wrong_answers_are_reported_together() {
    let sprint = Sprint::new(json!([{ "code": "EARLY-BIRD" }])).await;
    let questions = json!([{ "kind": "NUMBER", "label": "Age", "required": true }]);
    let ctx = &sprint.world.ctx;
    edit(ctx, &sprint.ada, sprint.id, json!({ "questions": questions })).await.unwrap();
    let grace = sprint.world.participant("Grace").await;
    let refused = async |input: Value| {
        let input = serde_json::from_value(input).unwrap();
        let decision =
            registration::register_with(ctx, &grace, sprint.id, input, None).await.unwrap();
        let refusal = decision.outcome.unwrap_err();
        let fields: Vec<_> = refusal.fields.into_iter().map(|fault| fault.message).collect();
        (refusal.code, fields.join("; "))
    };
    let (code, faults) = refused(json!({ "accessCode": "WRONG", "answers": [] })).await;
    assert_eq!(code, ErrorCode::AccessCodeInvalid);
    let sentence = "This access code is not valid for this competition; Age: this question must \
                    be answered";
    assert_eq!(faults, sentence);
    let (code, faults) = refused(json!({ "accessCode": "EARLY-BIRD", "answers": [] })).await;
    assert_eq!(
        (code, &*faults),
        (ErrorCode::ValidationFailed, "Age: this question must be answered")
    );
}

#[tokio::test]
async fn an_access_code_is_ignored_by_an_open_competition() {
    let sprint = Sprint::new(json!([{ "code": "VIP1", "maxUses": 1 }])).await;
    edit(&sprint.world.ctx, &sprint.ada, sprint.id, json!({ "access": "OPEN" })).await.unwrap();
    let grace = sprint.world.participant("Grace").await;
    sprint.register(&grace, "SOMETHING-ELSE").await.unwrap();
    assert_eq!(sprint.codes().await, [("VIP1".to_owned(), Some(1), 0)]);
}

#[tokio::test]
async fn an_access_code_admits_as_many_as_it_has_uses_under_a_rush_on_two_processes() {
    let sprint = Sprint::new(json!([{ "code": "VIP1", "maxUses": 5 }])).await;
    let people = sprint.world.participants(40).await;
    let other = sprint.world.second_process().await;
    let id = sprint.id;
    let tasks = people.into_iter().zip([sprint.world.ctx.clone(), other].into_iter().cycle());
    let tasks = tasks.map(|(person, ctx)| async move {
        register_by_code(&ctx, &person, id, "VIP1").await.map(drop)
    });
    let outcomes = at_once(tasks).await;
    assert_eq!(count(&outcomes, &Ok(())), 5);
    assert_eq!(count(&outcomes, &Err(ErrorCode::AccessCodeUsedUp)), 35);
    assert_eq!(sprint.codes().await, [("VIP1".to_owned(), Some(5), 5)]);
    assert_eq!(sprint.world.tally(id).await.registered, 5);
}

#[tokio::test]
async fn a_registration_that_ends_gives_the_use_of_its_access_code_back() {
    let sprint = Sprint::new(json!([{ "code": "VIP1", "maxUses": 1 }])).await;
    let ctx = &sprint.world.ctx;
    let people = sprint.world.participants(3).await;
    sprint.register(&people[0], "VIP1").await.unwrap();
    assert_eq!(sprint.register(&people[1], "VIP1").await.unwrap_err(), ErrorCode::AccessCodeUsedUp);
    cancel_registration(ctx, &people[0], sprint.id).await.unwrap();
    let second = sprint.register(&people[1], "VIP1").await.unwrap().registration.id;
    reject(ctx, &sprint.ada, sprint.id, &[second], "No").await.unwrap();
    sprint.register(&people[2], "VIP1").await.unwrap();
    // The organizer may exceed the limit.
    approve(ctx, &sprint.ada, sprint.id, &[second]).await.unwrap();
    assert_eq!(sprint.codes().await, [("VIP1".to_owned(), Some(1), 2)]);
    assert_eq!(sprint.register(&people[0], "VIP1").await.unwrap_err(), ErrorCode::AccessCodeUsedUp);
}

#[tokio::test]
async fn registrations_that_wait_use_their_access_code() {
    let sprint = Sprint::new(json!([{ "code": "VIP1", "maxUses": 2 }])).await;
    let patch = json!({ "capacity": 1, "waitlistCapacity": 9 });
    edit(&sprint.world.ctx, &sprint.ada, sprint.id, patch).await.unwrap();
    let people = sprint.world.participants(3).await;
    for person in &people[..2] {
        sprint.register(person, "VIP1").await.unwrap();
    }
    assert_eq!(sprint.register(&people[2], "VIP1").await.unwrap_err(), ErrorCode::AccessCodeUsedUp);
}

#[tokio::test]
async fn a_removed_access_code_leaves_its_registrations_and_counts_them_when_it_comes_back() {
    let sprint = Sprint::new(json!([{ "code": "VIP1", "maxUses": 1 }])).await;
    let people = sprint.world.participants(2).await;
    sprint.register(&people[0], "VIP1").await.unwrap();
    sprint.set_codes(json!([{ "code": "OTHER", "maxUses": 1 }])).await;
    assert_eq!(
        sprint.register(&people[1], "VIP1").await.unwrap_err(),
        ErrorCode::AccessCodeInvalid
    );
    assert_eq!(sprint.world.tally(sprint.id).await.registered, 1);
    sprint.set_codes(json!([{ "code": "VIP1", "maxUses": 1 }])).await;
    assert_eq!(sprint.codes().await, [("VIP1".to_owned(), Some(1), 1)]);
    assert_eq!(sprint.register(&people[1], "VIP1").await.unwrap_err(), ErrorCode::AccessCodeUsedUp);
    sprint.set_codes(json!([{ "code": "VIP1", "maxUses": 2 }])).await;
    sprint.register(&people[1], "VIP1").await.unwrap();
}

#[tokio::test]
async fn a_code_that_does_not_admit_leaves_the_key_for_another_code() {
    let sprint = Sprint::new(json!([{ "code": "VIP1", "maxUses": 1 }, { "code": "VIP2" }])).await;
    let people = sprint.world.participants(2).await;
    sprint.register(&people[0], "VIP1").await.unwrap();
    let send = async |code: &str| {
        let input = serde_json::from_value(json!({ "accessCode": code })).unwrap();
        let key = Some("k-1".parse().unwrap());
        let ctx = sprint.world.second_process().await;
        let sent = registration::register_with(&ctx, &people[1], sprint.id, input, key).await;
        sent.map_err(code_of).and_then(|decision| decision.outcome.map_err(|error| error.code))
    };
    assert_eq!(send("WRONG").await.unwrap_err(), ErrorCode::AccessCodeInvalid);
    assert_eq!(send("VIP1").await.unwrap_err(), ErrorCode::AccessCodeUsedUp);
    send("VIP2").await.unwrap();
    assert_eq!(send("VIP1").await.unwrap_err(), ErrorCode::IdempotencyKeyReused);
}

#[tokio::test]
async fn saving_the_same_access_codes_makes_no_new_version() {
    let codes = json!([{ "code": "VIP1", "maxUses": 1 }]);
    let sprint = Sprint::new(codes.clone()).await;
    let version = |patch: Value| {
        let sprint = &sprint;
        async move {
            let edited = edit(&sprint.world.ctx, &sprint.ada, sprint.id, patch).await.unwrap();
            edited.competition.version
        }
    };
    assert_eq!(version(json!({ "access": "CODE", "accessCodes": codes })).await, 1);
    assert_eq!(version(json!({ "accessCodes": [{ "code": "VIP1" }] })).await, 2);
    assert_eq!(version(json!({ "access": "INVITATION" })).await, 3);
}

#[tokio::test]
async fn the_access_codes_of_a_competition_are_for_its_organizer() {
    let sprint = Sprint::new(json!([{ "code": "VIP1" }])).await;
    let ctx = &sprint.world.ctx;
    let grace = sprint.world.participant("Grace").await;
    let eve = sprint.world.organizer("Eve").await;
    for actor in [&grace, &eve] {
        let refused = competitions::access_codes(ctx, actor, sprint.id).await.unwrap_err();
        assert_eq!(code(refused), ErrorCode::Forbidden);
    }
}

#[tokio::test]
async fn after_ten_wrong_access_codes_a_participant_has_to_wait() {
    let sprint = Sprint::new(json!([{ "code": "VIP1" }])).await;
    let ctx = sprint.world.limiting().await;
    let (grace, linus) =
        (sprint.world.participant("Grace").await, sprint.world.participant("Linus").await);
    let try_code =
        async |actor, code: &str| register_by_code(&ctx, actor, sprint.id, code).await.map(drop);
    for number in 0..10 {
        let wrong = try_code(&grace, &format!("WRONG{number}")).await;
        assert_eq!(wrong.unwrap_err(), ErrorCode::AccessCodeInvalid);
    }
    assert_eq!(try_code(&grace, "VIP1").await.unwrap_err(), ErrorCode::RateLimited);
    try_code(&linus, "VIP1").await.unwrap();
    sprint.world.clock.advance(service::LoginLimits::WINDOW);
    try_code(&grace, "VIP1").await.unwrap();
}
