//! An event that is sent by mail (iTIP, RFC 5546).

use icalendar::{Attendee, Component, Event, PartStat, Property};

use super::{CalendarMethod, calendar};

/// Who sends or receives an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Person<'a> {
    pub(crate) name: &'a str,
    pub(crate) address: &'a str,
}

impl Person<'_> {
    /// The name as a parameter. It cannot have quotation marks (RFC 5545, section 3.2), which end
    /// it.
    fn parameter(&self) -> String {
        let is_allowed = |c: &char| !c.is_control() && *c != '"';
        self.name.chars().filter(is_allowed).collect()
    }

    fn uri(&self) -> String {
        format!("mailto:{}", self.address)
    }
}

/// An event for one participant.
#[derive(Debug)]
pub(crate) struct MailedEvent<'a> {
    pub(crate) method: CalendarMethod,
    pub(crate) event: Event,
    /// The organizer by name, with the address that mails of the site come from: mail programs
    /// doubt an event whose organizer is not its sender.
    pub(crate) organizer: Person<'a>,
    pub(crate) participant: Person<'a>,
}

impl MailedEvent<'_> {
    /// The file. The participant has accepted already, by registering: a calendar neither asks nor
    /// replies.
    pub(crate) fn file(self) -> String {
        let Self { method, mut event, organizer, participant } = self;
        let mut property = Property::new("ORGANIZER", organizer.uri());
        property.add_parameter("CN", &organizer.parameter());
        let attendee = Attendee::new(participant.uri())
            .cn(participant.parameter())
            .partstat(PartStat::Accepted)
            .rsvp(false);
        event.append_property(property).attendee(attendee);
        let mut calendar = calendar([event.done()]);
        calendar.append_property(("METHOD", method.name()));
        calendar.to_string()
    }
}
