//! The clock of whoever looks.

use domain::{PublicError, Timestamp};
use service::zones;

use super::request;
use crate::moment::{Moment, ViewerText};

/// The clock of whoever looks: what it shows is known when they have chosen a time zone in their profile.
pub(crate) struct ViewerClock {
    zone: Option<String>,
}

impl ViewerClock {
    /// That of whoever asks.
    ///
    /// # Errors
    /// When they are gone.
    pub(crate) fn of_request() -> Result<Self, PublicError> {
        let zone = request::actor()?.try_user().and_then(|user| user.time_zone.clone());
        Ok(Self { zone })
    }

    /// The time zone they have chosen.
    pub(crate) fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// What happens in a time zone: as clocks there show it, and this one.
    pub(crate) fn in_event_zone(&self, at: Timestamp, zone: &str) -> Moment {
        let offset = zones::offset(at, zone);
        let viewer_text = match &self.zone {
            None => ViewerText::AskBrowser,
            Some(here) if zones::offset(at, here) == offset => ViewerText::Same,
            Some(here) => ViewerText::Differs(zones::local(at, here)),
        };
        Moment { at, text: zones::local(at, zone), offset, viewer_text }
    }

    /// What happens nowhere, like the arrival of a message: as this clock shows it, and in UTC where nobody knows.
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
    fn what_happens_somewhere_is_shown_as_there_and_as_here_if_that_differs() {
        let paris = clock(Some("Europe/Paris")).in_event_zone(at(), BERLIN);
        assert_eq!((paris.text.as_str(), paris.offset), ("Sat 24 Oct 2026, 23:00 CEST", 120));
        assert_eq!(paris.viewer_text, ViewerText::Same);
        let new_york = clock(Some("America/New_York")).in_event_zone(at(), BERLIN);
        assert_eq!(new_york.text, paris.text);
        assert_eq!(new_york.viewer_text, ViewerText::Differs("Sat 24 Oct 2026, 17:00 EDT".into()));
        assert_eq!(clock(None).in_event_zone(at(), BERLIN).viewer_text, ViewerText::AskBrowser);
    }

    #[test]
    fn what_happens_nowhere_is_shown_as_here_and_in_utc_where_nobody_knows() {
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
