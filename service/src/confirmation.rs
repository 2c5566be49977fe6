//! Confirming registrations: the mail and the status, together or not at all.

use std::collections::HashMap;

use domain::{RegistrationStatus, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};
use uuid::Uuid;

use crate::{
    Context, Result,
    db::retry,
    entity::{competition, registration, user},
    jobs::{Claim, Job, acknowledge},
    mailbox::{Draft, deliver},
};

/// Mails the confirmations of some registrations and turns them CONFIRMED, in one transaction. A
/// registration that was given back meanwhile is passed over. Claims on other jobs are ignored.
///
/// # Errors
/// When the database fails; then nothing was done.
pub async fn confirm(ctx: &Context, claims: &[Claim]) -> Result<()> {
    // To acknowledge a job is to say that it was done, so others must not even get there.
    let ours = claims.iter().filter(|claim| matches!(claim.job, Job::ConfirmRegistration { .. }));
    let ours: Vec<Claim> = ours.cloned().collect();
    retry(|| attempt(ctx, &ours)).await
}

async fn attempt(ctx: &Context, claims: &[Claim]) -> Result<()> {
    let now = ctx.now();
    let tx = ctx.db.write_locked().await?;
    let held = acknowledge(&*tx, now, claims).await?;
    let wanted = claims.iter().filter(|claim| held.contains(&claim.id));
    let ids = wanted.filter_map(|claim| match claim.job {
        Job::ConfirmRegistration { registration_id } => Some(registration_id.0),
        _ => None,
    });
    let pending = registration::Entity::find()
        .filter(registration::Column::Id.is_in(ids))
        .filter(registration::Column::Status.eq(RegistrationStatus::Pending.as_str()))
        .lock_exclusive()
        .all(&*tx)
        .await?;

    let users: HashMap<Uuid, user::Model> = user::Entity::find()
        .filter(user::Column::Id.is_in(pending.iter().map(|row| row.user_id)))
        .all(&*tx)
        .await?
        .into_iter()
        .map(|user| (user.id, user))
        .collect();
    let competitions: HashMap<Uuid, competition::Model> = competition::Entity::find()
        .filter(competition::Column::Id.is_in(pending.iter().map(|row| row.competition_id)))
        .all(&*tx)
        .await?
        .into_iter()
        .map(|competition| (competition.id, competition))
        .collect();
    let drafts = pending.iter().filter_map(|row| {
        // Foreign keys cascade: who or what is gone has taken the registration along.
        Some(draft(row, users.get(&row.user_id)?, competitions.get(&row.competition_id)?))
    });
    deliver(&*tx, now, drafts.collect()).await?;
    if !pending.is_empty() {
        registration::Entity::update_many()
            .col_expr(
                registration::Column::Status,
                Expr::value(RegistrationStatus::Confirmed.as_str()),
            )
            .col_expr(registration::Column::UpdatedAt, Expr::value(now.utc()))
            .filter(registration::Column::Id.is_in(pending.iter().map(|row| row.id)))
            .exec(&*tx)
            .await?;
    }
    tx.commit().await
}

fn draft(row: &registration::Model, user: &user::Model, competition: &competition::Model) -> Draft {
    let start = competition.start_date.map(Timestamp::from);
    let start = start.map_or_else(|| "TBD".to_owned(), Timestamp::human);
    Draft {
        user: user.id,
        recipient: user.email.clone(),
        subject: format!("Registration Confirmed: {}", competition.title),
        body: format!(
            "Hello {},\n\nyour place in {} is confirmed.\n\nStart date: {start}\nRegistration ID: {}\n\nGood luck!",
            user.name, competition.title, row.id,
        ),
        // A seat that is given back and taken again is confirmed again.
        dedup_key: format!("confirmation:{}:{}", row.id, Timestamp::from(row.registered_at)),
    }
}
