//! Deleting an account.
//!
//! The row goes, and with it all that belongs to it. If somebody else's past needs it, in a roster or as the organizer of
//! what they took part in, it stays as a nameless one: seats that were taken stay counted.

use domain::{CompetitionId, ErrorCode, Password, PublicError, RegistrationStatus, User};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, JoinType, PaginatorTrait,
    QueryFilter, QuerySelect, RelationTrait, Select, prelude::Uuid, sea_query::Expr,
};

use super::{confirmed, sign_up::search_text};
use crate::{
    Actor, ClientAddress, Context, Error, Result,
    admission::{self, Wish},
    db::retry,
    entity::{
        competition, idempotency_log, mail, password_reset, refresh_token, registration, user,
    },
    secrets,
};

/// The name of whoever has deleted their account.
const NAMELESS: &str = "Deleted account";
/// How often seats are given back that were taken in the meantime.
const ROUNDS: usize = 5;

/// Deletes the actor's account. Their seats in what has not started yet are free at once.
///
/// # Errors
/// Unauthorized; [`ErrorCode::WrongPassword`]; [`ErrorCode::RateLimited`] when too many were wrong;
/// [`ErrorCode::OpenCompetitions`] while others are registered for what they
/// organize.
pub async fn delete(
    ctx: &Context,
    actor: &Actor,
    password: String,
    from: ClientAddress,
) -> Result<()> {
    let user = actor.user()?;
    let row = confirmed(ctx, user, password, "password", from).await?;
    // Nobody's password, should the row have to stay.
    let lock = Password::parse(secrets::new_secret()).map_err(Error::Corrupt)?;
    let lock = ctx.passwords.hash(lock).await?;
    for _ in 0..ROUNDS {
        give_seats_back(ctx, user).await?;
        if retry(|| attempt(ctx, row.id, &lock)).await? {
            tracing::info!(user.id = %user.id, "an account was deleted");
            return Ok(());
        }
    }
    Err(Error::Conflict)
}

/// The one path that seats go by keeps their count right, and tells whoever looks on.
async fn give_seats_back(ctx: &Context, user: &User) -> Result<()> {
    let seats = seats_to_come(ctx, user.id.0)
        .select_only()
        .column(registration::Column::CompetitionId)
        .into_tuple::<Uuid>()
        .all(ctx.db.connection())
        .await?;
    for competition in seats {
        admission::ask(ctx, user, CompetitionId(competition), Wish::Cancel, None).await?;
    }
    Ok(())
}

/// SERIALIZABLE, so that nobody registers for what is deleted. `Ok(false)` if a seat has been taken again.
async fn attempt(ctx: &Context, id: Uuid, lock: &str) -> Result<bool> {
    let tx = ctx.db.write().await?;
    refuse_while_open(ctx, &*tx, id).await?;
    if seats_to_come(ctx, id).count(&*tx).await? > 0 {
        return Ok(false);
    }
    // What nobody has a seat in is of use to nobody.
    competition::Entity::delete_many()
        .filter(competition::Column::OrganizerId.eq(id))
        .filter(competition::Column::Registered.eq(0))
        .exec(&*tx)
        .await?;
    registration::Entity::delete_many()
        .filter(registration::Column::UserId.eq(id))
        .filter(holds_seat().not())
        .exec(&*tx)
        .await?;
    if is_needed(&*tx, id).await? {
        make_nameless(&*tx, id, lock).await?;
    } else {
        user::Entity::delete_by_id(id).exec(&*tx).await?;
    }
    tx.commit().await?;
    Ok(true)
}

async fn refuse_while_open(ctx: &Context, tx: &impl ConnectionTrait, id: Uuid) -> Result<()> {
    let open = competition::Entity::find()
        .filter(competition::Column::OrganizerId.eq(id))
        .filter(competition::Column::Registered.gt(0))
        .filter(is_to_come(ctx));
    if open.count(tx).await? == 0 {
        return Ok(());
    }
    let message =
        "People are registered for competitions of yours that have not started. Cancel them first.";
    Err(PublicError::new(ErrorCode::OpenCompetitions, message).into())
}

/// Whether somebody else's past needs the row.
async fn is_needed(tx: &impl ConnectionTrait, id: Uuid) -> Result<bool> {
    let organized = competition::Entity::find().filter(competition::Column::OrganizerId.eq(id));
    let took_part = registration::Entity::find().filter(registration::Column::UserId.eq(id));
    Ok(organized.count(tx).await? + took_part.count(tx).await? > 0)
}

/// Takes everything personal from the row, and deletes what belongs to it.
async fn make_nameless(tx: &impl ConnectionTrait, id: Uuid, lock: &str) -> Result<()> {
    mail::Entity::delete_many().filter(mail::Column::UserId.eq(id)).exec(tx).await?;
    // Answers that are kept hold names.
    idempotency_log::Entity::delete_many()
        .filter(idempotency_log::Column::UserId.eq(id))
        .exec(tx)
        .await?;
    refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::UserId.eq(id))
        .exec(tx)
        .await?;
    password_reset::Entity::delete_many()
        .filter(password_reset::Column::UserId.eq(id))
        .exec(tx)
        .await?;
    user::Entity::update_many()
        .col_expr(user::Column::Name, Expr::value(NAMELESS))
        .col_expr(user::Column::Email, Expr::value(""))
        // No address, so that the one that was there can be used again, and unlike every other key.
        .col_expr(user::Column::EmailKey, Expr::value(format!("deleted:{id}")))
        .col_expr(user::Column::SearchText, Expr::value(search_text(NAMELESS, "")))
        .col_expr(user::Column::PasswordHash, Expr::value(lock))
        .col_expr(
            user::Column::CredentialsVersion,
            Expr::col(user::Column::CredentialsVersion).add(1),
        )
        .col_expr(user::Column::TimeZone, Expr::value(None::<String>))
        .filter(user::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Seats that somebody holds in what has not started.
fn seats_to_come(ctx: &Context, id: Uuid) -> Select<registration::Entity> {
    registration::Entity::find()
        .join(JoinType::InnerJoin, registration::Relation::Competition.def())
        .filter(registration::Column::UserId.eq(id))
        .filter(holds_seat())
        .filter(is_to_come(ctx))
}

fn holds_seat() -> Condition {
    let held = RegistrationStatus::ALL.into_iter().filter(|status| status.holds_seat());
    Condition::all().add(registration::Column::Status.is_in(held.map(RegistrationStatus::as_str)))
}

/// A start that is not set is still to come. What is cancelled never comes, and keeps its seats.
fn is_to_come(ctx: &Context) -> Condition {
    let start = Condition::any()
        .add(competition::Column::StartDate.is_null())
        .add(competition::Column::StartDate.gt(ctx.now().utc()));
    Condition::all().add(competition::Column::CancelledAt.is_null()).add(start)
}
