//! Calendar files (RFC 5545): public for a competition, private for a registration.
//!
//! An event keeps its UID for ever, so that a calendar that reads a newer file moves its event.
//! While a competition has no start date, the event of a registration is at its deadline, and says
//! so; once the start is set, the same event moves there.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Competition, ErrorCode, PublicError, RegistrationId, RegistrationStatus, venue_line};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus};
use sea_orm::{EntityTrait, QueryFilter};

use crate::{Actor, Context, Result, competitions, entity::registration as row, registration};

mod links;

pub use links::CalendarLinks;

/// How long a competition lasts in calendars while no end is set.
pub(crate) const DEFAULT_LENGTH: TimeDelta = TimeDelta::hours(1);

/// Two events: the registration deadline of a competition, and its start if that is set. `site` is
/// the public address of the site: `https://compete.example`.
pub fn of_competition(ctx: &Context, competition: &Competition, site: &str) -> String {
    let (id, online_url, now) = (competition.id, None, ctx.now().utc());
    let entry = Entry { competition, online_url, site, now };
    let status = match competition.cancelled_at {
        Some(_) => EventStatus::Cancelled,
        None => EventStatus::Confirmed,
    };
    let since = competition.updated_at.utc();
    let mut events =
        vec![entry.event(&format!("{id}-deadline"), Occasion::Deadline, status, since)];
    if competition.start_date.is_some() {
        events.push(entry.event(&id.to_string(), Occasion::Start, status, since));
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
        .one(ctx.db.connection())
        .await?;
    let registration = found
        .ok_or_else(|| PublicError::new(ErrorCode::NotRegistered, "Registration not found"))?;
    let detail = competitions::get(ctx, registration.competition_id).await?;
    let competition = detail.competition;
    let status = match registration.status {
        _ if competition.is_cancelled() => EventStatus::Cancelled,
        RegistrationStatus::Confirmed => EventStatus::Confirmed,
        RegistrationStatus::Pending
        | RegistrationStatus::Waitlisted
        | RegistrationStatus::AwaitingApproval => EventStatus::Tentative,
        RegistrationStatus::Cancelled
        | RegistrationStatus::Rejected
        | RegistrationStatus::Failed => EventStatus::Cancelled,
    };
    let occasion =
        if competition.start_date.is_some() { Occasion::Start } else { Occasion::Deadline };
    let online_url = detail.online_url.as_deref().filter(|_| registration.status.holds_seat());
    let entry = Entry { competition: &competition, online_url, site, now: ctx.now().utc() };
    let since = competition.updated_at.utc().max(registration.updated_at);
    Ok(file([entry.event(&id.to_string(), occasion, status, since)]))
}

/// What an event is about.
#[derive(Clone, Copy)]
enum Occasion {
    Start,
    Deadline,
}

/// What all events of a file share.
struct Entry<'a> {
    competition: &'a Competition,
    /// Where it takes place online, if the reader may know.
    online_url: Option<&'a str>,
    site: &'a str,
    now: DateTime<Utc>,
}

impl Entry<'_> {
    /// `since` is when anything about it last changed.
    fn event(
        &self,
        name: &str,
        occasion: Occasion,
        status: EventStatus,
        since: DateTime<Utc>,
    ) -> Event {
        let Competition { id, title, version, .. } = self.competition;
        let Competition { reg_deadline, start_date, ends_at, .. } = self.competition;
        let (summary, at) = match (occasion, start_date) {
            (Occasion::Start, Some(start)) => (title.clone(), *start),
            _ => (format!("Registration closes: {title}"), *reg_deadline),
        };
        let page = format!("{}/competitions/{id}", self.site);
        let online = self.online_url.map(|url| format!("Online: {url}"));
        let about = competitions::summary(self.competition);
        let about = [Some(about), online, Some(page.clone())];
        let mut event = Event::with_uid(&format!("{name}@{}", host(self.site)));
        event
            .timestamp(self.now)
            .starts(at.utc())
            .summary(&summary)
            .description(&about.into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
            .url(&page)
            .sequence(*version)
            .last_modified(since)
            .status(status);
        if matches!(occasion, Occasion::Start) {
            let end = ends_at.map_or(at.utc() + DEFAULT_LENGTH, |end| end.utc());
            event.ends(end);
            if let Some(location) = self.location() {
                event.location(&location);
            }
        }
        event.done()
    }

    fn location(&self) -> Option<String> {
        let Competition { venue_name, venue_address, is_online, .. } = self.competition;
        let online = || is_online.then(|| self.online_url.unwrap_or("Online").to_owned());
        venue_line(venue_name.as_deref(), venue_address.as_deref()).or_else(online)
    }
}

/// `compete.example` of `https://compete.example:8443`.
fn host(site: &str) -> &str {
    let authority = site.split_once("://").map_or(site, |(_, authority)| authority);
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn file(events: impl IntoIterator<Item = Event>) -> String {
    let mut calendar = Calendar::empty();
    for property in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Mini Compete//Mini Compete//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
    ] {
        calendar.append_property(property);
    }
    calendar.extend(events);
    calendar.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_no_part_of_the_host() {
        assert_eq!(host("https://compete.example"), "compete.example");
        assert_eq!(host("http://localhost:3000"), "localhost");
        assert_eq!(host("http://[::1]:3000"), "[::1]");
    }
}
