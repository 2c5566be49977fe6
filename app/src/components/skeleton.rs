//! What a page shows in the browser until its data is loaded.

use leptos::prelude::*;

/// The layout of a page, which its skeleton has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Layout {
    /// A heading and rows.
    #[default]
    Rows,
    /// A heading and fields.
    Form,
    /// A heading and texts, with a panel beside them.
    Panel,
    /// A heading, totals and a chart, and rows.
    Totals,
    /// A heading and tabs, and what is on one of them.
    Tabs,
}

impl Layout {
    /// The classes of the page.
    fn class(self) -> &'static str {
        match self {
            Self::Rows | Self::Totals | Self::Tabs => "grid gap-4",
            Self::Form => "form-page",
            Self::Panel => "detail",
        }
    }

    fn blocks(self) -> &'static str {
        match self {
            Self::Rows => {
                "<div class='skeleton h-10 w-2/3'></div><div class='skeleton h-24'></div>\
                 <div class='skeleton h-24'></div><div class='skeleton h-24'></div>"
            }
            Self::Form => {
                "<div class='skeleton h-10 w-2/3'></div><div class='skeleton h-20'></div>\
                 <div class='skeleton h-20'></div><div class='skeleton h-20'></div>\
                 <div class='skeleton h-12 w-1/3'></div>"
            }
            Self::Totals => {
                "<div class='skeleton h-10 w-2/3'></div><div class='totals'>\
                 <div class='skeleton h-24'></div><div class='skeleton h-24'></div>\
                 <div class='skeleton h-24'></div><div class='skeleton h-24'></div></div>\
                 <div class='skeleton h-56'></div><div class='skeleton h-24'></div>"
            }
            Self::Tabs => {
                "<div class='skeleton h-6 w-1/3'></div><div class='skeleton h-10 w-2/3'></div>\
                 <div class='skeleton h-12'></div><div class='skeleton h-56'></div>\
                 <div class='skeleton h-24'></div>"
            }
            Self::Panel => {
                "<div class='detail-head'><div class='skeleton h-56'></div>\
                 <div class='skeleton h-10 w-2/3'></div></div>\
                 <aside><div class='skeleton h-72'></div></aside>\
                 <div class='detail-body'><div class='skeleton h-40'></div></div>"
            }
        }
    }
}

/// Reserves the space of a page.
#[component]
pub(crate) fn Skeleton(
    /// The layout of the page.
    layout: Layout,
) -> impl IntoView {
    view! { <div class=layout.class() aria-hidden="true" inner_html=layout.blocks()></div> }
}
