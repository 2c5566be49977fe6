//! Sending a message to its organizer alone.

use domain::{CompetitionId, OrganizerMessageId, UserId};
use leptos::prelude::*;

use crate::{components::MadeFor, error::Failure};

/// Sends a message to its organizer alone.
#[server(prefix = "/fn", endpoint = "send_test_message")]
pub async fn send_test_message(
    competition: CompetitionId,
    message: OrganizerMessageId,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use super::typed_sending::{TypedSending, form_name};
    use crate::{
        pages::competitions::address,
        ssr::{flash, form, request, response},
    };
    use service::organizer_messages::send_test;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        send_test(&ctx, &actor, competition, message).await
    })
    .await;
    let (name, page) = (form_name(message), address::message(competition, message));
    form::redirect_back_with(&name, &page, TypedSending::default(), outcome).await?;
    flash::set("The test is in your mailbox").await;
    response::redirect_form(&page);
    Ok(())
}

/// The button that sends a test.
#[component]
pub(super) fn TestSection(
    /// The competition.
    id: CompetitionId,
    /// The message.
    message: OrganizerMessageId,
    /// Whether this installation sends mail.
    sends_mail: bool,
    /// Sends the test.
    test: ServerAction<SendTestMessage>,
) -> impl IntoView {
    let words = match sends_mail {
        true => "You alone get it, by mail and in your mailbox here.",
        false => "You alone get it, in your mailbox here.",
    };
    view! {
        <section aria-labelledby="test" class="section">
            <h2 id="test" class="subheading">"Test"</h2>
            <p>{words}</p>
            <ActionForm action=test>
                <input type="hidden" name="competition" value=id.to_string() />
                <input type="hidden" name="message" value=message.to_string() />
                <MadeFor />
                <button class="btn" aria-busy=move || test.pending().get().then_some("true")>
                    "Send me a test"
                </button>
            </ActionForm>
        </section>
    }
}
