//! A session in words.

use domain::BrowserSessionId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Moment, components::ViewerTime};

/// A browser in which the user is logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Which session.
    pub id: BrowserSessionId,
    /// `Chrome on Linux, Berlin time zone`
    pub title: String,
    /// When the user entered the password.
    pub logged_in_at: Moment,
    /// When it was last used; `None` for the session of this browser.
    pub last_used_at: Option<Moment>,
}

#[cfg(feature = "ssr")]
impl SessionRow {
    pub(super) fn of(
        session: domain::BrowserSession,
        clock: &crate::ssr::clock::ViewerClock,
    ) -> Self {
        Self {
            id: session.id,
            title: title(session.browser, session.time_zone.as_deref()),
            logged_in_at: clock.in_viewer_zone(session.logged_in_at),
            last_used_at: (!session.is_current).then(|| clock.in_viewer_zone(session.last_used_at)),
        }
    }
}

/// `Chrome on Linux, Berlin time zone`: the last part of a zone's name is its city.
#[cfg(feature = "ssr")]
fn title(browser: Option<String>, zone: Option<&str>) -> String {
    let browser = browser.unwrap_or_else(|| "Unknown browser".to_owned());
    match zone.and_then(|zone| zone.rsplit('/').next()) {
        Some(city) => format!("{browser}, {} time zone", city.replace('_', " ")),
        None => browser,
    }
}

/// The browser, and when it was used.
#[component]
pub(super) fn SessionDetails(
    /// The session.
    session: SessionRow,
) -> impl IntoView {
    let last_used = match session.last_used_at {
        Some(at) => view! { "Last used " <ViewerTime at /> }.into_any(),
        None => "This browser, now".into_any(),
    };
    view! {
        <div class="grid min-w-0 gap-1">
            <h3 class="font-semibold wrap-anywhere">{session.title}</h3>
            <p>{last_used}</p>
            <p class="text-sm text-muted">"Logged in " <ViewerTime at=session.logged_in_at /></p>
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_titled_by_its_browser_and_the_city_of_its_time_zone() {
        let chrome = || Some("Chrome on Linux".to_owned());
        let zone = Some("America/Argentina/Buenos_Aires");
        assert_eq!(title(chrome(), zone), "Chrome on Linux, Buenos Aires time zone");
        assert_eq!(title(chrome(), Some("UTC")), "Chrome on Linux, UTC time zone");
        assert_eq!(title(None, None), "Unknown browser");
    }
}
