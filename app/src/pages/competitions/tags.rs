//! The tags of a competition.

use leptos::prelude::*;

use super::address;

/// The tags of a competition, each a link to the list filtered by it.
#[component]
pub(super) fn Tags(
    /// In the order the organizer gave them.
    tags: Vec<String>,
) -> impl IntoView {
    let tag = |tag: String| {
        let href = address::of_tag(&tag);
        view! { <li><a class="chip" href=href>{tag}</a></li> }
    };
    (!tags.is_empty()).then(|| {
        view! {
            <ul aria-label="Tags" class="flex flex-wrap gap-1.5">
                {tags.into_iter().map(tag).collect_view()}
            </ul>
        }
    })
}
