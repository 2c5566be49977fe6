//! Notices within minutes.

use chrono::TimeDelta;
use domain::{CompetitionId, NoticeTiming};
use sea_orm::{EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    MAX_IN_A_RUN,
    look::{begin, changed, look, noticed_since},
    words::notice,
};
use crate::{
    Cause, Context, Result,
    entity::{competition, organizer_notice_choice, user},
    infrastructure::db::retry,
    mail::{
        dedup_keys::ORGANIZER_NOTICE,
        mailbox::{About, Draft, store_and_enqueue},
    },
};

const TIMING: NoticeTiming = NoticeTiming::AtOnce;
/// How long after a notice of a competition the next one comes at the earliest: a busy competition
/// would use up the mails that an address gets in an hour.
const PAUSE: TimeDelta = TimeDelta::minutes(10);

/// Notifies the organizers of competitions that have changed.
pub(super) async fn run(ctx: &Context) -> Result<()> {
    let lately = noticed_since(TIMING, ctx.now().utc() - PAUSE);
    let ids: Vec<CompetitionId> = competition::Entity::find()
        .select_only()
        .column(competition::Column::Id)
        .filter(changed(ctx, TIMING))
        .filter(lately.not())
        .order_by_asc(competition::Column::Id)
        .limit(MAX_IN_A_RUN as u64)
        .into_tuple()
        .all(ctx.db.connection())
        .await?;
    for id in ids {
        retry(|| notify(ctx, id)).await?;
    }
    Ok(())
}

async fn notify(ctx: &Context, id: CompetitionId) -> Result<()> {
    let tx = ctx.db.begin_read_committed().await?;
    let found = competition::Entity::find_by_id(id).one(&*tx).await?;
    let Some(competition) = found else { return Ok(()) };
    let organizer = user::Entity::find_by_id(competition.organizer_id).one(&*tx).await?;
    let Some(organizer) = organizer else { return Ok(()) };
    let choices = organizer_notice_choice::Entity::find_by_id(organizer.id).one(&*tx).await?;
    let choices = choices.map(|row| row.choices()).unwrap_or_default();
    // The daily notice, which comes hours later, begins with the first change as well.
    begin(ctx, &*tx, &competition, NoticeTiming::Daily).await?;
    let news = look(ctx, &*tx, &competition, &choices, TIMING).await?;
    if !news.is_empty() && organizer.disabled_at.is_none() {
        let draft = Draft {
            user: organizer.id,
            recipient: organizer.email.clone(),
            mail: notice(ctx, &organizer, &[(competition, news)], TIMING),
            dedup_key: format!("{ORGANIZER_NOTICE}{id}:{}", ctx.now()),
            about: Some(About { competition: id, registration: None, calendar: None }),
            cause: Cause::current(),
        };
        store_and_enqueue(ctx, &*tx, vec![draft]).await?;
    }
    tx.commit().await
}
