//! Deleting an account.
//!
//! The row is deleted with everything that belongs to it, unless the history of others refers to
//! it: a roster, or competitions that others have registered for. Then the row is anonymized, so
//! that seats stay counted and competitions stay in the participants' histories.

use domain::{CompetitionId, ErrorCode, Password, PublicError, RegistrationStatus, User, UserId};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, JoinType, PaginatorTrait,
    QueryFilter, QuerySelect, QueryTrait, RelationTrait, Select, prelude::DateTimeUtc,
    sea_query::Expr,
};

mod preview;

pub use preview::preview_deletion;

use super::{
    confirm_password, email,
    search::{search_text, search_words},
};
use crate::{
    Actor, ClientAddress, Context, Error, Result,
    admission::{self, AdmissionCommand},
    competitions::{has_not_started, is_not_over, was_ever_registered_for},
    entity::{
        answer, asset, calendar_feed, competition, idempotency_log, mail, organizer_message,
        organizer_notice_choice, password_reset, personal_token, refresh_token, registration,
        registration_event, session, user, webhook,
    },
    events::Event,
    infrastructure::{db::retry, secrets},
    mail::preferences::forget_account,
};

/// The name of an anonymized account.
const ANONYMOUS_NAME: &str = "Deleted account";
/// Tries until the user has no registration that was made meanwhile.
const MAX_TRIES: usize = 5;

/// Deletes the actor's account and cancels their registrations for competitions that have not
/// started. Their competitions without any registration are deleted; the others stay, anonymized,
/// and are cancelled if they are not over.
///
/// # Errors
/// Unauthorized; [`ErrorCode::Forbidden`] for a personal access token;
/// [`ErrorCode::WrongPassword`]; [`ErrorCode::RateLimited`] when too many were wrong;
/// [`ErrorCode::OpenCompetitions`] while a competition of theirs that is not over has
/// registrations.
pub async fn delete(
    ctx: &Context,
    actor: &Actor,
    password: String,
    from: ClientAddress,
) -> Result<()> {
    let user = actor.owner()?;
    let row = confirm_password(ctx, user, password, "password", from).await?;
    // A random password, in case the row is anonymized.
    let random = Password::parse(secrets::new_secret()).map_err(Error::Corrupt)?;
    let random_hash = ctx.passwords.hash(random).await?;
    for _ in 0..MAX_TRIES {
        // So that a refusal leaves the user their seats, unless another user registers at the same
        // time.
        if blocking(ctx, user.id).one(ctx.db.connection()).await?.is_some() {
            return Err(has_open_competitions().into());
        }
        cancel_registrations(ctx, user).await?;
        if let Some(ended) = retry(|| attempt(ctx, (row.id, &row.email), &random_hash)).await? {
            tracing::info!(user.id = %user.id, "an account was deleted");
            let events = ended.iter().map(|ended| Event::seats_of(ended, ended.version));
            ctx.events.publish(events.collect());
            return Ok(());
        }
    }
    Err(Error::Conflict)
}

/// The competitions of the user that keep the account from being deleted.
fn blocking(ctx: &Context, organizer: UserId) -> Select<competition::Entity> {
    competition::Entity::find()
        .filter(competition::Column::OrganizerId.eq(organizer))
        .filter(is_current(ctx))
        .filter(has_participants())
}

/// Cancels through admission, so that seat counts stay correct and subscribers are notified.
async fn cancel_registrations(ctx: &Context, user: &User) -> Result<()> {
    let competitions = to_cancel(ctx, user.id)
        .select_only()
        .column(registration::Column::CompetitionId)
        .into_tuple::<CompetitionId>()
        .all(ctx.db.connection())
        .await?;
    for competition in competitions {
        let command = AdmissionCommand::CancelRegistration;
        admission::execute(ctx, user, competition, command, None).await?;
    }
    Ok(())
}

/// Deletes the account in one transaction. Returns the competitions that were cancelled with it;
/// `Ok(None)` if the user has registered again meanwhile.
async fn attempt(
    ctx: &Context,
    (id, email): (UserId, &str),
    random_hash: &str,
) -> Result<Option<Vec<competition::Model>>> {
    let tx = ctx.db.begin_serializable().await?;
    // Lock them against concurrent registrations, at any isolation level.
    let current = competition::Entity::find()
        .filter(competition::Column::OrganizerId.eq(id))
        .filter(is_current(ctx))
        .lock_exclusive()
        .all(&*tx)
        .await?;
    if current.iter().any(competition::Model::has_participants) {
        return Err(has_open_competitions().into());
    }
    if to_cancel(ctx, id).count(&*tx).await? > 0 {
        return Ok(None);
    }
    competition::Entity::delete_many()
        .filter(competition::Column::OrganizerId.eq(id))
        .filter(was_ever_registered_for().not())
        .exec(&*tx)
        .await?;
    let now = ctx.now().utc();
    // They have no active registrations: there is nobody to notify.
    competition::Entity::update_many()
        .col_expr(competition::Column::CancelledAt, Expr::value(now))
        .col_expr(competition::Column::UpdatedAt, Expr::value(now))
        .col_expr(competition::Column::Revision, Expr::col(competition::Column::Revision).add(1))
        .col_expr(competition::Column::Version, Expr::col(competition::Column::Version).add(1))
        .filter(competition::Column::OrganizerId.eq(id))
        .filter(is_current(ctx))
        .exec(&*tx)
        .await?;
    // An address of a person, which must not outlive the account.
    competition::Entity::update_many()
        .col_expr(competition::Column::ContactEmail, Expr::value(None::<String>))
        .filter(competition::Column::OrganizerId.eq(id))
        .filter(competition::Column::ContactEmail.is_not_null())
        .exec(&*tx)
        .await?;
    registration::Entity::delete_many()
        .filter(registration::Column::UserId.eq(id))
        .filter(is_active().not())
        .exec(&*tx)
        .await?;
    forget_account(ctx, &*tx, email).await?;
    session::Entity::delete_many().filter(session::Column::UserId.eq(id)).exec(&*tx).await?;
    if is_referenced(&*tx, id).await? {
        anonymize(&*tx, id, random_hash).await?;
    } else {
        user::Entity::delete_by_id(id).exec(&*tx).await?;
    }
    tx.commit().await?;
    let ended = |row: competition::Model| competition::Model {
        cancelled_at: Some(now),
        version: row.version + 1,
        ..row
    };
    Ok(Some(current.into_iter().map(ended).collect()))
}

fn has_open_competitions() -> PublicError {
    let message =
        "People are registered for competitions of yours that are not over. Cancel them first.";
    PublicError::new(ErrorCode::OpenCompetitions, message)
}

/// A condition on competitions, as [`competition::Model::has_participants`] has it.
fn has_participants() -> Condition {
    use competition::Column::{AwaitingApproval, Registered, Waitlisted};
    Condition::any().add(Registered.gt(0)).add(Waitlisted.gt(0)).add(AwaitingApproval.gt(0))
}

/// Whether the history of others refers to the user.
async fn is_referenced(tx: &impl ConnectionTrait, id: UserId) -> Result<bool> {
    let organized = competition::Entity::find().filter(competition::Column::OrganizerId.eq(id));
    let registered = registration::Entity::find().filter(registration::Column::UserId.eq(id));
    Ok(organized.count(tx).await? + registered.count(tx).await? > 0)
}

/// Removes personal data from the row, and deletes what belongs to it.
async fn anonymize(tx: &impl ConnectionTrait, id: UserId, random_hash: &str) -> Result<()> {
    mail::Entity::delete_many().filter(mail::Column::UserId.eq(id)).exec(tx).await?;
    webhook::Entity::delete_many().filter(webhook::Column::OrganizerId.eq(id)).exec(tx).await?;
    // Nobody has read them; those that were sent stay with their competition.
    let organized = competition::Entity::find()
        .select_only()
        .column(competition::Column::Id)
        .filter(competition::Column::OrganizerId.eq(id))
        .into_query();
    organizer_message::Entity::delete_many()
        .filter(organizer_message::Column::CompetitionId.in_subquery(organized))
        .filter(organizer_message::Column::StartedAt.is_null())
        .exec(tx)
        .await?;
    // Stored responses have names in them.
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
    email::remove(tx, id).await?;
    personal_token::Entity::delete_many()
        .filter(personal_token::Column::UserId.eq(id))
        .exec(tx)
        .await?;
    calendar_feed::Entity::delete_by_id(id).exec(tx).await?;
    organizer_notice_choice::Entity::delete_by_id(id).exec(tx).await?;
    // What no competition uses is deleted by the next clean-up.
    asset::Entity::update_many()
        .col_expr(asset::Column::OwnerId, Expr::value(None::<UserId>))
        .filter(asset::Column::OwnerId.eq(id))
        .exec(tx)
        .await?;
    // Answers are personal, and organizers may have written names in reasons.
    let own = registration::Entity::find()
        .select_only()
        .column(registration::Column::Id)
        .filter(registration::Column::UserId.eq(id))
        .into_query();
    answer::Entity::delete_many()
        .filter(answer::Column::RegistrationId.in_subquery(own.clone()))
        .exec(tx)
        .await?;
    registration_event::Entity::update_many()
        .col_expr(registration_event::Column::Reason, Expr::value(None::<String>))
        .filter(registration_event::Column::RegistrationId.in_subquery(own))
        .exec(tx)
        .await?;
    user::Entity::update_many()
        .col_expr(user::Column::Name, Expr::value(ANONYMOUS_NAME))
        .col_expr(user::Column::Email, Expr::value(""))
        // A unique key that is no address, so that the address can sign up again.
        .col_expr(user::Column::EmailKey, Expr::value(format!("deleted:{id}")))
        .col_expr(user::Column::SearchText, Expr::value(search_text(ANONYMOUS_NAME, "")))
        .col_expr(user::Column::SearchWords, Expr::value(search_words(ANONYMOUS_NAME, "")))
        .col_expr(user::Column::PasswordHash, Expr::value(random_hash))
        .col_expr(
            user::Column::CredentialsVersion,
            Expr::col(user::Column::CredentialsVersion).add(1),
        )
        .col_expr(user::Column::TimeZone, Expr::value(None::<String>))
        .col_expr(user::Column::EmailVerifiedAt, Expr::value(None::<DateTimeUtc>))
        .filter(user::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The registrations of a user that are cancelled with the account: those with a seat in a
/// competition that has not started, and those that wait for a seat or for approval in one that is
/// not cancelled, which could give them a seat if it is moved.
fn to_cancel(ctx: &Context, id: UserId) -> Select<registration::Entity> {
    let has_seat = registration::Column::Status.is_in(RegistrationStatus::with_seat());
    let waiting = [RegistrationStatus::Waitlisted, RegistrationStatus::AwaitingApproval];
    let waits = registration::Column::Status.is_in(waiting);
    let can_be_cancelled =
        Condition::any().add(waits).add(has_seat.and(has_not_started(ctx.now())));
    registration::Entity::find()
        .join(JoinType::InnerJoin, registration::Relation::Competition.def())
        .filter(registration::Column::UserId.eq(id))
        .filter(competition::Column::CancelledAt.is_null())
        .filter(can_be_cancelled)
}

/// A condition on registrations: [`RegistrationStatus::is_active`].
fn is_active() -> Condition {
    Condition::all().add(registration::Column::Status.is_in(RegistrationStatus::active()))
}

/// A condition on competitions: neither cancelled nor over.
/// Registrations for a cancelled competition keep their seats.
fn is_current(ctx: &Context) -> Condition {
    Condition::all().add(competition::Column::CancelledAt.is_null()).add(is_not_over(ctx.now()))
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
        let id = grace.user().unwrap().id;
        assert!(attempt(&world.ctx, (id, "grace@example.com"), "a hash").await.unwrap().is_none());
        let tally = world.tally(sprint).await;
        assert_eq!((tally.registered, tally.seats_taken), (1, 1));
    }
}
