//! Registrations whose participants are to be notified, with what their notices say.

use std::collections::{HashMap, HashSet};

use domain::{CompetitionId, RegistrationId, UserId};
use sea_orm::{
    ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType,
};

use crate::{
    Result,
    entity::{competition, registration, user},
    infrastructure::db::bulk::any_of,
};

/// Registrations, with their participants and competitions.
#[derive(Debug)]
pub(crate) struct NoticedRegistrations {
    rows: HashMap<RegistrationId, registration::Model>,
    users: HashMap<UserId, user::Model>,
    competitions: HashMap<CompetitionId, competition::Model>,
}

impl NoticedRegistrations {
    /// Reads those that exist, and locks their rows: waits for a transaction that confirms or
    /// notifies one of them, so that its mail comes first.
    pub(crate) async fn lock(
        tx: &impl ConnectionTrait,
        ids: impl IntoIterator<Item = RegistrationId>,
    ) -> Result<Self> {
        let rows = registration::Entity::find()
            .filter(any_of(tx, registration::Column::Id, ids))
            .order_by_asc(registration::Column::Id)
            .lock(LockType::NoKeyUpdate)
            .all(tx)
            .await?;
        let users = any_of(tx, user::Column::Id, rows.iter().map(|row| row.user_id));
        let users = user::Entity::find().filter(users).all(tx).await?;
        let competitions: HashSet<_> = rows.iter().map(|row| row.competition_id).collect();
        let competitions = any_of(tx, competition::Column::Id, competitions);
        let competitions = competition::Entity::find().filter(competitions).all(tx).await?;
        Ok(Self {
            rows: rows.into_iter().map(|row| (row.id, row)).collect(),
            users: users.into_iter().map(|row| (row.id, row)).collect(),
            competitions: competitions.into_iter().map(|row| (row.id, row)).collect(),
        })
    }

    /// A registration, its participant and its competition, if it still exists.
    pub(crate) fn get(
        &self,
        id: RegistrationId,
    ) -> Option<(&registration::Model, &user::Model, &competition::Model)> {
        let row = self.rows.get(&id)?;
        // Foreign keys cascade: with its user or competition the registration is gone as well.
        Some((row, self.users.get(&row.user_id)?, self.competitions.get(&row.competition_id)?))
    }
}
