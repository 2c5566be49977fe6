//! The preview of a competition in its form.

use leptos::{html::H2, prelude::*};

use super::draft::PreviewHtml;
use crate::components::focus;

/// The preview.
#[component]
pub(super) fn Preview(
    /// The title.
    title: String,
    /// The summary; may be empty.
    summary: String,
    /// The description and the sections.
    html: PreviewHtml,
    /// Whether it takes the focus.
    takes_focus: bool,
) -> impl IntoView {
    let node = NodeRef::<H2>::new();
    Effect::new(move || {
        if let Some(heading) = node.get().filter(|_| takes_focus) {
            focus(heading);
        }
    });
    view! {
        <section aria-labelledby="preview" class="section">
            <h2 id="preview" node_ref=node tabindex="-1" class="subheading outline-none">
                "Preview"
            </h2>
            <p class="text-sm text-muted">"Nothing is saved yet."</p>
            <p class="font-display text-xl font-semibold">{title}</p>
            {(!summary.is_empty()).then(|| view! { <p class="lead" dir="auto">{summary}</p> })}
            {html
                .description
                .is_empty()
                .then(|| view! { <p class="text-muted">"No description yet."</p> })}
            // Sanitized on the server.
            <div class="prose-text markdown" inner_html=html.description></div>
            <div class="contents" inner_html=html.sections></div>
        </section>
    }
}
