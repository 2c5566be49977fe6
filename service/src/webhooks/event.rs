//! Events, and what receivers are sent about them.

use domain::{EventType, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    entity::{competition, registration},
    infrastructure::ids::new_id,
};

/// The version of the payload. It changes when a field changes or goes; new fields leave it.
const VERSION: u8 = 1;

/// Something that happened to a competition or a registration, as it was then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(super) id: Uuid,
    #[serde(rename = "type")]
    pub(super) kind: EventType,
    pub(super) at: Timestamp,
    data: Value,
}

impl Event {
    /// Ids and states only: names and addresses of participants would stay in the log of deliveries
    /// and with receivers after an account is deleted.
    pub(crate) fn of_registration(
        kind: EventType,
        at: Timestamp,
        row: &registration::Model,
    ) -> Self {
        let data = json!({
            "id": row.id,
            "competitionId": row.competition_id,
            "userId": row.user_id,
            "status": row.status,
            "registeredAt": Timestamp::from(row.registered_at),
        });
        Self { id: new_id(), kind, at, data }
    }

    pub(crate) fn of_competition(kind: EventType, at: Timestamp, row: &competition::Model) -> Self {
        let data = json!({
            "id": row.id,
            "title": row.title,
            "capacity": row.capacity,
            "seatsLeft": row.capacity - row.registered,
            "waitlistCapacity": row.waitlist_capacity,
            "waitlisted": row.waitlisted,
            "promoteUntil": row.promote_until.map(Timestamp::from),
            "regDeadline": Timestamp::from(row.reg_deadline),
            "startDate": row.start_date.map(Timestamp::from),
            "endsAt": row.ends_at.map(Timestamp::from),
            "venueName": row.venue_name,
            "venueAddress": row.venue_address,
            "visibility": row.visibility,
            "cancelledAt": row.cancelled_at.map(Timestamp::from),
            "version": row.revision,
        });
        Self { id: new_id(), kind, at, data }
    }

    pub(super) fn test(at: Timestamp) -> Self {
        let data = json!({ "message": "A test by the organizer" });
        Self { id: new_id(), kind: EventType::Test, at, data }
    }

    /// The body of the requests about this event.
    pub(super) fn payload(&self) -> String {
        json!({
            "type": self.kind,
            "timestamp": self.at,
            "version": VERSION,
            "data": self.data,
        })
        .to_string()
    }
}
