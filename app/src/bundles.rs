//! The bundles of pages whose code a browser fetches together.
//!
//! Pages that people use one after another are one bundle. A browser fetches a bundle when it first
//! shows one of its pages. One bundle for each page would make many small files, because the code
//! that only some bundles share becomes a file of its own.

#![expect(clippy::enum_variant_names, reason = "the variants are the names of the pages")]

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::hooks::use_location;

use crate::{
    hand_over::hand_over,
    hydration, next,
    pages::{
        HomePage, UnsubscribePage,
        account::{
            AccountPage, CalendarFeedPage, EmailPage, RemoveCalendarFeedPage, RevokeTokenPage,
            SessionsPage, TokensPage,
        },
        admin::{DiscardJobPage, QueuesPage},
        auth::{ForgotPage, LoginPage, ResetPage, SignupPage, VerifyEmailPage},
        competitions::{
            AccessPage, AnswersPage, CancelCompetitionPage, CancelRegistrationPage,
            CheckInListPage, CompetitionDetailPage, CompetitionListPage, CoverPage,
            CreateCompetitionPage, EditCompetitionPage, EditMessagePage, InvitationsPage,
            ManageOverviewPage, ManageSettingsPage, MessagePage, MessagesPage, ParticipantPage,
            ParticipantsPage, QuestionsPage, RegisterPage, WaitingListPage, WriteMessagePage,
        },
        dashboard::DashboardPage,
        mailbox::MailboxPage,
        pictures::PicturesPage,
        webhooks::{
            DeleteWebhookPage, EditWebhookPage, RotateSecretPage, WebhookPage, WebhooksPage,
        },
    },
};

/// `routes, Pages, show, fetch: Page, …`: the module of the routes, which are named after the pages
/// they show, the enum of the pages, and the functions that show one of them and that fetch the
/// bundle.
///
/// Like leptos' `#[lazy]`, which panics when the code cannot be fetched: it asks for `fallible`.
macro_rules! bundle {
    ($routes:ident, $pages:ident, $show:ident, $fetch:ident: $($page:ident,)*) => {
        enum $pages {
            $($page,)*
        }

        #[wasm_split($routes, wasm_split_path = ::leptos::wasm_split, preload($fetch), fallible)]
        fn $show(page: $pages) -> Result<AnyView, SplitLoaderError> {
            Ok(match page {
                $($pages::$page => view! { <$page /> }.into_any(),)*
            })
        }

        pub(crate) mod $routes {
            use leptos::prelude::AnyView;
            use leptos_router::LazyRoute;

            use crate::hydration;

            $(
                pub(crate) struct $page;

                impl LazyRoute for $page {
                    fn data() -> Self {
                        Self
                    }

                    async fn view(_: Self) -> AnyView {
                        // Three tasks: the code starts, the page is built, the page is hydrated.
                        if hydration::is_under_way() {
                            Self::preload().await;
                            hydration::yield_to_browser().await;
                        }
                        super::or_load_page(super::$show(super::$pages::$page)).await
                    }

                    async fn preload() {
                        // A failure shows when the page is shown.
                        let _ = super::$fetch().await;
                    }
                }
            )*
        }
    };
}

bundle! { discover, DiscoverPages, show_discover, fetch_discover:
    HomePage,
    CompetitionListPage,
    CompetitionDetailPage,
}

bundle! { accounts, AccountsPages, show_accounts, fetch_accounts:
    LoginPage,
    SignupPage,
    ForgotPage,
    ResetPage,
    VerifyEmailPage,
    AccountPage,
    EmailPage,
    SessionsPage,
    UnsubscribePage,
}

bundle! { own, OwnPages, show_own, fetch_own:
    DashboardPage,
    MailboxPage,
    CancelRegistrationPage,
    RegisterPage,
    AnswersPage,
}

bundle! { admin, AdminPages, show_admin, fetch_admin:
    QueuesPage,
    DiscardJobPage,
}

bundle! { organize, OrganizePages, show_organize, fetch_organize:
    CreateCompetitionPage,
    EditCompetitionPage,
    ManageOverviewPage,
    ParticipantsPage,
    WaitingListPage,
    CheckInListPage,
    ManageSettingsPage,
    ParticipantPage,
    CancelCompetitionPage,
    QuestionsPage,
    AccessPage,
    CoverPage,
    PicturesPage,
    InvitationsPage,
    MessagesPage,
    WriteMessagePage,
    MessagePage,
    EditMessagePage,
}

bundle! { integrate, IntegratePages, show_integrate, fetch_integrate:
    TokensPage,
    RevokeTokenPage,
    CalendarFeedPage,
    RemoveCalendarFeedPage,
    WebhooksPage,
    WebhookPage,
    EditWebhookPage,
    RotateSecretPage,
    DeleteWebhookPage,
}

/// The page. When its code cannot be fetched, because the server was updated since the first page
/// was loaded, the browser loads the whole page instead. The first page itself stays as the server
/// rendered it, and is handed over: loading it again might never end.
async fn or_load_page(page: impl Future<Output = Result<AnyView, SplitLoaderError>>) -> AnyView {
    let location = use_location();
    let is_first = hydration::is_under_way();
    match page.await {
        Ok(page) => {
            if is_first {
                hydration::yield_to_browser().await;
            }
            page
        }
        Err(_) => {
            if is_first {
                hand_over();
            } else {
                // Fails for malformed addresses only, and this one led here.
                let _ = window().location().set_href(&untrack(|| next::here(&location)));
            }
            std::future::pending().await
        }
    }
}
