//! Reminding participants of what starts soon.

use chrono::TimeDelta;
use domain::{RegistrationStatus, without_web_addresses};
use sea_orm::{
    ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    sea_query::{Expr, LockBehavior, LockType},
};
use uuid::Uuid;

use crate::{
    Context, Result,
    cancellation::takes_place,
    entity::{competition, registration, user},
    jobs::{Claim, complete},
    mailbox::{Draft, deliver_in_bulk},
    zones,
};

/// How long before the start a reminder is sent.
const BEFORE_START: TimeDelta = TimeDelta::hours(24);
/// Reminders sent by one transaction.
const BATCH: u64 = 200;

/// Reminds everyone with a confirmed seat in a competition that starts within 24 hours, once. Who
/// registered later than that has just read when it starts, and is not reminded.
///
/// # Errors
/// When the database fails; reminders sent by then are sent, and are not sent again.
pub async fn send_due(ctx: &Context, claim: &Claim) -> Result<()> {
    let starting = starting_soon(ctx).await?;
    for competition in &starting {
        while remind_some(ctx, competition).await? {}
    }
    complete(ctx, claim).await
}

async fn starting_soon(ctx: &Context) -> Result<Vec<competition::Model>> {
    let now = ctx.now().utc();
    let starting = competition::Entity::find()
        .filter(competition::Column::StartDate.gt(now))
        .filter(competition::Column::StartDate.lte(now + BEFORE_START))
        .filter(competition::Column::CancelledAt.is_null());
    Ok(starting.all(ctx.db.connection()).await?)
}

/// Reminds the participants of one competition; answers with whether there may be more.
async fn remind_some(ctx: &Context, competition: &competition::Model) -> Result<bool> {
    let Some(start) = competition.start_date else { return Ok(false) };
    let now = ctx.now();
    let tx = ctx.db.write_locked().await?;
    let due: Vec<(Uuid, Uuid, String, String)> = registration::Entity::find()
        .select_only()
        .column(registration::Column::Id)
        .column(user::Column::Id)
        .column(user::Column::Email)
        .column(user::Column::Name)
        .join(JoinType::InnerJoin, registration::Relation::User.def())
        .filter(registration::Column::CompetitionId.eq(competition.id))
        .filter(registration::Column::Status.eq(RegistrationStatus::Confirmed.as_str()))
        .filter(registration::Column::RemindedAt.is_null())
        .filter(takes_place())
        .filter(registration::Column::RegisteredAt.lte(start - BEFORE_START))
        .order_by_asc(registration::Column::RegisteredAt)
        .limit(BATCH)
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
        .into_tuple()
        .all(&*tx)
        .await?;
    let reminded: Vec<Uuid> = due.iter().map(|(registration, ..)| *registration).collect();
    let title = without_web_addresses(&competition.title);
    let drafts = due.into_iter().map(|(registration, user, email, name)| Draft {
        user,
        recipient: email,
        subject: format!("Reminder: {title} starts soon!"),
        body: format!(
            "Hello {},\n\n{title} starts on {}.\n\nRegistration ID: {registration}\n\nSee you there!",
            without_web_addresses(&name),
            zones::local(start.into(), &competition.time_zone),
        ),
        dedup_key: format!("reminder:{registration}:24h"),
    });
    deliver_in_bulk(ctx, &*tx, drafts.collect()).await?;
    if !reminded.is_empty() {
        registration::Entity::update_many()
            .col_expr(registration::Column::RemindedAt, Expr::value(now.utc()))
            .filter(registration::Column::Id.is_in(reminded.iter().copied()))
            .exec(&*tx)
            .await?;
    }
    tx.commit().await?;
    Ok(reminded.len() as u64 == BATCH)
}
