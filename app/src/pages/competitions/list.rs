//! The list of open competitions.

use domain::{CompetitionQuery, MAX_COUNTED};
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{
    CardGrid, CardGridSkeleton, Listing, address,
    filters::{SearchForm, TagFilter},
};
use crate::{
    components::{Awaited, EmptyState, Head, Heading, Pagination, PastTheEnd, page_words},
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
    /// Counted from 1.
    pub page: u64,
    /// The number of pages.
    pub pages: u64,
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

    /// Divisible by two and by three columns.
    const ON_A_PAGE: &str = "12";
    let (ctx, clock) = (request::context()?, ViewerClock::of_request()?);
    let limit = query.limit.clone().or_else(|| Some(ON_A_PAGE.into()));
    let sort = Some(query.order_of_pages());
    let filter = CompetitionQuery { limit, sort, ..query.clone() }.check()?;
    let page = service::competitions::browse(&ctx, &filter).await?;
    let listing = |item| Listing::of(item, &clock, ctx.now());
    Ok(CompetitionListScreen {
        query,
        total: page.found.total,
        page: page.found.page,
        pages: page.found.pages(),
        listings: page.found.items.into_iter().map(listing).collect(),
        popular_tags: page.popular_tags,
        any_open: page.any_open,
    })
}

/// The list of open competitions.
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
    view! {
        <Head
            title="Competitions"
            description="Competitions that are open for registration."
            path=address::LIST
        />
        <div class="grid gap-6">
            <Heading>"Competitions"</Heading>
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

/// The number of matches, in words.
fn count(screen: &CompetitionListScreen) -> String {
    let found: String = match screen.total {
        0 => "No competitions found".into(),
        1 => "1 competition found".into(),
        MAX_COUNTED if screen.query.has_search() => "1,000+ competitions found".into(),
        total => format!("{total} competitions found"),
    };
    found + &page_words(screen.page, screen.pages)
}

#[component]
fn Results(screen: CompetitionListScreen) -> impl IntoView {
    let CompetitionListScreen { query, listings, page, pages, .. } = screen;
    let is_empty = listings.is_empty();
    view! {
        <TagFilter query=query.clone() popular=screen.popular_tags />
        {is_empty.then(|| view! { <Nothing any_open=screen.any_open total=screen.total /> })}
        <h2 class="sr-only">"Results"</h2>
        <CardGrid listings />
        <Pagination page pages href=move |page| address::at_page(&query, page) />
    }
}

/// No open competition, no match, and a page after the last one have different texts.
#[component]
fn Nothing(any_open: bool, total: u64) -> impl IntoView {
    match (any_open, total) {
        (false, _) => view! {
            <EmptyState title="No open competitions yet">
                <p>"Come back soon, or create one yourself."</p>
                <a class="btn btn-primary" href="/auth/signup?role=ORGANIZER">
                    "Sign up as an organizer"
                </a>
            </EmptyState>
        }
        .into_any(),
        (true, 0) => view! {
            <EmptyState title="No competitions match your search">
                <p>"Try fewer words or other tags."</p>
                <a class="btn btn-primary" href=address::LIST>"Show all competitions"</a>
            </EmptyState>
        }
        .into_any(),
        _ => view! { <PastTheEnd first=address::LIST.into() /> }.into_any(),
    }
}

/// The message for an invalid query.
#[component]
fn Unusable(failure: Failure) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::ssr::response::set_status(failure.0.code);
    view! {
        <EmptyState title="This list cannot be shown">
            <p role="alert">{failure.0.message}</p>
            <a class="btn btn-primary" href=address::LIST>"Show all competitions"</a>
        </EmptyState>
    }
}
