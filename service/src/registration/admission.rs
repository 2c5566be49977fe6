//! Deciding one request inside its transaction, and writing what follows from it.

use domain::{
    CompetitionId, ErrorCode, NewRegistration, PublicError, RegistrationId, RegistrationStatus,
    Timestamp, User,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Unchanged, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait,
    QueryFilter, QuerySelect, Set, sea_query::Expr,
};

use super::{register::Answer, view};
use crate::{
    Context, Error, Result,
    competitions::not_found,
    entity::{competition, registration},
    idempotency::Scope,
    ids::new_id,
    jobs::{self, Job},
};

/// Who asks for a seat in what.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) user: User,
    pub(super) competition: CompetitionId,
    pub(super) scope: Option<Scope>,
}

/// One attempt. Nothing of it stays unless all of it does: the seat, the registration, the job that
/// confirms it and the answer to the key commit together.
pub(super) async fn attempt(ctx: &Context, request: &Request) -> Result<Answer> {
    let now = ctx.now();
    let tx = ctx.db.write().await?;
    // The lock makes others wait here; without it they would work in vain and try again.
    let competition = competition::Entity::find_by_id(request.competition.0).lock_exclusive();
    let competition = competition.one(&*tx).await?.ok_or_else(not_found)?;
    if let Some(scope) = &request.scope
        && let Some(outcome) = scope.recall(&*tx).await?
    {
        return Ok(Answer { outcome, replayed: true });
    }

    let earlier = registration::Entity::find()
        .filter(registration::Column::UserId.eq(request.user.id.0))
        .filter(registration::Column::CompetitionId.eq(competition.id))
        .one(&*tx)
        .await?;
    let outcome = match decide(&competition, earlier.as_ref(), now)? {
        Ok(()) => Ok(admit(&*tx, request, competition, earlier, now).await?),
        Err(refusal) => Err(refusal),
    };
    if let Some(scope) = &request.scope {
        let status = outcome.as_ref().map_or_else(|refusal| refusal.code.status(), |_| 201);
        scope.remember(ctx, &*tx, status, &outcome).await?;
    }
    tx.commit().await?;
    Ok(Answer { outcome, replayed: false })
}

/// Whether a seat may be given, and if not, the first reason in the order the API promises.
fn decide(
    competition: &competition::Model,
    earlier: Option<&registration::Model>,
    now: Timestamp,
) -> Result<Result<(), PublicError>> {
    let holds_seat =
        earlier.map(view::status).transpose()?.is_some_and(RegistrationStatus::holds_seat);
    Ok(if competition.reg_deadline <= now.utc() {
        Err(refusal(ErrorCode::RegistrationClosed, "Registration deadline has passed"))
    } else if holds_seat {
        Err(refusal(ErrorCode::AlreadyRegistered, "Already registered for this competition"))
    } else if competition.registered >= competition.capacity {
        Err(refusal(ErrorCode::CompetitionFull, "Competition is full"))
    } else {
        Ok(())
    })
}

fn refusal(code: ErrorCode, message: &str) -> PublicError {
    PublicError::new(code, message)
}

async fn admit(
    tx: &impl ConnectionTrait,
    request: &Request,
    competition: competition::Model,
    earlier: Option<registration::Model>,
    now: Timestamp,
) -> Result<NewRegistration> {
    take_seat(tx, &competition).await?;
    let registration = write_registration(tx, request, earlier, now).await?;
    let id = RegistrationId(registration.id);
    let job = Job::ConfirmRegistration { registration_id: id };
    // A seat that is given back and taken again is confirmed again.
    let dedup_key = format!("{}:{id}:{now}", job.kind());
    jobs::add(tx, now, &job, Some(dedup_key)).await?;
    view::new_registration(registration, competition, &request.user)
}

/// The compare-and-set: whatever happened since the row was read shows in its version.
async fn take_seat(tx: &impl ConnectionTrait, competition: &competition::Model) -> Result<()> {
    use competition::Column::{Capacity, Id, Registered, Version};
    let updated = competition::Entity::update_many()
        .col_expr(Registered, Expr::col(Registered).add(1))
        .col_expr(Version, Expr::col(Version).add(1))
        .filter(Id.eq(competition.id))
        .filter(Version.eq(competition.version))
        .filter(Expr::col(Registered).lt(Expr::col(Capacity)))
        .exec(tx)
        .await?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(Error::Conflict) }
}

/// A new row, or the row of a seat that was given back.
async fn write_registration(
    tx: &impl ConnectionTrait,
    request: &Request,
    earlier: Option<registration::Model>,
    now: Timestamp,
) -> Result<registration::Model> {
    let is_new = earlier.is_none();
    let row = registration::ActiveModel {
        id: earlier.map_or_else(|| Set(new_id()), |row| Unchanged(row.id)),
        user_id: Set(request.user.id.0),
        competition_id: Set(request.competition.0),
        status: Set(RegistrationStatus::Pending.as_str().to_owned()),
        idempotency_key: Set(request.scope.as_ref().map(|scope| scope.key().to_string())),
        registered_at: Set(now.utc()),
        updated_at: Set(now.utc()),
        reminded_at: Set(None),
    };
    Ok(if is_new { row.insert(tx).await? } else { row.update(tx).await? })
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, time::Duration};

    use tokio::time::timeout;

    use super::*;
    use crate::{registration::register, testing::World};

    async fn read(world: &World, id: CompetitionId) -> competition::Model {
        let found = competition::Entity::find_by_id(id.0).one(world.ctx.db.connection()).await;
        found.unwrap().unwrap()
    }

    async fn try_take_seat(world: &World, as_read: &competition::Model) -> Result<()> {
        let tx = world.ctx.db.write().await?;
        take_seat(&*tx, as_read).await?;
        tx.commit().await
    }

    #[tokio::test]
    async fn a_seat_is_taken_only_if_nothing_has_changed_since_the_competition_was_read() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(9).create().await;
        let stale = read(&world, id).await;
        let grace = world.participant("Grace").await;
        register(&world.ctx, &grace, id, None).await.unwrap().outcome.unwrap();
        assert!(matches!(try_take_seat(&world, &stale).await, Err(Error::Conflict)));
        let fresh = read(&world, id).await;
        try_take_seat(&world, &fresh).await.unwrap();
        let now = read(&world, id).await;
        assert_eq!((now.registered, now.version), (2, 3));
    }

    #[tokio::test]
    async fn the_last_seat_is_the_last_even_for_a_reader_that_knows_no_better() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(1).create().await;
        try_take_seat(&world, &read(&world, id).await).await.unwrap();
        let full = read(&world, id).await;
        assert!(matches!(try_take_seat(&world, &full).await, Err(Error::Conflict)));
    }

    #[tokio::test]
    async fn nobody_decides_about_a_competition_while_somebody_else_does() {
        let world = World::new().await;
        let other = world.second_process().await;
        let ada = world.organizer("Ada").await;
        let [grace, alan] = [world.participant("Grace").await, world.participant("Alan").await];
        let id = world.competition(&ada).seats(1).create().await;
        register(&world.ctx, &grace, id, None).await.unwrap().outcome.unwrap();

        let tx = world.ctx.db.write().await.unwrap();
        competition::Entity::find_by_id(id.0).lock_exclusive().one(&*tx).await.unwrap();
        // It would find that the competition is full, which may not be true in a moment.
        let mut waiting = pin!(register(&other, &alan, id, None));
        let a_while = Duration::from_millis(100);
        assert!(timeout(a_while, &mut waiting).await.is_err(), "it did not wait");
        registration::Entity::delete_many().exec(&*tx).await.unwrap();
        competition::Entity::update_many()
            .col_expr(competition::Column::Registered, Expr::value(0))
            .exec(&*tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        waiting.await.unwrap().outcome.unwrap();
    }
}
