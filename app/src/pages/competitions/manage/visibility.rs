//! Publishing and unpublishing a competition.

use domain::{CompetitionId, PublicError, Visibility};
use leptos::{html::P, prelude::*};

use crate::{
    components::{ErrorSummary, Icon, Shape, focus},
    error::Failure,
    form::error_of,
};

/// The key of the form in the session. It has the id, because several forms may be open.
#[cfg(feature = "ssr")]
pub(super) fn form_name(id: CompetitionId) -> String {
    format!("set_visibility:{id}")
}

/// Sets who can see a competition. Sending it twice has the effect of sending it once.
#[server(prefix = "/fn", endpoint = "set_visibility")]
pub async fn set_visibility(
    competition: CompetitionId,
    #[server(default)] visibility: String,
) -> Result<(), Failure> {
    use crate::{
        pages::competitions::address::manage,
        ssr::{form, request},
    };
    use domain::{CompetitionPatch, ErrorCode, PublicError};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let patch = CompetitionPatch { visibility: visibility.into(), ..Default::default() };
    let edited = service::competitions::edit(&ctx, &actor, competition, patch, None).await;
    let outcome = match edited.and_then(|edited| Ok(edited.outcome?)) {
        // The field is on another page.
        Err(service::Error::Public(error)) if error.code == ErrorCode::DeadlineNotInFuture => {
            let words = "Registration would be closed. Edit when it closes, then publish.";
            Err(PublicError::new(error.code, words).into())
        }
        outcome => outcome.map(drop),
    };
    let (name, page) = (form_name(competition), manage(competition));
    form::redirect_back_with(&name, &page, (), outcome).await?;
    form::set_success_flag(&name, &page).await
}

/// Who can see the competition, and the buttons that change it.
#[component]
pub(super) fn VisibilityForm(
    /// The competition.
    id: CompetitionId,
    /// Who can see it now.
    visibility: Visibility,
    /// Whether anyone is registered, so that it cannot become a draft.
    has_registrations: bool,
    /// Whether the visibility has just been set without JavaScript.
    was_set: bool,
    /// Why that has just been refused, if it was.
    error: Option<PublicError>,
    /// Setting the visibility.
    set: ServerAction<SetVisibility>,
    /// The number of responses that the page has confirmed.
    confirmed: StoredValue<usize>,
) -> impl IntoView {
    let version = set.version().get_untracked();
    // The page is rendered again after each response, and when the roster is searched.
    let was_set = match version {
        0 => was_set,
        _ if version == confirmed.get_value() => false,
        _ => set.value().with_untracked(|value| matches!(value, Some(Ok(())))),
    };
    confirmed.set_value(version);
    let node = NodeRef::<P>::new();
    Effect::new(move || {
        // The button is gone.
        if version > 0
            && was_set
            && let Some(words) = node.get()
        {
            focus(words);
        }
    });
    let (done, words) = match visibility {
        Visibility::Draft => ("Unpublished. ", "This competition is a draft: only you can see it."),
        Visibility::Unlisted => {
            ("Saved. ", "Everyone with the link can see this competition. No list shows it.")
        }
        Visibility::Public => ("Published. ", "Everyone can find this competition."),
    };
    let button = |to: Visibility, class: &'static str, words: &'static str| {
        view! {
            <button class=class name="visibility" value=to.as_str()>
                {words}
            </button>
        }
    };
    let publish = match visibility {
        Visibility::Draft => Some(button(Visibility::Public, "btn btn-primary", "Publish")),
        Visibility::Unlisted => Some(button(Visibility::Public, "btn", "Make public")),
        Visibility::Public => None,
    };
    let unlist = match visibility {
        Visibility::Draft => Some("Publish as unlisted"),
        Visibility::Unlisted => None,
        Visibility::Public => Some("Make unlisted"),
    };
    let unlist = unlist.map(|words| button(Visibility::Unlisted, "btn", words));
    let unpublish = (!visibility.is_draft() && !has_registrations)
        .then(|| button(Visibility::Draft, "btn", "Unpublish"));
    let hint =
        has_registrations.then_some(" It cannot be unpublished while people are registered.");
    view! {
        // The target of the link in the error summary.
        <section aria-labelledby="visibility" class="grid gap-4">
            <h2 id="visibility" tabindex="-1" class="subheading outline-none">"Visibility"</h2>
            <ErrorSummary error=error_of(set, error) />
            <p
                node_ref=node
                role=was_set.then_some("status")
                tabindex="-1"
                class="icon-line outline-none"
            >
                {was_set.then(|| view! { <Icon shape=Shape::Tick /> })}
                <span>
                    <strong>{was_set.then_some(done)}</strong>
                    {words}
                    {hint}
                </span>
            </p>
            <ActionForm action=set attr:class="flex flex-wrap gap-2">
                <input type="hidden" name="competition" value=id.to_string() />
                {publish}
                {unlist}
                {unpublish}
            </ActionForm>
        </section>
    }
}
