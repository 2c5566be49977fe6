//! The site: header, pages, footer.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    Lazy, SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    bundles::{accounts, admin, discover, integrate, organize, own},
    components::{NavigationFocus, ScrollMemory, Toaster, Toasts},
    email_note::EmailNote,
    footer::Footer,
    header::Header,
    pages::NotFoundPage,
    viewer::CurrentViewer,
};

/// The whole site.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title| format!("{title} – Mini Compete") />
        <Router>
            <Site />
        </Router>
    }
}

/// The site within the router. Pages are sent whole (`Async`), because out-of-order streaming needs
/// JavaScript.
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
        <EmailNote />
        <main id="main" tabindex="-1" class="site-width site-main">
            <FlatRoutes fallback=NotFoundPage>
                <Route
                    path=path!("/")
                    view={Lazy::<discover::HomePage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions")
                    view={Lazy::<discover::CompetitionListPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/create")
                    view={Lazy::<organize::CreateCompetitionPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id")
                    view={Lazy::<discover::CompetitionDetailPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/edit")
                    view={Lazy::<organize::EditCompetitionPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/auth/login")
                    view={Lazy::<accounts::LoginPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/auth/signup")
                    view={Lazy::<accounts::SignupPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard")
                    view={Lazy::<own::DashboardPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/mailbox")
                    view={Lazy::<own::MailboxPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/admin/queues")
                    view={Lazy::<admin::QueuesPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/admin/queues/:id/discard")
                    view={Lazy::<admin::DiscardJobPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/manage")
                    view={Lazy::<organize::ManageOverviewPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/manage/participants")
                    view={Lazy::<organize::ParticipantsPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/manage/waiting-list")
                    view={Lazy::<organize::WaitingListPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/manage/check-in-list")
                    view={Lazy::<organize::CheckInListPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/manage/messages")
                    view={Lazy::<organize::MessagesPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/manage/messages/write")
                    view={Lazy::<organize::WriteMessagePage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/manage/messages/:messageId")
                    view={Lazy::<organize::MessagePage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/manage/messages/:messageId/edit")
                    view={Lazy::<organize::EditMessagePage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/manage/settings")
                    view={Lazy::<organize::ManageSettingsPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/registrations/:registrationId")
                    view={Lazy::<organize::ParticipantPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/cancel")
                    view={Lazy::<organize::CancelCompetitionPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/cancel-registration")
                    view={Lazy::<own::CancelRegistrationPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/register")
                    view={Lazy::<own::RegisterPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/answers")
                    view={Lazy::<own::AnswersPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/pictures")
                    view={Lazy::<organize::PicturesPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/cover")
                    view={Lazy::<organize::CoverPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/questions")
                    view={Lazy::<organize::QuestionsPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/access")
                    view={Lazy::<organize::AccessPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/competitions/:id/invitations")
                    view={Lazy::<organize::InvitationsPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/auth/forgot")
                    view={Lazy::<accounts::ForgotPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/auth/reset")
                    view={Lazy::<accounts::ResetPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/auth/verify-email")
                    view={Lazy::<accounts::VerifyEmailPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/account/email")
                    view={Lazy::<accounts::EmailPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/account/sessions")
                    view={Lazy::<accounts::SessionsPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/account")
                    view={Lazy::<accounts::AccountPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/unsubscribe/:key/:kind")
                    view={Lazy::<accounts::UnsubscribePage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/account/tokens")
                    view={Lazy::<integrate::TokensPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/account/tokens/:id/revoke")
                    view={Lazy::<integrate::RevokeTokenPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/account/calendar")
                    view={Lazy::<integrate::CalendarFeedPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/account/calendar/remove")
                    view={Lazy::<integrate::RemoveCalendarFeedPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/webhooks")
                    view={Lazy::<integrate::WebhooksPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/webhooks/:id")
                    view={Lazy::<integrate::WebhookPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/webhooks/:id/edit")
                    view={Lazy::<integrate::EditWebhookPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/webhooks/:id/rotate-secret")
                    view={Lazy::<integrate::RotateSecretPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/webhooks/:id/delete")
                    view={Lazy::<integrate::DeleteWebhookPage>::new()}
                    ssr=SsrMode::Async
                />
            </FlatRoutes>
        </main>
        <Footer />
        <Toaster />
    }
}
