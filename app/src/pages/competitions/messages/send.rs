//! Sending a message, at once or later.

use domain::{CompetitionId, OrganizerMessageId, UserId};
use leptos::prelude::*;

use super::TypedSending;
use crate::error::Failure;

/// Sends a message. Sending it twice has the effect of sending it once.
#[server(prefix = "/fn", endpoint = "send_message")]
pub async fn send_message(
    competition: CompetitionId,
    message: OrganizerMessageId,
    #[server(default)] version: u32,
    #[server(default)] typed: TypedSending,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use super::typed_sending::form_name;
    use crate::{
        pages::competitions::address,
        ssr::{flash, form, request, response},
    };
    use domain::{OrganizerMessageStatus, Raw, SendMessageInput};
    use service::{competitions::get_own, organizer_messages};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        let zone = get_own(&ctx, &actor, competition).await?.competition.time_zone;
        let input = SendMessageInput {
            version: i64::from(version).into(),
            at: typed.at(&zone)?.map_or(Raw::Missing, |at| at.to_string().into()),
            ..SendMessageInput::default()
        };
        organizer_messages::send(&ctx, &actor, competition, message, input).await
    })
    .await;
    let page = address::message(competition, message);
    let sent = form::redirect_back_with(&form_name(message), &page, typed, outcome).await?;
    flash::set(match sent.status {
        OrganizerMessageStatus::Scheduled => "The message is scheduled",
        _ => "The message is being sent",
    })
    .await;
    response::redirect_form(&page);
    Ok(())
}
