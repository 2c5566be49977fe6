//! When the organizer is notified of what participants do.

use domain::{NoticeTiming, OrganizerNotice, OrganizerNotices, UserId};
use leptos::prelude::*;

use crate::{
    components::{ErrorSummary, MadeFor, SelectField, Submit, SuccessMessage},
    error::Failure,
    form::{Returned, error_of, success_of},
};

/// Saves when the organizer is notified of what.
#[server(prefix = "/fn", endpoint = "edit_organizer_notices")]
pub async fn edit_organizer_notices(
    #[server(default)] registrations: String,
    #[server(default)] cancellations: String,
    #[server(default)] full: String,
    #[server(default)] waitlist_empty: String,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use crate::ssr::{form, request};
    use domain::OrganizerNoticesPatch;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let patch = OrganizerNoticesPatch {
        registrations: registrations.into(),
        cancellations: cancellations.into(),
        full: full.into(),
        waitlist_empty: waitlist_empty.into(),
        ..OrganizerNoticesPatch::default()
    };
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        service::organizer_notices::edit(&ctx, &actor, &patch).await
    })
    .await;
    form::redirect_back_with("edit_organizer_notices", "/account", (), outcome).await?;
    form::set_success_flag("edit_organizer_notices", "/account").await
}

/// The name of the field, a label and a hint.
fn words(notice: OrganizerNotice) -> (&'static str, &'static str, &'static str) {
    match notice {
        OrganizerNotice::Registrations => {
            ("registrations", "New registrations", "Also requests, and those who join the list.")
        }
        OrganizerNotice::Cancellations => {
            ("cancellations", "Cancelled registrations", "By the participants themselves.")
        }
        OrganizerNotice::Full => ("full", "A competition is full", "The last seat is taken."),
        OrganizerNotice::WaitlistEmpty => {
            ("waitlist_empty", "A waiting list is empty", "Everyone on it has a seat, or has left.")
        }
    }
}

fn timing_words(timing: NoticeTiming) -> &'static str {
    match timing {
        NoticeTiming::AtOnce => "As it happens",
        NoticeTiming::Daily => "Once a day, in the morning",
        NoticeTiming::Never => "Not at all",
    }
}

/// The form for the notices.
#[component]
pub(super) fn NoticesSection(
    /// The stored choices.
    choices: OrganizerNotices,
    /// The initial state of the form, and whether it has just succeeded.
    start: (Returned<()>, bool),
    /// Saves the choices.
    action: ServerAction<EditOrganizerNotices>,
) -> impl IntoView {
    let (Returned { error, .. }, done) = start;
    let (error, done) = (error_of(action, error), success_of(action, done));
    let field = move |notice: OrganizerNotice| {
        let (name, label, hint) = words(notice);
        let option = move |timing: NoticeTiming| {
            let selected = choices.timing(notice) == timing;
            view! {
                <option value=timing.as_str() selected=selected>
                    {timing_words(timing)}
                </option>
            }
        };
        view! {
            <SelectField id=notice.as_str() name label hint error>
                {NoticeTiming::ALL.map(option).collect_view()}
            </SelectField>
        }
    };
    view! {
        <section id="organizer-notices" aria-labelledby="notices-title" class="grid gap-4">
            <h2 id="notices-title" class="subheading">"News of your competitions"</h2>
            <p>"Choose when you hear of what participants do."</p>
            <ErrorSummary error />
            <SuccessMessage shown=done message="Your choice was saved." />
            <ActionForm action attr:class="section">
                <MadeFor />
                {OrganizerNotice::ALL.map(field).collect_view()}
                <Submit pending=action.pending() class="justify-self-start">"Save notices"</Submit>
            </ActionForm>
        </section>
    }
}
