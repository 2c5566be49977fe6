//! The fields that the forms of new and of existing webhooks share.

use domain::EventType;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    components::{Field, FieldError},
    form::FormError,
};

/// The text of a refused form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedWebhook {
    /// Where events are sent.
    pub url: String,
    /// A note of the organizer.
    pub description: String,
    /// The names of the chosen events.
    pub event_types: Vec<String>,
    /// The id of the competition, empty for all; only for a new webhook.
    pub competition: String,
    /// Whether events are sent; only for an existing webhook.
    pub enabled: bool,
}

/// The address, the note and the events.
#[component]
pub(super) fn WebhookFields(
    /// The initial state of the form.
    typed: TypedWebhook,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    let TypedWebhook { url, description, event_types, .. } = typed;
    let choice = |kind: EventType| {
        let checked = event_types.iter().any(|chosen| chosen == kind.as_str());
        view! {
            <label class="choice">
                <input
                    class="checkbox"
                    type="checkbox"
                    name="event_types[]"
                    value=kind.as_str()
                    checked=checked
                />
                <span class="grid min-w-0">
                    <code class="wrap-anywhere">{kind.as_str()}</code>
                    <span class="text-sm text-muted">{event_words(kind)}</span>
                </span>
            </label>
        }
    };
    view! {
        <Field
            id="url"
            label="URL"
            kind="url"
            hint="Requests are sent to this address, for example \
                https://club.example/hooks/mini-compete."
            value=url
            error
        />
        <Field
            id="description"
            label="Description (optional)"
            hint="A note for you, such as what the receiver does."
            required=false
            value=description
            error
        />
        // The target of the link in the error summary.
        <fieldset
            id="eventTypes"
            tabindex="-1"
            class="grid min-w-0 gap-3"
            aria-describedby="eventTypes-hint eventTypes-error"
        >
            <legend class="font-semibold">"Events"</legend>
            <p id="eventTypes-hint" class="text-sm text-muted">
                "Choose none to get all of them."
            </p>
            <FieldError id="eventTypes" error />
            {EventType::CHOICES.map(choice).collect_view()}
        </fieldset>
    }
}

fn event_words(kind: EventType) -> &'static str {
    match kind {
        EventType::RegistrationCreated => "A participant has registered, or you have added one.",
        EventType::RegistrationWaitlisted => "A participant is on the waiting list.",
        EventType::RegistrationRequested => "A participant waits for your approval.",
        EventType::RegistrationApproved => "You have approved a registration.",
        EventType::RegistrationRejected => "You have rejected or removed a registration.",
        EventType::RegistrationPromoted => {
            "A registration was given a seat, from the waiting list or by you."
        }
        EventType::RegistrationConfirmed => "The confirmation is in the participant's mailbox.",
        EventType::RegistrationCancelled => "A participant has cancelled a registration.",
        EventType::CompetitionPublished => "You have created a competition.",
        EventType::CompetitionChanged => "You have changed a competition.",
        EventType::CompetitionCancelled => "You have cancelled a competition.",
        EventType::CompetitionFull => "The last seat is taken.",
        EventType::Test => "You have asked for a test.",
    }
}
