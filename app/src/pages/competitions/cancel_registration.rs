//! Cancelling a registration, from the page of the competition or from the dashboard.

use domain::{CompetitionId, UserId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::{address, claim::Claim};
#[cfg(feature = "ssr")]
use crate::pages::dashboard_view::DashboardView;
use crate::{
    Moment,
    components::{
        EmptyState, ErrorSummary, Head, Heading, Layout, Loaded, LocalTime, MadeFor, Submit, Toasts,
    },
    error::Failure,
    form::{Returned, error_of},
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelRegistrationScreen {
    /// The competition.
    pub id: CompetitionId,
    /// Its title.
    pub title: String,
    /// When registration closes; `None` when it is not open.
    pub open_until: Option<Moment>,
    /// Whether a seat that becomes free goes to the first on the waiting list.
    pub others_wait: bool,
    /// What the participant has; `None` when that is nothing.
    pub claim: Option<Claim>,
    /// Whether it is too late: the competition has started.
    pub has_started: bool,
    /// Why cancelling without JavaScript has just been refused, if it was.
    pub start: Returned<()>,
    /// Makes a double click or a resend cancel once.
    pub idempotency_key: String,
}

/// Loads the page; for participants.
#[server(prefix = "/fn", endpoint = "cancel_registration_screen")]
pub async fn load_cancel_registration(id: String) -> Result<CancelRegistrationScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, form, request};
    use domain::Role;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    actor.require(Role::Participant)?;
    let id = request::parse_competition_id(&id)?;
    let competition = service::competitions::get(&ctx, id).await?.competition;
    let viewer = service::registration::viewer_state(&ctx, &actor, id).await?;
    let claim = viewer.registration.and_then(Claim::of).filter(|_| !competition.is_cancelled());
    Ok(CancelRegistrationScreen {
        id,
        has_started: claim == Some(Claim::Seat) && competition.has_started(ctx.now()),
        claim,
        others_wait: competition.waitlisted > 0 && competition.dates().passes_seats_on(ctx.now()),
        open_until: competition
            .is_open(ctx.now())
            .then(|| clock.in_event_zone(competition.reg_deadline, &competition.time_zone)),
        title: competition.title,
        start: form::take_stored_form(FORM).await?,
        idempotency_key: service::idempotency::new_key(),
    })
}

/// Cancels a registration and leads to the dashboard.
#[server(prefix = "/fn", endpoint = "cancel_registration")]
pub async fn cancel_registration(
    competition: CompetitionId,
    idempotency_key: String,
    #[server(default)] made_for: Option<UserId>,
    #[server(default)] claim: Claim,
) -> Result<(), Failure> {
    use crate::ssr::{flash, form, request};
    use domain::RegistrationStatus;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let key = form::sent_key(&idempotency_key, made_for, &actor);
    let viewer = service::registration::viewer_state(&ctx, &actor, competition).await?;
    let has_changed = match viewer.registration {
        // The seat is kept: something else was to be given up.
        Some(status) if claim != Claim::Seat && status.holds_seat() => {
            Some("You have a seat now. You can cancel your registration.")
        }
        Some(RegistrationStatus::Rejected) => Some("The organizer has rejected your registration."),
        _ => None,
    };
    if let Some(words) = has_changed {
        flash::set(words).await;
        leptos_axum::redirect(&address::competition(competition));
        return Ok(());
    }
    let outcome = form::and_then_async(key, async |key| {
        let cancelled =
            service::registration::cancel_registration(&ctx, &actor, competition, Some(key))
                .await?;
        Ok(cancelled.outcome?)
    })
    .await;
    form::redirect_back_with(FORM, &address::cancel_registration(competition), (), outcome).await?;
    flash::set(claim.done()).await;
    leptos_axum::redirect(&DashboardView::Registrations.address());
    Ok(())
}

/// The key of the form in the session.
#[cfg(feature = "ssr")]
const FORM: &str = "cancel_registration";

/// Cancelling a registration.
#[component]
pub fn CancelRegistrationPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let screen = Resource::new_blocking(move || id.get(), load_cancel_registration);
    let cancel_registration = ServerAction::<CancelRegistration>::new();
    Toasts::after(cancel_registration);
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen cancel_registration />
        </Loaded>
    }
}

#[component]
fn Content(
    screen: CancelRegistrationScreen,
    cancel_registration: ServerAction<CancelRegistration>,
) -> impl IntoView {
    let back = address::competition(screen.id);
    let what = screen.claim.unwrap_or_default().title();
    let error = error_of(cancel_registration, screen.start.error);
    let content = if screen.has_started {
        view! {
            <EmptyState title="It is too late to cancel">
                <p>"A registration can be cancelled until the competition starts."</p>
                <a class="btn btn-primary" href=back>"See the competition"</a>
            </EmptyState>
        }
        .into_any()
    } else if let Some(claim) = screen.claim {
        view! {
            <p class="max-w-prose text-lg">
                {claim.consequence(screen.others_wait)}
                {match screen.open_until {
                    Some(deadline) => view! {
                        "You can register again until " <LocalTime at=deadline />
                        {claim.condition(screen.others_wait)}
                    }
                    .into_any(),
                    None => "Registration has closed, so you cannot register again.".into_any(),
                }}
            </p>
            {(claim == Claim::Seat)
                .then(|| {
                    view! {
                        <p class="text-muted">
                            "If the competition is in your calendar, delete it there."
                        </p>
                    }
                })}
            <ActionForm action=cancel_registration attr:class="flex flex-wrap gap-3">
                <input type="hidden" name="competition" value=screen.id.to_string() />
                <input type="hidden" name="idempotency_key" value=screen.idempotency_key />
                <input type="hidden" name="claim" value=claim.as_str() />
                <MadeFor />
                <Submit pending=cancel_registration.pending() class="">
                    {claim.button()}
                </Submit>
                <a class="btn" href=back>
                    {claim.keep()}
                </a>
            </ActionForm>
        }
        .into_any()
    } else {
        view! {
            <EmptyState title="You're not registered for this competition">
                <a class="btn btn-primary" href=back>"See the competition"</a>
            </EmptyState>
        }
        .into_any()
    };
    view! {
        <Head title=format!("{what} for {}", screen.title) />
        <div class="form-page">
            <Heading>{what} " for " <bdi>{screen.title}</bdi> "?"</Heading>
            <ErrorSummary error />
            {content}
        </div>
    }
}
