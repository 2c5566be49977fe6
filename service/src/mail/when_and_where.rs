//! When and where a competition takes place, as mails to its participants say it.

use domain::venue_line;
use sea_orm::{DerivePartialModel, prelude::DateTimeUtc};

use super::templates::UserText;
use crate::{entity::competition, zones};

/// The columns that say when and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, DerivePartialModel)]
#[sea_orm(entity = "competition::Entity")]
pub(crate) struct WhenAndWhere {
    pub(crate) start_date: Option<DateTimeUtc>,
    pub(crate) ends_at: Option<DateTimeUtc>,
    pub(crate) time_zone: String,
    pub(crate) venue_name: Option<String>,
    pub(crate) venue_address: Option<String>,
    pub(crate) online_url: Option<String>,
}

impl From<&competition::Model> for WhenAndWhere {
    fn from(row: &competition::Model) -> Self {
        Self {
            start_date: row.start_date,
            ends_at: row.ends_at,
            time_zone: row.time_zone.clone(),
            venue_name: row.venue_name.clone(),
            venue_address: row.venue_address.clone(),
            online_url: row.online_url.clone(),
        }
    }
}

impl WhenAndWhere {
    /// The same for a reader in a zone, if it is known.
    pub(crate) fn shown_in<'a>(&'a self, reader_zone: Option<&'a str>) -> Shown<'a> {
        Shown { place: self, reader_zone }
    }
}

/// When and where, as a reader sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    place: &'a WhenAndWhere,
    reader_zone: Option<&'a str>,
}

impl Shown<'_> {
    /// When it starts, in the zone of the competition.
    pub(crate) fn start(&self) -> Option<String> {
        self.place.start_date.map(|start| self.local(start))
    }

    /// When it ends, in the zone of the competition.
    pub(crate) fn end(&self) -> Option<String> {
        self.place.ends_at.map(|end| self.local(end))
    }

    /// From when until when it is in the zone of the reader, if clocks show another time there.
    pub(crate) fn in_zone_of_reader(&self) -> Option<String> {
        let (start, reader_zone) = (self.place.start_date?.into(), self.reader_zone?);
        match self.place.ends_at {
            Some(end) => {
                zones::span_elsewhere(start, end.into(), &self.place.time_zone, reader_zone)
            }
            None => zones::local_elsewhere(start, &self.place.time_zone, reader_zone),
        }
    }

    /// How one takes part from elsewhere.
    pub(crate) fn online_url(&self) -> Option<&str> {
        self.place.online_url.as_deref()
    }

    /// The venue and its address. Web addresses are removed from it, as from all that users wrote;
    /// not from the online link, which is how one takes part.
    pub(crate) fn venue(&self) -> Option<String> {
        let venue =
            venue_line(self.place.venue_name.as_deref(), self.place.venue_address.as_deref())?;
        Some(UserText(&venue).to_string())
    }

    fn local(&self, at: DateTimeUtc) -> String {
        zones::local_with_zone(at.into(), &self.place.time_zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_venue_is_shown_without_web_addresses() {
        let venue_name = Some("Win at https://evil.example/now".into());
        let place = WhenAndWhere { venue_name, ..WhenAndWhere::default() };
        assert_eq!(place.shown_in(None).venue().unwrap(), "Win at [link removed]");
    }
}
