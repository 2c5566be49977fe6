//! Calendar files.

use domain::{CompetitionId, RegistrationId};
use leptos::prelude::*;

use crate::components::{Icon, Shape};

/// The address of the calendar file: that of the viewer's registration, which includes a
/// cancellation, or that of the competition.
pub(crate) fn calendar(competition: CompetitionId, registration: Option<RegistrationId>) -> String {
    match registration {
        Some(registration) => format!("/api/registrations/{registration}/calendar.ics"),
        None => format!("/api/competitions/{competition}/calendar.ics"),
    }
}

/// A link to a calendar file.
#[component]
pub(crate) fn AddToCalendar(
    /// The address of the file.
    href: String,
    /// The title of the competition, if the page has several links.
    #[prop(optional, into)]
    title: Option<String>,
) -> impl IntoView {
    view! {
        <a class="quiet-link gap-2" href=href download rel="nofollow">
            <Icon shape=Shape::Calendar />
            <span>
                "Add to calendar"
                {title.map(|title| view! { <span class="sr-only">": " <bdi>{title}</bdi></span> })}
            </span>
        </a>
    }
}
