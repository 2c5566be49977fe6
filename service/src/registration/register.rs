//! The use case behind `POST /api/competitions/:id/register` and the Register button.

use domain::{
    AnswerInput, CompetitionId, ErrorCode, IdempotencyKey, NewRegistration, PublicError, Raw, Role,
};
use sea_orm::EntityTrait;

use crate::{
    Actor, Context, Error, Result,
    admission::{self, AdmissionCommand, AnsweredForm, Decision, Effect},
    entity::{competition, question::questions_of},
};

/// How often the questions are read again because they have changed meanwhile.
const TRIES: usize = 3;

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
    // Most competitions ask nothing: without answers, their questions are not read.
    let mut form = match answers {
        Raw::Missing => None,
        _ => Some(check(ctx, competition, answers.clone()).await?),
    };
    let mut tried = 0;
    loop {
        let command = AdmissionCommand::Register(form.map(Box::new));
        let decision = admission::execute(ctx, user, competition, command, key.clone()).await?;
        tried += 1;
        if tried < TRIES && is_outdated(&decision) {
            form = Some(check(ctx, competition, answers.clone()).await?);
            continue;
        }
        return decision.try_map(|effect| match effect {
            Effect::Registered(registration) => Ok(*registration),
            other => Err(Error::Corrupt(format!("the effect of registering is {other:?}"))),
        });
    }
}

/// Whether the answers were checked against other questions than the competition asks now.
fn is_outdated<T>(decision: &Decision<T>) -> bool {
    decision.outcome.as_ref().is_err_and(|error| error.code == ErrorCode::QuestionsChanged)
}

/// Checks answers against the questions that the competition asks now.
async fn check(
    ctx: &Context,
    id: CompetitionId,
    answers: Raw<Vec<AnswerInput>>,
) -> Result<AnsweredForm> {
    let db = ctx.db.connection();
    // The version first: questions that are edited in between are newer, and admission refuses.
    let competition = competition::Entity::find_by_id(id).one(db).await?;
    let version = competition.ok_or_else(PublicError::competition_not_found)?.questions_version;
    let questions = questions_of(db, [id]).await?.remove(&id).unwrap_or_default();
    Ok(AnsweredForm::new(answers, &questions.asked, version))
}
