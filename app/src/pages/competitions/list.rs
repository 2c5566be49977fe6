//! The list of competitions.

use domain::{CompetitionQuery, CompetitionStatus, grouped};
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{
    CardGrid, CardGridSkeleton, Listing, address,
    filters::{SearchForm, TagFilter},
};
use crate::{
    components::{
        Awaited, EmptyState, Head, Heading, NavigationFocus, PageTitle, Pagination, PastTheEnd,
        page_words,
    },
    error::Failure,
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompetitionListScreen {
    /// The query of the address.
    pub query: CompetitionQuery,
    /// The competitions of this page.
    pub listings: Vec<Listing>,
    /// The number of matches, on all pages.
    pub total: u64,
    /// Whether there may be more.
    pub is_estimate: bool,
    /// Counted from 1.
    pub page: u64,
    /// The number of pages.
    pub pages: u64,
    /// The name of the organizer whose competitions are asked for, if they have public ones.
    pub organizer: Option<String>,
    /// Tags to filter by.
    pub popular_tags: Vec<String>,
    /// Whether any competition is open at all.
    pub any_open: bool,
}

/// Loads the competitions that match.
#[server(prefix = "/fn", endpoint = "competitions")]
pub async fn load_competition_list(
    #[server(default)] query: CompetitionQuery,
) -> Result<CompetitionListScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, request};
    use domain::{MAX_COUNTED, TimeZoneName};

    /// Divisible by two and by three columns.
    const ON_A_PAGE: &str = "12";
    let (ctx, clock) = (request::context()?, ViewerClock::of_request()?);
    let limit = query.limit.clone().or_else(|| Some(ON_A_PAGE.into()));
    let sort = Some(query.order_of_pages());
    let mut filter = CompetitionQuery { limit, sort, ..query.clone() }.check()?;
    if let Some(zone) = clock.zone().and_then(|zone| TimeZoneName::parse(zone).ok()) {
        filter.time_zone = zone;
    }
    let page = service::competitions::browse(&ctx, &filter).await?;
    let pages = page.found.pages();
    let listings = Listing::all(&ctx, &clock, page.found.items).await?;
    let organizer = match filter.organizer_id {
        Some(id) => service::competitions::organizer_name(&ctx, id).await?,
        None => None,
    };
    Ok(CompetitionListScreen {
        organizer,
        query,
        is_estimate: filter.is_estimated() && page.found.total == MAX_COUNTED,
        total: page.found.total,
        page: page.found.page,
        pages,
        listings,
        popular_tags: page.popular_tags,
        any_open: page.any_open,
    })
}

/// The list of competitions.
#[component]
pub fn CompetitionListPage() -> impl IntoView {
    let params = use_query_map();
    let query = Memo::new(move |_| address::read(&params.read()));
    let screen = Resource::new_blocking(move || query.get(), load_competition_list);
    let results = move || async move {
        match screen.await {
            Ok(screen) => Either::Left(view! { <Results screen /> }),
            Err(failure) => Either::Right(view! { <Unusable failure /> }),
        }
    };
    // The list of an organizer is a page of its own; the other filters are not.
    let path = query.with_untracked(|query| {
        let organizer_id = query.organizer_id.clone();
        address::href(&CompetitionQuery { organizer_id, ..Default::default() })
    });
    view! {
        <Head
            title="Competitions"
            description="Competitions that are open for registration, and past ones."
            path=path
        />
        <div class="grid gap-6">
            <Heading>
                "Competitions"
                <Awaited content=move || async move {
                    of_organizer(screen.await.ok().and_then(|screen| screen.organizer))
                } />
            </Heading>
            <SearchForm query />
            // The element stays while its content changes, because screen readers announce changes
            // inside an existing live region.
            <p role="status" class="font-semibold">
                <Awaited content=move || async move {
                    screen.await.map(|screen| count(&screen)).ok()
                } />
            </p>
            <Awaited fallback=CardGridSkeleton content=results />
        </div>
    }
}

/// The end of the heading, and the title of the page: for the competitions of one organizer, their
/// name.
fn of_organizer(name: Option<String>) -> impl IntoView {
    let title = match &name {
        Some(name) => format!("Competitions of {name}"),
        None => "Competitions".to_owned(),
    };
    view! {
        // An element, because two texts beside each other would be one in the browser.
        {name.map(|name| view! { <span>" of " <bdi>{name}</bdi></span> })}
        <PageTitle title />
    }
}

/// The number of matches, in words.
fn count(screen: &CompetitionListScreen) -> String {
    let found: String = match screen.total {
        0 => "No competitions found".into(),
        1 => "1 competition found".into(),
        _ if screen.is_estimate => "1,000+ competitions found".into(),
        total => format!("{} competitions found", grouped(total)),
    };
    found + &page_words(screen.page, screen.pages)
}

#[component]
fn Results(screen: CompetitionListScreen) -> impl IntoView {
    let CompetitionListScreen { query, listings, page, pages, .. } = screen;
    let is_empty = listings.is_empty();
    let (any_open, total) = (screen.any_open, screen.total);
    let nothing = is_empty.then(|| view! { <Nothing query=query.clone() any_open total /> });
    view! {
        <TagFilter query=query.clone() popular=screen.popular_tags />
        {nothing}
        <h2 class="sr-only">"Results"</h2>
        <CardGrid listings />
        <Pagination page pages href=move |page| address::at_page(&query, page) />
    }
}

/// No open competition, none of another status, no match, and a page after the last one have
/// different texts.
#[component]
fn Nothing(query: CompetitionQuery, any_open: bool, total: u64) -> impl IntoView {
    let first = address::at_page(&query, 1);
    let empty = match (query.status(), query.is_filtered()) {
        _ if total > 0 => return view! { <PastTheEnd first /> }.into_any(),
        (CompetitionStatus::Closed, false) => (
            "No competitions have closed and not started",
            "Competitions are listed here when their registration has closed, until they start.",
        ),
        (CompetitionStatus::Over, false) => (
            "No competitions have started yet",
            "Competitions are listed here when they have started.",
        ),
        (CompetitionStatus::Open, _) if !any_open => {
            return view! {
                <EmptyState title="No open competitions yet">
                    <p>"Come back soon, or create one yourself."</p>
                    // External: a user who is logged in is redirected.
                    <a class="btn btn-primary" href="/auth/signup?role=ORGANIZER" rel="external">
                        "Sign up as an organizer"
                    </a>
                </EmptyState>
            }
            .into_any();
        }
        _ if query.has_search() => {
            ("No competitions match your search", "Try fewer words or other filters.")
        }
        _ => ("No competitions match these filters", "Choose another status, or fewer filters."),
    };
    let (title, advice) = empty;
    view! {
        <EmptyState title>
            <p>{advice}</p>
            <a class="btn btn-primary" href=address::LIST>"Show open competitions"</a>
        </EmptyState>
    }
    .into_any()
}

/// The message for an invalid query.
#[component]
fn Unusable(failure: Failure) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::ssr::response::set_status(failure.0.code);
    let alert = NodeRef::new();
    expect_context::<NavigationFocus>().restore_or(alert);
    view! {
        <EmptyState title="This list cannot be shown">
            <p node_ref=alert tabindex="-1" role="alert">{failure.0.message}</p>
            <a class="btn btn-primary" href=address::LIST>"Show open competitions"</a>
        </EmptyState>
    }
}
