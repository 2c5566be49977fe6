//! The tags of a competition.

use leptos::prelude::*;

use super::address;

/// The tags of a competition, each a link to the list filtered by it.
#[component]
pub(super) fn Tags(
    /// In the order the organizer gave them.
    mut tags: Vec<String>,
    /// How many are shown; all by default. The number of the others is shown after them.
    #[prop(default = usize::MAX)]
    most: usize,
) -> impl IntoView {
    let hidden = tags.len().saturating_sub(most);
    tags.truncate(most);
    let tag = |tag: String| {
        let href = address::of_tag(&tag);
        view! { <li><a class="chip" href=href dir="auto">{tag}</a></li> }
    };
    (!tags.is_empty()).then(|| {
        view! {
            <ul aria-label="Tags" class="flex flex-wrap gap-1.5">
                {tags.into_iter().map(tag).collect_view()}
                {(hidden > 0)
                    .then(|| {
                        view! {
                            <li class="self-center text-sm text-muted">
                                {format!("+{hidden}")} <span class="sr-only">" more tags"</span>
                            </li>
                        }
                    })}
            </ul>
        }
    })
}
