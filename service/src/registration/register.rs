//! The use case behind `POST /api/competitions/:id/register` and the Register button.

use std::time::Duration;

use domain::{AnswerInput, CompetitionId, ErrorCode, IdempotencyKey, NewRegistration, Raw, Role};
use tokio::time::{Instant, sleep};

use crate::{
    Actor, Context, Error, Result,
    admission::{self, AdmissionCommand, AnsweredForm, Decision},
    competitions, idempotency,
};

/// How often a request is decided while the questions change.
const TRIES: usize = 3;
/// How long to wait for the lock that the try before has left on the key in Redis: it is released
/// in the background.
const LOCK_POLL: Duration = Duration::from_millis(5);

/// Registers the actor for a competition, without answers. The request is finished even if this
/// future is dropped.
///
/// # Errors
/// As for [`register_with_answers`].
pub async fn register(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    key: Option<IdempotencyKey>,
) -> Result<Decision<NewRegistration>> {
    register_with_answers(ctx, actor, competition, Raw::Missing, key).await
}

/// Registers the actor for a competition, with answers to its questions. The request is finished
/// even if this future is dropped.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but a participant; no such competition; a key that is in
/// flight or was used for another request; a service or database that is overloaded or fails. Wrong
/// answers are a refusal of the decision, which leaves the key unused.
pub async fn register_with_answers(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    answers: Raw<Vec<AnswerInput>>,
    key: Option<IdempotencyKey>,
) -> Result<Decision<NewRegistration>> {
    let user = actor.require_writer(Role::Participant)?;
    let check = async || {
        let (asked, version) = competitions::questions(ctx, competition).await?;
        Ok::<_, Error>(AnsweredForm::new(answers.clone(), &asked, version))
    };
    // Most competitions ask nothing: without answers, their questions are not read.
    let mut form = match answers {
        Raw::Missing => None,
        _ => Some(check().await?),
    };
    let mut tried = 0;
    let mut locked_until = Instant::now();
    loop {
        let command = AdmissionCommand::Register(form.clone().map(Box::new));
        let decision = match admission::execute(ctx, user, competition, command, key.clone()).await
        {
            Err(Error::Public(error))
                if error.code == ErrorCode::IdempotencyInFlight
                    && Instant::now() < locked_until =>
            {
                sleep(LOCK_POLL).await;
                continue;
            }
            decided => decided?,
        };
        tried += 1;
        if tried < TRIES && is_outdated(&decision) {
            form = Some(check().await?);
            locked_until = Instant::now() + idempotency::LOCK_TTL;
            continue;
        }
        return decision.registered();
    }
}

/// Whether the answers were checked against other questions than the competition asks now.
fn is_outdated<T>(decision: &Decision<T>) -> bool {
    decision.outcome.as_ref().is_err_and(|error| error.code == ErrorCode::QuestionsChanged)
}
