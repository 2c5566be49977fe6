//! Deleting an account.
//!
//! The row goes, and with it all that belongs to it. If somebody else's past needs it, in a roster
//! or as the organizer of what they registered for, it stays as a nameless one: seats that were
//! taken stay counted, and a competition that anybody ever registered for stays in their history.

use domain::{
    CompetitionId, DeletionPreview, ErrorCode, Password, PublicError, RegistrationStatus,
    UNDATED_FOR, User,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, JoinType, PaginatorTrait,
    QueryFilter, QuerySelect, QueryTrait, RelationTrait, Select, prelude::Uuid, sea_query::Expr,
};

use super::{confirmed, sign_up::search_text};
use crate::{
    Actor, ClientAddress, Context, Error, Result,
    admission::{self, AdmissionCommand},
    db::retry,
    entity::{
        competition, idempotency_log, mail, password_reset, refresh_token, registration, user,
    },
    events::Event,
    secrets,
};

/// The name of whoever has deleted their account.
const NAMELESS: &str = "Deleted account";
/// How often registrations are cancelled that were made in the meantime.
const ROUNDS: usize = 5;

/// Deletes the actor's account. Their seats in competitions that are not over are free at once. Of
/// their own competitions, those that nobody ever registered for are deleted, the others stay
/// without a name; one that is not over is cancelled.
///
/// # Errors
/// Unauthorized; [`ErrorCode::WrongPassword`]; [`ErrorCode::RateLimited`] when too many were wrong;
/// [`ErrorCode::OpenCompetitions`] while others hold seats in a competition of theirs that is not over.
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
        cancel_registrations(ctx, user).await?;
        if let Some(ended) = retry(|| attempt(ctx, row.id, &lock)).await? {
            tracing::info!(user.id = %user.id, "an account was deleted");
            for competition in ended {
                ctx.events.publish(Event::seats_of(&competition, competition.version));
            }
            return Ok(());
        }
    }
    Err(Error::Conflict)
}

/// What [`delete`] would do now.
///
/// # Errors
/// Unauthorized.
pub async fn preview_deletion(ctx: &Context, actor: &Actor) -> Result<DeletionPreview> {
    let id = actor.user()?.id.0;
    let db = ctx.db.connection();
    let own = || competition::Entity::find().filter(competition::Column::OrganizerId.eq(id));
    let upcoming = || own().filter(is_to_come(ctx));
    let all = own().count(db).await?;
    let blocking = upcoming().filter(competition::Column::Registered.gt(0)).count(db).await?;
    let deleted = own().filter(was_ever_registered_for().not()).count(db).await?;
    let cancelled = upcoming()
        .filter(competition::Column::Registered.eq(0))
        .filter(was_ever_registered_for())
        .count(db)
        .await?;
    Ok(DeletionPreview {
        seats: seats_to_come(ctx, id).count(db).await?,
        blocking,
        deleted,
        cancelled,
        kept: all.saturating_sub(blocking + deleted + cancelled),
    })
}

/// Cancels through admission, so that seat counts stay correct and subscribers are notified.
async fn cancel_registrations(ctx: &Context, user: &User) -> Result<()> {
    let seats = seats_to_come(ctx, user.id.0)
        .select_only()
        .column(registration::Column::CompetitionId)
        .into_tuple::<Uuid>()
        .all(ctx.db.connection())
        .await?;
    for competition in seats {
        let command = AdmissionCommand::CancelRegistration;
        admission::execute(ctx, user, CompetitionId(competition), command, None).await?;
    }
    Ok(())
}

/// Answers with the competitions that ended with the account, as they are now; `Ok(None)` if a seat
/// has been taken again.
async fn attempt(ctx: &Context, id: Uuid, lock: &str) -> Result<Option<Vec<competition::Model>>> {
    let tx = ctx.db.begin_serializable().await?;
    // Locked, so that nobody registers for them meanwhile, under any isolation.
    let upcoming = competition::Entity::find()
        .filter(competition::Column::OrganizerId.eq(id))
        .filter(is_to_come(ctx))
        .lock_exclusive()
        .all(&*tx)
        .await?;
    if upcoming.iter().any(|competition| competition.registered > 0) {
        let message =
            "People are registered for competitions of yours that are not over. Cancel them first.";
        return Err(PublicError::new(ErrorCode::OpenCompetitions, message).into());
    }
    if seats_to_come(ctx, id).count(&*tx).await? > 0 {
        return Ok(None);
    }
    competition::Entity::delete_many()
        .filter(competition::Column::OrganizerId.eq(id))
        .filter(was_ever_registered_for().not())
        .exec(&*tx)
        .await?;
    let now = ctx.now().utc();
    // Nobody holds a seat in them, so nobody needs to be notified.
    competition::Entity::update_many()
        .col_expr(competition::Column::CancelledAt, Expr::value(now))
        .col_expr(competition::Column::UpdatedAt, Expr::value(now))
        .col_expr(competition::Column::Revision, Expr::col(competition::Column::Revision).add(1))
        .col_expr(competition::Column::Version, Expr::col(competition::Column::Version).add(1))
        .filter(competition::Column::OrganizerId.eq(id))
        .filter(is_to_come(ctx))
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
    let ended = |row: competition::Model| competition::Model {
        cancelled_at: Some(now),
        version: row.version + 1,
        ..row
    };
    Ok(Some(upcoming.into_iter().map(ended).collect()))
}

/// A condition on competitions: there is a registration for it, in whatever state.
fn was_ever_registered_for() -> Expr {
    let registrations = registration::Entity::find()
        .select_only()
        .column(registration::Column::Id)
        .filter(
            Expr::col((registration::Entity, registration::Column::CompetitionId))
                .equals((competition::Entity, competition::Column::Id)),
        )
        .into_query();
    Expr::exists(registrations)
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

/// Seats that somebody holds in competitions that are not over.
fn seats_to_come(ctx: &Context, id: Uuid) -> Select<registration::Entity> {
    registration::Entity::find()
        .join(JoinType::InnerJoin, registration::Relation::Competition.def())
        .filter(registration::Column::UserId.eq(id))
        .filter(holds_seat())
        .filter(is_to_come(ctx))
}

fn holds_seat() -> Condition {
    Condition::all().add(registration::Column::Status.is_in(RegistrationStatus::with_seat()))
}

/// Neither cancelled nor over, as [`domain::Dates::is_over`] has it. What is cancelled keeps its
/// seats.
fn is_to_come(ctx: &Context) -> Condition {
    use competition::Column::{CancelledAt, RegDeadline, StartDate};
    let now = ctx.now().utc();
    let undated = Condition::all().add(StartDate.is_null()).add(RegDeadline.gt(now - UNDATED_FOR));
    let dated = StartDate.gt(now);
    Condition::all().add(CancelledAt.is_null()).add(Condition::any().add(dated).add(undated))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{registration::register, testing::World};

    #[tokio::test]
    async fn an_account_with_a_registration_made_meanwhile_is_not_deleted() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let grace = world.participant("Grace").await;
        let sprint = world.competition(&ada).create().await;
        register(&world.ctx, &grace, sprint, None).await.unwrap().outcome.unwrap();
        let id = grace.user().unwrap().id.0;
        assert!(attempt(&world.ctx, id, "a hash").await.unwrap().is_none());
        let tally = world.tally(sprint).await;
        assert_eq!((tally.registered, tally.seats_held), (1, 1));
    }
}
