//! The form of a competition, for creating and editing.

use leptos::prelude::*;

use super::{
    approval_choice::ApprovalChoice,
    draft::{DraftState, DraftValues, Reply},
    preview::Preview,
    sections::SectionFields,
    theirs::Theirs,
    visibility_choice::VisibilityChoice,
};
use crate::{
    components::{ErrorSummary, Field, Heading, KeptIn, KeptText, TextArea, Zone, ZoneField},
    error::Failure,
    form::FormError,
    pages::pictures::{self, AddPicture},
};

/// The page of a form. `form` renders the form around its fields, and again when a response brings
/// another state.
#[component]
pub(super) fn FormPage(
    /// The title of the page.
    title: &'static str,
    /// The initial state.
    first: DraftState,
    /// The response to the last submission; `None` before the first.
    #[prop(into)]
    reply: Signal<Option<Reply>>,
    /// Renders the form from its state and its error.
    form: impl Fn(DraftState, FormError) -> AnyView + Clone + Send + 'static,
) -> impl IntoView {
    let current = RwSignal::new((0_u32, first));
    Effect::new(move || {
        if let Some(Ok(Some(screen))) = reply.get() {
            current.update(|(number, current)| {
                *number += 1;
                *current = screen;
            });
        }
    });
    let saved = Signal::derive(move || matches!(reply.get(), Some(Ok(None))));
    view! {
        <div class="form-page">
            <Heading>{title}</Heading>
            <KeptText within=KeptIn::Browser saved>
                <For each=move || [current.get()] key=|(number, _)| *number let((number, screen))>
                    {
                        let at_first = screen.error.clone();
                        let error = Signal::derive(move || match reply.get() {
                            Some(Err(Failure(error))) => Some(error),
                            _ => at_first.clone(),
                        });
                        let preview = screen.preview.clone();
                        let is_stale = !screen.values.clashes.is_empty();
                        view! {
                            <ErrorSummary error />
                            {is_stale.then(|| view! { <Stale /> })}
                            {preview
                                .map(|screen| {
                                    let takes_focus = number > 0 && !is_stale;
                                    view! { <Preview screen takes_focus /> }
                                })}
                            {form(screen, error)}
                        }
                    }
                </For>
            </KeptText>
        </div>
    }
}

/// How to resolve conflicting changes.
#[component]
fn Stale() -> impl IntoView {
    view! {
        // The target of the link in the error summary.
        <div class="band" id="version" tabindex="-1">
            <p>
                "This competition was changed after you opened it. The changes are marked below. \
                    Where you changed the same field, choose which version to keep. Nothing is \
                    saved yet."
            </p>
        </div>
    }
}

/// The fields, in sections.
#[component]
pub(super) fn Fields(
    /// The state of the form.
    screen: DraftState,
    /// The zones to choose from.
    zones: Vec<Zone>,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    let DraftState { values, ask_browser, utc, taken, .. } = screen;
    let DraftValues { draft, clashes, .. } = values;
    let sections = view! { <SectionFields draft=draft.clone() clashes=clashes.clone() error /> };
    let clash = |field: &str| clashes.iter().find(|clash| clash.field == field).cloned();
    let capacity_hint = match taken {
        0 => "How many people can register. Enter a whole number.".to_owned(),
        1 => "Enter a whole number of at least 1: one seat is taken.".to_owned(),
        taken => {
            let taken = domain::grouped(taken.into());
            format!("Enter a whole number of at least {taken}: {taken} seats are taken.")
        }
    };
    let [opens_utc, deadline_utc, promote_utc, start_utc, end_utc] = utc;
    view! {
        <fieldset class="section">
            <legend class="subheading">"Details"</legend>
            <Field id="title" name="draft[title]" label="Title" value=draft.title error />
            <Theirs clash=clash("title") name="theirs[title]" />
            <Field
                id="summary"
                name="draft[summary]"
                label="Summary (optional)"
                hint="One line of at most 160 characters, for lists and search engines. Without \
                    it they show the beginning of the description."
                required=false
                value=draft.summary
                error
            />
            <Theirs clash=clash("summary") name="theirs[summary]" />
            <TextArea
                id="description"
                name="draft[description]"
                label="Description"
                hint="Markdown: **bold**, # heading, - list, [words](https://…). Preview to see \
                    the result."
                value=draft.description
                error
            />
            <AddPicture to="description" text="description" />
            <p class="text-sm text-muted">
                <a class="link" href=pictures::PAGE target="_blank">
                    "Your pictures"
                </a>
                " (opens in a new tab) have the Markdown to show them in any of the texts."
            </p>
            <Theirs clash=clash("description") name="theirs[description]" />
            <Field
                id="tags"
                name="draft[tags]"
                label="Tags (optional)"
                hint="Up to ten, separated by commas: coding, hackathon"
                required=false
                value=draft.tags
                error
            />
            <Theirs clash=clash("tags") name="theirs[tags]" />
            <Field
                id="website"
                name="draft[website]"
                label="Website (optional)"
                hint="A page with more about the competition, like https://example.com/sprint"
                kind="url"
                required=false
                value=draft.website
                error
            />
            <Theirs clash=clash("website") name="theirs[website]" />
            <Field
                id="contactEmail"
                name="draft[contactEmail]"
                label="Contact address (optional)"
                hint="An email address for questions, like team@example.com. Everyone sees it."
                kind="email"
                required=false
                value=draft.contact_email
                error
            />
            <Theirs clash=clash("contactEmail") name="theirs[contactEmail]" />
        </fieldset>
        {sections}
        <fieldset class="section">
            <legend class="subheading">"Where"</legend>
            <Field
                id="venueName"
                name="draft[venueName]"
                label="Venue (optional)"
                hint="The name of the building or room: Town Hall, room 2"
                required=false
                value=draft.venue_name
                error
            />
            <Theirs clash=clash("venueName") name="theirs[venueName]" />
            <Field
                id="venueAddress"
                name="draft[venueAddress]"
                label="Address (optional)"
                hint="Street, number, postcode and city, on one line"
                required=false
                value=draft.venue_address
                error
            />
            <Theirs clash=clash("venueAddress") name="theirs[venueAddress]" />
            <Field
                id="onlineUrl"
                name="draft[onlineUrl]"
                label="Online link (optional)"
                hint="Only registered people see the link: on the page, in their mail and in \
                    their calendar."
                kind="url"
                required=false
                value=draft.online_url
                error
            />
            <Theirs clash=clash("onlineUrl") name="theirs[onlineUrl]" />
        </fieldset>
        <fieldset class="section">
            <legend class="subheading">"Capacity"</legend>
            <Field
                id="capacity"
                name="draft[capacity]"
                label="Capacity"
                hint=capacity_hint
                inputmode="numeric"
                value=draft.capacity
                error
            />
            <Theirs clash=clash("capacity") name="theirs[capacity]" />
            <Field
                id="waitlistCapacity"
                name="draft[waitlistCapacity]"
                label="Waiting list (optional)"
                hint="How many people can wait when all seats are taken. A seat that becomes free \
                    goes to the first in line."
                inputmode="numeric"
                required=false
                value=draft.waitlist_capacity
                error
            />
            <Theirs clash=clash("waitlistCapacity") name="theirs[waitlistCapacity]" />
            <ApprovalChoice
                is_chosen=!draft.approval_required.is_empty()
                clash=clash("approvalRequired")
            />
        </fieldset>
        <fieldset class="section">
            <legend class="subheading">"Dates"</legend>
            <ZoneField
                name="draft[timeZone]"
                label="Time zone"
                hint="A city, for example Berlin. The times below are in this zone."
                required=true
                value=draft.time_zone
                ask_browser
                zones
                error
            />
            <Theirs clash=clash("timeZone") name="theirs[timeZone]" />
            <Field
                id="regOpensAt"
                name="draft[regOpensAt]"
                label="Registration opens (optional)"
                hint="Registration opens at this time. Leave empty to open it straight away."
                kind="datetime-local"
                required=false
                value=draft.reg_opens_at
                error
            />
            <Utc time=opens_utc />
            <Theirs clash=clash("regOpensAt") name="theirs[regOpensAt]" />
            <Field
                id="regDeadline"
                name="draft[regDeadline]"
                label="Registration closes"
                hint="Nobody can register from this time on."
                kind="datetime-local"
                value=draft.reg_deadline
                error
            />
            <Utc time=deadline_utc />
            <Theirs clash=clash("regDeadline") name="theirs[regDeadline]" />
            <Field
                id="promoteUntil"
                name="draft[promoteUntil]"
                label="Waiting list ends (optional)"
                hint="Until this time a seat that becomes free goes to the first in line. Leave \
                    empty to stop when registration closes."
                kind="datetime-local"
                required=false
                value=draft.promote_until
                error
            />
            <Utc time=promote_utc />
            <Theirs clash=clash("promoteUntil") name="theirs[promoteUntil]" />
            <Field
                id="startDate"
                name="draft[startDate]"
                label="Starts (optional)"
                hint="When registration closes, or later. Leave empty if it is not decided yet."
                kind="datetime-local"
                required=false
                value=draft.start_date
                error
            />
            <Utc time=start_utc />
            <Theirs clash=clash("startDate") name="theirs[startDate]" />
            <Field
                id="endsAt"
                name="draft[endsAt]"
                label="Ends (optional)"
                hint="After the start. Without it, calendars show one hour."
                kind="datetime-local"
                required=false
                value=draft.ends_at
                error
            />
            <Utc time=end_utc />
            <Theirs clash=clash("endsAt") name="theirs[endsAt]" />
            <Field
                id="reminderOffsets"
                name="draft[reminderOffsets]"
                label="Reminders (optional)"
                hint="How long before the start participants get a reminder, up to three: \
                    1 week, 1 day, 2 hours. Leave empty for none."
                required=false
                value=draft.reminder_offsets
                error
            />
            <Theirs clash=clash("reminderOffsets") name="theirs[reminderOffsets]" />
        </fieldset>
        <VisibilityChoice chosen=draft.visibility clash=clash("visibility") error />
    }
}

/// Sends the form for something else than its main button does.
#[component]
pub(super) fn IntentButton(
    /// The `intent` that is sent.
    intent: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <button class="btn btn-lg" name="intent" value=intent>
            {children()}
        </button>
    }
}

/// The typed time, in UTC.
#[component]
fn Utc(time: Option<String>) -> impl IntoView {
    time.map(|time| view! { <p class="text-sm text-muted">"That is " {time} "."</p> })
}
