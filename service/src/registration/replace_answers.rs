//! Replacing the answers of a registration.

use domain::{AnswerValue, GivenAnswer, Question, RegistrationId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set,
};

use crate::{
    Result,
    answers::Values,
    entity::{answer, registration},
    infrastructure::db::bulk::{self, any_of},
};

/// Replaces the answers of a registration, which are `before`, to the questions that its
/// competition asks. Answers to questions that it asks no more stay. Returns the questions whose
/// answers have changed, with the new answer in words; empty for one that was removed.
pub(super) async fn replace_answers(
    tx: &impl ConnectionTrait,
    row: registration::Model,
    before: &Values,
    asked: &[Question],
    answers: Vec<GivenAnswer>,
    now: Timestamp,
) -> Result<Vec<(String, String)>> {
    let changed = changed(asked, before, &answers);
    if changed.is_empty() {
        return Ok(changed);
    }
    let id: RegistrationId = row.id;
    answer::Entity::delete_many()
        .filter(answer::Column::RegistrationId.eq(id))
        .filter(any_of(tx, answer::Column::QuestionId, asked.iter().map(|asked| asked.id)))
        .exec(tx)
        .await?;
    bulk::insert(tx, answer::rows(id, answers).collect()).await?;
    let mut row = row.into_active_model();
    row.updated_at = Set(now.utc());
    row.update(tx).await?;
    Ok(changed)
}

fn changed(asked: &[Question], before: &Values, answers: &[GivenAnswer]) -> Vec<(String, String)> {
    let change = |question: &Question| {
        let answer = answers.iter().find(|answer| answer.question == question.id);
        let values = answer.map(|answer| answer.values.clone()).unwrap_or_default();
        let stored = before.get(&question.id).map(Vec::as_slice).unwrap_or_default();
        let words = match &*values {
            [] => String::new(),
            _ => AnswerValue::of(question.kind, values.clone()).in_words_of(question.kind),
        };
        // Options may have been ordered anew since.
        let is_same = values.len() == stored.len() && values.iter().all(|one| stored.contains(one));
        (!is_same).then(|| (question.label.clone(), words))
    };
    asked.iter().filter_map(change).collect()
}
