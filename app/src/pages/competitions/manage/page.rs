//! The page to manage a competition with.

use domain::{CompetitionId, RegistrationStatus, RosterQuery, RosterSort, RosterTotals};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use super::{address, roster::Roster, totals::Totals};
use crate::{
    Moment,
    components::{Head, Heading, Loaded, ViewerTime},
    error::Failure,
    pages::competitions::{Availability, AvailabilityBadge},
};

/// A registration in the roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterRow {
    /// Who takes part.
    pub name: String,
    /// Their address.
    pub email: String,
    /// How far the registration has come.
    pub status: RegistrationStatus,
    /// When the seat was taken.
    pub registered_at: Moment,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManageScreen {
    /// Which competition.
    pub id: CompetitionId,
    /// What it is called.
    pub title: String,
    /// Whether it can be joined.
    pub availability: Availability,
    /// Places in all.
    pub capacity: u32,
    /// Places nobody holds.
    pub seats_left: u32,
    /// When it was cancelled, if it was.
    pub cancelled_at: Option<Moment>,
    /// Whether it can still be cancelled: it is not over.
    pub can_be_cancelled: bool,
    /// Whether the viewer runs it; administrators look on.
    pub is_owner: bool,
    /// All registrations in numbers.
    pub totals: RosterTotals,
    /// What was asked for.
    pub query: RosterQuery,
    /// The order that this means.
    pub sort: RosterSort,
    /// The registrations of this page.
    pub rows: Vec<RosterRow>,
    /// How many match, on all pages.
    pub total: u64,
    /// Counted from 1.
    pub page: u64,
    /// How many pages there are.
    pub pages: u64,
}

/// A competition and who is registered for it, for those who may see that.
#[server(prefix = "/fn", endpoint = "manage_competition")]
pub async fn load_manage(
    id: String,
    #[server(default)] query: RosterQuery,
) -> Result<ManageScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, request};

    /// As many as fit on a screen or two.
    const ON_A_PAGE: &str = "25";
    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    let id = request::competition(&id)?;
    let limit = query.limit.clone().or_else(|| Some(ON_A_PAGE.into()));
    let filter = RosterQuery { limit, ..query.clone() }.check()?;
    let roster = service::registration::browse_roster(&ctx, &actor, id, &filter).await?;
    let competition = service::competitions::get(&ctx, id).await?.competition;
    let row = |entry: domain::RosterEntry| RosterRow {
        name: entry.user.name,
        email: entry.user.email,
        status: entry.registration.status,
        registered_at: clock.here(entry.registration.registered_at),
    };
    Ok(ManageScreen {
        id,
        availability: Availability::of(&competition, ctx.now()),
        capacity: competition.capacity,
        seats_left: competition.seats_left,
        cancelled_at: competition.cancelled_at.map(|at| clock.here(at)),
        can_be_cancelled: !competition.is_cancelled() && !competition.is_over(ctx.now()),
        is_owner: actor.user()?.id == competition.organizer_id,
        title: competition.title,
        totals: roster.totals,
        query,
        sort: filter.sort,
        total: roster.found.total,
        page: roster.found.page,
        pages: roster.found.pages(),
        rows: roster.found.items.into_iter().map(row).collect(),
    })
}

/// The page to manage a competition with.
#[component]
pub fn ManageCompetitionPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| {
        (params.read().get("id").unwrap_or_default(), address::read(&query.read()))
    });
    let screen = Resource::new_blocking(move || asked.get(), |(id, query)| load_manage(id, query));
    view! {
        <Loaded from=screen let(screen)>
            <Content screen />
        </Loaded>
    }
}

#[component]
fn Content(screen: ManageScreen) -> impl IntoView {
    let (id, title) = (screen.id, screen.title.clone());
    let may_change = screen.is_owner && screen.cancelled_at.is_none();
    let cancelled = screen.cancelled_at.clone().map(|at| {
        view! {
            <p class="band">
                <span>
                    "This competition was cancelled on " <ViewerTime at />
                    ". Everyone who was registered will be notified."
                </span>
            </p>
        }
    });
    view! {
        <Head title=format!("Manage {}", screen.title) />
        <div class="grid gap-8">
            <div class="grid gap-3">
                <p>
                    <a class="quiet-link" href=format!("/competitions/{id}")>"View public page"</a>
                </p>
                <p><AvailabilityBadge availability=screen.availability /></p>
                <Heading>"Manage " {title}</Heading>
                {may_change
                    .then(|| {
                        view! {
                            <ul class="flex flex-wrap gap-2">
                                <li>
                                    <a class="btn btn-outline" href=format!("/competitions/{id}/edit")>
                                        "Edit"
                                    </a>
                                </li>
                                {screen
                                    .can_be_cancelled
                                    .then(|| {
                                        view! {
                                            <li>
                                                <a
                                                    class="btn btn-outline"
                                                    href=format!("/competitions/{id}/cancel")
                                                >
                                                    "Cancel competition"
                                                </a>
                                            </li>
                                        }
                                    })}
                            </ul>
                        }
                    })}
            </div>
            {cancelled}
            <Totals
                totals=screen.totals
                is_cancelled=screen.cancelled_at.is_some()
                capacity=screen.capacity
                seats_left=screen.seats_left
            />
            <Roster screen />
        </div>
    }
}
