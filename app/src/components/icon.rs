//! Icons, drawn inline: nothing is loaded for them.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// A clock.
    Clock,
    /// A calendar sheet.
    Calendar,
    /// A person.
    Person,
    /// A tick in a circle.
    Tick,
    /// A magnifying glass.
    Search,
    /// A warning triangle.
    Warning,
    /// A cross.
    Cross,
    /// A plus sign.
    Plus,
}

impl Shape {
    /// The strokes, on a grid of 24 by 24.
    fn path(self) -> &'static str {
        match self {
            Self::Clock => "M12 3a9 9 0 1 1 0 18a9 9 0 0 1 0-18M12 7v5l3 2",
            Self::Calendar => {
                "M5 5h14a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1M4 10h16M8 3v4M16 3v4"
            }
            Self::Person => "M12 4a4 4 0 1 1 0 8a4 4 0 0 1 0-8M4 20c1-4 4-5 8-5s7 1 8 5",
            Self::Tick => "M12 3a9 9 0 1 1 0 18a9 9 0 0 1 0-18M8 12l3 3l5-6",
            Self::Search => "M11 4a7 7 0 1 1 0 14a7 7 0 0 1 0-14M16 16l5 5",
            Self::Warning => "M12 4l9 16H3zM12 10v4M12 17v.1",
            Self::Cross => "M6 6l12 12M18 6l-12 12",
            Self::Plus => "M12 5v14M5 12h14",
        }
    }
}

/// An icon beside words that say the same: assistive technology skips it.
#[component]
pub(crate) fn Icon(
    /// What it shows.
    shape: Shape,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=shape.path() />
        </svg>
    }
}
