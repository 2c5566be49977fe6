//! A feed in words.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Moment, components::ViewerTime};

/// A calendar feed, without its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedDetails {
    /// When its address was made.
    pub created_at: Moment,
    /// When a calendar last read it, if one has.
    pub last_read_at: Option<Moment>,
}

#[cfg(feature = "ssr")]
impl FeedDetails {
    pub(super) fn of(feed: domain::CalendarFeed, clock: &crate::ssr::clock::ViewerClock) -> Self {
        Self {
            created_at: clock.in_viewer_zone(feed.created_at),
            last_read_at: feed.last_read_at.map(|at| clock.in_viewer_zone(at)),
        }
    }
}

/// The times of a feed.
#[component]
pub(super) fn FeedTimes(
    /// The feed.
    feed: FeedDetails,
) -> impl IntoView {
    let last_read = match feed.last_read_at {
        Some(at) => view! { "Last read by a calendar " <ViewerTime at /> }.into_any(),
        None => "Not read by a calendar yet".into_any(),
    };
    view! {
        <div class="grid gap-1">
            <p>"Address made " <ViewerTime at=feed.created_at /></p>
            <p class="text-sm text-muted">{last_read}</p>
        </div>
    }
}
