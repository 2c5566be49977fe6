//! Accounts: signing up and in.

use std::collections::HashMap;

use domain::{
    Email, ErrorCode, Login, Password, PersonName, PublicError, Role, Signup, User, UserId,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use crate::{
    ClientAddress, Context, Error, Result,
    combiner::{Combiner, spread},
    db::bulk,
    entity::user,
    error::is_unique_violation,
    ids::new_id,
    throttle,
};

/// Makes an account for a participant or an organizer.
///
/// # Errors
/// [`ErrorCode::EmailTaken`] when the address has one, in any case.
pub async fn sign_up(ctx: &Context, signup: Signup) -> Result<User> {
    create(ctx, signup).await
}

/// Makes an account that runs the installation. For the command line: nothing else may.
///
/// # Errors
/// [`ErrorCode::EmailTaken`] when the address has an account, in any case.
pub async fn create_admin(
    ctx: &Context,
    name: PersonName,
    email: Email,
    password: Password,
) -> Result<User> {
    create(ctx, Signup { name, email, password, role: Role::Admin }).await
}

/// The user with this address and password.
///
/// # Errors
/// [`ErrorCode::InvalidCredentials`]. Whether it is the address or the password that is wrong shows
/// neither in the answer nor in the time it takes. [`ErrorCode::RateLimited`] when too many have failed.
pub async fn log_in(ctx: &Context, login: Login, from: ClientAddress) -> Result<User> {
    let attempt = throttle::begin(ctx, &login.email, from).await?;
    let found = find_by_email(ctx, &login.email).await?;
    let hash = found.as_ref().map(|user| user.password_hash.clone());
    let matches = ctx.passwords.verify(login.password, hash).await?;
    match found {
        Some(user) if matches => {
            attempt.succeeded().await?;
            view(user)
        }
        _ => Err(PublicError::new(ErrorCode::InvalidCredentials, "Invalid credentials").into()),
    }
}

/// The user with this id, if the account still exists.
///
/// # Errors
/// When the database fails.
pub async fn find(ctx: &Context, id: UserId) -> Result<Option<User>> {
    let (shared, ctx) = (ctx.clone(), ctx.clone());
    let load = move |ids: Vec<UserId>| {
        let ctx = ctx.clone();
        async move { spread(&ids, load(&ctx, &ids).await) }
    };
    shared.users.submit((), id, load).await
}

/// Users that are asked for at the same time are read together. Nothing is remembered: what a user may do is always
/// what the database says now.
pub(crate) type Users = Combiner<(), UserId, Option<User>>;

async fn load(ctx: &Context, ids: &[UserId]) -> Result<HashMap<UserId, User>> {
    let db = ctx.db.connection();
    let wanted = bulk::any_of(db, user::Column::Id, ids.iter().map(|id| id.0));
    let rows = user::Entity::find().filter(wanted).all(db).await?;
    rows.into_iter().map(|row| Ok((UserId(row.id), view(row)?))).collect()
}

pub(crate) async fn find_by_email(ctx: &Context, email: &str) -> Result<Option<user::Model>> {
    // PostgreSQL cannot hold a NUL, so no address has one.
    if email.contains('\0') {
        return Ok(None);
    }
    let key = email.trim().to_lowercase();
    let found = user::Entity::find().filter(user::Column::EmailKey.eq(key));
    Ok(found.one(ctx.db.connection()).await?)
}

pub(crate) fn view(user: user::Model) -> Result<User> {
    let role = user.role.parse().map_err(|()| Error::Corrupt(format!("role {}", user.role)))?;
    Ok(User { id: UserId(user.id), email: user.email, name: user.name, role })
}

async fn create(ctx: &Context, signup: Signup) -> Result<User> {
    let password_hash = ctx.passwords.hash(signup.password).await?;
    let user = user::ActiveModel {
        id: Set(new_id()),
        email_key: Set(signup.email.key()),
        search_text: Set(format!("{}\n{}", signup.name, signup.email).to_lowercase()),
        email: Set(signup.email.into_string()),
        name: Set(signup.name.into_string()),
        role: Set(signup.role.as_str().to_owned()),
        password_hash: Set(password_hash),
        created_at: Set(ctx.now().utc()),
    };
    // The unique index decides, so that two at once cannot both pass a check.
    let inserted =
        user::Entity::insert(user).exec_with_returning(&*ctx.db.autocommit().await).await;
    match inserted {
        Ok(user) => view(user),
        Err(error) if is_unique_violation(&error) => Err(email_taken().into()),
        Err(error) => Err(error.into()),
    }
}

fn email_taken() -> PublicError {
    PublicError::on_field(ErrorCode::EmailTaken, "email", "Email already registered")
}
