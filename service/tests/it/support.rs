//! Helpers that many tests use.

use chrono::TimeDelta;
use domain::{
    CompetitionDraft, CompetitionId, CompetitionQuery, CompetitionWithOrganizer, EditDraft,
    ErrorCode, Mail, NewRegistration, NoticeDraft, PublicError, RegistrationId,
    ReviewedRegistrations, Timestamp,
};
use service::{
    Actor, Context, Decision, Error, Result, competitions, cron,
    housekeeping::CleanUp,
    jobs::{Claim, claim, execute},
    mail::mailbox,
    registration,
    testing::World,
};
use tokio::task::JoinSet;

/// Registers without a key. A refusal or a failure becomes its code.
pub(crate) async fn register(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
) -> Result<NewRegistration, ErrorCode> {
    match registration::register(ctx, actor, id, None).await {
        Ok(decision) => decision.outcome.map_err(|refusal| refusal.code),
        Err(error) => Err(code(error)),
    }
}

/// Registers with a key.
pub(crate) async fn register_with_key(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    key: &str,
) -> Result<Decision<NewRegistration>> {
    registration::register(ctx, actor, id, Some(key.parse().unwrap())).await
}

/// Registers `size` participants and confirms them, in groups of 500 with a second between them.
pub(crate) async fn seated(world: &World, id: CompetitionId, size: usize) -> Vec<Actor> {
    let participants = world.participants_in_bulk(size).await;
    let register = |participant: &Actor| {
        let (ctx, participant) = (world.ctx.clone(), participant.clone());
        async move { register(&ctx, &participant, id).await.map(drop) }
    };
    for some in participants.chunks(500) {
        for outcome in at_once(some.iter().map(register)).await {
            outcome.unwrap();
        }
        world.clock.advance(TimeDelta::seconds(1));
    }
    let mut claims = claim(&world.ctx, size as u64).await.unwrap();
    while !claims.is_empty() {
        execute(&world.ctx, &claims).await.unwrap();
        claims = claim(&world.ctx, size as u64).await.unwrap();
    }
    participants
}

/// The form of an edit whose participants are notified.
pub(crate) fn edited(draft: CompetitionDraft) -> EditDraft {
    EditDraft { draft, notice: NoticeDraft::default() }
}

/// Cancels a registration without a key. A refusal or a failure becomes its code.
pub(crate) async fn cancel_registration(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
) -> Result<(), ErrorCode> {
    match registration::cancel_registration(ctx, actor, id, None).await {
        Ok(decision) => decision.outcome.map_err(|refusal| refusal.code),
        Err(error) => Err(code(error)),
    }
}

/// Approves registrations without a key. A refusal of the whole or a failure becomes its code.
pub(crate) async fn approve(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    ids: &[RegistrationId],
) -> Result<ReviewedRegistrations, ErrorCode> {
    let input = serde_json::json!({ "registrationIds": ids });
    let input = serde_json::from_value(input).unwrap();
    match registration::approve(ctx, actor, competition, input, None).await {
        Ok(decision) => decision.outcome.map_err(|refusal| refusal.code),
        Err(error) => Err(code(error)),
    }
}

/// Rejects registrations without a key. A refusal of the whole or a failure becomes its code.
pub(crate) async fn reject(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    ids: &[RegistrationId],
    reason: &str,
) -> Result<ReviewedRegistrations, ErrorCode> {
    let input = serde_json::json!({ "registrationIds": ids, "reason": reason });
    let input = serde_json::from_value(input).unwrap();
    match registration::reject(ctx, actor, competition, input, None).await {
        Ok(decision) => decision.outcome.map_err(|refusal| refusal.code),
        Err(error) => Err(code(error)),
    }
}

/// Edits a competition without a key. A refusal or a failure becomes its code.
pub(crate) async fn edit(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    patch: serde_json::Value,
) -> Result<CompetitionWithOrganizer, ErrorCode> {
    let patch = serde_json::from_value(patch).unwrap();
    match competitions::edit(ctx, actor, id, patch, None).await {
        Ok(decision) => decision.outcome.map_err(|refusal| refusal.code),
        Err(error) => Err(code(error)),
    }
}

/// Cancels a competition without a key. A refusal or a failure becomes its code.
pub(crate) async fn cancel_competition(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
) -> Result<CompetitionWithOrganizer, ErrorCode> {
    match competitions::cancel_competition(ctx, actor, id, None).await {
        Ok(decision) => decision.outcome.map_err(|refusal| refusal.code),
        Err(error) => Err(code(error)),
    }
}

/// The code of the problem that a client gets.
pub(crate) fn code(error: Error) -> ErrorCode {
    PublicError::from(error).code
}

/// Runs tasks concurrently; returns their results in any order.
pub(crate) async fn at_once<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    tasks.into_iter().collect::<JoinSet<_>>().join_all().await
}

/// How many of `outcomes` are `expected`.
pub(crate) fn count<T: PartialEq>(outcomes: &[T], expected: &T) -> usize {
    outcomes.iter().filter(|outcome| *outcome == expected).count()
}

/// The titles on a page of the list.
pub(crate) async fn titles(world: &World, query: CompetitionQuery) -> Vec<String> {
    let page = competitions::list(&world.ctx, &query.check().unwrap()).await.unwrap();
    page.items.into_iter().map(|item| item.competition.title).collect()
}

/// The messages of an actor, newest first.
pub(crate) async fn mails(world: &World, actor: &Actor) -> Vec<Mail> {
    mailbox::list(&world.ctx, actor, None).await.unwrap()
}

/// The subjects of an actor's messages, newest first.
pub(crate) async fn subjects(world: &World, actor: &Actor) -> Vec<String> {
    mails(world, actor).await.into_iter().map(|mail| mail.subject).collect()
}

/// Makes the database refuse to lower the count of a mail limit, which releases a reservation.
pub(crate) async fn refuse_releases(world: &World) {
    let sql = if world.database_url().starts_with("sqlite") {
        "CREATE TRIGGER keep BEFORE UPDATE ON mail_limits WHEN NEW.sent < OLD.sent \
         BEGIN SELECT RAISE(ABORT, 'kept'); END"
    } else {
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         RAISE EXCEPTION 'kept'; END $$; \
         CREATE TRIGGER keep BEFORE UPDATE ON mail_limits FOR EACH ROW \
         WHEN (NEW.sent < OLD.sent) EXECUTE FUNCTION keep()"
    };
    world.execute(sql).await.unwrap();
}

/// Makes the database refuse to record that a mail was sent with its event.
pub(crate) async fn refuse_records_of_events(world: &World) {
    let sql = if world.database_url().starts_with("sqlite") {
        "CREATE TRIGGER unrecorded BEFORE UPDATE ON mailbox WHEN NEW.event_revision IS NOT NULL \
         BEGIN SELECT RAISE(ABORT, 'unrecorded'); END"
    } else {
        "CREATE FUNCTION unrecorded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         RAISE EXCEPTION 'unrecorded'; END $$; \
         CREATE TRIGGER unrecorded BEFORE UPDATE ON mailbox FOR EACH ROW \
         WHEN (NEW.event_revision IS NOT NULL) EXECUTE FUNCTION unrecorded()"
    };
    world.execute(sql).await.unwrap();
}

/// Claims the one job that is due.
pub(crate) async fn claim_one(ctx: &Context) -> Claim {
    let mut claims = claim(ctx, 10).await.unwrap();
    assert_eq!(claims.len(), 1, "one job is due");
    claims.remove(0)
}

/// Runs a claimed job.
pub(crate) async fn run_job(ctx: &Context, claim: &Claim) -> Result<()> {
    execute(ctx, std::slice::from_ref(claim)).await
}

/// Runs the one job that is due in both processes, as when the first has lost its lease.
pub(crate) async fn run_at_once_on(processes: [&Context; 2]) {
    let claim = claim_one(processes[0]).await;
    let runs = processes.map(|ctx| (ctx.clone(), claim.clone()));
    let runs = runs.map(|(ctx, claim)| async move { run_job(&ctx, &claim).await });
    for result in at_once(runs).await {
        result.unwrap();
    }
}

/// Fires a tick of the schedule that deletes what is no longer needed, and runs its job. At one
/// time it fires once.
pub(crate) async fn clean_up(world: &World) {
    cron::fire(&world.ctx, "clean_up", world.ctx.now(), CleanUp {}).await.unwrap();
    let claim = claim_one(&world.ctx).await;
    run_job(&world.ctx, &claim).await.unwrap();
}

/// The time as tests write it down.
pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}
