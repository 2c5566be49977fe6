//! The site: header, pages, footer.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    Lazy, SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::{
    bundles::{
        Account, Cancel, CompetitionDetail, CompetitionList, Create, Dashboard, Discard, Edit,
        Forgot, Home, Leave, Login, Mailbox, Manage, Queues, Reset, Signup,
    },
    components::{Footer, Header, NavigationFocus, ScrollMemory, Toaster, Toasts},
    pages::NotFoundPage,
    viewer::CurrentViewer,
};

/// The whole site.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Browser tests wait for this mark: from now on the page answers to JavaScript.
    Effect::new(|| {
        if let Some(html) = document().document_element() {
            // Setting a well-formed attribute cannot fail.
            let _ = html.set_attribute("data-hydrated", "");
        }
    });
    view! {
        <Title formatter=|title| format!("{title} – Mini Compete") />
        <Router>
            <Site />
        </Router>
    }
}

/// What needs the router around it. Pages are sent whole (`Async`): streaming out of order needs JavaScript.
#[component]
fn Site() -> impl IntoView {
    CurrentViewer::provide();
    NavigationFocus::provide();
    ScrollMemory::provide();
    Toasts::provide();
    view! {
        <a href="#main" class="skip-link" rel="external">
            "Skip to content"
        </a>
        <Header />
        <main id="main" tabindex="-1" class="site-width site-main">
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view={Lazy::<Home>::new()} ssr=SsrMode::Async />
                <Route path=path!("/competitions") view={Lazy::<CompetitionList>::new()} ssr=SsrMode::Async />
                <Route
                    path=path!("/competitions/create")
                    view={Lazy::<Create>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id")
                    view={Lazy::<CompetitionDetail>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/edit")
                    view={Lazy::<Edit>::new()}
                    ssr=SsrMode::Async
                />
                <Route path=path!("/auth/login") view={Lazy::<Login>::new()} ssr=SsrMode::Async />
                <Route path=path!("/auth/signup") view={Lazy::<Signup>::new()} ssr=SsrMode::Async />
                <Route path=path!("/dashboard") view={Lazy::<Dashboard>::new()} ssr=SsrMode::Async />
                <Route path=path!("/mailbox") view={Lazy::<Mailbox>::new()} ssr=SsrMode::Async />
                <Route path=path!("/admin/queues") view={Lazy::<Queues>::new()} ssr=SsrMode::Async />
                <Route path=path!("/admin/queues/:id/discard") view={Lazy::<Discard>::new()} ssr=SsrMode::Async />
                <Route path=path!("/competitions/:id/manage") view={Lazy::<Manage>::new()} ssr=SsrMode::Async />
                <Route path=path!("/competitions/:id/cancel") view={Lazy::<Cancel>::new()} ssr=SsrMode::Async />
                <Route path=path!("/competitions/:id/leave") view={Lazy::<Leave>::new()} ssr=SsrMode::Async />
                <Route path=path!("/auth/forgot") view={Lazy::<Forgot>::new()} ssr=SsrMode::Async />
                <Route path=path!("/auth/reset") view={Lazy::<Reset>::new()} ssr=SsrMode::Async />
                <Route path=path!("/account") view={Lazy::<Account>::new()} ssr=SsrMode::Async />
            </Routes>
        </main>
        <Footer />
        <Toaster />
    }
}
