//! The header of every page: navigation and account.

use domain::{Role, User};
use leptos::{either::Either, prelude::*, server_fn::ServerFn};
use leptos_router::components::A;

use crate::{
    components::{Awaited, Icon, Mark, Shape},
    pages::auth::LogOut,
    viewer::{CurrentViewer, Viewer},
};

/// The header of every page. On a phone the links are a row of their own, without a menu to open.
#[component]
pub(crate) fn Header() -> impl IntoView {
    let viewer = expect_context::<CurrentViewer>();
    let known = move || viewer.known();
    let links = move || async move {
        let Viewer { user, unread, .. } = known().await;
        user.map(|user| view! { <Links user unread /> })
    };
    let account = move || async move {
        match known().await.user {
            Some(user) => Either::Left(view! { <LoggedIn user /> }),
            None => Either::Right(view! { <LoggedOut /> }),
        }
    };
    view! {
        <header class="site-head">
            <div class="site-width">
                <A href="/" exact=true attr:class="brand">
                    <Mark />
                    "Mini Compete"
                </A>
                <nav aria-label="Main" class="site-nav">
                    <A href="/competitions" exact=true attr:class="nav-link">"Competitions"</A>
                    <Awaited content=links />
                </nav>
                <div class="site-account">
                    <Awaited content=account />
                </div>
            </div>
        </header>
    }
}

/// The links for a user who is logged in.
#[component]
fn Links(user: User, unread: u64) -> impl IntoView {
    view! {
        <A href="/dashboard" attr:class="nav-link">"Dashboard"</A>
        {user.has_role(Role::Organizer)
            .then(|| view! {
                <A href="/competitions/create" attr:class="nav-link">"New competition"</A>
            })}
        <A href="/mailbox" attr:class="nav-link">
            "Mailbox"
            {(unread > 0).then(|| view! { <Unread count=unread /> })}
        </A>
        {user.has_role(Role::Admin)
            .then(|| view! { <A href="/admin/queues" attr:class="nav-link">"Queues"</A> })}
    }
}

#[component]
fn LoggedOut() -> impl IntoView {
    view! {
        <A href="/auth/login" attr:class="nav-link">"Log in"</A>
        <A href="/auth/signup" attr:class="btn btn-primary ml-1">"Sign up"</A>
    }
}

#[component]
fn LoggedIn(user: User) -> impl IntoView {
    view! {
        <A href="/account" attr:class="nav-link">
            <Icon shape=Shape::Person />
            <span class="sr-only">"Account of "</span>
            <span class="site-who" dir="auto">
                {user.name}
            </span>
        </A>
        <form method="post" action=LogOut::url()>
            <button class="nav-link">"Log out"</button>
        </form>
    }
}

#[component]
fn Unread(count: u64) -> impl IntoView {
    view! {
        <span class="badge badge-sm badge-accent tabular-nums">
            // Set through the element, because translators replace text nodes.
            <span inner_html=count.to_string()></span>
            <span class="sr-only">" unread"</span>
        </span>
    }
}
