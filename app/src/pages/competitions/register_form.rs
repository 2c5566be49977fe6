//! Registering, from the page of the competition.

use domain::{AccessMode, CallToAction, CompetitionId, UserId};
use leptos::prelude::*;

use super::address;
use crate::{
    components::{MadeFor, Submit},
    error::Failure,
};

/// Registers the user.
#[server(prefix = "/fn", endpoint = "register")]
pub async fn register(
    competition: CompetitionId,
    idempotency_key: String,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use crate::ssr::{form, request, response};
    use domain::ErrorCode;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let key = form::sent_key(&idempotency_key, made_for, &actor);
    let outcome = form::and_then_async(key, async |key| {
        let answer = service::registration::register(&ctx, &actor, competition, Some(key)).await?;
        Ok(answer.outcome?)
    })
    .await;
    // A registration made in another tab meanwhile counts as success.
    let outcome = match outcome {
        Err(service::Error::Public(error)) if error.code == ErrorCode::AlreadyRegistered => Ok(()),
        outcome => outcome.map(drop),
    };
    let page = address::competition(competition);
    form::redirect_back_with("register", &page, (), outcome).await?;
    response::redirect_form(&address::own_registration(competition));
    Ok(())
}

/// The id of the form that registers.
pub(super) const FORM: &str = "register";

/// The words of the button that gets the viewer a seat, or a place on the waiting list. `None` for
/// a viewer who can get neither.
pub(super) fn button_of(action: CallToAction) -> Option<&'static str> {
    Some(match action {
        CallToAction::Register => "Register",
        CallToAction::RequestSeat => "Request a seat",
        CallToAction::JoinWaitlist => "Join waiting list",
        CallToAction::LogIn => "Log in to register",
        _ => return None,
    })
}

/// The page with the form that registers, where a button is not enough.
#[derive(Clone, Debug)]
pub(super) struct FormPage {
    pub(super) href: String,
    /// What the form asks for.
    note: &'static str,
}

impl FormPage {
    /// `None` if the competition is open and asks nothing.
    pub(super) fn of(
        id: CompetitionId,
        access: AccessMode,
        asks: bool,
        code: &str,
    ) -> Option<Self> {
        let note = match form_note(access, asks)? {
            _ if access != AccessMode::Open && !code.is_empty() => {
                "The code from your link is filled in on the next page."
            }
            note => note,
        };
        Some(Self { href: address::with_code(address::register(id), code), note })
    }
}

/// What the form that registers asks for; `None` if the competition is open and asks nothing.
pub(super) fn form_note(access: AccessMode, asks: bool) -> Option<&'static str> {
    match access {
        AccessMode::Open if asks => Some("The organizer asks you some questions first."),
        AccessMode::Open => None,
        AccessMode::Code => Some("You need an access code from the organizer."),
        AccessMode::Invitation => Some("You need an invitation from the organizer."),
    }
}

/// The form that registers, joins the waiting list or requests a seat.
#[component]
pub(super) fn RegisterForm(
    /// The competition.
    id: CompetitionId,
    /// The key of the form.
    key: String,
    /// Registering.
    register: ServerAction<Register>,
    /// The page with the form, if it is on a page of its own.
    form_page: Option<FormPage>,
    /// What is above the button.
    title: Option<&'static str>,
    /// The words of the button.
    button: Option<&'static str>,
    /// What the button leads to.
    note: &'static str,
) -> impl IntoView {
    let title = title.map(|title| view! { <p class="font-semibold text-lg">{title}</p> });
    if let Some(FormPage { href, note }) = form_page {
        return view! {
            <div class="grid gap-3">
                {title}
                <a class="btn btn-primary btn-lg btn-block" href=href>
                    {button}
                </a>
                <p class="text-sm text-muted">{note}</p>
            </div>
        }
        .into_any();
    }
    view! {
        <ActionForm action=register attr:id=FORM attr:class="grid gap-3">
            {title}
            <input type="hidden" name="competition" value=id.to_string() />
            <input type="hidden" name="idempotency_key" value=key />
            <MadeFor />
            <Submit pending=register.pending() class="btn-lg btn-block">
                {button}
            </Submit>
            <p class="text-sm text-muted">{note}</p>
        </ActionForm>
    }
    .into_any()
}
