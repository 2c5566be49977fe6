//! The dashboard of whoever is signed in.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
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

/// What the dashboard shows; of an organizer's competitions, the page that is asked for.
#[server(prefix = "/fn", endpoint = "dashboard")]
pub async fn load_dashboard(#[server(default)] page: Option<String>) -> Result<Dashboard, Failure> {
    use crate::ssr::{clock::ViewerClock, request};
    use domain::{Paging, Role};
    use service::dashboard::{organizer, participant};

    /// As many as fit on a few screens.
    const ON_A_PAGE: u64 = 20;
    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    Ok(match actor.user()?.role {
        Role::Participant => {
            let places = participant(&ctx, &actor).await?;
            Dashboard::Participant(ParticipantScreen::of(places, &clock))
        }
        Role::Organizer => {
            let paging = Paging::of_page(page.as_deref(), ON_A_PAGE)?;
            let mine = organizer(&ctx, &actor, paging).await?;
            Dashboard::Organizer(OrganizerScreen::of(mine, &clock, ctx.now()))
        }
        Role::Admin => Dashboard::Admin,
    })
}

/// The dashboard.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let params = use_query_map();
    let page = Memo::new(move |_| params.read().get("page"));
    let screen = Resource::new_blocking(move || page.get(), load_dashboard);
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
            <EmptyState title="Administration">
                <p>"The queues show the background jobs and what has failed."</p>
                <a class="btn btn-primary" href=QUEUES>"Open queues"</a>
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
