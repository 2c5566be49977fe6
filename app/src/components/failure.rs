//! The page for a failure.

use domain::{ErrorCode, PublicError, Role};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Awaited, Head, Heading, RequestId, add_role_words};
use crate::{error::Failure, next, viewer::CurrentViewer};

/// The page for a failure: what happened and what to do, with the matching status. A visitor who
/// has to log in is redirected to the login page, which leads back here.
#[component]
pub(crate) fn FailureView(
    /// The failure.
    failure: Failure,
) -> impl IntoView {
    let is_unreachable = failure.is_unreachable();
    let Failure(error) = failure;
    if error.code.asks_for_login() {
        go_to_login();
    } else {
        #[cfg(feature = "ssr")]
        crate::ssr::response::set_status(error.code);
    }
    let FailureText { title, advice } = if is_unreachable {
        let advice = "Check your connection, then try again.".into();
        FailureText { title: "The server cannot be reached", advice }
    } else {
        failure_text(&error)
    };
    let status = error.code.status();
    let role = error.missing_role();
    let is_main = status < 500 && role.is_none();
    // Only a failure of the server can succeed on the next try.
    let again = (status >= 500).then(|| untrack(|| next::here(&use_location())));
    view! {
        <Head title />
        <div class="failure">
            {(!is_unreachable).then(|| view! { <p class="failure-code">{status}</p> })}
            <Heading>{title}</Heading>
            <p class="max-w-prose text-lg">{advice}</p>
            <p class="flex flex-wrap gap-3">
                {again
                    .map(|here| {
                        view! {
                            <a class="btn btn-primary" href=here rel="external">"Try again"</a>
                        }
                    })}
                {role.map(|role| view! { <AddRole role /> })}
                <a class="btn" class:btn-primary=is_main href="/competitions">
                    "See all competitions"
                </a>
            </p>
            <RequestId id=error.request_id />
        </div>
    }
}

/// The text of a failure.
pub(crate) struct FailureText {
    /// What happened.
    pub(crate) title: &'static str,
    /// What to do.
    pub(crate) advice: String,
}

/// The text for an error.
pub(crate) fn failure_text(error: &PublicError) -> FailureText {
    let (title, advice) = match error.code {
        ErrorCode::CompetitionNotFound => (
            "Competition not found",
            "It may have been removed, or the address may be wrong.".into(),
        ),
        ErrorCode::MailNotFound => {
            ("Message not found", "It is not in your mailbox, or the address may be wrong.".into())
        }
        ErrorCode::UnsubscribeLinkInvalid => (
            "This link is not valid",
            "Log in, and choose under Account which messages you get by mail.".into(),
        ),
        ErrorCode::CalendarFeedNotFound => (
            "There is no calendar here",
            "Its address was renewed or removed. Log in, and see under Account whether there is \
                another one."
                .into(),
        ),
        ErrorCode::JobNotFound => {
            ("Job not found", "It may have been retried or discarded already.".into())
        }
        ErrorCode::NotRegistered => (
            "Registration not found",
            "It may have been removed, or the address may be wrong.".into(),
        ),
        ErrorCode::WebhookNotFound => {
            ("Webhook not found", "It may have been deleted, or the address may be wrong.".into())
        }
        ErrorCode::RouteNotFound => (
            "Page not found",
            "Check the address for a typing mistake, or start from the list of \
                competitions."
                .into(),
        ),
        ErrorCode::Unauthorized => ("Log in first", "You need to log in to see this page.".into()),
        ErrorCode::Forbidden if error.missing_role().is_some() => {
            let users = match error.missing_role() {
                Some(Role::Participant) => "participants",
                Some(Role::Organizer) => "organizers",
                _ => "administrators",
            };
            let advice = format!("It is for {users}, and your account does not have this role.");
            ("This page is not for your account", advice)
        }
        ErrorCode::Forbidden => (
            "This page is not for your account",
            format!("{}. Log in with the account that it belongs to.", error.message),
        ),
        ErrorCode::CancelledIsFinal => {
            ("This competition was cancelled", "It can no longer be changed.".into())
        }
        ErrorCode::ValidationFailed => ("This address is not valid", error.message.clone()),
        ErrorCode::Overloaded => {
            ("The site is busy", "Nothing was changed. Try again in a moment.".into())
        }
        ErrorCode::OutcomeUnknown => (
            "We do not know whether this was done",
            "The server took too long to answer. Go back and reload the page to check, and try \
                again only if you need to."
                .into(),
        ),
        ErrorCode::MalformedBody
        | ErrorCode::MethodNotAllowed
        | ErrorCode::UnsupportedMediaType => (
            "This request could not be understood",
            "Go back, reload the page, and try again.".into(),
        ),
        ErrorCode::PayloadTooLarge => {
            ("This form is too large", "Go back, make the text shorter, and try again.".into())
        }
        ErrorCode::Internal => (
            "Something went wrong",
            "The error has been logged. Try again in a moment. If it happens again, contact us \
                with the reference below."
                .into(),
        ),
        // Only an error that may be temporary advises a retry.
        code if code.status() >= 500 || code == ErrorCode::RateLimited => {
            let sentence = error.message.trim_end_matches('.');
            let title = "This page cannot be shown right now";
            (title, format!("{sentence}. Try again in a moment."))
        }
        _ => {
            let sentence = error.message.trim_end_matches('.');
            ("This page cannot be shown", format!("{sentence}."))
        }
    };
    FailureText { title, advice }
}

/// The pages of organizers that are not about a competition.
const ALONE: [&str; 3] = ["/competitions/create", "/pictures", "/webhooks"];

/// A link to add the role that is missing, if the viewer can.
#[component]
fn AddRole(role: Role) -> impl IntoView {
    let viewer = expect_context::<CurrentViewer>();
    let here = untrack(|| next::here(&use_location()));
    let href = next::add_role(&here);
    // With the role, the page of another organizer's competition would be refused again.
    let is_enough = role == Role::Participant || ALONE.contains(&&*here);
    let link = move || {
        let href = href.clone();
        async move {
            let addable = viewer.known().await.user.and_then(|user| user.addable_role());
            (is_enough && addable == Some(role)).then(|| {
                view! {
                    <a class="btn btn-primary" href=href rel="external">
                        {add_role_words(role)}
                    </a>
                }
            })
        }
    };
    view! { <Awaited content=link /> }
}

/// Redirects to the login page, which leads back to the current page.
fn go_to_login() {
    let login = next::login(&untrack(|| next::here(&use_location())));

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
