//! Where a competition takes place.

use domain::short_place;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::components::{Icon, Shape};

/// Where a competition takes place: at a venue, online, or both; empty if it is not announced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The name of the venue.
    pub venue_name: Option<String>,
    /// Its address.
    pub venue_address: Option<String>,
    /// Whether one can take part online.
    pub is_online: bool,
    /// Where one does, if the viewer may know.
    pub online_url: Option<String>,
}

#[cfg(feature = "ssr")]
impl Place {
    /// As everybody may see it.
    pub(crate) fn public(competition: &domain::Competition) -> Self {
        Self {
            venue_name: competition.venue_name.clone(),
            venue_address: competition.venue_address.clone(),
            is_online: competition.is_online,
            online_url: None,
        }
    }

    /// As the participant of a registration sees it.
    pub(crate) fn of_registration(competition: &domain::MyCompetition) -> Self {
        Self {
            venue_name: competition.venue_name.clone(),
            venue_address: competition.venue_address.clone(),
            is_online: competition.online_url.is_some(),
            online_url: competition.online_url.clone(),
        }
    }
}

impl Place {
    /// The venue in as few words as there are, or that it is online.
    fn in_short(&self) -> Option<String> {
        short_place(self.venue_name.as_deref(), self.venue_address.as_deref(), self.is_online)
    }
}

/// The place on one line, in lists.
#[component]
pub(crate) fn PlaceLine(
    /// The place.
    place: Place,
) -> impl IntoView {
    place.in_short().map(|words| {
        view! {
            <p class="icon-line text-sm">
                <Icon shape=Shape::Pin />
                <span class="sr-only">"Where: "</span>
                <span dir="auto">{words}</span>
            </p>
        }
    })
}

/// The place as an entry of a list of facts.
#[component]
pub(crate) fn PlaceFacts(
    /// The place.
    place: Place,
) -> impl IntoView {
    let is_known = place.in_short().is_some();
    is_known.then(|| {
        let online = place.is_online.then(|| match place.online_url {
            Some(url) => {
                view! { <span class="block">"Online"</span> <ExternalLink url /> }.into_any()
            }
            None => "Online. You see the link once you are registered.".into_any(),
        });
        let line = |text: String| view! { <span class="block" dir="auto">{text}</span> };
        view! {
            <div>
            <dt>"Where"</dt>
            <dd>
                {place.venue_name.map(line)}
                {place
                    .venue_address
                    .map(|address| view! { <span class="second-line" dir="auto">{address}</span> })}
                {online}
            </dd>
            </div>
        }
    })
}

/// A link to a page elsewhere that an organizer has given.
#[component]
pub(crate) fn ExternalLink(
    /// Its address.
    url: String,
) -> impl IntoView {
    let words = url.clone();
    view! {
        <a class="quiet-link break-all" href=url rel="nofollow ugc noopener noreferrer">
            {words}
        </a>
    }
}
