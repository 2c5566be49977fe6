//! The use case behind `PATCH /api/competitions/:id/registrations/:registration`.

use askama::Template;
use domain::{
    CompetitionId, ErrorCode, PublicError, RegistrationEventKind, RegistrationId,
    RegistrationPatch, RegistrationRecord, Role, Timestamp, User,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{record, replace_answers::replace_answers};
use crate::{
    Actor, Cause, Context, Result,
    answers::values_of,
    competitions::visible_to,
    entity::{competition, question::questions_of, registration, registration_event, user},
    infrastructure::{db::retry, ids::new_id},
    mail::{
        answers::shortened,
        dedup_keys::ANSWERS,
        example::{self, Example},
        links::Links,
        mailbox::{About, Draft, store_and_enqueue},
        reader::Reader,
        templates::{RenderedMail, UserText},
    },
};

/// The state of a registration and of the questions that a form was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenAnswers {
    /// When the registration was last changed.
    pub updated_at: Timestamp,
    /// The version of the questions.
    pub questions_version: u32,
}

/// Replaces the answers of a registration for a competition of the actor to the questions that it
/// asks, as [`domain::Question::for_organizer`] has them. Answers to questions that it asks no more
/// stay. Records who did it, and notifies the participant, unless nothing has changed. With `seen`,
/// only if the registration and the questions are still as they were seen.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but the organizer; no such competition;
/// [`ErrorCode::NotRegistered`] for an unknown registration; as for
/// [`domain::RegistrationStatus::check_answers_can_be_corrected`]; [`ErrorCode::StaleVersion`] for
/// what was changed since `seen`; every wrong answer at once.
pub async fn correct_answers(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    id: RegistrationId,
    input: RegistrationPatch,
    seen: Option<SeenAnswers>,
) -> Result<RegistrationRecord> {
    let user = actor.require_writer(Role::Organizer)?;
    retry(|| attempt(ctx, actor, user, (competition, id), input.clone(), seen)).await?;
    record::record(ctx, actor, competition, id).await
}

async fn attempt(
    ctx: &Context,
    actor: &Actor,
    user: &User,
    (id, registration): (CompetitionId, RegistrationId),
    input: RegistrationPatch,
    seen: Option<SeenAnswers>,
) -> Result<()> {
    let tx = ctx.db.begin_serializable().await?;
    let competition = competition::Entity::find_by_id(id).one(&*tx).await?;
    let competition = competition.ok_or_else(PublicError::competition_not_found)?;
    visible_to(actor, competition.organizer_id, competition.visibility)?;
    if competition.organizer_id != user.id {
        let message = "Only the organizer of this competition may edit answers";
        return Err(PublicError::new(ErrorCode::Forbidden, message).into());
    }
    let row = registration::Entity::find_by_id(registration)
        .filter(registration::Column::CompetitionId.eq(id))
        .one(&*tx)
        .await?;
    let row = row.ok_or_else(PublicError::registration_not_found)?;
    let (is_cancelled, now) = (competition.cancelled_at.is_some(), ctx.now());
    row.status.check_answers_can_be_corrected(is_cancelled, competition.dates(), now)?;
    let now_seen = SeenAnswers {
        updated_at: row.updated_at.into(),
        questions_version: competition.questions_version.unsigned_abs(),
    };
    if seen.is_some_and(|seen| seen != now_seen) {
        let message = "The registration or the questions were changed since you opened this page. \
                       It shows them as they are now: make your changes again.";
        return Err(PublicError::new(ErrorCode::StaleVersion, message).into());
    }
    let questions = questions_of(&*tx, [id]).await?;
    let asked = questions.into_values().next().unwrap_or_default().asked;
    let before = values_of(&*tx, [registration]).await?.remove(&registration).unwrap_or_default();
    let of = |id| before.get(&id).map(Vec::as_slice).unwrap_or_default();
    let asked = asked.into_iter().map(|question| {
        let values = of(question.id);
        question.for_organizer(values)
    });
    let asked: Vec<_> = asked.collect();
    let answers = input.check(&asked)?;
    let participant = row.user_id;
    let changed = replace_answers(&*tx, row, &before, &asked, answers, now).await?;
    if changed.is_empty() {
        return tx.commit().await;
    }
    let event = registration_event::Model {
        id: new_id(),
        registration_id: registration,
        actor_id: Some(user.id),
        kind: RegistrationEventKind::AnswersEdited,
        reason: None,
        created_at: now.utc(),
    };
    registration_event::Entity::insert(event.clone().into_active_model()).exec(&*tx).await?;
    if let Some(participant) = user::Entity::find_by_id(participant).one(&*tx).await? {
        let draft = notice(ctx, &event, changed, &participant, &competition);
        store_and_enqueue(ctx, &*tx, vec![draft]).await?;
    }
    tx.commit().await
}

#[derive(Template)]
#[template(path = "mail/answers_edited.txt")]
struct AnswersEdited<'a> {
    reader: Reader<'a>,
    title: UserText<'a>,
    /// The questions, and the new answers.
    answers: Vec<(UserText<'a>, Option<UserText<'a>>)>,
    links: &'a Links,
    registration: RegistrationId,
}

fn notice(
    ctx: &Context,
    event: &registration_event::Model,
    changed: Vec<(String, String)>,
    user: &user::Model,
    competition: &competition::Model,
) -> Draft {
    let answers: Vec<_> =
        changed.into_iter().map(|(question, answer)| (question, shortened(answer))).collect();
    let answers = answers.iter().map(|(question, answer)| {
        (UserText(question), Some(UserText(answer)).filter(|_| !answer.is_empty()))
    });
    let mail = RenderedMail::of(&AnswersEdited {
        reader: user.into(),
        title: UserText(&competition.title),
        answers: answers.collect(),
        links: &Links::of(ctx, competition.id),
        registration: event.registration_id,
    });
    Draft {
        user: user.id,
        recipient: user.email.clone(),
        mail,
        dedup_key: format!("{ANSWERS}{}", event.id),
        about: Some(About::registration(competition.id, event.registration_id, None)),
        cause: Cause::current(),
    }
}

/// The mail of this module, as its preview shows it.
pub(crate) fn mail_examples() -> Vec<Example> {
    let mail = AnswersEdited {
        reader: example::READER,
        title: example::TITLE,
        answers: vec![
            (UserText("T-shirt size"), Some(UserText("M"))),
            (UserText("What do you eat?"), None),
        ],
        links: &example::links(),
        registration: example::REGISTRATION,
    };
    vec![Example::of("answers_edited", &mail)]
}
