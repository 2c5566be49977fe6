//! Why registrations were rejected.

use std::collections::HashMap;

use domain::{RegistrationId, RegistrationStatus};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

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
    let rejected: Vec<_> = rejected.map(|row| row.id).collect();
    if rejected.is_empty() {
        return Ok(HashMap::new());
    }
    // The last decision on a rejected registration is the one that rejected it.
    let reasons: Vec<(RegistrationId, Option<String>)> = registration_event::Entity::find()
        .select_only()
        .columns([Registration, Reason])
        .filter(any_of(db, Registration, rejected))
        .order_by_asc(Id)
        .into_tuple()
        .all(db)
        .await?;
    let last: HashMap<_, _> = reasons.into_iter().collect();
    Ok(last.into_iter().filter_map(|(id, reason)| Some((id, reason?))).collect())
}
