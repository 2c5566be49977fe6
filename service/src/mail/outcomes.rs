//! What becomes of mail, in numbers.

use chrono::TimeDelta;
use domain::{MailOutcomes, Role};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::{
    Actor, Context, Result,
    entity::{
        failed_job,
        job::{self, State},
        user,
    },
    jobs::Class,
};

/// What counts as done lately.
const HOUR: TimeDelta = TimeDelta::hours(1);

/// What becomes of mail, in numbers.
///
/// # Errors
/// Unauthorized; forbidden for anyone but an administrator.
pub async fn outcomes(ctx: &Context, actor: &Actor) -> Result<MailOutcomes> {
    use job::Column::{Attempts, FinishedAt, Kind, LastError, Postponements, RunAt};

    actor.require(Role::Admin)?;
    let db = &*ctx.db.for_lists().await?;
    let routes = ctx.jobs.routes(&[Class::AccountMail, Class::BulkMail]);
    let kinds: Vec<_> = routes.map(|(kind, _)| kind).collect();
    let mails = |state: State| {
        job::Entity::find().filter(state.is_state()).filter(Kind.is_in(kinds.iter().copied()))
    };
    let was_tried = Condition::any().add(Attempts.gt(0)).add(Postponements.gt(0));
    let put_off = mails(State::Waiting).filter(was_tried);
    let last_error: Option<Option<String>> = put_off
        .clone()
        .select_only()
        .column(LastError)
        .order_by_desc(RunAt)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    let dead =
        failed_job::Entity::find().filter(failed_job::Column::Kind.is_in(kinds.iter().copied()));
    let refused = user::Entity::find().filter(user::Column::EmailRefusedAt.is_not_null());
    let since = ctx.now().utc() - HOUR;
    Ok(MailOutcomes {
        enabled: ctx.sends_mail(),
        done_last_hour: mails(State::Completed).filter(FinishedAt.gt(since)).count(db).await?,
        waiting: mails(State::Waiting).count(db).await?,
        put_off: put_off.count(db).await?,
        last_error: last_error.flatten(),
        given_up: dead.count(db).await?,
        refused_addresses: refused.count(db).await?,
    })
}
