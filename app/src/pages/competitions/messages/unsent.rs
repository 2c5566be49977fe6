//! The form that sends a message.

use domain::{CompetitionId, OrganizerMessageId};
use leptos::prelude::*;

use super::{
    TypedSending,
    send::SendMessage,
    typed_sending::{LATER, NOW},
};
use crate::{
    components::{Field, MadeFor, RadioChoice, Submit},
    form::{Returned, error_of},
};

/// Sends a draft, at once or later.
#[component]
pub(super) fn SendSection(
    /// The competition.
    id: CompetitionId,
    /// The message.
    message: OrganizerMessageId,
    /// The version that is shown.
    version: u32,
    /// The time zone of the competition.
    time_zone: String,
    /// The initial state of the form.
    start: Returned<TypedSending>,
    /// Sends it.
    send: ServerAction<SendMessage>,
) -> impl IntoView {
    let Returned { typed: TypedSending { when, at }, error } = start;
    let is_later = when == LATER;
    view! {
        <section aria-labelledby="send" class="section">
            <h2 id="send" class="subheading">"Send"</h2>
            <ActionForm action=send attr:class="grid gap-4" attr:novalidate=true>
                <input type="hidden" name="competition" value=id.to_string() />
                <input type="hidden" name="message" value=message.to_string() />
                <input type="hidden" name="version" value=version.to_string() />
                <MadeFor />
                <fieldset class="grid gap-3">
                    <legend class="sr-only">"When"</legend>
                    <RadioChoice
                        id="when-now"
                        name="typed[when]"
                        value=NOW
                        checked=!is_later
                        title="Now"
                        text="It cannot be taken back from those who have it."
                    />
                    <RadioChoice
                        id="when-later"
                        name="typed[when]"
                        value=LATER
                        checked=is_later
                        title="Later"
                        text="To those who match then. Until then you can stop it."
                    />
                </fieldset>
                <Field
                    id="at"
                    name="typed[at]"
                    label="Send at"
                    hint=format!("In the time zone of the competition, {time_zone}.")
                    kind="datetime-local"
                    required=false
                    value=at
                    error=error_of(send, error)
                />
                <p>
                    <Submit pending=send.pending() class="btn-lg">
                        "Send message"
                    </Submit>
                </p>
            </ActionForm>
        </section>
    }
}
