//! The dashboard of a user.

use domain::Role;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{
    OrganizerScreen, ParticipantScreen, organizer::OrganizerDashboard,
    participant::ParticipantDashboard,
};
use crate::{
    components::{EmptyState, Head, Heading, Layout, Loaded},
    error::Failure,
    pages::{admin::QUEUES, dashboard_view::DashboardView, pictures, webhooks::address::WEBHOOKS},
    viewer::CurrentViewer,
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardScreen {
    /// Whether there is another view for the other role of the user.
    pub has_both_views: bool,
    /// The view.
    pub content: DashboardContent,
}

/// The data of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DashboardContent {
    /// Registrations.
    Participant(ParticipantScreen),
    /// Competitions.
    Organizer(OrganizerScreen),
    /// An administrator neither registers for competitions nor organizes them.
    Admin,
}

/// Loads the page, with one page of an organizer's competitions. Without a `view` of theirs, users
/// get that of the role that they signed up with.
#[server(prefix = "/fn", endpoint = "dashboard")]
pub async fn load_dashboard(
    #[server(default)] view: Option<String>,
    #[server(default)] page: Option<String>,
) -> Result<DashboardScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, request};
    use domain::Paging;
    use service::dashboard::{organizer, participant};

    /// The number of competitions on a page.
    const ON_A_PAGE: u64 = 20;
    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    let user = actor.user()?;
    let chosen = view.as_deref().and_then(DashboardView::parse).map(DashboardView::role);
    let content = match chosen.filter(|role| user.has_role(*role)).unwrap_or(user.role) {
        Role::Participant => {
            let own = participant(&ctx, &actor).await?;
            DashboardContent::Participant(ParticipantScreen::of(&ctx, own, &clock))
        }
        Role::Organizer => {
            let paging = Paging::of_page(page.as_deref(), ON_A_PAGE)?;
            let mine = organizer(&ctx, &actor, paging).await?;
            DashboardContent::Organizer(OrganizerScreen::of(mine, &clock, ctx.now()))
        }
        Role::Admin => DashboardContent::Admin,
    };
    let has_both_views = DashboardView::ALL.into_iter().all(|view| user.has_role(view.role()));
    Ok(DashboardScreen { has_both_views, content })
}

/// The dashboard.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let params = use_query_map();
    let source = Memo::new(move |_| params.with(|params| (params.get("view"), params.get("page"))));
    let load = |(view, page)| load_dashboard(view, page);
    let screen = Resource::new_blocking(move || source.get(), load);
    let role = expect_context::<CurrentViewer>().last_known().map(|user| user.role);
    let view = params.with_untracked(|params| params.get("view"));
    view! {
        <Loaded layout=layout(view.as_deref(), role) from=screen let(screen)>
            <Content screen />
        </Loaded>
    }
}

/// The layout of the view in the address, or of the one that the user gets without it.
fn layout(view: Option<&str>, role: Option<Role>) -> Layout {
    let competitions = DashboardView::Competitions;
    let has_totals = match view {
        Some(view) => competitions.is_named(view),
        None => role == Some(Role::Organizer),
    };
    if has_totals { Layout::Totals } else { Layout::Rows }
}

#[component]
fn Content(screen: DashboardScreen) -> impl IntoView {
    let DashboardScreen { has_both_views, content } = screen;
    let (shown, content) = match content {
        DashboardContent::Participant(screen) => {
            let content = view! { <ParticipantDashboard screen /> }.into_any();
            (Some(DashboardView::Registrations), content)
        }
        DashboardContent::Organizer(screen) => {
            let content = view! {
                <OrganizerDashboard screen />
                <LinkSection
                    id="pictures-title"
                    title="Pictures"
                    purpose="For the texts of your competitions."
                    href=pictures::PAGE
                    link="Your pictures"
                />
                <LinkSection
                    id="webhooks-title"
                    title="Webhooks"
                    purpose="For programs of yours that act on registrations and changes."
                    href=WEBHOOKS
                    link="Manage webhooks"
                />
            };
            (Some(DashboardView::Competitions), content.into_any())
        }
        DashboardContent::Admin => {
            let content = view! {
                <EmptyState title="Administration">
                    <p>"The queues show the background jobs and what has failed."</p>
                    <a class="btn btn-primary" href=QUEUES>"Open queues"</a>
                </EmptyState>
            };
            (None, content.into_any())
        }
    };
    let shown = shown.filter(|_| has_both_views);
    let title = shown.map_or("Dashboard", DashboardView::title);
    view! {
        <Head title />
        <div class="grid gap-8">
            <Heading>{title}</Heading>
            {shown.map(|shown| view! { <Views shown /> })}
            {content}
        </div>
    }
}

/// Links to the views, for a user with both roles.
#[component]
fn Views(shown: DashboardView) -> impl IntoView {
    let link = |view: DashboardView| {
        let is_shown = view == shown;
        view! {
            <li>
                <a
                    class="chip"
                    class:chip-on=is_shown
                    aria-current=is_shown.then_some("page")
                    href=view.address()
                >
                    {view.label()}
                </a>
            </li>
        }
    };
    view! {
        <nav aria-label="Views">
            <ul class="flex flex-wrap gap-2">{DashboardView::ALL.map(link).collect_view()}</ul>
        </nav>
    }
}

/// A section with a link to other pages.
#[component]
fn LinkSection(
    /// The id of the heading.
    id: &'static str,
    /// The heading.
    title: &'static str,
    /// What the pages are for.
    purpose: &'static str,
    /// Where they are.
    href: &'static str,
    /// The words of the link.
    link: &'static str,
) -> impl IntoView {
    view! {
        <section aria-labelledby=id class="grid gap-4">
            <h2 id=id class="subheading">
                {title}
            </h2>
            <p>{purpose}</p>
            <p>
                <a class="btn" href=href>
                    {link}
                </a>
            </p>
        </section>
    }
}
