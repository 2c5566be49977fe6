//! A registration of a user for a competition: with a seat, on the waiting list, or cancelled.

use domain::{
    CompetitionId, Contact, NewRegistration, Registration, RegistrationId, RegistrationStatus,
    User, UserId,
};
use sea_orm::entity::prelude::*;

use super::{competition, count};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(table_name = "registrations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: RegistrationId,
    pub(crate) user_id: UserId,
    pub(crate) competition_id: CompetitionId,
    pub(crate) status: RegistrationStatus,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) registered_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
    pub(crate) reminded_at: Option<DateTimeUtc>,
    /// The start date that the last reminder announced.
    pub(crate) reminded_start: Option<DateTimeUtc>,
    pub(crate) cancellation_notified_at: Option<DateTimeUtc>,
    /// Orders the waiting list: the first to be given a seat has the lowest. `None` for a
    /// registration that is not on it.
    pub(crate) waitlist_number: Option<i32>,
    /// The last decision of the organizer on it. Not the one with the highest id: the clocks of
    /// servers differ.
    pub(crate) last_event_id: Option<Uuid>,
    /// The access code that it was made with. The competition may not have it any more.
    pub(crate) access_code: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::user::Entity",
        from = "Column::UserId",
        to = "super::user::Column::Id"
    )]
    User,
    #[sea_orm(
        belongs_to = "super::competition::Entity",
        from = "Column::CompetitionId",
        to = "super::competition::Column::Id"
    )]
    Competition,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl Related<super::competition::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Competition.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub(crate) fn into_view(self) -> Registration {
        Registration {
            id: self.id,
            user_id: self.user_id,
            competition_id: self.competition_id,
            status: self.status,
            idempotency_key: self.idempotency_key,
            registered_at: self.registered_at.into(),
            updated_at: self.updated_at.into(),
        }
    }

    /// The response to a registration: the last on the waiting list, if it is on it.
    pub(crate) fn into_new_registration(
        self,
        competition: &competition::Model,
        user: &User,
    ) -> NewRegistration {
        NewRegistration {
            waitlist_position: self.waitlist_number.map(|_| count(competition.waitlisted)),
            registration: self.into_view(),
            competition: competition.summary(),
            user: Contact { name: user.name.clone(), email: user.email.clone(), is_deleted: false },
        }
    }
}
