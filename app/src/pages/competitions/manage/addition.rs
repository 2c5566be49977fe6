//! Adding a participant.

use domain::{CompetitionId, UserId};
use leptos::{html::Form, prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    components::{ErrorSummary, Field, MadeFor, Submit},
    error::Failure,
    form::{Returned, error_of},
};

/// What is in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedAddition {
    /// The address.
    pub email: String,
    /// Whether a seat is added when none is free.
    pub adds_seat: bool,
}

/// The key of the form in the session. It has the id, because several forms may be open.
#[cfg(feature = "ssr")]
pub(super) fn form_name(id: CompetitionId) -> String {
    format!("add_participant:{id}")
}

/// Registers a participant for a competition of the user. Sending it twice registers once: the
/// second time is refused.
#[server(prefix = "/fn", endpoint = "add_participant")]
pub async fn add_participant(
    competition: CompetitionId,
    #[server(default)] email: String,
    #[server(default)] add_seat: bool,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use crate::{
        pages::competitions::address::participants,
        ssr::{flash, form, request, response},
    };
    use domain::{AdditionInput, ErrorCode, PublicError, RegistrationStatus};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let checked = form::check_same_user(made_for, &actor);
    let typed = TypedAddition { email: email.clone(), adds_seat: add_seat };
    let outcome = form::and_then_async(checked, async |()| {
        let add_seat = add_seat.into();
        let input = AdditionInput { email: email.into(), add_seat, ..Default::default() };
        let added =
            service::registration::add_participant(&ctx, &actor, competition, input, None).await?;
        Ok(added.outcome.map_err(|refusal| match refusal.code {
            ErrorCode::AlreadyRegistered | ErrorCode::CompetitionFull => {
                PublicError::on_field(refusal.code, "email", &refusal.message)
            }
            _ => refusal,
        })?)
    })
    .await;
    let page = participants(competition);
    let added = form::redirect_back_with(&form_name(competition), &page, typed, outcome).await?;
    let name = added.user.name;
    flash::set(match added.registration.status {
        RegistrationStatus::Waitlisted => format!("{name} is on the waiting list."),
        _ => format!("{name} is registered."),
    })
    .await;
    response::redirect_form(&page);
    Ok(())
}

/// The form that adds a participant.
#[component]
pub(super) fn AdditionForm(
    /// The competition.
    id: CompetitionId,
    /// What was in the form when adding was refused without JavaScript.
    start: Returned<TypedAddition>,
    /// Adding.
    add: ServerAction<AddParticipant>,
    /// The form on the page.
    form: NodeRef<Form>,
) -> impl IntoView {
    let Returned { typed, error } = start;
    let error = error_of(add, error);
    view! {
        <details open=move || error.with(Option::is_some)>
            <summary class="btn btn-outline">"Add participant"</summary>
            <div class="section mt-4 max-w-prose">
                <ErrorSummary error />
                <p>
                    "You can add people after the deadline and without approval. They need an \
                        account. Each is notified, and can cancel until the start."
                </p>
                <ActionForm action=add node_ref=form attr:class="grid gap-4" attr:novalidate=true>
                    <input type="hidden" name="competition" value=id.to_string() />
                    <MadeFor />
                    <Field id="email" label="Email" kind="email" value=typed.email error />
                    <label class="choice">
                        <input
                            class="checkbox"
                            type="checkbox"
                            name="add_seat"
                            value="true"
                            checked=typed.adds_seat
                        />
                        "Add a seat if none is free"
                    </label>
                    <p>
                        <Submit pending=add.pending() class="">
                            "Add participant"
                        </Submit>
                    </p>
                </ActionForm>
            </div>
        </details>
    }
}
