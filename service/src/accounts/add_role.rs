//! Adding a role to an account.

use domain::{ErrorCode, PublicError, Role, RoleInput, User};
use sea_orm::{ActiveModelTrait, EntityTrait, Set};

use crate::{Actor, Context, Result, entity::user, infrastructure::db::retry};

/// Gives the actor a second role: a participant becomes an organizer as well, or an organizer a
/// participant. Does nothing if they have it. A role is kept for good.
///
/// # Errors
/// Unauthorized; [`ErrorCode::Forbidden`] for a personal access token and for an administrator, who
/// has no other role; faults of the input.
pub async fn add_role(ctx: &Context, actor: &Actor, input: RoleInput) -> Result<User> {
    let user = actor.owner()?;
    if user.has_role(Role::Admin) {
        return Err(administrators_only_administrate().into());
    }
    let id = user.id;
    let role = input.check()?;
    retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        let found = user::Entity::find_by_id(id).one(&*tx).await?;
        let gone = || PublicError::new(ErrorCode::Unauthorized, "Unauthorized");
        let row = found.ok_or_else(gone)?;
        // An operator may have promoted the account meanwhile.
        if row.role == Role::Admin {
            return Err(administrators_only_administrate().into());
        }
        if row.roles().contains(&role) {
            return Ok(row.into_user());
        }
        let changed = user::ActiveModel { second_role: Set(Some(role)), ..row.into() };
        let row = changed.update(&*tx).await?;
        tx.commit().await?;
        Ok(row.into_user())
    })
    .await
}

fn administrators_only_administrate() -> PublicError {
    let message = "An administrator cannot have another role";
    PublicError::new(ErrorCode::Forbidden, message)
}
