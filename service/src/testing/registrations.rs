//! Creating many registrations of one participant in a few statements.

use domain::{CompetitionId, RegistrationId};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::World;
use crate::{
    Actor,
    entity::{competition, registration},
    infrastructure::ids::new_id,
    registration::register,
};

/// Rows of one statement; databases limit its parameters.
const CHUNK: usize = 500;

impl World {
    /// Registers a participant for `count` competitions of `organizer`, all alike.
    ///
    /// # Panics
    /// When a rule forbids it, or the database refuses.
    pub async fn register_for_many(&self, participant: &Actor, organizer: &Actor, count: usize) {
        let id = self.competition(organizer).create().await;
        let answer = register(&self.ctx, participant, id, None).await.expect("an answer");
        answer.outcome.expect("a registration");
        let db = self.ctx.db.autocommit().await;
        let first = competition::Entity::find_by_id(id).one(&*db).await.expect("a row");
        let first = first.expect("the competition");
        let own = registration::Entity::find()
            .filter(registration::Column::CompetitionId.eq(id))
            .one(&*db)
            .await
            .expect("a row")
            .expect("the registration");
        let copies: Vec<_> = (1..count)
            .map(|_| {
                let competition =
                    competition::Model { id: CompetitionId(new_id()), ..first.clone() };
                let competition_id = competition.id;
                (
                    competition,
                    registration::Model {
                        id: RegistrationId(new_id()),
                        competition_id,
                        ..own.clone()
                    },
                )
            })
            .collect();
        for chunk in copies.chunks(CHUNK) {
            let (competitions, registrations): (Vec<_>, Vec<_>) = chunk.iter().cloned().unzip();
            let rows = competitions.into_iter().map(|row| row.into_active_model().reset_all());
            let insert = competition::Entity::insert_many(rows);
            insert.exec_without_returning(&*db).await.expect("competitions");
            let rows = registrations.into_iter().map(|row| row.into_active_model().reset_all());
            let insert = registration::Entity::insert_many(rows);
            insert.exec_without_returning(&*db).await.expect("registrations");
        }
    }
}
