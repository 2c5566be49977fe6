//! The theme: light, dark, or that of the system.

use std::str::FromStr;

use leptos::{ev::MouseEvent, prelude::*, server_fn::ServerFn, task::spawn_local};
use leptos_router::hooks::use_location;

use super::{Icon, Shape};
use crate::{error::Failure, next};

/// The theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// The setting of the system or the browser.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    const ALL: [Self; 3] = [Self::Light, Self::System, Self::Dark];

    /// The chosen theme: from the cookie on the server, from the document in the browser.
    pub(crate) fn current() -> Self {
        #[cfg(feature = "ssr")]
        let chosen = crate::ssr::request::cookie(COOKIE);
        #[cfg(not(feature = "ssr"))]
        let chosen =
            document().document_element().and_then(|html| html.get_attribute("data-theme"));
        chosen.and_then(|name| name.parse().ok()).unwrap_or_default()
    }

    /// The `data-theme` of the document; `None` for that of the system.
    pub(crate) fn attribute(self) -> Option<&'static str> {
        (self != Self::System).then(|| self.as_str())
    }

    /// Applies the theme to the open page.
    fn show(self) {
        let Some(html) = document().document_element() else { return };
        // Setting and removing a well-formed attribute cannot fail.
        let _ = match self.attribute() {
            Some(name) => html.set_attribute("data-theme", name),
            None => html.remove_attribute("data-theme"),
        };
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    fn shape(self) -> Shape {
        match self {
            Self::System => Shape::Screen,
            Self::Light => Shape::Sun,
            Self::Dark => Shape::Moon,
        }
    }
}

impl FromStr for Theme {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|theme| theme.as_str() == name);
        found.ok_or_else(|| "Theme must be light, dark or system".into())
    }
}

/// The name of the cookie.
#[cfg(feature = "ssr")]
const COOKIE: &str = "theme";

/// Stores the choice in the browser for a year, and leads back to the page `next`.
#[server(prefix = "/fn", endpoint = "set_theme")]
pub async fn set_theme(
    #[server(default)] theme: String,
    #[server(default)] next: String,
) -> Result<(), Failure> {
    use crate::ssr::response;
    use domain::{ErrorCode, PublicError};

    /// Seconds.
    const YEAR: u32 = 365 * 24 * 60 * 60;
    let theme: Theme = theme.parse().map_err(|words: String| {
        PublicError::on_field(ErrorCode::ValidationFailed, "theme", &words)
    })?;
    let seconds = if theme == Theme::System { 0 } else { YEAR };
    response::set_cookie(COOKIE, theme.as_str(), seconds);
    response::redirect_form(next::local(&next));
    Ok(())
}

/// The choice of a theme, as a form of three buttons. Without JavaScript the page is loaded again;
/// with it, the theme changes in place.
#[component]
pub(crate) fn ThemeSwitch() -> impl IntoView {
    let location = use_location();
    let (current, set_current) = signal(Theme::current());
    let choose = move |theme: Theme, event: MouseEvent| {
        event.prevent_default();
        set_current.set(theme);
        theme.show();
        // If it cannot be stored, the theme applies until the next page.
        spawn_local(async move {
            let _ = set_theme(theme.as_str().to_owned(), String::new()).await;
        });
    };
    let button = move |theme: Theme| {
        view! {
            <button
                name="theme"
                value=theme.as_str()
                aria-pressed=move || (current.get() == theme).to_string()
                on:click=move |event| choose(theme, event)
            >
                <Icon shape=theme.shape() />
                {theme.label()}
            </button>
        }
    };
    view! {
        <form method="post" action=SetTheme::url() class="theme-switch" aria-label="Theme">
            <input type="hidden" name="next" value=move || next::here(&location) />
            {Theme::ALL.map(button).collect_view()}
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_has_one_of_three_names() {
        for theme in Theme::ALL {
            assert_eq!(theme.as_str().parse(), Ok(theme));
        }
        assert!("Dark".parse::<Theme>().is_err());
        assert_eq!(Theme::System.attribute(), None);
    }
}
