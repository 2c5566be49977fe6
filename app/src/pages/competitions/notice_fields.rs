//! The choice whether participants are notified of an edit.

use domain::{NoticeDraft, grouped};
use leptos::{either::Either, prelude::*};

use crate::{components::Field, form::FormError};

/// Whether participants are notified, and what the notice adds. Nothing to see while there are no
/// participants: those who register before the form is sent are notified.
#[component]
pub(super) fn NoticeFields(
    /// How many are notified.
    participants: u32,
    /// The values of the fields.
    notice: NoticeDraft,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    const NAME: &str = "draft[notifyParticipants]";
    if participants == 0 {
        return Either::Left(view! { <input type="hidden" name=NAME value="true" /> });
    }
    let label = match participants {
        1 => "Notify the participant".to_owned(),
        some => format!("Notify {} participants", grouped(some.into())),
    };
    Either::Right(view! {
        <fieldset class="section">
            <legend class="subheading">"Notice"</legend>
            <p class="text-muted">
                "A change of the title, the start, the end, the place or the online link is sent to \
                    everyone with a registration, with the old and the new. Changes within five \
                    minutes are one message."
            </p>
            <label class="choice">
                <input
                    class="checkbox"
                    type="checkbox"
                    id="notifyParticipants"
                    name=NAME
                    value="true"
                    checked=!notice.notify_participants.is_empty()
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
                hint="One sentence that the message adds, for example why the date has changed."
                required=false
                value=notice.change_note
                error
            />
        </fieldset>
    })
}
