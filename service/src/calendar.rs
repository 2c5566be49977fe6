//! Calendar files (RFC 5545): public for a competition, private for a registration.
//!
//! An event keeps its UID for ever, so that a calendar that reads a newer file moves its event.
//! While a competition has no start date, the event of a registration is at its deadline, and says
//! so; once the start is set, the same event moves there.

use domain::{Competition, ErrorCode, PublicError, RegistrationId, RegistrationStatus};
use icalendar::{Event, EventStatus};
use sea_orm::{EntityTrait, QueryFilter};

use crate::{
    Actor, Context, Result,
    calendar_file::{Entry, Occasion, file},
    entity::{competition, registration as row},
    registration,
    summary::summary,
};

mod links;

pub use links::CalendarLinks;
pub(crate) use links::link;

/// Two events: the registration deadline of a competition, and its start if that is set. `site` is
/// the public address of the site: `https://compete.example`.
pub fn of_competition(ctx: &Context, competition: &Competition, site: &str) -> String {
    let id = competition.id;
    let entry = Entry {
        competition,
        summary: &summary(competition),
        online_url: None,
        site,
        now: ctx.now().utc(),
        sequence: competition.version,
        changed_at: competition.updated_at.utc(),
        status: match competition.cancelled_at {
            Some(_) => EventStatus::Cancelled,
            None => EventStatus::Confirmed,
        },
        has_alarm: false,
    };
    let mut events = vec![entry.event(&format!("{id}-deadline"), Occasion::Deadline)];
    if competition.start_date.is_some() {
        events.push(entry.event(&id.to_string(), Occasion::Start));
    }
    file(events)
}

/// One event for a registration of the actor: the start, or the deadline while no start is set. A
/// cancelled registration or competition is a cancelled event, so that calendars remove it.
///
/// # Errors
/// Unauthorized; [`ErrorCode::NotRegistered`] for an unknown registration, one of another user, and
/// one for a draft.
pub async fn of_registration(
    ctx: &Context,
    actor: &Actor,
    id: RegistrationId,
    site: &str,
) -> Result<String> {
    let user = actor.user()?;
    // The response must not reveal that another user has this registration.
    let found = row::Entity::find_by_id(id)
        .filter(registration::is_shown_to(user.id))
        .find_also_related(competition::Entity)
        .one(ctx.db.connection())
        .await?;
    let Some((registration, Some(competition))) = found else {
        return Err(PublicError::new(ErrorCode::NotRegistered, "Registration not found").into());
    };
    Ok(file([event_of(ctx, &registration, competition, site)]))
}

/// The event of a registration: the start, or the deadline while no start is set. Its title says
/// why its reader may not have to come.
pub(crate) fn event_of(
    ctx: &Context,
    registration: &row::Model,
    competition: competition::Model,
    site: &str,
) -> Event {
    let (status, reason) = match registration.status {
        _ if competition.cancelled_at.is_some() => (EventStatus::Cancelled, Some("cancelled")),
        RegistrationStatus::Confirmed => (EventStatus::Confirmed, None),
        RegistrationStatus::Pending => (EventStatus::Tentative, None),
        RegistrationStatus::Waitlisted => (EventStatus::Tentative, Some("waiting list")),
        RegistrationStatus::AwaitingApproval => (EventStatus::Tentative, Some("not approved yet")),
        RegistrationStatus::Cancelled
        | RegistrationStatus::Rejected
        | RegistrationStatus::Failed => (EventStatus::Cancelled, None),
    };
    let occasion = match competition.start_date {
        Some(_) => Occasion::Start,
        None => Occasion::Deadline,
    };
    let online_url = competition.online_url.clone().filter(|_| registration.status.holds_seat());
    let sequence = competition.sequence();
    let changed_at = competition.updated_at.max(registration.updated_at);
    let mut view = competition.into_view(Vec::new());
    if let Some(reason) = reason {
        view.title = with_note(&view.title, reason);
    }
    let entry = Entry {
        changed_at,
        summary: &summary(&view),
        competition: &view,
        online_url: online_url.as_deref(),
        site,
        now: ctx.now().utc(),
        sequence,
        status,
        has_alarm: status == EventStatus::Confirmed,
    };
    entry.event(&registration.id.to_string(), occasion)
}

/// `Chess Open (cancelled)`.
pub(crate) fn with_note(title: &str, note: &str) -> String {
    format!("{title} ({note})")
}
