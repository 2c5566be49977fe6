//! The data of a page with registrations.

#[cfg(feature = "ssr")]
use domain::RosterEntry;
use domain::{RegistrationId, RegistrationStatus, RosterQuery, RosterSort, RosterTotals};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    super::{addition::TypedAddition, review::TypedReview},
    AnswerChoices, RosterList,
};
use crate::{
    Moment, error::Failure, form::Returned, pages::competitions::managed::ManagedCompetition,
};

/// A registration in a roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterRow {
    /// The registration.
    pub registration: RegistrationId,
    /// The name of the participant.
    pub name: String,
    /// Their email.
    pub email: String,
    /// Whether their mail server has refused the address.
    pub mail_refused: bool,
    /// The status of the registration.
    pub status: RegistrationStatus,
    /// Whether approving it can change it.
    pub can_be_approved: bool,
    /// How many are on the waiting list up to it, if it is on the list.
    pub waitlist_position: Option<u32>,
    /// When the participant registered.
    pub registered_at: Moment,
    /// Why the organizer has rejected it, if they have and gave a reason.
    pub rejection_reason: Option<String>,
    /// The questions that the participant has answered, and the answers in words.
    pub answers: Vec<(String, String)>,
}

#[cfg(feature = "ssr")]
impl RosterRow {
    /// Registrations for a competition, for the user of the request.
    ///
    /// # Errors
    /// When the client has gone.
    pub(in super::super) fn all(
        entries: Vec<RosterEntry>,
        competition: &domain::Competition,
    ) -> Result<Vec<Self>, domain::PublicError> {
        use crate::ssr::{clock::ViewerClock, request};

        let (clock, now) = (ViewerClock::of_request()?, request::context()?.now());
        let row = |entry: RosterEntry| {
            let answers = entry.answers.into_iter();
            let status = entry.registration.status;
            Self {
                registration: entry.registration.id,
                name: entry.user.name,
                email: entry.user.email,
                mail_refused: entry.mail_refused,
                status,
                can_be_approved: competition.can_approve(status, now),
                waitlist_position: entry.waitlist_position,
                registered_at: clock.in_viewer_zone(entry.registration.registered_at),
                rejection_reason: entry.rejection_reason,
                answers: answers.map(domain::Answer::into_words).collect(),
            }
        };
        Ok(entries.into_iter().map(row).collect())
    }
}

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterScreen {
    /// The competition.
    pub managed: ManagedCompetition,
    /// The list.
    pub list: RosterList,
    /// All seats.
    pub capacity: u32,
    /// Free seats.
    pub seats_left: u32,
    /// How many may wait for a seat.
    pub waitlist_capacity: u32,
    /// Whether the viewer can add participants, and approve and reject registrations.
    pub can_review: bool,
    /// A review that has just been refused without JavaScript, if one was.
    pub review: Returned<TypedReview>,
    /// An addition that has just been refused without JavaScript, if one was.
    pub addition: Returned<TypedAddition>,
    /// The registrations, counted by status.
    pub totals: RosterTotals,
    /// The query of the address, and of the list.
    pub query: RosterQuery,
    /// The questions whose answers the roster can be filtered by.
    pub answer_choices: Vec<AnswerChoices>,
    /// The order of the rows.
    pub sort: RosterSort,
    /// The registrations of this page.
    pub rows: Vec<RosterRow>,
    /// The number of matches, on all pages.
    pub total: u64,
    /// Counted from 1.
    pub page: u64,
    /// The number of pages.
    pub pages: u64,
}

/// The registrations for a competition; for its organizer and administrators.
#[server(prefix = "/fn", endpoint = "roster")]
pub async fn load_roster(
    id: String,
    list: RosterList,
    #[server(default)] query: RosterQuery,
) -> Result<RosterScreen, Failure> {
    use super::super::{addition, review};
    use crate::ssr::{form, request};

    /// The number of registrations on a page.
    const ON_A_PAGE: &str = "25";
    let (ctx, actor) = (request::context()?, request::actor()?);
    let id = request::parse_competition_id(&id)?;
    let query = list.query(query);
    let limit = query.limit.clone().or_else(|| Some(ON_A_PAGE.into()));
    let filter = RosterQuery { limit, ..query.clone() }.check()?;
    let roster = service::registration::browse_roster(&ctx, &actor, id, &filter).await?;
    let competition = service::competitions::get_visible_to(&ctx, &actor, id).await?.competition;
    let managed = ManagedCompetition::of(&competition)?;
    // The waiting list has no form for it.
    let addition = match list {
        RosterList::Participants => form::take_stored_form(&addition::form_name(id)).await?,
        RosterList::WaitingList => Returned::default(),
    };
    let (total, page, pages) = (roster.found.total, roster.found.page, roster.found.pages());
    let rows = RosterRow::all(roster.found.items, &competition)?;
    Ok(RosterScreen {
        list,
        capacity: competition.capacity,
        seats_left: competition.seats_left,
        waitlist_capacity: competition.waitlist_capacity,
        can_review: managed.is_owner && competition.takes_reviews(ctx.now()),
        managed,
        review: form::take_stored_form(&review::form_name(id, &list.address(id))).await?,
        addition,
        totals: roster.totals,
        answer_choices: roster.questions.into_iter().map(AnswerChoices::of).collect(),
        query,
        sort: filter.sort,
        total,
        page,
        pages,
        rows,
    })
}
