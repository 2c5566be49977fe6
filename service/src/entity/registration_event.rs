//! What an organizer has done to a registration.

use domain::{RegistrationId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "registration_events")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) registration_id: RegistrationId,
    /// The organizer; `None` once the account is deleted.
    pub(crate) actor_id: Option<UserId>,
    pub(crate) kind: Kind,
    /// Why, if the organizer gave a reason.
    pub(crate) reason: Option<String>,
    pub(crate) created_at: DateTimeUtc,
}

/// What an organizer has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Kind {
    /// A registration that waited for approval, or was rejected, has got a seat or has joined the
    /// waiting list; or one on the list has got a seat after the deadline.
    Approved,
    /// A registration that waited for approval was refused.
    Rejected,
    /// A registration has lost its seat, or has been taken off the waiting list.
    Removed,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::registration::Entity",
        from = "Column::RegistrationId",
        to = "super::registration::Column::Id"
    )]
    Registration,
}

impl Related<super::registration::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Registration.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
