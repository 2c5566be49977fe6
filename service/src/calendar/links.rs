//! Links that add a competition to a calendar on the web.

use domain::{MyCompetition, venue_line};
use url::Url;

use crate::{Context, calendar_file::DEFAULT_LENGTH};

/// Links to forms of calendars on the web that are filled in. Nothing is sent there before a user
/// follows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarLinks {
    /// To Google Calendar.
    pub google: String,
    /// To Outlook on the web.
    pub outlook: String,
}

impl CalendarLinks {
    /// For a participant; `None` while no start is set.
    pub fn of(ctx: &Context, competition: &MyCompetition) -> Option<Self> {
        let MyCompetition { title, venue_name, venue_address, online_url, .. } = competition;
        let start = competition.start_date?.utc();
        let end = competition.ends_at.map_or(start + DEFAULT_LENGTH, |end| end.utc());
        let page = ctx.page(&format!("/competitions/{}", competition.id));
        let venue = venue_line(venue_name.as_deref(), venue_address.as_deref());
        let place = venue.or_else(|| online_url.clone()).unwrap_or_default();
        let online = online_url.as_ref().filter(|url| **url != place);
        let online = online.map(|url| format!("\n\nOnline: {url}")).unwrap_or_default();
        let details = format!("{page}{online}");
        let basic = |at: chrono::DateTime<chrono::Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
        let extended = |at: chrono::DateTime<chrono::Utc>| at.format("%FT%TZ").to_string();
        let google = [
            ("action", "TEMPLATE"),
            ("text", title),
            ("dates", &format!("{}/{}", basic(start), basic(end))),
            ("details", &details),
            ("location", &place),
        ];
        let outlook = [
            ("rru", "addevent"),
            ("subject", title),
            ("startdt", &extended(start)),
            ("enddt", &extended(end)),
            ("body", &details),
            ("location", &place),
        ];
        Some(Self {
            google: link("https://calendar.google.com/calendar/render", &google)?,
            outlook: link("https://outlook.live.com/calendar/0/action/compose", &outlook)?,
        })
    }
}

/// The address with its parameters, but for those that are empty.
pub(crate) fn link(address: &str, parameters: &[(&str, &str)]) -> Option<String> {
    let filled = parameters.iter().filter(|(_, value)| !value.is_empty());
    Url::parse_with_params(address, filled).ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{
        registration::{mine, register},
        testing::World,
    };

    #[tokio::test]
    async fn links_have_the_times_in_utc_the_place_and_the_page() {
        let world = World::new().await;
        let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
        let new = world.competition(&ada).titled("Chess & Go").at("Hall", "Berlin");
        let new = new.starting_in(TimeDelta::days(30)).lasting(TimeDelta::hours(3));
        let id = new.create().await;
        register(&world.ctx, &ben, id, None).await.unwrap().outcome.unwrap();
        let mut own = mine(&world.ctx, &ben, domain::Paging::first(1)).await.unwrap().items;
        let mut competition = own.remove(0).competition;
        let links = CalendarLinks::of(&world.ctx, &competition).unwrap();
        let start = competition.start_date.unwrap().utc();
        let end = start + TimeDelta::hours(3);
        let values = |link: &str| -> Vec<String> {
            Url::parse(link).unwrap().query_pairs().map(|(_, value)| value.into_owned()).collect()
        };
        let page = world.ctx.page(&format!("/competitions/{id}"));
        let dates = format!("{}/{}", start.format("%Y%m%dT%H%M%SZ"), end.format("%Y%m%dT%H%M%SZ"));
        let google = ["TEMPLATE", "Chess & Go", &dates, &page, "Hall, Berlin"];
        assert_eq!(values(&links.google), google);
        let (from, until) = (start.format("%FT%TZ").to_string(), end.format("%FT%TZ").to_string());
        let outlook = ["addevent", "Chess & Go", &from, &until, &page, "Hall, Berlin"];
        assert_eq!(values(&links.outlook), outlook);
        competition.online_url = Some("https://meet.example.com/go".into());
        let both = CalendarLinks::of(&world.ctx, &competition).unwrap();
        let details = format!("{page}\n\nOnline: https://meet.example.com/go");
        assert!(values(&both.google).contains(&details), "{}", both.google);
        assert!(values(&both.outlook).contains(&details), "{}", both.outlook);
        competition.start_date = None;
        assert_eq!(CalendarLinks::of(&world.ctx, &competition), None);
    }
}
