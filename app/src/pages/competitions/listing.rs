//! A competition in a list.

use domain::{Availability, CompetitionId, RegistrationStatus};
use serde::{Deserialize, Serialize};

use super::{CoverPicture, place::Place};
use crate::Moment;

/// A competition in a list. It does not hold the email of the organizer, because the data of a page
/// is sent to the browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Its id.
    pub id: CompetitionId,
    /// One line.
    pub title: String,
    /// The summary, or the beginning of the description as plain text.
    pub summary: String,
    /// Its cover, or its pattern.
    pub cover: CoverPicture,
    /// In the order the organizer gave them.
    pub tags: Vec<String>,
    /// All seats.
    pub capacity: u32,
    /// Free seats.
    pub seats_left: u32,
    /// When registration closes.
    pub reg_deadline: Moment,
    /// The start, if it is decided.
    pub start_date: Option<Moment>,
    /// Where it takes place.
    pub place: Place,
    /// The organizer's name.
    pub organizer: String,
    /// Whether it is open for registration.
    pub availability: Availability,
    /// The status of the viewer's registration, if there is one.
    pub registration: Option<RegistrationStatus>,
}

#[cfg(feature = "ssr")]
impl Listing {
    /// As the viewer of the request sees them now, in this order.
    ///
    /// # Errors
    /// When the database fails, or the client has gone.
    pub(crate) async fn all(
        ctx: &service::Context,
        clock: &crate::ssr::clock::ViewerClock,
        competitions: Vec<domain::CompetitionDetail>,
    ) -> Result<Vec<Self>, crate::error::Failure> {
        let actor = crate::ssr::request::actor()?;
        let ids = competitions.iter().map(|detail| detail.competition.id);
        let mut statuses = service::registration::own_statuses(ctx, &actor, ids).await?;
        let listing = |detail: domain::CompetitionDetail| {
            let registration = statuses.remove(&detail.competition.id);
            Self::of(detail, registration, clock, ctx.now())
        };
        Ok(competitions.into_iter().map(listing).collect())
    }

    fn of(
        detail: domain::CompetitionDetail,
        registration: Option<RegistrationStatus>,
        clock: &crate::ssr::clock::ViewerClock,
        now: domain::Timestamp,
    ) -> Self {
        let domain::CompetitionDetail { competition, organizer, .. } = detail;
        let moment = |at| clock.in_event_zone(at, &competition.time_zone);
        Self {
            availability: Availability::of(&competition, now),
            registration,
            id: competition.id,
            cover: CoverPicture::of(competition.id, competition.cover.as_ref()),
            place: Place::public(&competition),
            summary: service::competitions::summary(&competition),
            capacity: competition.capacity,
            seats_left: competition.seats_left,
            reg_deadline: moment(competition.reg_deadline),
            start_date: competition.start_date.map(moment),
            title: competition.title,
            tags: competition.tags,
            organizer: organizer.name,
        }
    }
}
