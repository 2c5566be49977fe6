//! The data of the page of a competition.

use domain::{
    AccessMode, CallToAction, CompetitionId, CompetitionStatus, PublicError, RegistrationId,
    Timestamp, UserId, Visibility,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{cover::CoverPicture, links::Links, messages::Update, place::Place};
use crate::{Moment, error::Failure};

/// The data of the page. It does not hold the email of the organizer's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompetitionDetailScreen {
    /// Its id.
    pub id: CompetitionId,
    /// One line.
    pub title: String,
    /// Sanitized HTML.
    pub description: String,
    /// What the organizer has written to participants, for those who can read it; newest first.
    pub updates: Vec<Update>,
    /// The rules, prizes and schedule as sanitized HTML, with headings.
    pub sections: String,
    /// The summary that the organizer wrote.
    pub lead: Option<String>,
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
    /// How many may wait for a seat.
    pub waitlist_capacity: u32,
    /// How many are on the waiting list.
    pub waitlisted: u32,
    /// When the waiting list ends, if it has one that ends later than registration.
    pub waitlist_ends: Option<Moment>,
    /// Whether its organizer approves registrations.
    pub approval_required: bool,
    /// Who can register.
    pub access: AccessMode,
    /// Why the organizer has rejected the registration of the viewer, if they have.
    pub rejection_reason: Option<String>,
    /// How many have left the waiting list so far.
    pub departures: u32,
    /// Orders this state among those of [`domain::SeatsChanged`].
    pub sequence: u32,
    /// When registration opens, if it has not opened yet.
    pub opens: Option<Moment>,
    /// When registration closes.
    pub deadline: Moment,
    /// The start, if it is decided.
    pub start: Option<Moment>,
    /// The end, if it is decided.
    pub end: Option<Moment>,
    /// Where it takes place; with the online link if the viewer may see it.
    pub place: Place,
    /// Where more about it is, and whom to ask.
    pub links: Links,
    /// Who can see it, and who can find it.
    pub visibility: Visibility,
    /// The organizer's name and id; `None` once their account is deleted.
    pub organizer: Option<(String, UserId)>,
    /// Whether the viewer is the organizer.
    pub is_mine: bool,
    /// Where it is in its life.
    pub status: CompetitionStatus,
    /// What the viewer can do.
    pub call_to_action: CallToAction,
    /// Whether it asks questions.
    pub asks: bool,
    /// Whether the viewer can change the answers to them.
    pub can_change_answers: bool,
    /// The registration of the viewer, if there is one.
    pub registration: Option<RegistrationId>,
    /// Makes a double click or a resend register once.
    pub idempotency_key: String,
    /// The time of the server when the data was loaded.
    pub now: Timestamp,
    /// Why registering without JavaScript has just been refused, if it was.
    pub error: Option<PublicError>,
}

/// Loads a competition for the viewer.
#[server(prefix = "/fn", endpoint = "competition")]
pub async fn load_competition_detail(id: String) -> Result<CompetitionDetailScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, form, request, sections};
    use service::{assets, markdown};

    /// Headings of a description start below the `h1`.
    const TOP_HEADING: u8 = 2;
    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    let id = request::parse_competition_id(&id)?;
    let detail = service::competitions::get_visible_to(&ctx, &actor, id).await?;
    let viewer = service::registration::viewer_state(&ctx, &actor, id).await?;
    let (competition, now) = (detail.competition, ctx.now());
    let moment = |at| clock.in_event_zone(at, &competition.time_zone);
    let sees_online_link = viewer.sees_online_link(&competition);
    let (organizer, description) = (competition.organizer_id, &competition.description);
    let pictures =
        assets::pictures_shown_in(&ctx, organizer, description, &detail.sections).await?;
    let is_mine = viewer.user.as_ref().is_some_and(|user| user.id == competition.organizer_id);
    // Nobody else can read any.
    let updates = match is_mine || viewer.registration_id.is_some() {
        true => Update::all(&ctx, &actor, &competition, &clock).await?,
        false => Vec::new(),
    };
    let online_url = detail.online_url.filter(|_| sees_online_link);
    Ok(CompetitionDetailScreen {
        status: competition.status(now),
        call_to_action: CallToAction::of(&competition, &viewer, now),
        asks: !detail.questions.is_empty(),
        can_change_answers: !detail.questions.is_empty()
            && viewer.can_change_answers(&competition, now),
        registration: viewer.registration_id,
        rejection_reason: viewer.rejection_reason,
        is_mine,
        updates,
        opens: competition.reg_opens_at.filter(|opens| *opens > now).map(moment),
        deadline: moment(competition.reg_deadline),
        start: competition.start_date.map(moment),
        end: competition.ends_at.map(moment),
        waitlist_ends: competition.waitlist_end().map(moment),
        place: Place { online_url, ..Place::public(&competition) },
        lead: competition.summary.clone(),
        description: markdown::render(&competition.description, TOP_HEADING, &pictures),
        summary: service::competitions::summary(&competition),
        sections: sections::html(&detail.sections, TOP_HEADING, &pictures),
        links: Links::of(&competition),
        visibility: competition.visibility,
        id,
        title: competition.title,
        cover: CoverPicture::of(id, competition.cover.as_ref()),
        tags: competition.tags,
        capacity: competition.capacity,
        seats_left: competition.seats_left,
        waitlist_capacity: competition.waitlist_capacity,
        waitlisted: competition.waitlisted,
        approval_required: competition.approval_required,
        access: competition.access,
        departures: detail.waitlist_departures,
        sequence: detail.sequence,
        organizer: (!detail.organizer.is_deleted)
            .then_some((detail.organizer.name, competition.organizer_id)),
        idempotency_key: service::idempotency::new_key(),
        now,
        error: form::take_stored_form::<()>("register").await?.error,
    })
}
