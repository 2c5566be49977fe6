//! The profile of a user.

use domain::{ErrorCode, ProfilePatch, PublicError, Role, TimeZoneName, User};
use sea_orm::{ActiveModelTrait, EntityTrait, Set};

use super::search::{search_text, search_words};
use crate::{Actor, Context, Result, competitions, entity::user, infrastructure::db::retry, zones};

/// Changes the actor's name and time zone; absent fields stay as they are.
///
/// # Errors
/// Unauthorized; every fault of the patch at once.
pub async fn edit_profile(ctx: &Context, actor: &Actor, patch: ProfilePatch) -> Result<User> {
    let id = actor.writer()?.id;
    let edit = patch.check(zones::find)?;
    let user = retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        let found = user::Entity::find_by_id(id).one(&*tx).await?;
        let gone = || PublicError::new(ErrorCode::Unauthorized, "Unauthorized");
        let mut row = found.ok_or_else(gone)?;
        if let Some(name) = &edit.name {
            row.search_text = search_text(name.as_str(), &row.email);
            row.search_words = search_words(name.as_str(), &row.email);
            row.name = name.to_string();
        }
        if let Some(zone) = &edit.time_zone {
            row.time_zone = zone.as_ref().map(TimeZoneName::to_string);
        }
        let changed = user::ActiveModel {
            name: Set(row.name.clone()),
            search_text: Set(row.search_text.clone()),
            search_words: Set(row.search_words.clone()),
            time_zone: Set(row.time_zone.clone()),
            ..row.into()
        };
        let row = changed.update(&*tx).await?;
        tx.commit().await?;
        Ok(row.into_user())
    })
    .await?;
    // Competitions are found by the name of their organizer.
    if edit.name.is_some() && user.has_role(Role::Organizer) {
        competitions::index_those_of(ctx, id).await?;
    }
    Ok(user)
}
