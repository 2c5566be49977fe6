//! Deleting the account.

use domain::{DeletionPreview, grouped};
use leptos::prelude::*;

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
                    .map(|sentence| view! { <li>{sentence}</li> })
                    .collect_view()}
            </ul>
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
    let DeletionPreview { seats, blocking, deleted, cancelled, kept } = preview;
    let counted = |count: u64, one: &str, many: &str| {
        (count > 0).then(|| match count {
            1 => one.to_owned(),
            count => format!("{} {many}", grouped(count)),
        })
    };
    let sentences = [
        Some(
            "Your name, your email and your messages are deleted. This cannot be undone."
                .to_owned(),
        ),
        counted(
            blocking,
            "Participants are registered for one of your competitions that is not over. Cancel it \
                first: they will be notified.",
            "of your competitions are not over and have registered participants. Cancel them \
                first: the participants will be notified.",
        ),
        counted(
            seats,
            "Your registration for one competition is cancelled, and the seat is free for others.",
            "of your registrations are cancelled, and the seats are free for others.",
        ),
        counted(
            deleted,
            "One of your competitions has no registrations and is deleted.",
            "of your competitions have no registrations and are deleted.",
        ),
        counted(
            cancelled,
            "One of your competitions has only cancelled registrations and is cancelled.",
            "of your competitions have only cancelled registrations and are cancelled.",
        ),
        counted(
            kept,
            "One past or cancelled competition of yours stays in the history of its participants, \
                without your name.",
            "past or cancelled competitions of yours stay in the history of their participants, \
                without your name.",
        ),
    ];
    sentences.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_consequence_that_applies_is_a_sentence() {
        assert_eq!(consequences(DeletionPreview::default()).len(), 1);
        let all = DeletionPreview { seats: 1, blocking: 2, deleted: 3, cancelled: 1, kept: 40 };
        let sentences = consequences(all);
        assert_eq!(sentences.len(), 6);
        assert!(sentences[1].starts_with("2 of your competitions are not over"));
        assert!(sentences[2].starts_with("Your registration for one competition is cancelled"));
        assert!(sentences[5].starts_with("40 past or cancelled competitions"));
    }
}
