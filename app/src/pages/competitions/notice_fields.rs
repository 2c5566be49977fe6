//! The choice whether participants are notified of an edit.

use domain::{NoticeDraft, grouped};
use leptos::prelude::*;

use crate::{components::Field, form::FormError};

/// Whether participants are notified, and what the notice adds. A form that is opened without
/// participants has no choice.
#[component]
pub(super) fn NoticeFields(
    /// How many are notified.
    participants: u32,
    /// The values of the fields.
    notice: NoticeDraft,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    if participants == 0 {
        return None;
    }
    let is_ticked = notice.is_wanted();
    let label = match participants {
        1 => "Notify the participant".to_owned(),
        some => format!("Notify {} participants", grouped(some.into())),
    };
    Some(view! {
        <fieldset class="section">
            <input type="hidden" name="draft[noticeIsOffered]" value="true" />
            <legend class="subheading">"Notice"</legend>
            <p class="text-muted">
                "A change of the title, the start, the end or the place is sent to everyone with a \
                    registration, with the old and the new; a change of the online link to those \
                    with a seat. Changes within five minutes are one message."
            </p>
            <label class="choice">
                <input
                    class="checkbox"
                    type="checkbox"
                    id="notifyParticipants"
                    name="draft[notifyParticipants]"
                    value="true"
                    checked=is_ticked
                />
                <span class="grid">
                    <span class="font-semibold">{label}</span>
                    <span class="text-sm text-muted">
                        "Untick this to correct a typing error without a message."
                    </span>
                </span>
            </label>
            <Field
                id="changeNote"
                name="draft[changeNote]"
                label="Message to participants (optional)"
                hint="One sentence that the message adds, for example why the date has changed. \
                    Links are removed."
                required=false
                value=notice.change_note
                error
            />
        </fieldset>
    })
}
