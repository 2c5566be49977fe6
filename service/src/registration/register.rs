//! The use case behind `POST /api/competitions/:id/register` and the Register button.

use std::time::Duration;

use domain::{
    AccessCode, AnswerInput, CompetitionId, ErrorCode, IdempotencyKey, NewRegistration, Raw,
    RegistrationInput, Role, User,
};
use tokio::time::{Instant, sleep};

use crate::{
    Actor, Context, Error, Result,
    admission::{self, AdmissionCommand, AnsweredForm, Decision, RegistrationForm},
    competitions, idempotency, throttle,
};

/// How often a request is decided while the questions change.
const TRIES: usize = 3;
/// How long to wait for the lock that the try before has left on the key in Redis: it is released
/// in the background.
const LOCK_POLL: Duration = Duration::from_millis(5);

/// Registers the actor for a competition, without answers and access code. The request is finished
/// even if this future is dropped.
///
/// # Errors
/// As for [`register_with`].
pub async fn register(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    key: Option<IdempotencyKey>,
) -> Result<Decision<NewRegistration>> {
    register_with(ctx, actor, competition, RegistrationInput::default(), key).await
}

/// Registers the actor for a competition, with answers to its questions and an access code. The
/// request is finished even if this future is dropped.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but a participant; no such competition; a text that no
/// access code has; too many codes that are not valid; a key that is in flight or was used for
/// another request; a service or database that is overloaded or fails. Wrong answers and codes are
/// a refusal of the decision, which leaves the key unused.
pub async fn register_with(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    input: RegistrationInput,
    key: Option<IdempotencyKey>,
) -> Result<Decision<NewRegistration>> {
    let user = actor.require_writer(Role::Participant)?;
    let access_code = input.access_code()?;
    if access_code.is_none() {
        return decide(ctx, user, competition, input.answers, None, key).await;
    }
    let guess = throttle::begin_guess(ctx, user.id, competition).await?;
    let decision = match decide(ctx, user, competition, input.answers, access_code, key).await {
        Ok(decision) => decision,
        Err(error) => {
            // Nothing was said about the code.
            guess.was_not_wrong();
            return Err(error);
        }
    };
    match is_refused_with(&decision, ErrorCode::AccessCodeInvalid) {
        true => guess.was_wrong().await?,
        false => guess.was_not_wrong(),
    }
    Ok(decision)
}

async fn decide(
    ctx: &Context,
    user: &User,
    competition: CompetitionId,
    answers: Raw<Vec<AnswerInput>>,
    access_code: Option<AccessCode>,
    key: Option<IdempotencyKey>,
) -> Result<Decision<NewRegistration>> {
    let check = async || {
        let (asked, version) = competitions::questions(ctx, competition).await?;
        Ok::<_, Error>(Box::new(AnsweredForm::new(answers.clone(), &asked, version)))
    };
    // Most competitions ask nothing: without answers, their questions are not read.
    let answered = match answers {
        Raw::Missing => None,
        _ => Some(check().await?),
    };
    let mut form = RegistrationForm { answers: answered, access_code };
    let mut tried = 0;
    let mut locked_until = Instant::now();
    loop {
        let command = AdmissionCommand::Register(form.clone());
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
        // The answers were checked against other questions than the competition asks now.
        if tried < TRIES && is_refused_with(&decision, ErrorCode::QuestionsChanged) {
            form.answers = Some(check().await?);
            locked_until = Instant::now() + idempotency::LOCK_TTL;
            continue;
        }
        return decision.registered();
    }
}

fn is_refused_with<T>(decision: &Decision<T>, code: ErrorCode) -> bool {
    decision.outcome.as_ref().is_err_and(|error| error.code == code)
}
