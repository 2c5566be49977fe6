//! Which pages' code a browser fetches together.
//!
//! The first page does not bring the code of all others along: what people use one after the other is one bundle, and
//! a bundle is fetched when somebody first comes to one of its pages. One for each page would be many small files, for
//! what only some of them share becomes a file of its own.

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::{LazyRoute, hooks::use_location};

use crate::{
    next,
    pages::{
        HomePage,
        account::AccountPage,
        admin::{DiscardPage, QueuesPage},
        auth::{ForgotPage, LoginPage, ResetPage, SignupPage},
        competitions::{
            CancelCompetitionPage, CompetitionDetailPage, CompetitionListPage,
            CreateCompetitionPage, EditCompetitionPage, LeaveCompetitionPage,
            ManageCompetitionPage,
        },
        dashboard::DashboardPage,
        mailbox::MailboxPage,
    },
};

/// `Bundle, what fetches and shows one of its pages, what only fetches: Route => Component, …`
///
/// Like leptos' `#[lazy]`, which panics when the code cannot be fetched: it asks for `fallible`.
macro_rules! bundle {
    ($bundle:ident, $show:ident, $fetch:ident: $($route:ident => $page:ident,)*) => {
        enum $bundle {
            $($route,)*
        }

        #[wasm_split($show, wasm_split_path = ::leptos::wasm_split, preload($fetch), fallible)]
        fn $show(page: $bundle) -> Result<AnyView, SplitLoaderError> {
            Ok(match page {
                $($bundle::$route => view! { <$page /> }.into_any(),)*
            })
        }

        $(
            /// A page of a bundle, for the router.
            pub(crate) struct $route;

            impl LazyRoute for $route {
                fn data() -> Self {
                    Self
                }

                async fn view(_: Self) -> AnyView {
                    or_load_page($show($bundle::$route)).await
                }

                async fn preload() {
                    // A failure shows when the page is to be shown.
                    let _ = $fetch().await;
                }
            }
        )*
    };
}

bundle! { Discover, discover, fetch_discover:
    Home => HomePage,
    CompetitionList => CompetitionListPage,
    CompetitionDetail => CompetitionDetailPage,
}

bundle! { Accounts, accounts, fetch_accounts:
    Login => LoginPage,
    Signup => SignupPage,
    Forgot => ForgotPage,
    Reset => ResetPage,
    Account => AccountPage,
}

bundle! { Own, own, fetch_own:
    Dashboard => DashboardPage,
    Mailbox => MailboxPage,
    Leave => LeaveCompetitionPage,
}

bundle! { Admin, admin, fetch_admin:
    Queues => QueuesPage,
    Discard => DiscardPage,
}

bundle! { Organize, organize, fetch_organize:
    Create => CreateCompetitionPage,
    Edit => EditCompetitionPage,
    Manage => ManageCompetitionPage,
    Cancel => CancelCompetitionPage,
}

/// The page. Where its code cannot be fetched, for the server may have been updated since the first page was loaded,
/// the browser loads the page whole instead; one that it has just loaded stays as the server made it.
async fn or_load_page(page: impl Future<Output = Result<AnyView, SplitLoaderError>>) -> AnyView {
    let location = use_location();
    match page.await {
        Ok(page) => page,
        Err(_) => {
            let is_live = document()
                .document_element()
                .is_some_and(|html| html.has_attribute("data-hydrated"));
            if is_live {
                // Fails for malformed addresses only, and this one led here.
                let _ = window().location().set_href(&untrack(|| next::here(&location)));
            }
            std::future::pending().await
        }
    }
}
