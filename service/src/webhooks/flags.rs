//! Which competitions have webhooks.
//!
//! Changes of an organizer's webhooks and new competitions of theirs exclude each other by the row
//! of the user: [`lock_organizer`] changes it, so that a transaction at SERIALIZABLE that waited
//! for it starts again.

use domain::UserId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, LockType},
};

use crate::{
    Result,
    entity::{competition, user, webhook},
};

/// Locks the organizer for a change of their webhooks.
pub(super) async fn lock_organizer(tx: &impl ConnectionTrait, organizer: UserId) -> Result<()> {
    user::Entity::update_many()
        .col_expr(user::Column::Name, Expr::col(user::Column::Name))
        .filter(user::Column::Id.eq(organizer))
        .exec(tx)
        .await?;
    Ok(())
}

/// Whether a webhook wants the events of a competition that the organizer creates. To be called in
/// the transaction that creates it.
pub(crate) async fn listen_to_new_competition(
    tx: &impl ConnectionTrait,
    organizer: UserId,
) -> Result<bool> {
    user::Entity::find_by_id(organizer).lock(LockType::NoKeyUpdate).one(tx).await?;
    let listening = webhook::Entity::find()
        .filter(webhook::Column::OrganizerId.eq(organizer))
        .filter(webhook::Column::CompetitionId.is_null())
        .filter(webhook::Column::Enabled.eq(true));
    Ok(listening.one(tx).await?.is_some())
}

/// Brings `has_webhooks` of the organizer's competitions up to date, at READ COMMITTED: it waits
/// for batches of registrations, and does not conflict with them.
pub(super) async fn refresh(tx: &impl ConnectionTrait, organizer: UserId) -> Result<()> {
    let has_webhooks = || {
        let webhooks = webhook::Entity::find()
            .select_only()
            .column(webhook::Column::Id)
            .filter(webhook::Column::OrganizerId.eq(organizer))
            .filter(webhook::Column::Enabled.eq(true))
            .filter(
                webhook::Column::CompetitionId.is_null().or(Expr::col((
                    webhook::Entity,
                    webhook::Column::CompetitionId,
                ))
                .equals((competition::Entity, competition::Column::Id))),
            )
            .into_query();
        Expr::exists(webhooks)
    };
    competition::Entity::update_many()
        .col_expr(competition::Column::HasWebhooks, has_webhooks())
        .filter(competition::Column::OrganizerId.eq(organizer))
        .filter(Expr::col(competition::Column::HasWebhooks).ne(has_webhooks()))
        .exec(tx)
        .await?;
    Ok(())
}
