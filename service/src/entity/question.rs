//! A question of a competition.

use std::collections::HashMap;

use domain::{CompetitionId, Question, QuestionId, QuestionKind, Questions};
use sea_orm::{IntoActiveModel, Iterable, entity::prelude::*, sea_query::OnConflict};

use crate::{Result, infrastructure::db::bulk};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "questions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: QuestionId,
    pub(crate) competition_id: CompetitionId,
    /// Orders the questions of a competition.
    pub(crate) position: i32,
    pub(crate) kind: QuestionKind,
    pub(crate) label: String,
    pub(crate) help: Option<String>,
    pub(crate) required: bool,
    /// One on each line.
    pub(crate) options: String,
    pub(crate) link: Option<String>,
    /// Whether it is asked no more.
    pub(crate) removed: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    fn of(competition: CompetitionId, position: usize, question: Question, removed: bool) -> Self {
        let Question { id, kind, label, help, required, options, link } = question;
        let position = i32::try_from(position).expect("MAX_STORED_QUESTIONS fits");
        let (competition_id, options) = (competition, options.join("\n"));
        Self { id, competition_id, position, kind, label, help, required, options, link, removed }
    }

    fn into_question(self) -> Question {
        let options = self.options.lines().map(str::to_owned).collect();
        let Self { id, kind, label, help, required, link, .. } = self;
        Question { id, kind, label, help, required, options, link }
    }
}

/// The questions of those competitions that have any.
pub(crate) async fn questions_of(
    db: &impl ConnectionTrait,
    competitions: impl IntoIterator<Item = CompetitionId>,
) -> Result<HashMap<CompetitionId, Questions>> {
    let competitions: Vec<_> = competitions.into_iter().collect();
    if competitions.is_empty() {
        return Ok(HashMap::new());
    }
    let these = bulk::any_of(db, Column::CompetitionId, competitions);
    let mut rows = Entity::find().filter(these).all(db).await?;
    rows.sort_unstable_by_key(|row| row.position);
    let mut found: HashMap<_, Questions> = HashMap::new();
    for row in rows {
        let questions = found.entry(row.competition_id).or_default();
        let part = if row.removed { &mut questions.removed } else { &mut questions.asked };
        part.push(row.into_question());
    }
    Ok(found)
}

/// Writes the questions of a competition. Rows stay, because answers refer to them.
pub(crate) async fn save_questions(
    tx: &impl ConnectionTrait,
    competition: CompetitionId,
    questions: Questions,
) -> Result<()> {
    let Questions { asked, removed } = questions;
    let asked = asked.into_iter().map(|question| (question, false));
    let all = asked.chain(removed.into_iter().map(|question| (question, true)));
    let rows = all.enumerate().map(|(position, (question, removed))| {
        Model::of(competition, position, question, removed).into_active_model().reset_all()
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return Ok(());
    }
    let columns = Column::iter().filter(|column| !matches!(column, Column::Id));
    let overwrite = OnConflict::column(Column::Id).update_columns(columns).to_owned();
    Entity::insert_many(rows).on_conflict(overwrite).exec_without_returning(tx).await?;
    Ok(())
}
