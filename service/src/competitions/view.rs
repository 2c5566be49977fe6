//! From rows to views.

use std::collections::HashMap;

use domain::{
    Competition, CompetitionCounts, CompetitionDetail, CompetitionId, CompetitionWithCount,
    Organizer, UserId,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    Error, Result,
    entity::{competition, competition_tag, user},
};

pub(crate) fn competition(row: competition::Model, tags: Vec<String>) -> Competition {
    Competition {
        id: CompetitionId(row.id),
        title: row.title,
        description: row.description,
        tags,
        capacity: count(row.capacity),
        seats_left: count(row.capacity - row.registered),
        reg_deadline: row.reg_deadline.into(),
        start_date: row.start_date.map(Into::into),
        reg_opens_at: row.reg_opens_at.map(Into::into),
        time_zone: row.time_zone,
        cancelled_at: row.cancelled_at.map(Into::into),
        organizer_id: UserId(row.organizer_id),
        version: count(row.revision),
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    }
}

pub(crate) fn organizer(row: user::Model) -> Organizer {
    Organizer { id: UserId(row.id), name: row.name, email: row.email }
}

/// Rows with their organizers as the public sees them; one query for the tags of all.
pub(super) async fn details(
    db: &impl ConnectionTrait,
    rows: Vec<(competition::Model, Option<user::Model>)>,
) -> Result<Vec<CompetitionDetail>> {
    let mut tags = tags_of(db, rows.iter().map(|(row, _)| row.id)).await?;
    rows.into_iter()
        .map(|(row, user)| {
            let user =
                user.ok_or_else(|| Error::Corrupt(format!("{} has no organizer", row.id)))?;
            let (registrations, sequence) = (count(row.registered), count(row.version));
            let tags = tags.remove(&row.id).unwrap_or_default();
            Ok(CompetitionDetail {
                competition: competition(row, tags),
                organizer: organizer(user),
                count: CompetitionCounts { registrations },
                sequence,
            })
        })
        .collect()
}

/// Rows as their organizer sees them; one query for the tags of all.
pub(super) async fn with_counts(
    db: &impl ConnectionTrait,
    rows: Vec<competition::Model>,
) -> Result<Vec<CompetitionWithCount>> {
    let mut tags = tags_of(db, rows.iter().map(|row| row.id)).await?;
    let view = |row: competition::Model| {
        let registrations = count(row.registered);
        let tags = tags.remove(&row.id).unwrap_or_default();
        let count = CompetitionCounts { registrations };
        CompetitionWithCount { competition: competition(row, tags), count }
    };
    Ok(rows.into_iter().map(view).collect())
}

/// The tags of some competitions, as they were typed and in that order.
pub(crate) async fn tags_of(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Vec<String>>> {
    let rows = competition_tag::Entity::find()
        .filter(competition_tag::Column::CompetitionId.is_in(ids))
        .order_by_asc(competition_tag::Column::Position)
        .all(db)
        .await?;
    let mut tags: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in rows {
        tags.entry(row.competition_id).or_default().push(row.label);
    }
    Ok(tags)
}

/// A column that a constraint keeps from being negative.
pub(crate) fn count(column: i32) -> u32 {
    u32::try_from(column).unwrap_or_default()
}
