//! Deleting the account.

use domain::{DeletionPreview, NamedCompetitions, grouped};
use leptos::prelude::*;

use super::DATA;
use crate::{
    components::{ErrorSummary, Field, PasswordField, Submit},
    error::Failure,
    form::{Returned, error_of},
};

/// Deletes the account, and leads to the home page.
#[server(prefix = "/fn", endpoint = "delete_account")]
pub async fn delete_account(
    #[server(default)] password: String,
    #[server(default)] confirmation: String,
) -> Result<(), Failure> {
    use crate::ssr::{flash, form, request};
    use domain::AccountDeletionInput;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let from = request::client_address()?;
    // Check the login before the input, so that 401 wins over 400.
    actor.user()?;
    let input = AccountDeletionInput { password: password.into(), ..Default::default() };
    let outcome = form::and_then_async(input.check_confirmed(&confirmation), async |password| {
        service::accounts::delete(&ctx, &actor, password, from).await
    })
    .await;
    form::redirect_back_with("delete_account", "/account", (), outcome).await?;
    request::session()?.log_out().await?;
    flash::set("Your account is deleted").await;
    leptos_axum::redirect("/");
    Ok(())
}

/// The form that deletes the account.
#[component]
pub(super) fn DeletionSection(
    /// The initial state of the form.
    start: Returned<()>,
    /// The consequences.
    preview: DeletionPreview,
    /// Deletes the account.
    action: ServerAction<DeleteAccount>,
) -> impl IntoView {
    let error = error_of(action, start.error);
    view! {
        <section aria-labelledby="deletion-title" class="grid gap-4">
            <h2 id="deletion-title" class="subheading">"Delete account"</h2>
            <ul class="grid list-disc gap-2 pl-5">
                {consequences(preview)
                    .into_iter()
                    .map(|sentence| view! { <li class="wrap-anywhere">{sentence}</li> })
                    .collect_view()}
            </ul>
            <p>
                <a class="link" href=DATA rel="external" download="">"Download your data first"</a>
            </p>
            <ErrorSummary error />
            <ActionForm action attr:class="section" attr:novalidate=true>
                <PasswordField autocomplete="current-password" error />
                <Field
                    id="confirmation"
                    label="Type the word delete"
                    hint="So that nothing is deleted by accident."
                    value=""
                    error
                />
                <Submit pending=action.pending() class="btn-danger justify-self-start">
                    "Delete my account"
                </Submit>
            </ActionForm>
        </section>
    }
}

/// The consequences of deleting the account, one sentence each.
fn consequences(preview: DeletionPreview) -> Vec<String> {
    let DeletionPreview { seats, blocking, deleted, cancelled, kept, past, .. } = &preview;
    let named = |found: &NamedCompetitions, one: &str, many: &str| {
        (found.count > 0).then(|| {
            let words = if found.count == 1 { one } else { many };
            format!("{words} {}.", titles(found))
        })
    };
    let counted = |count: u64, one: &str, many: &str| {
        (count > 0).then(|| match count {
            1 => one.to_owned(),
            count => format!("{} {many}", grouped(count)),
        })
    };
    let sentences = [
        named(
            blocking,
            "First cancel this competition of yours, so that its participants are notified:",
            "First cancel these competitions of yours, so that their participants are notified:",
        ),
        Some(format!(
            "Your name, your email, your answers{} are deleted. This cannot be undone.",
            belongings(&preview)
        )),
        Some("You are logged out in all browsers and programs.".to_owned()),
        named(
            seats,
            "Your registration is cancelled, and the seat is free for others:",
            "Your registrations are cancelled, and the seats are free for others:",
        ),
        named(
            deleted,
            "This competition of yours has no registrations and is deleted:",
            "These competitions of yours have no registrations and are deleted:",
        ),
        named(
            cancelled,
            "This competition of yours has only cancelled registrations and is cancelled:",
            "These competitions of yours have only cancelled registrations and are cancelled:",
        ),
        counted(
            *past,
            "One past registration of yours stays counted, without your name.",
            "past registrations of yours stay counted, without your name.",
        ),
        counted(
            *kept,
            "One past or cancelled competition of yours stays in the history of its participants, \
                without your name.",
            "past or cancelled competitions of yours stay in the history of their participants, \
                without your name.",
        ),
    ];
    sentences.into_iter().flatten().collect()
}

/// `, 12 messages and your calendar feed`
fn belongings(preview: &DeletionPreview) -> String {
    let counted = |count: u64, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{} {many}", grouped(count))),
    };
    let all = [
        counted(preview.messages, "message", "messages"),
        counted(preview.tokens, "personal access token", "personal access tokens"),
        preview.has_calendar_feed.then(|| "your calendar feed".to_owned()),
        counted(preview.webhooks, "webhook", "webhooks"),
    ];
    let all: Vec<_> = all.into_iter().flatten().collect();
    match all.split_last() {
        None => String::new(),
        Some((last, [])) => format!(" and {last}"),
        Some((last, rest)) => format!(", {} and {last}", rest.join(", ")),
    }
}

/// `Chess, Go and 3 others`
fn titles(found: &NamedCompetitions) -> String {
    let named = found.titles.join(", ");
    match found.count.saturating_sub(found.titles.len() as u64) {
        0 => named,
        1 => format!("{named} and 1 other"),
        others => format!("{named} and {} others", grouped(others)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(count: u64, titles: &[&str]) -> NamedCompetitions {
        NamedCompetitions { count, titles: titles.iter().map(|&title| title.into()).collect() }
    }

    #[test]
    fn each_consequence_that_applies_is_a_sentence() {
        let none = consequences(DeletionPreview::default());
        assert_eq!(none.len(), 2);
        assert!(none[0].starts_with("Your name, your email, your answers are deleted."));
        let all = DeletionPreview {
            seats: named(1, &["Chess"]),
            past: 1,
            messages: 1_200,
            tokens: 1,
            has_calendar_feed: true,
            webhooks: 2,
            blocking: named(2, &["Go", "Ski"]),
            deleted: named(7, &["A", "B", "C", "D", "E"]),
            cancelled: named(1, &["Run"]),
            kept: 40,
        };
        assert_eq!(
            consequences(all),
            [
                "First cancel these competitions of yours, so that their participants are \
                 notified: Go, Ski.",
                "Your name, your email, your answers, 1,200 messages, 1 personal access token, \
                 your calendar feed and 2 webhooks are deleted. This cannot be undone.",
                "You are logged out in all browsers and programs.",
                "Your registration is cancelled, and the seat is free for others: Chess.",
                "These competitions of yours have no registrations and are deleted: A, B, C, D, E \
                 and 2 others.",
                "This competition of yours has only cancelled registrations and is cancelled: Run.",
                "One past registration of yours stays counted, without your name.",
                "40 past or cancelled competitions of yours stay in the history of their \
                 participants, without your name.",
            ]
        );
    }
}
