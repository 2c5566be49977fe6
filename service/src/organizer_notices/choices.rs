//! When an organizer is notified of what.

use domain::{OrganizerNotices, OrganizerNoticesPatch, Role};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, sea_query::OnConflict};

use crate::{
    Actor, Context, Result,
    entity::organizer_notice_choice::{Column, Entity, Model},
    infrastructure::db::retry,
};

/// The actor's choices.
///
/// # Errors
/// Unauthorized; forbidden for anyone but an organizer.
pub async fn get(ctx: &Context, actor: &Actor) -> Result<OrganizerNotices> {
    let user = actor.require(Role::Organizer)?.id;
    let found = Entity::find_by_id(user).one(ctx.db.connection()).await?;
    Ok(found.map(|row| row.choices()).unwrap_or_default())
}

/// Changes the actor's choices; absent fields stay as they are.
///
/// # Errors
/// Unauthorized; forbidden for anyone but an organizer; every fault of the patch at once.
pub async fn edit(
    ctx: &Context,
    actor: &Actor,
    patch: &OrganizerNoticesPatch,
) -> Result<OrganizerNotices> {
    let user = actor.require_writer(Role::Organizer)?.id;
    let edits = patch.check()?;
    retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        let row = Entity::find_by_id(user).one(&*tx).await?.unwrap_or_else(|| Model::of(user));
        let choices = edits
            .iter()
            .fold(row.choices(), |choices, (notice, timing)| choices.with(*notice, *timing));
        save(&*tx, row.with(&choices)).await?;
        tx.commit().await?;
        Ok(choices)
    })
    .await
}

/// Stores the row of an organizer, who may have none yet.
pub(super) async fn save(tx: &impl ConnectionTrait, row: Model) -> Result<()> {
    let replace = OnConflict::column(Column::UserId)
        .update_columns([
            Column::Registrations,
            Column::Cancellations,
            Column::BecameFull,
            Column::WaitlistEmpty,
            Column::DigestedAt,
        ])
        .to_owned();
    let row = row.into_active_model();
    Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}
