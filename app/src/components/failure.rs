//! A page that could not be shown.

use domain::{ErrorCode, PublicError};
use leptos::prelude::*;
use leptos_router::hooks::use_url;

use super::{Head, Heading};
use crate::{error::Failure, next};

/// In place of a page: why it cannot be shown and what to do, with the fitting status. Somebody who has to
/// sign in first is sent to do so, and back here afterwards.
#[component]
pub(crate) fn FailureView(
    /// Why.
    failure: Failure,
) -> impl IntoView {
    let Failure(error) = failure;
    if error.code == ErrorCode::Unauthorized {
        go_to_login();
    } else {
        #[cfg(feature = "ssr")]
        crate::ssr::response::set_status(error.code);
    }
    let (title, advice) = words(&error);
    view! {
        <Head title />
        <div class="grid justify-items-start gap-4">
            <p class="font-semibold text-muted tabular-nums">{error.code.status()}</p>
            <Heading>{title}</Heading>
            <p class="max-w-prose text-lg">{advice}</p>
            <a class="btn btn-primary" href="/competitions">"See all competitions"</a>
        </div>
    }
}

/// A heading, and what to do.
fn words(error: &PublicError) -> (&'static str, String) {
    match error.code {
        ErrorCode::CompetitionNotFound => (
            "Competition not found",
            "It may have been removed, or the address is incomplete.".into(),
        ),
        ErrorCode::MailNotFound => {
            ("Message not found", "It is not in your mailbox, or the address is incomplete.".into())
        }
        ErrorCode::RouteNotFound => (
            "Page not found",
            "There is nothing at this address. Check it for a typing mistake, or start from the list.".into(),
        ),
        ErrorCode::Unauthorized => ("Sign in first", "This page is for people who have signed in.".into()),
        ErrorCode::Forbidden => (
            "This page is not for your account",
            "It is for people with another role. Sign in with an account that has it.".into(),
        ),
        ErrorCode::ValidationFailed => ("This address is not complete", error.message.clone()),
        _ => ("This page cannot be shown just now", format!("{} Please try again in a moment.", error.message)),
    }
}

/// Goes to the login page, which leads back to the page we are on.
fn go_to_login() {
    let login = next::login(&next::path_and_query(&use_url().read_untracked()));

    #[cfg(feature = "ssr")]
    crate::ssr::response::redirect_page(&login);
    #[cfg(not(feature = "ssr"))]
    {
        use leptos_router::{NavigateOptions, hooks::use_navigate};

        let navigate = use_navigate();
        let options = NavigateOptions { replace: true, ..Default::default() };
        Effect::new(move || navigate(&login, options.clone()));
    }
}
