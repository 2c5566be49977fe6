//! Giving a place back, from the page of the competition or from the dashboard.

use domain::{CompetitionId, UserId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use crate::{
    Moment,
    components::{
        EmptyState, ErrorSummary, Head, Heading, Loaded, LocalTime, MadeFor, Submit, Toasts,
    },
    error::Failure,
    form::{Returned, problem_of},
};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveScreen {
    /// Which competition.
    pub id: CompetitionId,
    /// What it is called.
    pub title: String,
    /// Until when the participant could register again; `None` when registration is not open.
    pub returns_until: Option<Moment>,
    /// Whether there is a place to give back.
    pub holds_place: bool,
    /// Whether it is too late: the competition is over.
    pub is_over: bool,
    /// Why giving it back without JavaScript was refused just now, if it was.
    pub start: Returned<()>,
    /// Makes that a double click or a resend gives one place back.
    pub idempotency_key: String,
}

/// What the page shows; for participants.
#[server(prefix = "/fn", endpoint = "leave")]
pub async fn load_leave(id: String) -> Result<LeaveScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, form, request};
    use domain::Role;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    actor.require(Role::Participant)?;
    let id = request::competition(&id)?;
    let competition = service::competitions::get(&ctx, id).await?.competition;
    let viewer = service::registration::viewer_state(&ctx, &actor, id).await?;
    let holds_place = viewer.registration.is_some_and(|status| status.holds_seat());
    Ok(LeaveScreen {
        id,
        is_over: holds_place && !competition.is_cancelled() && competition.is_over(ctx.now()),
        holds_place: holds_place && !competition.is_cancelled(),
        returns_until: competition
            .is_open(ctx.now())
            .then(|| clock.there(competition.reg_deadline, &competition.time_zone)),
        title: competition.title,
        start: form::returned(FORM).await?,
        idempotency_key: service::idempotency::new_key(),
    })
}

/// Gives a place back and leads to the places that are left.
#[server(prefix = "/fn", endpoint = "give_back")]
pub async fn give_back(
    competition: CompetitionId,
    idempotency_key: String,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use crate::ssr::{flash, form, request};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let key = form::sent_key(&idempotency_key, made_for, &actor);
    let outcome = form::after(key, async |key| {
        let cancelled = service::registration::cancel(&ctx, &actor, competition, Some(key)).await?;
        Ok(cancelled.outcome?)
    })
    .await;
    form::settle(FORM, &leave(competition), (), outcome).await?;
    flash::set("Your registration is cancelled").await;
    leptos_axum::redirect("/dashboard");
    Ok(())
}

/// Under which a refusal waits for this page.
#[cfg(feature = "ssr")]
const FORM: &str = "give_back";

/// Where a place is given back.
pub(crate) fn leave(competition: CompetitionId) -> String {
    format!("/competitions/{competition}/leave")
}

/// Giving a place back.
#[component]
pub fn LeaveCompetitionPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let screen = Resource::new_blocking(move || id.get(), load_leave);
    let give_back = ServerAction::<GiveBack>::new();
    Toasts::after(give_back);
    view! {
        <Loaded from=screen let(screen)>
            <Content screen give_back />
        </Loaded>
    }
}

#[component]
fn Content(screen: LeaveScreen, give_back: ServerAction<GiveBack>) -> impl IntoView {
    let back = format!("/competitions/{}", screen.id);
    let problem = problem_of(give_back, screen.start.problem);
    let content = if screen.is_over {
        view! {
            <EmptyState title="This competition is over">
                <p>"A registration can be cancelled until the competition starts."</p>
                <a class="btn btn-primary" href=back>"See the competition"</a>
            </EmptyState>
        }
        .into_any()
    } else if screen.holds_place {
        view! {
            <p class="max-w-prose text-lg">
                "Your seat becomes available to others straight away. "
                {match screen.returns_until {
                    Some(deadline) => view! {
                        "You can register again until " <LocalTime at=deadline />
                        ", if a seat is left."
                    }
                    .into_any(),
                    None => "Registration has closed, so you cannot register again.".into_any(),
                }}
            </p>
            <ActionForm action=give_back attr:class="flex flex-wrap gap-3">
                <input type="hidden" name="competition" value=screen.id.to_string() />
                <input type="hidden" name="idempotency_key" value=screen.idempotency_key />
                <MadeFor />
                <Submit pending=give_back.pending() class="">"Cancel registration"</Submit>
                <a class="btn" href=back>"Keep registration"</a>
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
        <Head title=format!("Cancel your registration for {}", screen.title) />
        <div class="form-page">
            <Heading>"Cancel your registration for " {screen.title} "?"</Heading>
            <ErrorSummary problem />
            {content}
        </div>
    }
}
