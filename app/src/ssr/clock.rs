//! Times in the zone of an event and in that of the viewer.

use domain::{PublicError, Timestamp};
use service::zones;

use super::request;
use crate::moment::{Moment, ViewerText};

/// Formats times for the viewer. The zone is known if the viewer has chosen one in the profile.
pub(crate) struct ViewerClock {
    zone: Option<String>,
}

impl ViewerClock {
    /// For the user of the request.
    ///
    /// # Errors
    /// When the client has gone.
    pub(crate) fn of_request() -> Result<Self, PublicError> {
        let zone = request::actor()?.try_user().and_then(|user| user.time_zone.clone());
        Ok(Self { zone })
    }

    /// The chosen time zone.
    pub(crate) fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// A time of an event, in the zone of the event and in that of the viewer.
    pub(crate) fn in_event_zone(&self, at: Timestamp, zone: &str) -> Moment {
        let offset = zones::offset(at, zone);
        let viewer_text = match &self.zone {
            None => ViewerText::AskBrowser,
            Some(own) if zones::offset(at, own) == offset => ViewerText::Same,
            Some(own) => ViewerText::Differs(zones::local(at, own)),
        };
        Moment { at, text: zones::local(at, zone), offset, viewer_text }
    }

    /// A time without an event, like that of a message: in the zone of the viewer, or in UTC if it
    /// is not known.
    pub(crate) fn in_viewer_zone(&self, at: Timestamp) -> Moment {
        self.in_event_zone(at, self.zone().unwrap_or("UTC"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERLIN: &str = "Europe/Berlin";

    /// An hour before midnight in Berlin, on the day before clocks are put back there.
    fn at() -> Timestamp {
        "2026-10-24T21:00:00Z".parse().unwrap()
    }

    fn clock(zone: Option<&str>) -> ViewerClock {
        ViewerClock { zone: zone.map(str::to_owned) }
    }

    #[test]
    fn the_time_of_an_event_is_also_in_the_viewer_zone_if_that_differs() {
        let paris = clock(Some("Europe/Paris")).in_event_zone(at(), BERLIN);
        assert_eq!((paris.text.as_str(), paris.offset), ("Sat 24 Oct 2026, 23:00 CEST", 120));
        assert_eq!(paris.viewer_text, ViewerText::Same);
        let new_york = clock(Some("America/New_York")).in_event_zone(at(), BERLIN);
        assert_eq!(new_york.text, paris.text);
        assert_eq!(new_york.viewer_text, ViewerText::Differs("Sat 24 Oct 2026, 17:00 EDT".into()));
        assert_eq!(clock(None).in_event_zone(at(), BERLIN).viewer_text, ViewerText::AskBrowser);
    }

    #[test]
    fn a_time_without_an_event_is_in_the_viewer_zone_or_in_utc() {
        let berlin = clock(Some(BERLIN)).in_viewer_zone(at());
        assert_eq!(
            (berlin.text.as_str(), berlin.viewer_text),
            ("Sat 24 Oct 2026, 23:00 CEST", ViewerText::Same)
        );
        let unknown = clock(None).in_viewer_zone(at());
        assert_eq!(unknown.text, "Sat 24 Oct 2026, 21:00 UTC");
        assert_eq!(unknown.viewer_text, ViewerText::AskBrowser);
    }
}
