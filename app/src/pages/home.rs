//! The way in.

use leptos::{either::EitherOf3, prelude::*};

use super::competitions::{CompetitionCard, Listing};
use crate::{
    components::{EmptyState, Head, Heading, Icon, Shape},
    error::Failure,
};

/// The competitions that close soonest.
#[server(prefix = "/fn", endpoint = "closing_soon")]
pub async fn load_closing_soon() -> Result<Vec<Listing>, Failure> {
    use crate::ssr::request;

    /// Three rows of two.
    const SHOWN: u64 = 6;
    let ctx = request::context();
    let found = service::competitions::closing_soon(&ctx, SHOWN).await?;
    Ok(found.into_iter().map(|detail| Listing::of(detail, ctx.now())).collect())
}

/// The way in.
#[component]
pub fn HomePage() -> impl IntoView {
    let soon = Resource::new_blocking(|| (), |()| load_closing_soon());
    view! {
        <Head title="Find a competition and hold your place" path="/" />
        <Promise />
        <section aria-labelledby="closing-soon" class="grid gap-5">
            <div class="flex flex-wrap items-baseline justify-between gap-x-6">
                <h2 id="closing-soon" class="subheading">"Closing soon"</h2>
                <a class="quiet-link" href="/competitions?sort=deadline">"See all competitions"</a>
            </div>
            <Transition>
                {move || Suspend::new(async move {
                    match soon.await {
                        Ok(listings) if listings.is_empty() => {
                            EitherOf3::A(view! {
                                <EmptyState title="No competition is open yet">
                                    <p>"Be the first to set one up, or come back soon."</p>
                                </EmptyState>
                            })
                        }
                        Ok(listings) => {
                            let card = |listing| view! { <li><CompetitionCard listing /></li> };
                            EitherOf3::B(view! {
                                <ul class="card-grid">
                                    {listings.into_iter().map(card).collect_view()}
                                </ul>
                            })
                        }
                        Err(Failure(error)) => {
                            EitherOf3::C(view! { <p role="alert">{error.message}</p> })
                        }
                    }
                })}
            </Transition>
        </section>
        <section class="band mt-14">
            <div class="grid gap-2">
                <h2 class="subheading">"Running a competition?"</h2>
                <p class="max-w-prose">
                    "Set the number of places and a deadline. Registrations, confirmations and reminders take care of themselves."
                </p>
            </div>
            <a class="btn btn-accent" href="/auth/signup?role=ORGANIZER">"Start as an organizer"</a>
        </section>
    }
}

/// The promise, and the search.
#[component]
fn Promise() -> impl IntoView {
    view! {
        <section class="promise">
            <div class="grid gap-6">
                <Heading>"Find a competition. Hold your place."</Heading>
                <p class="max-w-prose text-lg sm:text-xl">
                    "Register in one click: when we say a place is yours, it is yours, and no two people ever hold the same one."
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
                    <button class="btn btn-primary">
                        <Icon shape=Shape::Search />
                        "Search"
                    </button>
                </form>
            </div>
            <PromiseTicket />
        </section>
    }
}

/// A ticket, for decoration.
#[component]
fn PromiseTicket() -> impl IntoView {
    view! {
        <svg class="promise-ticket" viewBox="0 0 336 176" aria-hidden="true" focusable="false">
            <path
                class="fill-primary"
                d="M12 0h312a12 12 0 0 1 12 12v58a18 18 0 0 0 0 36v58a12 12 0 0 1-12 12H12a12 12 0 0 1-12-12v-58a18 18 0 0 0 0-36V12A12 12 0 0 1 12 0z"
            />
            <path class="stroke-base-200" stroke-width="3" stroke-dasharray="2 9" stroke-linecap="round" d="M242 14v150" />
            <g class="fill-primary-content">
                <text x="34" y="62" font-size="17">"This place is"</text>
                <text x="34" y="112" font-size="46">"yours."</text>
                <rect x="34" y="134" width="180" height="3" rx="1.5" />
            </g>
            <circle class="fill-accent" cx="289" cy="70" r="27" />
            <path
                class="fill-none stroke-accent-content"
                stroke-width="6"
                stroke-linecap="round"
                stroke-linejoin="round"
                d="M277 71l9 10l16-20"
            />
            <text class="fill-primary-content" x="289" y="132" font-size="17" text-anchor="middle">"1 of 1"</text>
        </svg>
    }
}
