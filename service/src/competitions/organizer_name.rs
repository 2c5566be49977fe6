//! The name of an organizer for the page of their competitions.

use domain::UserId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::open::is_public;
use crate::{
    Context, Result,
    entity::{competition, user},
};

/// The name of an organizer who has a competition in the lists, whatever its status; `None` for any
/// other account, whose name is not public.
///
/// # Errors
/// When the database fails.
pub async fn organizer_name(ctx: &Context, organizer: UserId) -> Result<Option<String>> {
    let db = &*ctx.db.for_lists().await?;
    let listed = competition::Entity::find()
        .select_only()
        .column(user::Column::Name)
        .inner_join(user::Entity)
        .filter(competition::Column::OrganizerId.eq(organizer))
        .filter(is_public())
        // Of an account that was not deleted.
        .filter(user::Column::Email.ne(""))
        .limit(1);
    Ok(listed.into_tuple().one(db).await?)
}
