//! Confirming registrations: the mail and the status, together or not at all.

use std::collections::{HashMap, HashSet};

use domain::{RegistrationStatus, Timestamp, without_web_addresses};
use sea_orm::{
    ColumnTrait, DerivePartialModel, EntityTrait, QueryFilter, prelude::DateTimeUtc,
    sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    Context, Result,
    cancellation::takes_place,
    db::{
        bulk::{any_of, update_returning},
        retry,
    },
    entity::{competition, registration, user},
    jobs::{Claim, Job, acknowledge},
    mail_limits::CONFIRMATION,
    mailbox::{Draft, deliver},
    zones,
};

/// Whom a confirmation is for.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
struct Recipient {
    id: Uuid,
    name: String,
    email: String,
}

/// What a confirmation is about.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "competition::Entity")]
struct Subject {
    id: Uuid,
    title: String,
    start_date: Option<DateTimeUtc>,
    time_zone: String,
}

/// Mails the confirmations of some registrations and turns them CONFIRMED, in one transaction. A
/// registration that was given back meanwhile is passed over, and so is one for a competition that was cancelled: its
/// participant hears of that instead. Claims on other jobs are ignored.
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
    let tx = ctx.db.begin_read_committed().await?;
    let held = acknowledge(&*tx, now, claims).await?;
    let wanted = claims.iter().filter(|claim| held.contains(&claim.id));
    let ids = wanted.filter_map(|claim| match claim.job {
        Job::ConfirmRegistration { registration_id } => Some(registration_id.0),
        _ => None,
    });
    let confirm = registration::Entity::update_many()
        .col_expr(registration::Column::Status, Expr::value(RegistrationStatus::Confirmed))
        .col_expr(registration::Column::UpdatedAt, Expr::value(now.utc()))
        .filter(any_of(&*tx, registration::Column::Id, ids))
        .filter(registration::Column::Status.eq(RegistrationStatus::Pending))
        .filter(takes_place());
    let confirmed = update_returning(&*tx, confirm).await?;

    let users = confirmed.iter().map(|row| row.user_id);
    let users: Vec<Recipient> = user::Entity::find()
        .filter(any_of(&*tx, user::Column::Id, users))
        .into_partial_model()
        .all(&*tx)
        .await?;
    let users: HashMap<_, _> = users.into_iter().map(|user| (user.id, user)).collect();
    let competitions: HashSet<_> = confirmed.iter().map(|row| row.competition_id).collect();
    let competitions: Vec<Subject> = competition::Entity::find()
        .filter(any_of(&*tx, competition::Column::Id, competitions))
        .into_partial_model()
        .all(&*tx)
        .await?;
    let competitions: HashMap<_, _> =
        competitions.into_iter().map(|competition| (competition.id, competition)).collect();
    let drafts = confirmed.iter().filter_map(|row| {
        // Foreign keys cascade: who or what is gone has taken the registration along.
        Some(draft(row, users.get(&row.user_id)?, competitions.get(&row.competition_id)?))
    });
    deliver(ctx, &*tx, drafts.collect()).await?;
    tx.commit().await
}

fn draft(row: &registration::Model, user: &Recipient, competition: &Subject) -> Draft {
    let local = |start: DateTimeUtc| zones::local(start.into(), &competition.time_zone);
    let start = competition.start_date.map_or_else(|| "TBD".to_owned(), local);
    let title = without_web_addresses(&competition.title);
    Draft {
        user: user.id,
        recipient: user.email.clone(),
        subject: format!("Registration Confirmed: {title}"),
        body: format!(
            "Hello {},\n\nyour place in {title} is confirmed.\n\nStart date: {start}\nRegistration ID: {}\n\nGood luck!",
            without_web_addresses(&user.name),
            row.id,
        ),
        // A seat that is given back and taken again is confirmed again, in the mailbox.
        dedup_key: format!("{CONFIRMATION}{}:{}", row.id, Timestamp::from(row.registered_at)),
    }
}
