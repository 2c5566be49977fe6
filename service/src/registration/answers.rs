//! The answers of registrations, for their participants and the organizer.

use std::collections::HashMap;

use domain::{Answer, AnswerValue, CompetitionId, QuestionId, Questions, RegistrationId};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    Result,
    entity::{answer, competition, question::questions_of},
    infrastructure::db::bulk::any_of,
};

/// The answers of registrations for these competitions, in the order of the questions; those to
/// removed questions are the last.
///
/// # Errors
/// When the database fails.
pub(super) async fn answers_of<'a>(
    db: &impl ConnectionTrait,
    registrations: impl IntoIterator<Item = (RegistrationId, &'a competition::Model)>,
) -> Result<HashMap<RegistrationId, Vec<Answer>>> {
    // Most competitions have never asked anything.
    let registrations: HashMap<_, _> = registrations
        .into_iter()
        .filter(|(_, competition)| competition.questions_version > 0)
        .map(|(registration, competition)| (registration, competition.id))
        .collect();
    if registrations.is_empty() {
        return Ok(HashMap::new());
    }
    let mut competitions: Vec<CompetitionId> = registrations.values().copied().collect();
    competitions.sort_unstable();
    competitions.dedup();
    let questions = questions_of(db, competitions).await?;
    let rows = answer::Entity::find()
        .filter(any_of(db, answer::Column::RegistrationId, registrations.keys().copied()))
        .order_by_asc(answer::Column::Position)
        .all(db)
        .await?;
    let mut values: HashMap<_, HashMap<_, Vec<_>>> = HashMap::new();
    for row in rows {
        let of_registration = values.entry(row.registration_id).or_default();
        of_registration.entry(row.question_id).or_default().push(row.value);
    }
    let answers = values.into_iter().filter_map(|(registration, values)| {
        let questions = questions.get(registrations.get(&registration)?)?;
        Some((registration, in_order(questions, values)))
    });
    Ok(answers.collect())
}

fn in_order(questions: &Questions, mut values: HashMap<QuestionId, Vec<String>>) -> Vec<Answer> {
    let all = questions.asked.iter().chain(&questions.removed);
    let answers = all.filter_map(|question| {
        let value = AnswerValue::of(question.kind, values.remove(&question.id)?);
        Some(Answer { question_id: question.id, question: question.label.clone(), value })
    });
    answers.collect()
}
