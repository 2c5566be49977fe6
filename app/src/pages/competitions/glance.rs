//! When and where a competition is, and who organizes it, at a glance.

use leptos::{either::Either, prelude::*};

use super::place::{Place, PlaceFacts};
use crate::{Moment, components::LocalTimes};

/// The facts below the title of a competition.
#[component]
pub(super) fn Glance(
    /// The label of the start.
    starts: &'static str,
    /// The start, if it is decided.
    start: Option<Moment>,
    /// Where it takes place.
    place: Place,
    /// The label of the end.
    ends: &'static str,
    /// The end, if it is decided.
    end: Option<Moment>,
    /// The organizer.
    organizer: AnyView,
) -> impl IntoView {
    let start = match start {
        Some(start) => Either::Left(view! { <LocalTimes at=start /> }),
        None => Either::Right("Date to be announced"),
    };
    let end = end.map(|end| view! { <div><dt>{ends}</dt><dd><LocalTimes at=end /></dd></div> });
    view! {
        <dl class="facts glance">
            <div>
                <dt>{starts}</dt>
                <dd>{start}</dd>
            </div>
            <PlaceFacts place />
            {end}
            <div>
                <dt>"Organizer"</dt>
                <dd>{organizer}</dd>
            </div>
        </dl>
    }
}
