//! How far a message has come.

use domain::{OrganizerMessageStatus, grouped};
use leptos::prelude::*;

use super::row::MessageRow;
use crate::components::LocalTime;

/// How far a message has come, in words and, while it is being sent, as a bar.
#[component]
pub(super) fn Progress(
    /// The message.
    row: MessageRow,
) -> impl IntoView {
    let MessageRow { status, created_at, send_at, ended_at, recipients, sent, .. } = row;
    let time = |at| view! { <LocalTime at /> };
    let words = match status {
        OrganizerMessageStatus::Draft => view! { "Written " {time(created_at)} }.into_any(),
        OrganizerMessageStatus::Scheduled => {
            view! { "Will be sent " {send_at.map(time)} }.into_any()
        }
        OrganizerMessageStatus::Sending => {
            let all = recipients.map(|all| format!(" of {}", grouped(all)));
            view! { {grouped(sent)} {all} " sent" }.into_any()
        }
        OrganizerMessageStatus::Sent => {
            view! { {sent_to(sent)} ", " {ended_at.map(time)} }.into_any()
        }
        OrganizerMessageStatus::Stopped => {
            view! { {sent_to(sent)} " before it was stopped, " {ended_at.map(time)} }.into_any()
        }
    };
    let bar = recipients.filter(|all| status == OrganizerMessageStatus::Sending && *all > 0);
    let bar = bar.map(|all| {
        view! {
            <progress
                class="progress w-full"
                aria-label="Sent"
                value=sent.to_string()
                max=all.to_string()
            ></progress>
        }
    });
    view! {
        <p class="text-sm text-muted">{words}</p>
        {bar}
    }
}

/// `Sent to 2,500 people`.
fn sent_to(sent: u64) -> String {
    match sent {
        0 => "Sent to nobody".to_owned(),
        1 => "Sent to 1 person".to_owned(),
        sent => format!("Sent to {} people", grouped(sent)),
    }
}
