//! A file that calendars read again and again.

use icalendar::{Event, Property};

use super::calendar;

/// The name that calendars show.
const NAME: &str = "Mini Compete";
/// How soon a calendar should read the feed again. Many read it less often.
const REFRESH: &str = "PT1H";
/// The end of every file.
const END: &str = "END:VCALENDAR\r\n";
/// The zone of the times.
const UTC: &str = "BEGIN:VTIMEZONE\r\nTZID:UTC\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n\
                   TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";

/// A file of events to subscribe to (RFC 7986), with the older names of its properties. It replaces
/// what a calendar has read before: an event that it leaves out is gone. It has no `METHOD`.
pub(crate) fn feed(events: Vec<Event>) -> String {
    let is_empty = events.is_empty();
    let mut calendar = calendar(events);
    let mut refresh = Property::new("REFRESH-INTERVAL", REFRESH);
    refresh.add_parameter("VALUE", "DURATION");
    calendar.append_property(("NAME", NAME));
    calendar.append_property(("X-WR-CALNAME", NAME));
    calendar.append_property(refresh);
    calendar.append_property(("X-PUBLISHED-TTL", REFRESH));
    let text = calendar.to_string();
    match text.strip_suffix(END) {
        // A file has at least one component (RFC 5545, section 3.6).
        Some(properties) if is_empty => format!("{properties}{UTC}{END}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_without_events_has_one_component() {
        let text = feed(Vec::new());
        assert!(text.ends_with("\r\nEND:VTIMEZONE\r\nEND:VCALENDAR\r\n"), "{text}");
        assert!(text.contains("\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n"), "{text}");
        assert!(!feed(vec![Event::with_uid("1")]).contains("VTIMEZONE"));
    }
}
