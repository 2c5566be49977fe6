//! The preview of a competition in its form.

use leptos::{html::H2, prelude::*};

use super::{
    call_to_action::{Unavailable, access_words, approval_words, notes_of},
    cover::CoverImage,
    glance::Glance,
    links::LinkLines,
    preview_screen::PreviewScreen,
    register_form::{button_of, form_note},
    tags::Tags,
    waiting_words::waiting_words,
};
use crate::{
    Moment,
    components::{LocalTimes, Seats, focus},
};

/// The preview: the page of the competition as a participant would see it, in a form that is not
/// saved yet.
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
    let panel = view! { <Panel screen=screen.clone() /> };
    let PreviewScreen { title, lead, cover, start, end, place, organizer, tags, .. } = screen;
    let PreviewScreen { description, sections, links, .. } = screen;
    let cover = match cover {
        Some(picture) => view! {
            <div class="overflow-hidden rounded-box">
                <CoverImage picture sizes="(min-width: 64rem) 42rem, 100vw" loading="lazy" />
            </div>
        }
        .into_any(),
        None => view! {
            <p class="band text-sm">
                "Without a cover, the page shows a pattern that is drawn for it. You can add a \
                    cover once it is saved."
            </p>
        }
        .into_any(),
    };
    let organizer = view! { <bdi>{organizer}</bdi> }.into_any();
    view! {
        <section aria-labelledby="preview" class="section preview">
            <div>
                <h2 id="preview" node_ref=node tabindex="-1" class="subheading outline-none">
                    "Preview"
                </h2>
                <p class="text-sm text-muted">"Nothing is saved yet."</p>
            </div>
            <div class="detail">
                <div class="detail-head">
                    {cover}
                    <p class="font-display text-3xl font-semibold" dir="auto">
                        {title}
                    </p>
                    {(!lead.is_empty()).then(|| view! { <p class="lead" dir="auto">{lead}</p> })}
                    <Glance starts="Starts" start place ends="Ends" end organizer />
                    <Tags tags />
                </div>
                {panel}
                <div class="detail-body">
                    {description
                        .is_empty()
                        .then(|| view! { <p class="text-muted">"No description yet."</p> })}
                    // Sanitized on the server.
                    <div class="prose-text markdown" inner_html=description></div>
                    <div class="contents" inner_html=sections></div>
                    <LinkLines links />
                </div>
            </div>
        </section>
    }
}

/// The panel of the page, with a button that does nothing.
#[component]
fn Panel(screen: PreviewScreen) -> impl IntoView {
    let PreviewScreen { seats, access, asks, call_to_action, .. } = screen;
    let PreviewScreen { room, approval_required, .. } = screen;
    let PreviewScreen { opens, deadline, waitlist_ends, .. } = screen;
    let meter = seats.map(|(left, capacity)| view! { <Seats left capacity /> });
    let notes = [
        access_words(access).map(str::to_owned),
        approval_required.then(|| approval_words(room).to_owned()),
        waiting_words(room),
    ];
    let notes = notes.into_iter().flatten();
    let notes = notes.map(|words| view! { <p class="text-sm text-muted">{words}</p> });
    let date = |label: &'static str, at: Option<Moment>| {
        at.map(|at| view! { <dt>{label}</dt> <dd><LocalTimes at /></dd> })
    };
    let stub = match button_of(call_to_action) {
        Some(button) => {
            let (title, note) = notes_of(call_to_action);
            let note = form_note(access, asks).unwrap_or(note);
            view! {
                <div class="grid gap-3">
                    {title.map(|title| view! { <p class="font-semibold text-lg">{title}</p> })}
                    <button type="button" disabled class="btn btn-primary btn-lg btn-block">
                        {button}
                    </button>
                    <p class="text-sm text-muted">{note}</p>
                </div>
            }
            .into_any()
        }
        None => view! { <Unavailable call_to_action opens=opens.clone() /> }.into_any(),
    };
    view! {
        <aside aria-label="Preview of the registration" class="ticket self-start">
            <div class="ticket-body">
                {meter} {notes.collect_view()}
                <dl class="facts">
                    {date("Registration opens", opens)} {date("Registration closes", deadline)}
                    {date("Waiting list ends", waitlist_ends)}
                </dl>
            </div>
            <div class="ticket-stub">{stub}</div>
        </aside>
    }
}
