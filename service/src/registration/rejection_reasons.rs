//! Why registrations were rejected.

use std::collections::HashMap;

use domain::{RegistrationId, RegistrationStatus};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::{
    Result,
    entity::{registration, registration_event},
    infrastructure::db::bulk::any_of,
};

/// The reasons of those of the registrations that are rejected, where the organizer gave one.
///
/// # Errors
/// When the database fails.
pub(super) async fn rejection_reasons(
    db: &impl ConnectionTrait,
    rows: impl IntoIterator<Item = &registration::Model>,
) -> Result<HashMap<RegistrationId, String>> {
    use registration_event::Column::{Id, Reason, RegistrationId as Registration};
    let rejected = rows.into_iter().filter(|row| row.status == RegistrationStatus::Rejected);
    // The last decision on a rejected registration is the one that rejected it.
    let rejections: Vec<_> = rejected.filter_map(|row| row.last_event_id).collect();
    if rejections.is_empty() {
        return Ok(HashMap::new());
    }
    let reasons: Vec<(RegistrationId, Option<String>)> = registration_event::Entity::find()
        .select_only()
        .columns([Registration, Reason])
        .filter(any_of(db, Id, rejections))
        .into_tuple()
        .all(db)
        .await?;
    Ok(reasons.into_iter().filter_map(|(id, reason)| Some((id, reason?))).collect())
}
