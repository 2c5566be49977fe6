//! Calendar files (RFC 5545) and the events in them.
//!
//! Times are in UTC, which every calendar shows in the zone of its reader: a file needs no rules of
//! time zones. `icalendar` escapes texts and folds lines.

mod feed;
mod mailed_event;
mod method;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Competition, venue_line};
use icalendar::{Alarm, Calendar, Component, Event, EventLike, EventStatus};

pub(crate) use feed::feed;
pub(crate) use mailed_event::{MailedEvent, Person};
pub(crate) use method::CalendarMethod;

/// How long a competition lasts in calendars while no end is set.
pub(crate) const DEFAULT_LENGTH: TimeDelta = TimeDelta::hours(1);
/// How long before the start a calendar reminds of it.
const ALARM: TimeDelta = TimeDelta::hours(1);

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// The start of a competition; without a date while none is set.
    Start,
    /// The end of its registration.
    Deadline,
}

/// A competition as an event of a calendar.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) competition: &'a Competition,
    /// What it is about, in few words.
    pub(crate) summary: &'a str,
    /// Where it takes place online, if the reader may know.
    pub(crate) online_url: Option<&'a str>,
    /// The public address of the site: `https://compete.example`.
    pub(crate) site: &'a str,
    /// When the file is made.
    pub(crate) now: DateTime<Utc>,
    /// Grows with every change, so that a calendar knows which of two files is the newer one.
    pub(crate) sequence: u32,
    /// When anything about the event last changed.
    pub(crate) changed_at: DateTime<Utc>,
    pub(crate) status: EventStatus,
    /// Whether the calendar reminds its reader of the start.
    pub(crate) has_alarm: bool,
}

impl Entry<'_> {
    /// The event with the UID `{name}@{host of the site}`, which it keeps for ever.
    pub(crate) fn event(&self, name: &str, occasion: Occasion) -> Event {
        let Competition { id, title, reg_deadline, start_date, ends_at, .. } = self.competition;
        let page = format!("{}/competitions/{id}", self.site);
        let online = self.online_url.map(|url| format!("Online: {url}"));
        let description = [Some(self.summary.to_owned()), online, Some(page.clone())];
        let description: Vec<_> = description.into_iter().flatten().collect();
        let mut event = Event::with_uid(&format!("{name}@{}", host(self.site)));
        event
            .timestamp(self.now)
            .description(&description.join("\n\n"))
            .url(&page)
            .sequence(self.sequence)
            .last_modified(self.changed_at)
            .status(self.status);
        if occasion == Occasion::Deadline {
            let summary = format!("Registration closes: {title}");
            return event.summary(&summary).starts(reg_deadline.utc()).done();
        }
        event.summary(title);
        if let Some(location) = self.location() {
            event.location(&location);
        }
        if let Some(start) = start_date {
            let end = ends_at.map_or(start.utc() + DEFAULT_LENGTH, |end| end.utc());
            event.starts(start.utc()).ends(end);
            if self.has_alarm {
                let mut alarm = Alarm::display(title, -ALARM);
                // A random one would make every file a new one.
                alarm.uid(&format!("{name}-alarm@{}", host(self.site))).timestamp(self.now);
                event.alarm(alarm);
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

/// A file of events to open or to subscribe to. It has no `METHOD`: Outlook makes a new calendar of
/// one with `METHOD:PUBLISH`.
pub(crate) fn file(events: impl IntoIterator<Item = Event>) -> String {
    calendar(events).to_string()
}

fn calendar(events: impl IntoIterator<Item = Event>) -> Calendar {
    let mut calendar = Calendar::empty();
    for property in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Mini Compete//Mini Compete//EN"),
        ("CALSCALE", "GREGORIAN"),
    ] {
        calendar.append_property(property);
    }
    calendar.extend(events);
    calendar
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
