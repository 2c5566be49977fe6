//! Icons, as inline SVG.

use leptos::prelude::*;

/// The shapes of icons.
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
    /// A sun.
    Sun,
    /// A moon.
    Moon,
    /// A screen.
    Screen,
    /// A circular arrow.
    Again,
    /// A pin on a map.
    Pin,
}

impl Shape {
    /// The path, on a grid of 24 by 24.
    fn path(self) -> &'static str {
        match self {
            Self::Clock => "M12 3a9 9 0 1 1 0 18a9 9 0 0 1 0-18M12 7v5l3 2",
            Self::Calendar => {
                "M5 5h14a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1M4 10h16\
                 M8 3v4M16 3v4"
            }
            Self::Person => "M12 4a4 4 0 1 1 0 8a4 4 0 0 1 0-8M4 20c1-4 4-5 8-5s7 1 8 5",
            Self::Tick => "M12 3a9 9 0 1 1 0 18a9 9 0 0 1 0-18M8 12l3 3l5-6",
            Self::Search => "M11 4a7 7 0 1 1 0 14a7 7 0 0 1 0-14M16 16l5 5",
            Self::Warning => "M12 4l9 16H3zM12 10v4M12 17v.1",
            Self::Cross => "M6 6l12 12M18 6l-12 12",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Sun => {
                "M12 8a4 4 0 1 1 0 8a4 4 0 0 1 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1 1M18 18l1 1\
                 M5 19l1-1M18 6l1-1"
            }
            Self::Moon => "M20 14A8 8 0 1 1 10 4a7 7 0 0 0 10 10",
            Self::Screen => "M4 5h16v11H4zM9 20h6M12 16v4",
            Self::Pin => {
                "M12 21c4-4 7-7 7-11a7 7 0 1 0-14 0c0 4 3 7 7 11M12 8a2 2 0 1 1 0 4a2 2 0 0 1 0-4"
            }
            Self::Again => "M20 12a8 8 0 1 1-3-6M17 2v4h-4",
        }
    }
}

/// An icon beside a text with the same meaning; assistive technology skips it.
#[component]
pub(crate) fn Icon(
    /// The shape.
    shape: Shape,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=shape.path() />
        </svg>
    }
}
