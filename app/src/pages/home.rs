//! The home page.

use leptos::{either::EitherOf3, prelude::*};

use super::competitions::{CardGrid, CardGridSkeleton, Listing};
use crate::{
    components::{Awaited, EmptyState, Head, Heading, Icon, Mark, Shape},
    error::Failure,
};

/// The competitions whose registration closes soonest.
#[server(prefix = "/fn", endpoint = "closing_soon")]
pub async fn load_closing_soon() -> Result<Vec<Listing>, Failure> {
    use crate::ssr::{clock::ViewerClock, request};

    /// Three rows of two.
    const SHOWN: u64 = 6;
    let (ctx, clock) = (request::context()?, ViewerClock::of_request()?);
    let found = service::competitions::closing_soon(&ctx, SHOWN).await?;
    Listing::all(&ctx, &clock, found).await
}

/// The home page.
#[component]
pub fn HomePage() -> impl IntoView {
    let soon = Resource::new_blocking(|| (), |()| load_closing_soon());
    let cards = move || async move {
        match soon.await {
            Ok(listings) if listings.is_empty() => EitherOf3::A(view! {
                <EmptyState title="No open competitions yet">
                    <p>"Create the first one, or come back soon."</p>
                </EmptyState>
            }),
            Ok(listings) => EitherOf3::B(view! { <CardGrid listings /> }),
            Err(Failure(error)) => EitherOf3::C(view! { <p role="alert">{error.message}</p> }),
        }
    };
    view! {
        <Head title="Find a competition and save your seat" path="/" />
        <Promise />
        <section aria-labelledby="closing-soon" class="grid gap-5">
            <div class="flex flex-wrap items-baseline justify-between gap-x-6">
                <h2 id="closing-soon" class="subheading">"Closing soon"</h2>
                <a class="quiet-link" href="/competitions?sort=deadline">"See all competitions"</a>
            </div>
            <Awaited fallback=CardGridSkeleton content=cards />
        </section>
        <section class="band mt-12">
            <div class="grid gap-2">
                <h2 class="subheading">"Running a competition?"</h2>
                <p class="max-w-prose">
                    "Set a capacity and a closing date. Registrations, confirmations and reminders \
                        are automatic."
                </p>
            </div>
            // External: a user who is logged in is redirected.
            <a class="btn btn-accent" href="/auth/signup?role=ORGANIZER" rel="external">
                "Sign up as an organizer"
            </a>
        </section>
    }
}

/// The promise and the search, in the form of a ticket.
#[component]
fn Promise() -> impl IntoView {
    view! {
        <section class="promise">
            <div class="promise-body">
                <Heading>"Find a competition. Save your seat."</Heading>
                <p class="max-w-prose text-lg sm:text-xl">
                    "Register in one click. A confirmed seat stays yours: no competition is ever \
                        overbooked."
                </p>
                <form action="/competitions" role="search" class="flex max-w-2xl flex-wrap gap-2">
                    <label for="search" class="sr-only">"Search competitions"</label>
                    <input
                        class="input min-w-0 grow basis-60"
                        id="search"
                        name="search"
                        type="search"
                        placeholder="Coding, design, data…"
                    />
                    <button class="btn btn-accent">
                        <Icon shape=Shape::Search />
                        "Search"
                    </button>
                </form>
            </div>
            <div class="promise-stub" aria-hidden="true">
                <Mark />
            </div>
        </section>
    }
}
