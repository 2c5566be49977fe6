//! What an organizer may add to a competition: one line about it, where it takes place, a website,
//! a contact address.

use super::optional_text::OptionalTexts;
use crate::{Email, Faults, Raw, Summary, VenueAddress, VenueName, WebLink};

/// Facts about a competition, each of which may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What it is about, in one line.
    pub summary: Option<Summary>,
    /// Where it takes place.
    pub venue_name: Option<VenueName>,
    /// The postal address of the venue.
    pub venue_address: Option<VenueAddress>,
    /// Where it takes place online. Only its organizer and registered people see it.
    pub online_url: Option<WebLink>,
    /// A page elsewhere with more about it.
    pub website: Option<WebLink>,
    /// Where questions about it go. Everyone sees it.
    pub contact_email: Option<Email>,
}

/// An edit of [`Facts`]. `None` stays as it is, `Some(None)` is removed.
#[derive(Clone, Debug, Default)]
pub struct FactsEdit {
    /// What it is about, in one line.
    pub summary: Option<Option<Summary>>,
    /// Where it takes place.
    pub venue_name: Option<Option<VenueName>>,
    /// The postal address of the venue.
    pub venue_address: Option<Option<VenueAddress>>,
    /// Where it takes place online.
    pub online_url: Option<Option<WebLink>>,
    /// A page elsewhere with more about it.
    pub website: Option<Option<WebLink>>,
    /// Where questions about it go.
    pub contact_email: Option<Option<Email>>,
}

impl FactsEdit {
    /// The facts of a new competition: what is absent is missing.
    pub(super) fn into_new(self) -> Facts {
        Facts {
            summary: self.summary.flatten(),
            venue_name: self.venue_name.flatten(),
            venue_address: self.venue_address.flatten(),
            online_url: self.online_url.flatten(),
            website: self.website.flatten(),
            contact_email: self.contact_email.flatten(),
        }
    }
}

/// The venue of a competition on one line, with its address.
pub fn venue_line(name: Option<&str>, address: Option<&str>) -> Option<String> {
    let parts: Vec<_> = [name, address].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The venue in as few words as there are, or that the competition is online.
pub fn short_place(name: Option<&str>, address: Option<&str>, is_online: bool) -> Option<String> {
    match (name.or(address), is_online) {
        (Some(venue), true) => Some(format!("{venue} and online")),
        (Some(venue), false) => Some(venue.to_owned()),
        (None, true) => Some("Online".to_owned()),
        (None, false) => None,
    }
}

/// [`FactsEdit`], unchecked. `None` is absent; null or a blank text removes.
pub(super) struct RawFacts {
    pub(super) summary: Option<Raw<String>>,
    pub(super) venue_name: Option<Raw<String>>,
    pub(super) venue_address: Option<Raw<String>>,
    pub(super) online_url: Option<Raw<String>>,
    pub(super) website: Option<Raw<String>>,
    pub(super) contact_email: Option<Raw<String>>,
}

impl RawFacts {
    /// Adds a fault for each text that is wrong.
    pub(super) fn check(self, faults: &mut Faults) -> Option<FactsEdit> {
        let mut texts = OptionalTexts(faults);
        let link = |label| move |text: &str| WebLink::parse(label, text);
        let summary = texts.check("summary", "Summary", self.summary, Summary::parse);
        let venue_name = texts.check("venueName", "Venue", self.venue_name, VenueName::parse);
        let venue_address =
            texts.check("venueAddress", "Address", self.venue_address, VenueAddress::parse);
        let online_url = texts.check("onlineUrl", ONLINE, self.online_url, link(ONLINE));
        let website = texts.check("website", WEBSITE, self.website, link(WEBSITE));
        let address = |text: &str| Email::parse_as(CONTACT, text);
        let contact_email = texts.check("contactEmail", CONTACT, self.contact_email, address);
        Some(FactsEdit {
            summary: summary?,
            venue_name: venue_name?,
            venue_address: venue_address?,
            online_url: online_url?,
            website: website?,
            contact_email: contact_email?,
        })
    }
}

const ONLINE: &str = "Online link";
const WEBSITE: &str = "Website";
const CONTACT: &str = "Contact address";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{CompetitionInput, CompetitionPatch};

    fn body() -> serde_json::Value {
        json!({
            "title": "Code Sprint", "description": "24 hours", "capacity": 5,
            "regDeadline": "2026-11-24T12:00:00Z",
        })
    }

    #[test]
    fn a_venue_is_shown_with_what_is_known_of_it() {
        let line = |name, address| super::venue_line(name, address);
        assert_eq!(line(Some("Hall"), Some("Berlin")).unwrap(), "Hall, Berlin");
        assert_eq!(line(None, Some("Berlin")).unwrap(), "Berlin");
        assert_eq!(line(None, None), None);
    }

    #[test]
    fn a_place_in_short_is_the_venue_or_online_or_both() {
        let of = super::short_place;
        assert_eq!(of(Some("Hall"), Some("Berlin"), false).unwrap(), "Hall");
        assert_eq!(of(None, Some("Berlin"), true).unwrap(), "Berlin and online");
        assert_eq!(of(None, None, true).unwrap(), "Online");
        assert_eq!(of(None, None, false), None);
    }

    #[test]
    fn facts_of_a_new_competition_are_optional() {
        let check = |body| {
            let input: CompetitionInput = serde_json::from_value(body).unwrap();
            input
                .check("2026-11-23T12:00:00Z".parse().unwrap(), |zone| Some(zone.clone()))
                .unwrap()
                .facts
        };
        assert_eq!(check(body()), Default::default());
        let mut full = body();
        full["summary"] = " Build in a day ".into();
        full["venueName"] = "Town Hall".into();
        full["venueAddress"] = "\t".into();
        full["onlineUrl"] = "https://Meet.example/42".into();
        full["website"] = serde_json::Value::Null;
        full["contactEmail"] = " Team@Sprint.example ".into();
        let facts = check(full);
        assert_eq!(facts.summary.unwrap().as_str(), "Build in a day");
        assert_eq!(facts.venue_name.unwrap().as_str(), "Town Hall");
        assert_eq!((facts.venue_address, facts.website), (None, None));
        assert_eq!(facts.online_url.unwrap().as_str(), "https://meet.example/42");
        assert_eq!(facts.contact_email.unwrap().as_str(), "Team@Sprint.example");
    }

    #[test]
    fn every_wrong_fact_is_reported_at_once() {
        let body = json!({
            "summary": "two\nlines", "venueName": 7, "venueAddress": "x".repeat(301),
            "onlineUrl": "meet", "website": "javascript:alert(1)", "contactEmail": "Ada <a@b.c>",
        });
        let patch: CompetitionPatch = serde_json::from_value(body).unwrap();
        let faults = patch.check(|zone| Some(zone.clone())).unwrap_err().fields;
        let messages: Vec<_> = faults.iter().map(|fault| &*fault.message).collect();
        assert_eq!(
            messages,
            [
                "Summary must not contain control characters",
                "Venue must be text",
                "Address must have at most 300 characters",
                "Online link must be a link like https://example.com/sprint",
                "Website must be a link like https://example.com/sprint",
                "Contact address must be a valid email address, like name@example.com",
            ]
        );
    }

    #[test]
    fn null_or_a_blank_text_removes_a_fact_and_others_stay() {
        let body = json!({
            "summary": null, "venueName": "", "website": "https://a.example", "contactEmail": "",
        });
        let patch: CompetitionPatch = serde_json::from_value(body).unwrap();
        let edit = patch.check(|zone| Some(zone.clone())).unwrap().facts;
        assert_eq!((edit.summary, edit.venue_name), (Some(None), Some(None)));
        assert_eq!((edit.venue_address, edit.online_url), (None, None));
        assert_eq!(edit.contact_email, Some(None));
        assert_eq!(edit.website.unwrap().unwrap().as_str(), "https://a.example/");
    }
}
