//! The site: header, pages, footer.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::{
    components::{Footer, Header, NavigationFocus},
    pages::{
        HomePage, NotFoundPage,
        account::AccountPage,
        auth::{ForgotPage, LoginPage, ResetPage, SignupPage},
        competitions::{CompetitionDetailPage, CompetitionListPage, CreateCompetitionPage},
        dashboard::DashboardPage,
        mailbox::MailboxPage,
    },
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
    view! {
        <a href="#main" class="skip-link" rel="external">
            "Skip to content"
        </a>
        <Header />
        <main id="main" tabindex="-1" class="site-width grow py-8 outline-none">
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                <Route path=path!("/competitions") view=CompetitionListPage ssr=SsrMode::Async />
                <Route
                    path=path!("/competitions/create")
                    view=CreateCompetitionPage
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id")
                    view=CompetitionDetailPage
                    ssr=SsrMode::Async
                />
                <Route path=path!("/auth/login") view=LoginPage ssr=SsrMode::Async />
                <Route path=path!("/auth/signup") view=SignupPage ssr=SsrMode::Async />
                <Route path=path!("/auth/forgot") view=ForgotPage ssr=SsrMode::Async />
                <Route path=path!("/auth/reset") view=ResetPage ssr=SsrMode::Async />
                <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async />
                <Route path=path!("/dashboard") view=DashboardPage ssr=SsrMode::Async />
                <Route path=path!("/mailbox") view=MailboxPage ssr=SsrMode::Async />
            </Routes>
        </main>
        <Footer />
    }
}
