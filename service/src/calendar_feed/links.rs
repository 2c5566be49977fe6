//! The address of a feed, and links that subscribe to it.

use std::fmt;

use super::FeedKey;
use crate::{Context, calendar::link};

/// The name that Outlook shows.
const NAME: &str = "Mini Compete";

/// The address of a feed, and links that subscribe to it. Nothing is sent to the calendars on the
/// web before a user follows one.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedLinks {
    /// The address.
    pub url: String,
    /// The same for the calendar of the device.
    pub webcal: String,
    /// To Google Calendar.
    pub google: String,
    /// To Outlook on the web.
    pub outlook: String,
}

impl fmt::Debug for FeedLinks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FeedLinks(…)")
    }
}

impl FeedLinks {
    /// The links to the feed with this key.
    pub fn of(ctx: &Context, key: &FeedKey) -> Self {
        let url = ctx.page(&key.path());
        let after_scheme = url.split_once("://").map_or(&*url, |(_, rest)| rest);
        let webcal = format!("webcal://{after_scheme}");
        let to = |page, parameters: &[(&str, &str)]| {
            link(page, parameters).expect("the address of a page")
        };
        Self {
            google: to("https://calendar.google.com/calendar/r", &[("cid", &webcal)]),
            outlook: to(
                "https://outlook.live.com/calendar/0/addfromweb",
                &[("url", &url), ("name", NAME)],
            ),
            webcal,
            url,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[tokio::test]
    async fn the_links_have_the_address_of_the_feed() {
        let world = World::new().await;
        let key = FeedKey::of("00ff");
        let links = FeedLinks::of(&world.ctx, &key);
        assert_eq!(links.url, "https://site.example/calendars/mccal_00ff.ics");
        assert_eq!(links.webcal, "webcal://site.example/calendars/mccal_00ff.ics");
        assert_eq!(
            links.google,
            "https://calendar.google.com/calendar/r?cid=\
             webcal%3A%2F%2Fsite.example%2Fcalendars%2Fmccal_00ff.ics"
        );
        assert_eq!(
            links.outlook,
            "https://outlook.live.com/calendar/0/addfromweb?url=\
             https%3A%2F%2Fsite.example%2Fcalendars%2Fmccal_00ff.ics&name=Mini+Compete"
        );
        assert_eq!(format!("{links:?}"), "FeedLinks(…)");
    }
}
