//! The dashboard of whoever is signed in.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    OrganizerScreen, ParticipantScreen, organizer::OrganizerDashboard,
    participant::ParticipantDashboard,
};
use crate::{
    components::{EmptyState, Head, Heading, Loaded},
    error::Failure,
    pages::admin::QUEUES,
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
    use crate::ssr::{clock::ViewerClock, request};
    use domain::Role;
    use service::dashboard::{organizer, participant};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    Ok(match actor.user()?.role {
        Role::Participant => {
            let places = participant(&ctx, &actor).await?;
            Dashboard::Participant(ParticipantScreen::of(places, &clock))
        }
        Role::Organizer => {
            let mine = organizer(&ctx, &actor).await?;
            Dashboard::Organizer(OrganizerScreen::of(mine, &clock, ctx.now()))
        }
        Role::Admin => Dashboard::Admin,
    })
}

/// The dashboard.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let screen = Resource::new_blocking(|| (), |()| load_dashboard());
    view! {
        <Loaded from=screen let(screen)>
            <Content screen />
        </Loaded>
    }
}

#[component]
fn Content(screen: Dashboard) -> impl IntoView {
    let content = match screen {
        Dashboard::Participant(screen) => view! { <ParticipantDashboard screen /> }.into_any(),
        Dashboard::Organizer(screen) => view! { <OrganizerDashboard screen /> }.into_any(),
        Dashboard::Admin => view! {
            <EmptyState title="You keep this site running">
                <p>"What it does in the background, and what failed there, is in the queues."</p>
                <a class="btn btn-primary" href=QUEUES>"See the queues"</a>
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
