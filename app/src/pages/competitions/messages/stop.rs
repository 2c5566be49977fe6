//! Stopping a message that is scheduled or being sent.

use domain::{CompetitionId, OrganizerMessageId, UserId};
use leptos::prelude::*;

use crate::{components::MadeFor, error::Failure};

/// Stops a message.
#[server(prefix = "/fn", endpoint = "stop_message")]
pub async fn stop_message(
    competition: CompetitionId,
    message: OrganizerMessageId,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use super::typed_sending::{TypedSending, form_name};
    use crate::{
        pages::competitions::address,
        ssr::{flash, form, request, response},
    };
    use domain::OrganizerMessageStatus;
    use service::organizer_messages::stop;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        stop(&ctx, &actor, competition, message).await
    })
    .await;
    let (name, page) = (form_name(message), address::message(competition, message));
    let stopped = form::redirect_back_with(&name, &page, TypedSending::default(), outcome).await?;
    flash::set(match stopped.status {
        OrganizerMessageStatus::Draft => "The message is a draft again",
        _ => "The message is stopped",
    })
    .await;
    response::redirect_form(&page);
    Ok(())
}

/// The button that stops a message.
#[component]
pub(super) fn StopSection(
    /// The competition.
    id: CompetitionId,
    /// The message.
    message: OrganizerMessageId,
    /// Whether nobody has it yet.
    is_scheduled: bool,
    /// Stops it.
    stop: ServerAction<StopMessage>,
) -> impl IntoView {
    let words = match is_scheduled {
        true => "Stop it to edit it, or to send it at another time.",
        false => "Those who have it keep it, and the others do not get it.",
    };
    view! {
        <section aria-labelledby="stop" class="section">
            <h2 id="stop" class="subheading">"Stop"</h2>
            <p>{words}</p>
            <ActionForm action=stop>
                <input type="hidden" name="competition" value=id.to_string() />
                <input type="hidden" name="message" value=message.to_string() />
                <MadeFor />
                <button class="btn btn-outline btn-error">"Stop message"</button>
            </ActionForm>
        </section>
    }
}
