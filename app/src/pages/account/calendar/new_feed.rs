//! The address of a feed, which is shown once.

use std::fmt;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::details::FeedDetails;
use crate::components::{Announced, CopyField, Icon, Shape};

/// A feed whose address was just made, with the address and links that subscribe to it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFeed {
    /// The feed.
    pub feed: FeedDetails,
    /// Its address.
    pub url: String,
    /// The same for the calendar of the device.
    pub webcal: String,
    /// To Google Calendar.
    pub google: String,
    /// To Outlook on the web.
    pub outlook: String,
}

impl fmt::Debug for NewFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewFeed").field("feed", &self.feed).finish_non_exhaustive()
    }
}

#[cfg(feature = "ssr")]
impl NewFeed {
    pub(super) fn of(feed: FeedDetails, links: service::calendar_feed::FeedLinks) -> Self {
        let service::calendar_feed::FeedLinks { url, webcal, google, outlook } = links;
        Self { feed, url, webcal, google, outlook }
    }
}

/// The address of a feed, once it was made. With JavaScript it takes the focus when it appears.
#[component]
pub(super) fn NewFeedAddress(
    /// The feed.
    new: Signal<Option<NewFeed>>,
) -> impl IntoView {
    let content = |new: NewFeed| view! { <Shown new /> }.into_any();
    view! { <Announced shown=new content /> }
}

#[component]
fn Shown(new: NewFeed) -> impl IntoView {
    let NewFeed { url, webcal, google, outlook, .. } = new;
    let to_web = |name, href| {
        view! {
            <a class="btn" href=href rel="noopener noreferrer nofollow">
                {name}
            </a>
        }
    };
    view! {
        <div class="section">
            <p class="icon-line font-semibold">
                <Icon shape=Shape::Tick />
                "The address of your calendar is made"
            </p>
            <p>"Subscribe to it now. The address is not shown again."</p>
            <p class="flex flex-wrap gap-3">
                <a class="btn" href=webcal rel="external">
                    "Open in your calendar app"
                </a>
                {to_web("Add to Google Calendar", google)}
                {to_web("Add to Outlook", outlook)}
            </p>
            <CopyField
                id="calendar-address"
                label="Address of your calendar"
                copy="Copy address"
                copied="Address copied"
                text=url
            />
            <p class="text-sm text-muted">
                "Other calendars ask for it where they say \u{201c}subscribe\u{201d}, \
                \u{201c}from URL\u{201d} or \u{201c}from the internet\u{201d}."
            </p>
        </div>
    }
}
