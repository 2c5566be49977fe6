//! What an organizer decides about one registration.

use domain::{CompetitionId, RegistrationId};
use leptos::{
    html::{Form, H2},
    prelude::*,
};
use serde::{Deserialize, Serialize};

use super::review::{IDS, LIST, ReviewForm, ReviewRegistrations, TypedReview};
use crate::{
    components::{ErrorSummary, focus},
    form::{Returned, error_of},
    pages::competitions::address::participant,
};

/// What its organizer can decide about a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewable {
    /// Whether approving it can change it.
    pub can_approve: bool,
    /// Whether it can be given a seat ahead of the waiting list.
    pub can_promote: bool,
    /// Whether rejecting it can change it.
    pub can_reject: bool,
}

/// Approving, promoting and rejecting, on the page of a registration.
#[derive(Clone, Copy)]
pub(super) struct Reviewing {
    /// What is done.
    pub(super) action: ServerAction<ReviewRegistrations>,
    /// How often that has succeeded.
    pub(super) successes: RwSignal<usize>,
    /// That number when the heading took the focus.
    pub(super) focused: StoredValue<usize>,
}

/// What the organizer decides about the registration.
#[component]
pub(super) fn Decision(
    /// The competition.
    competition: CompetitionId,
    /// The registration.
    registration: RegistrationId,
    /// What can be decided.
    reviewable: Reviewable,
    /// A review that has just been refused without JavaScript, if one was.
    start: Returned<TypedReview>,
    /// Approving, promoting and rejecting.
    reviewing: Reviewing,
) -> impl IntoView {
    let Reviewing { action: review, successes, focused } = reviewing;
    let Returned { typed, error } = start;
    let error = error_of(review, error);
    let (heading, form) = (NodeRef::<H2>::new(), NodeRef::<Form>::new());
    Effect::new(move || {
        let successes = successes.get_untracked();
        if successes > focused.get_value()
            && let Some(heading) = heading.get()
        {
            focused.set_value(successes);
            // The elements stay, with the reason that was typed.
            if let Some(form) = form.get_untracked() {
                form.reset();
            }
            focus(heading);
        }
    });
    let Reviewable { can_approve, can_promote, can_reject } = reviewable;
    let next = participant(competition, registration);
    view! {
        // The target of the link in the error summary.
        <section id=LIST tabindex="-1" aria-labelledby="decision" class="grid gap-4 outline-none">
            <h2 id="decision" class="subheading outline-none" node_ref=heading tabindex="-1">
                "Decision"
            </h2>
            <ErrorSummary error />
            <ReviewForm
                id=competition
                next
                can_approve
                can_promote
                can_reject
                typed
                error
                review
                form
                of_one=true
            >
                <input type="hidden" name=IDS value=registration.to_string() />
            </ReviewForm>
        </section>
    }
}
