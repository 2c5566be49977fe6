//! Administrators, which only the command line creates.

use domain::{Email, ErrorCode, Password, PersonName, PublicError, Role, Signup};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Set,
};

use super::{Account, add_user, find_by_email};
use crate::{
    Context, Result,
    entity::{competition, registration, user},
    infrastructure::db::retry,
};

/// Creates the account of an administrator.
///
/// # Errors
/// [`ErrorCode::EmailTaken`] when the address has an account, in any case.
pub async fn create_admin(
    ctx: &Context,
    name: PersonName,
    email: Email,
    password: Password,
) -> Result<Account> {
    add_user(ctx, Signup { name, email, password, role: Role::Admin }).await
}

/// Makes an account the account of an administrator; does nothing if it is one.
///
/// # Errors
/// [`ErrorCode::AccountNotFound`]; [`ErrorCode::AccountInUse`] if the account has competitions or
/// registrations, which an administrator cannot access; [`ErrorCode::AccountDisabled`].
pub async fn promote(ctx: &Context, email: &Email) -> Result<Account> {
    retry(|| attempt(ctx, email)).await
}

async fn attempt(ctx: &Context, email: &Email) -> Result<Account> {
    let tx = ctx.db.begin_serializable().await?;
    let row = find_by_email(&*tx, email.as_str()).await?.ok_or_else(not_found)?;
    if row.disabled_at.is_some() {
        let message = "This account is disabled. Enable it first: `mini-compete users enable`.";
        return Err(PublicError::new(ErrorCode::AccountDisabled, message).into());
    }
    if is_in_use(&*tx, &row).await? {
        let message = "This account organizes competitions or takes part in some, which an \
             administrator cannot do. Make a new one with `mini-compete admin create`.";
        return Err(PublicError::new(ErrorCode::AccountInUse, message).into());
    }
    let (role, second_role) = (Set(Role::Admin), Set(None));
    let row = user::ActiveModel { role, second_role, ..row.into() }.update(&*tx).await?;
    tx.commit().await?;
    Ok(row.into())
}

async fn is_in_use(tx: &impl ConnectionTrait, row: &user::Model) -> Result<bool> {
    let organized = competition::Entity::find().filter(competition::Column::OrganizerId.eq(row.id));
    let registered = registration::Entity::find().filter(registration::Column::UserId.eq(row.id));
    Ok(organized.count(tx).await? + registered.count(tx).await? > 0)
}

/// For operators only: clients must not learn which addresses have accounts.
pub(crate) fn not_found() -> PublicError {
    PublicError::new(ErrorCode::AccountNotFound, "No account has this address")
}
