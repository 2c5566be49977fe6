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
    /// When it starts, in the zone of the competition.
    pub(crate) fn start(&self) -> Option<String> {
        self.start_date.map(|start| self.local(start))
    }

    /// When it ends, in the zone of the competition.
    pub(crate) fn end(&self) -> Option<String> {
        self.ends_at.map(|end| self.local(end))
    }

    /// The venue and its address. Web addresses are removed from it, as from all that users wrote;
    /// not from the online link, which is how one takes part.
    pub(crate) fn venue(&self) -> Option<String> {
        let venue = venue_line(self.venue_name.as_deref(), self.venue_address.as_deref())?;
        Some(UserText(&venue).to_string())
    }

    fn local(&self, at: DateTimeUtc) -> String {
        zones::local(at.into(), &self.time_zone)
    }
}

#[cfg(test)]
pub(crate) fn example() -> WhenAndWhere {
    WhenAndWhere {
        start_date: Some("2026-11-29T12:00:00Z".parse().unwrap()),
        ends_at: Some("2026-11-29T16:00:00Z".parse().unwrap()),
        time_zone: "Europe/Berlin".into(),
        venue_name: Some("Town Hall".into()),
        venue_address: Some("Rathausplatz 1, 10115 Berlin".into()),
        online_url: Some("https://meet.example/42".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_venue_is_shown_without_web_addresses() {
        let venue_name = Some("Win at https://evil.example/now".into());
        let place = WhenAndWhere { venue_name, ..WhenAndWhere::default() };
        assert_eq!(place.venue().unwrap(), "Win at [link removed]");
    }
}
