//! A competition.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(table_name = "competitions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) organizer_id: Uuid,
    pub(crate) title: String,
    pub(crate) title_key: String,
    pub(crate) description: String,
    pub(crate) search_text: String,
    pub(crate) capacity: i32,
    pub(crate) registered: i32,
    pub(crate) reg_deadline: DateTimeUtc,
    pub(crate) start_date: Option<DateTimeUtc>,
    /// Grows with every change, for the compare-and-set of admissions.
    pub(crate) version: i32,
    /// Grows with every edit, and is what clients know as the version.
    pub(crate) revision: i32,
    /// The name of an IANA time zone.
    pub(crate) time_zone: String,
    pub(crate) reg_opens_at: Option<DateTimeUtc>,
    pub(crate) cancelled_at: Option<DateTimeUtc>,
    /// When the start date was last set, moved or taken away after the competition was created.
    pub(crate) start_changed_at: Option<DateTimeUtc>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::user::Entity",
        from = "Column::OrganizerId",
        to = "super::user::Column::Id"
    )]
    Organizer,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Organizer.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
