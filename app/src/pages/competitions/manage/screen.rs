//! The data of the page where a competition is managed.

use domain::{
    CompetitionId, PublicError, RegistrationId, RegistrationStatus, RosterQuery, RosterSort,
    RosterTotals, Visibility,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{addition::TypedAddition, answer_choices::AnswerChoices, review::TypedReview};
use crate::{Moment, error::Failure, form::Returned, pages::competitions::Availability};

/// A registration in the roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterRow {
    /// The registration.
    pub registration: RegistrationId,
    /// The name of the participant.
    pub name: String,
    /// Their email.
    pub email: String,
    /// The status of the registration.
    pub status: RegistrationStatus,
    /// Whether approving it can change it.
    pub can_be_approved: bool,
    /// When the participant registered.
    pub registered_at: Moment,
    /// Why the organizer has rejected it, if they have and gave a reason.
    pub rejection_reason: Option<String>,
    /// The questions that the participant has answered, and the answers in words.
    pub answers: Vec<(String, String)>,
}

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManageCompetitionScreen {
    /// The competition.
    pub id: CompetitionId,
    /// Its title.
    pub title: String,
    /// Whether it is open for registration.
    pub availability: Availability,
    /// Who can see it, and who can find it.
    pub visibility: Visibility,
    /// Whether this has just been set without JavaScript.
    pub was_set: bool,
    /// Why setting it without JavaScript has just been refused, if it was.
    pub error: Option<PublicError>,
    /// All seats.
    pub capacity: u32,
    /// Free seats.
    pub seats_left: u32,
    /// When it was cancelled, if it was.
    pub cancelled_at: Option<Moment>,
    /// Whether it can be cancelled: it is neither cancelled nor over.
    pub can_be_cancelled: bool,
    /// Whether the viewer can add participants, and approve and reject registrations.
    pub can_review: bool,
    /// A review that has just been refused without JavaScript, if one was.
    pub review: Returned<TypedReview>,
    /// An addition that has just been refused without JavaScript, if one was.
    pub addition: Returned<TypedAddition>,
    /// Whether the viewer is its organizer. Administrators can only look.
    pub is_owner: bool,
    /// The registrations, counted by status.
    pub totals: RosterTotals,
    /// The query of the address.
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

/// A competition and its roster; for its organizer and administrators.
#[server(prefix = "/fn", endpoint = "manage_competition")]
pub async fn load_manage_competition(
    id: String,
    #[server(default)] query: RosterQuery,
) -> Result<ManageCompetitionScreen, Failure> {
    use super::{addition, review, visibility::form_name};
    use crate::ssr::{clock::ViewerClock, form, request};

    /// The number of participants on a page.
    const ON_A_PAGE: &str = "25";
    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    let id = request::parse_competition_id(&id)?;
    let limit = query.limit.clone().or_else(|| Some(ON_A_PAGE.into()));
    let filter = RosterQuery { limit, ..query.clone() }.check()?;
    let roster = service::registration::browse_roster(&ctx, &actor, id, &filter).await?;
    let competition = service::competitions::get_visible_to(&ctx, &actor, id).await?.competition;
    let is_owner = actor.user()?.id == competition.organizer_id;
    let now = ctx.now();
    let row = |entry: domain::RosterEntry| RosterRow {
        registration: entry.registration.id,
        rejection_reason: entry.rejection_reason,
        answers: entry
            .answers
            .into_iter()
            .map(|answer| (answer.question, answer.value.in_words()))
            .collect(),
        name: entry.user.name,
        email: entry.user.email,
        status: entry.registration.status,
        can_be_approved: competition.can_approve(entry.registration.status, now),
        registered_at: clock.in_viewer_zone(entry.registration.registered_at),
    };
    let (total, page, pages) = (roster.found.total, roster.found.page, roster.found.pages());
    let rows = roster.found.items.into_iter().map(row).collect();
    Ok(ManageCompetitionScreen {
        id,
        availability: Availability::of(&competition, now),
        visibility: competition.visibility,
        was_set: form::take_success_flag(&form_name(id)).await?,
        error: form::take_stored_form::<()>(&form_name(id)).await?.error,
        capacity: competition.capacity,
        seats_left: competition.seats_left,
        cancelled_at: competition.cancelled_at.map(|at| clock.in_viewer_zone(at)),
        can_be_cancelled: !competition.is_cancelled() && !competition.is_over(now),
        can_review: is_owner && competition.takes_reviews(now),
        review: form::take_stored_form(&review::form_name(id)).await?,
        addition: form::take_stored_form(&addition::form_name(id)).await?,
        is_owner,
        title: competition.title,
        totals: roster.totals,
        answer_choices: roster.questions.into_iter().filter_map(AnswerChoices::of).collect(),
        query,
        sort: filter.sort,
        total,
        page,
        pages,
        rows,
    })
}
