//! The dashboard of whoever is signed in.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    OrganizerScreen, ParticipantScreen, organizer::OrganizerDashboard,
    participant::ParticipantDashboard,
};
use crate::{
    components::{EmptyState, FailureView, Head, Heading},
    error::Failure,
};

/// What the dashboard shows, for each role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dashboard {
    /// Places held.
    Participant(ParticipantScreen),
    /// Competitions run.
    Organizer(OrganizerScreen),
    /// An administrator neither takes part nor runs competitions.
    Admin,
}

/// What the dashboard shows.
#[server(prefix = "/fn", endpoint = "dashboard")]
pub async fn load_dashboard() -> Result<Dashboard, Failure> {
    use crate::ssr::request;
    use domain::Role;
    use service::dashboard::{organizer, participant};

    let (ctx, actor) = (request::context(), request::actor());
    Ok(match actor.user()?.role {
        Role::Participant => Dashboard::Participant(participant(&ctx, &actor).await?.into()),
        Role::Organizer => {
            Dashboard::Organizer(OrganizerScreen::of(organizer(&ctx, &actor).await?, ctx.now()))
        }
        Role::Admin => Dashboard::Admin,
    })
}

/// The dashboard.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let screen = Resource::new_blocking(|| (), |()| load_dashboard());
    view! {
        <Transition fallback=|| view! { <div class="skeleton h-96" aria-hidden="true"></div> }>
            {move || Suspend::new(async move {
                match screen.await {
                    Ok(screen) => view! { <Content screen /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Content(screen: Dashboard) -> impl IntoView {
    let content = match screen {
        Dashboard::Participant(screen) => view! { <ParticipantDashboard screen /> }.into_any(),
        Dashboard::Organizer(screen) => view! { <OrganizerDashboard screen /> }.into_any(),
        Dashboard::Admin => view! {
            <EmptyState title="Nothing needs you here">
                <p>"Administrators keep the installation running; they do not take part."</p>
            </EmptyState>
        }
        .into_any(),
    };
    view! {
        <Head title="Dashboard" />
        <div class="grid gap-8">
            <Heading>"Dashboard"</Heading>
            {content}
        </div>
    }
}
