//! The data of the preview of a competition.

use domain::{AccessMode, CallToAction, Room};
use serde::{Deserialize, Serialize};

use super::{cover::CoverPicture, links::Links, place::Place};
use crate::Moment;

/// A competition as its page would show it. What is wrong in the form, and so unknown, is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewScreen {
    /// One line; may be empty.
    pub title: String,
    /// The summary; may be empty.
    pub lead: String,
    /// Its cover or pattern; a competition that is not saved yet has no pattern of its own.
    pub cover: Option<CoverPicture>,
    /// The start.
    pub start: Option<Moment>,
    /// The end.
    pub end: Option<Moment>,
    /// When registration opens.
    pub opens: Option<Moment>,
    /// When registration closes.
    pub deadline: Option<Moment>,
    /// When the waiting list ends.
    pub waitlist_ends: Option<Moment>,
    /// Where it takes place, with the online link.
    pub place: Place,
    /// The name of its organizer.
    pub organizer: String,
    /// In the order of the form.
    pub tags: Vec<String>,
    /// The free seats, and all seats.
    pub seats: Option<(u32, u32)>,
    /// Who may register.
    pub access: AccessMode,
    /// Whether it asks questions.
    pub asks: bool,
    /// What participants can do now.
    pub call_to_action: CallToAction,
    /// Its room; a list that takes nobody after the deadline.
    pub room: Room,
    /// Whether its organizer approves registrations.
    pub approval_required: bool,
    /// The description as sanitized HTML; may be empty.
    pub description: String,
    /// The sections as sanitized HTML, with headings.
    pub sections: String,
    /// Where more about it is, and whom to ask.
    pub links: Links,
}

#[cfg(feature = "ssr")]
impl PreviewScreen {
    /// The preview of a form of the actor's.
    ///
    /// # Errors
    /// Unauthorized; when the database fails.
    pub(super) async fn of(
        ctx: &service::Context,
        actor: &service::Actor,
        draft: &domain::CompetitionDraft,
        saved: super::saved_details::SavedDetails,
    ) -> service::Result<Self> {
        use super::{links::is_link, saved_details::SavedDetails};
        use crate::ssr::{clock::ViewerClock, sections};
        use service::{assets, markdown, zones};

        /// Headings of a description start below the `h1` of the page and the `h2` of the preview.
        const TOP_HEADING: u8 = 3;
        let organizer = actor.user()?;
        let clock = ViewerClock::of_request()?;
        // Without a known zone, a typed time is no moment.
        let zone = zones::find_text(&draft.time_zone);
        let moment = |text: &String| {
            let zone = zone.as_ref()?.as_str();
            Some(clock.in_event_zone(zones::to_utc(text, zone).ok()?, zone))
        };
        let filled = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let texts = sections::of_draft(draft);
        let pictures =
            assets::pictures_shown_in(ctx, organizer.id, &draft.description, &texts).await?;
        let SavedDetails { taken, waitlisted, cover, access, asks, .. } = saved;
        let (opens, deadline) = (moment(&draft.reg_opens_at), moment(&draft.reg_deadline));
        let capacity: Option<u32> = draft.capacity.trim().parse().ok();
        let seats = capacity.map(|capacity| (capacity.saturating_sub(taken), capacity));
        let waitlist_capacity = draft.waitlist_capacity.trim().parse().unwrap_or_default();
        let approval_required = !draft.approval_required.is_empty();
        let (opens_at, closes_at) =
            (opens.as_ref().map(|opens| opens.at), deadline.as_ref().map(|deadline| deadline.at));
        let seats_left = seats.map_or(1, |(left, _)| left);
        let room = Room { seats_left, waitlisted, waitlist_capacity };
        let call_to_action =
            CallToAction::of_participant(opens_at, closes_at, room, approval_required, ctx.now());
        // Nobody joins the list after the deadline.
        let is_closed = call_to_action == CallToAction::Closed;
        let room = if is_closed { Room { waitlist_capacity: 0, ..room } } else { room };
        Ok(Self {
            title: draft.title.clone(),
            lead: draft.summary.clone(),
            cover,
            start: moment(&draft.start_date),
            end: moment(&draft.ends_at),
            opens,
            deadline,
            waitlist_ends: moment(&draft.promote_until),
            place: Place {
                venue_name: filled(&draft.venue_name),
                venue_address: filled(&draft.venue_address),
                is_online: filled(&draft.online_url).is_some(),
                online_url: filled(&draft.online_url).filter(|url| is_link(url)),
            },
            organizer: organizer.name.clone(),
            tags: tags(&draft.tags),
            seats,
            access,
            asks,
            call_to_action,
            room,
            approval_required,
            description: markdown::render(&draft.description, TOP_HEADING, &pictures),
            sections: sections::html(&texts, TOP_HEADING, &pictures),
            links: Links::typed(filled(&draft.website), filled(&draft.contact_email).as_deref()),
        })
    }
}

/// The tags as they would be saved: each once, without those that are not valid.
#[cfg(feature = "ssr")]
fn tags(text: &str) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let tags = text.split(',').filter_map(|tag| domain::Tag::parse(tag).ok());
    tags.filter(|tag| seen.insert(tag.key())).map(|tag| tag.to_string()).collect()
}
