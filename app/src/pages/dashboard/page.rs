//! The dashboard of a user.

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
    pages::{admin::QUEUES, webhooks::address::WEBHOOKS},
};

/// The data of the page, for each role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DashboardScreen {
    /// Registrations.
    Participant(ParticipantScreen),
    /// Competitions.
    Organizer(OrganizerScreen),
    /// An administrator neither registers for competitions nor organizes them.
    Admin,
}

/// Loads the page, with one page of an organizer's competitions.
#[server(prefix = "/fn", endpoint = "dashboard")]
pub async fn load_dashboard(
    #[server(default)] page: Option<String>,
) -> Result<DashboardScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, request};
    use domain::{Paging, Role};
    use service::dashboard::{organizer, participant};

    /// The number of competitions on a page.
    const ON_A_PAGE: u64 = 20;
    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    Ok(match actor.user()?.role {
        Role::Participant => {
            let own = participant(&ctx, &actor).await?;
            DashboardScreen::Participant(ParticipantScreen::of(&ctx, own, &clock))
        }
        Role::Organizer => {
            let paging = Paging::of_page(page.as_deref(), ON_A_PAGE)?;
            let mine = organizer(&ctx, &actor, paging).await?;
            DashboardScreen::Organizer(OrganizerScreen::of(mine, &clock, ctx.now()))
        }
        Role::Admin => DashboardScreen::Admin,
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
fn Content(screen: DashboardScreen) -> impl IntoView {
    let content = match screen {
        DashboardScreen::Participant(screen) => {
            view! { <ParticipantDashboard screen /> }.into_any()
        }
        DashboardScreen::Organizer(screen) => view! {
            <OrganizerDashboard screen />
            <WebhooksSection />
        }
        .into_any(),
        DashboardScreen::Admin => view! {
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

/// The way to the webhooks, which have pages of their own.
#[component]
fn WebhooksSection() -> impl IntoView {
    view! {
        <section aria-labelledby="webhooks-title" class="grid gap-4">
            <h2 id="webhooks-title" class="subheading">"Webhooks"</h2>
            <p>"For programs of yours that act on registrations and changes."</p>
            <p>
                <a class="btn" href=WEBHOOKS>
                    "Manage webhooks"
                </a>
            </p>
        </section>
    }
}
