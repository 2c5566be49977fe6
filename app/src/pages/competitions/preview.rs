//! The preview of a competition in its form.

use domain::grouped;
use leptos::{html::H2, prelude::*};

use super::{
    cover::CoverImage, glance::Glance, links::LinkLines, preview_screen::PreviewScreen, tags::Tags,
    waiting_words::waiting_words,
};
use crate::{
    Moment,
    components::{LocalTimes, focus},
};

/// The preview: what the page of the competition shows, without registering.
#[component]
pub(super) fn Preview(
    /// The competition.
    screen: PreviewScreen,
    /// Whether it takes the focus.
    takes_focus: bool,
) -> impl IntoView {
    let node = NodeRef::<H2>::new();
    Effect::new(move || {
        if let Some(heading) = node.get().filter(|_| takes_focus) {
            focus(heading);
        }
    });
    let PreviewScreen { title, lead, cover, start, end, place, organizer, tags, .. } = screen;
    let PreviewScreen { capacity, waitlist_capacity, approval_required, .. } = screen;
    let PreviewScreen { opens, deadline, waitlist_ends, description, sections, links, .. } = screen;
    let cover = cover.map(|picture| {
        view! {
            <div class="overflow-hidden rounded-box">
                <CoverImage picture sizes="(min-width: 64rem) 42rem, 100vw" loading="lazy" />
            </div>
        }
    });
    let seats = capacity.map(|capacity| {
        let words = if capacity == 1 { "seat" } else { "seats" };
        let seats = format!("{} {words}", grouped(capacity.into()));
        view! { <p class="font-semibold tabular-nums">{seats}</p> }
    });
    let notes = [
        approval_required.then(|| "The organizer approves each registration.".to_owned()),
        waiting_words(0, 1, waitlist_capacity),
    ];
    let notes = notes.into_iter().flatten();
    let notes = notes.map(|words| view! { <p class="text-sm text-muted">{words}</p> });
    let date = |label: &'static str, at: Option<Moment>| {
        at.map(|at| view! { <dt>{label}</dt> <dd><LocalTimes at /></dd> })
    };
    let organizer = view! { <bdi>{organizer}</bdi> }.into_any();
    view! {
        <section aria-labelledby="preview" class="section">
            <h2 id="preview" node_ref=node tabindex="-1" class="subheading outline-none">
                "Preview"
            </h2>
            <p class="text-sm text-muted">"Nothing is saved yet."</p>
            {cover}
            <p class="font-display text-3xl font-semibold" dir="auto">
                {title}
            </p>
            {(!lead.is_empty()).then(|| view! { <p class="lead" dir="auto">{lead}</p> })}
            <Glance starts="Starts" start place ends="Ends" end organizer />
            <Tags tags />
            {seats}
            {notes.collect_view()}
            <dl class="facts">
                {date("Registration opens", opens)} {date("Registration closes", deadline)}
                {date("Waiting list ends", waitlist_ends)}
            </dl>
            {description
                .is_empty()
                .then(|| view! { <p class="text-muted">"No description yet."</p> })}
            // Sanitized on the server.
            <div class="prose-text markdown" inner_html=description></div>
            <div class="contents" inner_html=sections></div>
            <LinkLines links />
        </section>
    }
}
