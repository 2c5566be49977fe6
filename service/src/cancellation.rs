//! Telling everyone who held a seat that the competition was cancelled.
//!
//! Cancelling leaves the registrations as they are and closes them: nobody gets a seat any more or gives one back. So who
//! held one then stays known, however long it takes to tell them all, and whoever dies on the way. Each registration
//! notes that its participant was told. Whatever else would write to a participant, a confirmation or a reminder, does so
//! only where [`takes_place`] holds, so that nothing comes after this and says otherwise.

use std::collections::HashMap;

use domain::{RegistrationStatus, Timestamp, without_web_addresses};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Expr, LockType},
};
use uuid::Uuid;

use crate::{
    Context, Result,
    db::bulk::{any_of, update_returning},
    entity::{competition, registration, user},
    jobs::{Claim, Job, complete},
    mailbox::{Draft, deliver_in_bulk},
    zones,
};

/// Participants told by one transaction: thousands of them do not keep a worker's transaction open for long.
const BATCH: u64 = 500;

/// Tells everyone who held a seat when the competition was cancelled, once. Begun anew, it goes on where it was left.
/// Claims on other jobs are ignored.
///
/// # Errors
/// When the database fails; who was told by then is not told again.
pub async fn tell(ctx: &Context, claim: &Claim) -> Result<()> {
    let Job::TellOfCancellation { competition_id } = claim.job else { return Ok(()) };
    let competition = competition::Entity::find_by_id(competition_id.0);
    if let Some(competition) = competition.one(ctx.db.connection()).await? {
        let mut from = None;
        while let Some(last) = tell_some(ctx, &competition, from).await? {
            from = Some(last);
        }
    }
    complete(ctx, claim).await
}

/// A condition on registrations: the competition takes place, and the participant was not told otherwise.
///
/// The competition is looked up by its key for each registration: joined, it could be found by going through all of
/// them. A cancellation that is committed meanwhile shows in the second part, for which the database looks again at a
/// row that somebody else has changed.
pub(crate) fn takes_place() -> Condition {
    let cancelled_at = competition::Entity::find()
        .select_only()
        .column(competition::Column::CancelledAt)
        .filter(
            Expr::col((competition::Entity, competition::Column::Id))
                .equals((registration::Entity, registration::Column::CompetitionId)),
        )
        .into_query();
    let cancelled_at = Expr::SubQuery(None, Box::new(cancelled_at.into()));
    Condition::all()
        .add(registration::Column::CancellationToldAt.is_null())
        .add(cancelled_at.is_null())
}

/// Tells the next of them, beginning with those who registered at `from`. Answers with when the last of them registered;
/// `Ok(None)` when nobody was left.
async fn tell_some(
    ctx: &Context,
    competition: &competition::Model,
    from: Option<Timestamp>,
) -> Result<Option<Timestamp>> {
    let tx = ctx.db.begin_read_committed().await?;
    let due: Vec<Uuid> = registration::Entity::find()
        .select_only()
        .column(registration::Column::Id)
        .filter(registration::Column::CompetitionId.eq(competition.id))
        .filter(registration::Column::Status.is_in(RegistrationStatus::with_seat()))
        .filter(registration::Column::CancellationToldAt.is_null())
        .apply_if(from, |due, from| due.filter(registration::Column::RegisteredAt.gte(from.utc())))
        // Two workers lock in one order: those who registered at the same moment by their ids.
        .order_by_asc(registration::Column::RegisteredAt)
        .order_by_asc(registration::Column::Id)
        .limit(BATCH)
        // Whoever confirms or reminds one of them right now is waited for: their mail comes first.
        .lock(LockType::NoKeyUpdate)
        .into_tuple()
        .all(&*tx)
        .await?;
    // After the wait, so that the order of the mails is that of what happened.
    let now = ctx.now();
    let note = registration::Entity::update_many()
        .col_expr(registration::Column::CancellationToldAt, Expr::value(now.utc()))
        .filter(any_of(&*tx, registration::Column::Id, due));
    let told = update_returning(&*tx, note).await?;
    let Some(last) = told.iter().map(|row| row.registered_at).max() else { return Ok(None) };
    let users = told.iter().map(|row| row.user_id);
    let users = user::Entity::find().filter(any_of(&*tx, user::Column::Id, users)).all(&*tx);
    let users: HashMap<_, _> = users.await?.into_iter().map(|user| (user.id, user)).collect();
    let drafts =
        told.iter().filter_map(|row| Some(draft(row, users.get(&row.user_id)?, competition)));
    deliver_in_bulk(ctx, &*tx, drafts.collect()).await?;
    tx.commit().await?;
    Ok(Some(last.into()))
}

fn draft(row: &registration::Model, user: &user::Model, competition: &competition::Model) -> Draft {
    let title = without_web_addresses(&competition.title);
    let start = competition.start_date.map_or_else(String::new, |start| {
        format!(" It was to start on {}.", zones::local(start.into(), &competition.time_zone))
    });
    Draft {
        user: user.id,
        recipient: user.email.clone(),
        subject: format!("Competition cancelled: {title}"),
        body: format!(
            "Hello {},\n\n{title} does not take place: its organizer has cancelled it.{start}\n\nYour place in it is void, and there is nothing you need to do.\n\nRegistration ID: {}",
            without_web_addresses(&user.name),
            row.id,
        ),
        dedup_key: format!("cancellation:{}", row.id),
    }
}
