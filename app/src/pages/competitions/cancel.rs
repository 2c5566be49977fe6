//! Cancelling a competition, whose organizer types its title to confirm, and deleting a draft.

use domain::CompetitionId;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::address::manage;
use crate::{
    components::{EmptyState, ErrorSummary, Field, Head, Heading, Layout, Loaded, Submit, Toasts},
    error::Failure,
    form::{Returned, error_of},
    pages::dashboard_view::DashboardView,
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelCompetitionScreen {
    /// The competition.
    pub id: CompetitionId,
    /// Its title.
    pub title: String,
    /// The number of participants who will be notified.
    pub registered: u32,
    /// How many are on the waiting list.
    pub waitlisted: u32,
    /// Whether it is a draft, which is deleted.
    pub is_draft: bool,
    /// Whether it is cancelled already.
    pub is_cancelled: bool,
    /// Whether it can be cancelled.
    pub can_be_cancelled: bool,
    /// The initial state of the form.
    pub start: Returned<String>,
    /// Makes a double click or a resend cancel once.
    pub idempotency_key: String,
}

/// Loads the page; for the organizer of the competition.
#[server(prefix = "/fn", endpoint = "cancel_competition_screen")]
pub async fn load_cancel_competition(id: String) -> Result<CancelCompetitionScreen, Failure> {
    use crate::ssr::{form, request};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let id = request::parse_competition_id(&id)?;
    let detail = service::competitions::get_own(&ctx, &actor, id).await?;
    Ok(CancelCompetitionScreen {
        id,
        registered: detail.count.registrations,
        waitlisted: detail.competition.waitlisted,
        is_draft: detail.competition.is_draft(),
        is_cancelled: detail.competition.is_cancelled(),
        can_be_cancelled: detail.competition.can_be_cancelled(ctx.now()),
        title: detail.competition.title,
        start: form::take_stored_form(FORM).await?,
        idempotency_key: service::idempotency::new_key(),
    })
}

/// Cancels a competition and leads back to the page where it is managed, or deletes a draft and
/// leads to the dashboard.
#[server(prefix = "/fn", endpoint = "cancel_competition")]
pub async fn cancel_competition(
    competition: CompetitionId,
    #[server(default)] title: String,
    #[server(default)] deletes_draft: bool,
    idempotency_key: String,
) -> Result<(), Failure> {
    use super::address::cancel;
    use crate::ssr::{flash, form, request};
    use domain::IdempotencyKey;
    use service::competitions;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let key = idempotency_key.parse::<IdempotencyKey>().map_err(Into::into);
    let outcome = form::and_then_async(key, async |key| {
        if deletes_draft {
            return competitions::delete_draft(&ctx, &actor, competition, key).await;
        }
        competitions::cancel_competition_by_title(&ctx, &actor, competition, &title, key).await
    })
    .await;
    form::redirect_back_with(FORM, &cancel(competition), title, outcome).await?;
    if deletes_draft {
        flash::set("The draft is deleted").await;
        leptos_axum::redirect(&DashboardView::Competitions.address());
    } else {
        flash::set("The competition is cancelled").await;
        leptos_axum::redirect(&manage(competition));
    }
    Ok(())
}

/// The key of the form in the session.
#[cfg(feature = "ssr")]
const FORM: &str = "cancel_competition";

/// Cancelling a competition.
#[component]
pub fn CancelCompetitionPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let screen = Resource::new_blocking(move || id.get(), load_cancel_competition);
    let cancel = ServerAction::<CancelCompetition>::new();
    Toasts::after(cancel);
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen cancel />
        </Loaded>
    }
}

#[component]
fn Content(
    screen: CancelCompetitionScreen,
    cancel: ServerAction<CancelCompetition>,
) -> impl IntoView {
    let back = manage(screen.id);
    let verb = if screen.is_draft { "Delete" } else { "Cancel" };
    let content = if screen.is_cancelled && screen.is_draft {
        view! {
            <EmptyState title="This draft is already deleted">
                <a class="btn btn-primary" href=DashboardView::Competitions.address()>
                    {DashboardView::Competitions.label()}
                </a>
            </EmptyState>
        }
        .into_any()
    } else if screen.is_cancelled {
        view! {
            <EmptyState title="This competition is already cancelled">
                <a class="btn btn-primary" href=back>"Back to participants"</a>
            </EmptyState>
        }
        .into_any()
    } else if !screen.can_be_cancelled {
        view! {
            <EmptyState title="It is too late to cancel">
                <p>"A competition can be cancelled until it is over."</p>
                <a class="btn btn-primary" href=back>"Back to participants"</a>
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <CancelForm screen=screen.clone() back cancel /> }.into_any()
    };
    view! {
        <Head title=format!("{verb} {}", screen.title) />
        <div class="form-page">
            <Heading>{verb} " " <bdi>{screen.title}</bdi></Heading>
            {content}
        </div>
    }
}

#[component]
fn CancelForm(
    screen: CancelCompetitionScreen,
    back: String,
    cancel: ServerAction<CancelCompetition>,
) -> impl IntoView {
    let Returned { typed, error } = screen.start;
    let error = error_of(cancel, error);
    let is_draft = screen.is_draft;
    let consequences = match is_draft {
        true => view! { <li>"Only you can see it, so nobody will be notified."</li> }.into_any(),
        false => view! {
            <li>{notified(screen.registered, screen.waitlisted)}</li>
            <li>"Nobody can register any more, and the lists no longer show it."</li>
        }
        .into_any(),
    };
    let title = match is_draft {
        true => view! { <input type="hidden" name="deletes_draft" value="true" /> }.into_any(),
        false => view! {
            <Field
                id="title"
                label="Type the title to confirm"
                hint="Not case-sensitive."
                value=typed
                error
            />
        }
        .into_any(),
    };
    let (button, keep) = match is_draft {
        true => ("Delete draft", "Keep draft"),
        false => ("Cancel competition", "Keep competition"),
    };
    view! {
        <ErrorSummary error />
        <ul class="grid list-disc gap-2 pl-5">
            {consequences} <li>"This cannot be undone."</li>
        </ul>
        <ActionForm action=cancel attr:class="section" attr:novalidate=true>
            <input type="hidden" name="competition" value=screen.id.to_string() />
            <input type="hidden" name="idempotency_key" value=screen.idempotency_key />
            {title}
            <div class="flex flex-wrap gap-3">
                <Submit pending=cancel.pending() class="btn-danger">
                    {button}
                </Submit>
                <a class="btn" href=back>
                    {keep}
                </a>
            </div>
        </ActionForm>
    }
}

/// The participants who will be notified, in words.
fn notified(registered: u32, waitlisted: u32) -> String {
    match registered {
        _ if waitlisted > 0 => {
            let all = u64::from(registered) + u64::from(waitlisted);
            format!("All {all} people with a seat or on the waiting list will be notified.")
        }
        0 => "Nobody is registered, so nobody will be notified.".into(),
        1 => "The one registered participant will be notified.".into(),
        many => format!("All {many} registered participants will be notified."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notified_participants_are_counted_in_words() {
        assert!(notified(0, 0).contains("nobody will be notified"));
        assert!(notified(1, 0).contains("The one registered participant"));
        assert!(notified(40, 0).contains("All 40 registered participants"));
        assert!(notified(0, 2).contains("All 2 people with a seat or on the waiting list"));
    }
}
