//! A competition.

use domain::{
    AccessMode, AssetId, Competition, CompetitionCounts, CompetitionId, Contact, Cover, CoverDraft,
    CoverFocus, Dates, MyCompetition, RegisteredCompetition, RegistrationStatus, ReminderOffsets,
    SeatsChanged, Timestamp, UserId, Visibility, searchable,
};
use sea_orm::entity::prelude::*;

use super::count;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(table_name = "competitions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: CompetitionId,
    pub(crate) organizer_id: UserId,
    pub(crate) title: String,
    /// The title in the form that lists are sorted by; see [`Model::update_search_columns`].
    pub(crate) title_key: String,
    pub(crate) description: String,
    /// The title and the description in the form that is searched.
    pub(crate) search_text: String,
    pub(crate) capacity: i32,
    /// Registrations with a seat.
    pub(crate) registered: i32,
    /// Registrations that may be on the waiting list.
    pub(crate) waitlist_capacity: i32,
    /// Registrations on the waiting list.
    pub(crate) waitlisted: i32,
    /// The number of the registration that joined the waiting list last, on it or not any more.
    pub(crate) last_waitlist_number: i32,
    /// Until when seats are passed on; the deadline if it is `None`.
    pub(crate) promote_until: Option<DateTimeUtc>,
    /// Whether its organizer approves registrations.
    pub(crate) approval_required: bool,
    /// A [`ReminderOffsets`]; `None` if an earlier release has written the row.
    pub(crate) reminder_offsets: Option<String>,
    /// Who can register.
    pub(crate) access: AccessMode,
    /// Registrations that wait for approval.
    pub(crate) awaiting_approval: i32,
    /// Incremented by every edit of its questions; 0 if it has never asked any.
    pub(crate) questions_version: i32,
    pub(crate) reg_deadline: DateTimeUtc,
    pub(crate) start_date: Option<DateTimeUtc>,
    pub(crate) ends_at: Option<DateTimeUtc>,
    /// One line.
    pub(crate) summary: Option<String>,
    pub(crate) venue_name: Option<String>,
    pub(crate) venue_address: Option<String>,
    /// For its organizer and registered people only.
    pub(crate) online_url: Option<String>,
    pub(crate) website: Option<String>,
    /// For questions about it. Everyone sees it.
    pub(crate) contact_email: Option<String>,
    pub(crate) cover_id: Option<AssetId>,
    /// What the cover shows; set if there is a cover.
    pub(crate) cover_alt: Option<String>,
    /// Set if there is a cover.
    pub(crate) cover_focus: Option<CoverFocus>,
    pub(crate) visibility: Visibility,
    /// Whether it was ever visible to others than its organizer.
    pub(crate) was_published: bool,
    /// Incremented by every change, for the compare-and-set of admission.
    pub(crate) version: i32,
    /// Incremented by every edit; clients see it as the version.
    pub(crate) revision: i32,
    /// The name of an IANA time zone.
    pub(crate) time_zone: String,
    pub(crate) reg_opens_at: Option<DateTimeUtc>,
    pub(crate) cancelled_at: Option<DateTimeUtc>,
    /// When the start date last changed after the competition was created.
    pub(crate) start_changed_at: Option<DateTimeUtc>,
    /// Whether an enabled webhook may want the events of the competition.
    pub(crate) has_webhooks: bool,
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

/// How long before the start participants are reminded: the usual time, unless a text is stored.
pub(crate) fn reminder_offsets(stored: Option<&str>) -> ReminderOffsets {
    stored.and_then(|text| text.parse().ok()).unwrap_or_default()
}

impl Model {
    pub(crate) fn dates(&self) -> Dates {
        Dates {
            opens: self.reg_opens_at.map(Timestamp::from),
            deadline: self.reg_deadline.into(),
            promote_until: self.promote_until.map(Timestamp::from),
            start: self.start_date.map(Timestamp::from),
            end: self.ends_at.map(Timestamp::from),
        }
    }

    pub(crate) fn counts(&self) -> CompetitionCounts {
        CompetitionCounts { registrations: count(self.registered) }
    }

    /// Whether anyone has a seat, or waits for one or for approval.
    pub(crate) fn has_participants(&self) -> bool {
        self.participants() > 0
    }

    /// How many have a seat, or wait for one or for approval.
    pub(crate) fn participants(&self) -> u32 {
        count(self.registered + self.waitlisted + self.awaiting_approval)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.registered >= self.capacity
    }

    /// How many have left the waiting list so far.
    pub(crate) fn waitlist_departures(&self) -> u32 {
        count(self.last_waitlist_number - self.waitlisted)
    }

    /// Whether a seat that becomes free at `now` goes to the first on the waiting list.
    pub(crate) fn passes_seats_on(&self, now: Timestamp) -> bool {
        self.cancelled_at.is_none() && self.dates().passes_seats_on(now)
    }

    /// The seats, as the database has them at `version`.
    pub(crate) fn seats_at(&self, version: i32) -> SeatsChanged {
        SeatsChanged {
            competition_id: self.id,
            capacity: count(self.capacity),
            seats_left: count(self.capacity - self.registered),
            waitlisted: count(self.waitlisted),
            waitlist_departures: self.waitlist_departures(),
            cancelled: self.cancelled_at.is_some(),
            sequence: count(version),
            is_draft: self.visibility.is_draft(),
        }
    }

    /// The `SEQUENCE` of the event of a registration. It grows with every edit, and whenever a seat
    /// is taken or becomes free, so that a participant who comes back has a newer event than the
    /// one that was cancelled.
    pub(crate) fn sequence(&self) -> u32 {
        count(self.version)
    }

    /// The cover, if there is one.
    pub(crate) fn cover(&self) -> Option<Cover> {
        let alt = self.cover_alt.clone().unwrap_or_default();
        Some(Cover::new(self.cover_id?, alt, self.cover_focus.unwrap_or_default()))
    }

    pub(crate) fn set_cover(&mut self, cover: Option<CoverDraft>) {
        (self.cover_id, self.cover_alt, self.cover_focus) = match cover {
            Some(CoverDraft { asset_id, alt, focus }) => (Some(asset_id), Some(alt), Some(focus)),
            None => (None, None, None),
        };
    }

    pub(crate) fn into_view(self, tags: Vec<String>) -> Competition {
        let cover = self.cover();
        Competition {
            id: self.id,
            title: self.title,
            description: self.description,
            tags,
            capacity: count(self.capacity),
            seats_left: count(self.capacity - self.registered),
            waitlist_capacity: count(self.waitlist_capacity),
            waitlisted: count(self.waitlisted),
            promote_until: self.promote_until.map(Into::into),
            approval_required: self.approval_required,
            reminder_offsets: reminder_offsets(self.reminder_offsets.as_deref()),
            access: self.access,
            reg_deadline: self.reg_deadline.into(),
            start_date: self.start_date.map(Into::into),
            ends_at: self.ends_at.map(Into::into),
            reg_opens_at: self.reg_opens_at.map(Into::into),
            time_zone: self.time_zone,
            summary: self.summary,
            venue_name: self.venue_name,
            venue_address: self.venue_address,
            is_online: self.online_url.is_some(),
            website: self.website,
            contact_email: self.contact_email,
            cover,
            visibility: self.visibility,
            cancelled_at: self.cancelled_at.map(Into::into),
            organizer_id: self.organizer_id,
            version: count(self.revision),
            created_at: self.created_at.into(),
            updated_at: self.updated_at.into(),
        }
    }

    /// The competition in a list of a participant's registrations, of which this one has `status`.
    pub(crate) fn into_registered(
        self,
        tags: Vec<String>,
        organizer: Contact,
        status: RegistrationStatus,
    ) -> MyCompetition {
        MyCompetition {
            id: self.id,
            title: self.title,
            description: self.description,
            tags,
            start_date: self.start_date.map(Into::into),
            ends_at: self.ends_at.map(Into::into),
            venue_name: self.venue_name,
            venue_address: self.venue_address,
            online_url: self.online_url.filter(|_| status.holds_seat()),
            reg_deadline: self.reg_deadline.into(),
            promote_until: self.promote_until.map(Into::into),
            time_zone: self.time_zone,
            cancelled_at: self.cancelled_at.map(Into::into),
            organizer,
        }
    }

    /// The competition in the response to a registration.
    pub(crate) fn summary(&self) -> RegisteredCompetition {
        RegisteredCompetition {
            title: self.title.clone(),
            start_date: self.start_date.map(Into::into),
        }
    }

    /// The facts that searches find, a line for each.
    pub(crate) fn searched_facts(&self) -> String {
        let facts = [&self.summary, &self.venue_name, &self.venue_address];
        facts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("\n")
    }

    /// Derives the columns that are sorted and searched from those that are shown.
    pub(crate) fn update_search_columns(&mut self) {
        self.title_key = searchable(&self.title);
        let facts = self.searched_facts();
        self.search_text = searchable(&[&*self.title, &facts, &self.description].join("\n"));
    }
}
