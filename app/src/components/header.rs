//! The head of every page: the way around, and who is signed in.

use domain::{Role, User};
use leptos::{either::Either, prelude::*};
use leptos_router::components::A;

use crate::viewer::CurrentViewer;

/// The head of every page.
#[component]
pub(crate) fn Header() -> impl IntoView {
    let viewer = expect_context::<CurrentViewer>();
    view! {
        <header class="border-b border-base-300 bg-base-100">
            <div class="site-width flex flex-wrap items-center justify-between gap-x-6 gap-y-1 py-2">
                <A href="/" exact=true attr:class="brand">
                    <Logo />
                    "Mini Compete"
                </A>
                <nav aria-label="Main" class="-ml-2.5 flex flex-wrap items-center gap-x-1">
                    <A href="/competitions" exact=true attr:class="nav-link">"Competitions"</A>
                    <Transition>
                        {move || Suspend::new(async move {
                            // A viewer who cannot be loaded is shown what strangers see.
                            let known = viewer.resource.await.unwrap_or_default();
                            match known.user {
                                Some(user) => {
                                    Either::Left(view! { <SignedIn user unread=known.unread /> })
                                }
                                None => Either::Right(view! { <SignedOut /> }),
                            }
                        })}
                    </Transition>
                </nav>
            </div>
        </header>
    }
}

/// A ticket with a torn edge.
#[component]
fn Logo() -> impl IntoView {
    view! {
        <svg class="size-7" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path
                fill="currentColor"
                d="M3 8h26v5a3 3 0 0 0 0 6v5H3v-5a3 3 0 0 0 0-6zM20 10v3h2v-3zm0 5v3h2v-3zm0 5v2h2v-2z"
                fill-rule="evenodd"
            />
        </svg>
    }
}

#[component]
fn SignedOut() -> impl IntoView {
    view! {
        <A href="/auth/login" attr:class="nav-link">"Log in"</A>
        <A href="/auth/signup" attr:class="btn btn-primary ml-1">"Sign up"</A>
    }
}

#[component]
fn SignedIn(user: User, unread: u64) -> impl IntoView {
    let log_out = expect_context::<CurrentViewer>().log_out;
    let is_organizer = user.role == Role::Organizer;
    view! {
        <A href="/dashboard" attr:class="nav-link">"Dashboard"</A>
        {is_organizer
            .then(|| {
                view! { <A href="/competitions/create" attr:class="nav-link">"Create"</A> }
            })}
        <A href="/mailbox" attr:class="nav-link">
            "Mailbox"
            {(unread > 0).then(|| view! { <Unread count=unread /> })}
        </A>
        <ActionForm action=log_out attr:class="flex items-center">
            <A href="/account" attr:class="nav-link">
                <span class="sr-only">"Account of "</span>
                <span class="max-w-40 truncate">{user.name}</span>
            </A>
            <button class="nav-link cursor-pointer">"Log out"</button>
        </ActionForm>
    }
}

#[component]
fn Unread(count: u64) -> impl IntoView {
    view! {
        <span class="badge badge-sm badge-accent ml-1.5 tabular-nums">
            {count}<span class="sr-only">" unread"</span>
        </span>
    }
}
