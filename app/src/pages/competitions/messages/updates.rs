//! What the organizer has written, on the page of the competition.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Moment, components::LocalTimes};

/// How many are shown at once; older ones are behind a button.
const SHOWN: usize = 3;

/// A message, as a participant reads it on the page of the competition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// One line.
    pub subject: String,
    /// Sanitized HTML.
    pub html: String,
    /// When its sending began.
    pub sent_at: Moment,
}

#[cfg(feature = "ssr")]
impl Update {
    /// The messages that the viewer of a competition can read, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub(in crate::pages::competitions) async fn all(
        ctx: &service::Context,
        actor: &service::Actor,
        competition: &domain::Competition,
        clock: &crate::ssr::clock::ViewerClock,
    ) -> service::Result<Vec<Self>> {
        use service::{
            markdown::{self, Pictures},
            organizer_messages::updates,
        };

        /// Headings of a message start below its subject, which is an `h3`.
        const TOP_HEADING: u8 = 4;
        let organizer = competition.organizer_id;
        let found = updates(ctx, actor, competition.id, organizer).await?;
        let update = |message: domain::MessageUpdate| Self {
            html: markdown::render(&message.text, TOP_HEADING, &Pictures::default()),
            subject: message.subject,
            sent_at: clock.in_event_zone(message.sent_at, &competition.time_zone),
        };
        Ok(found.into_iter().map(update).collect())
    }
}

/// The messages, newest first. Nothing without any.
#[component]
pub(in crate::pages::competitions) fn Updates(
    /// Newest first.
    updates: Vec<Update>,
) -> impl IntoView {
    if updates.is_empty() {
        return None;
    }
    let mut updates = updates;
    let older = updates.split_off(updates.len().min(SHOWN));
    let article = |Update { subject, html, sent_at }: Update| {
        view! {
            <article class="grid gap-1">
                <h3 class="font-semibold wrap-anywhere" dir="auto">
                    {subject}
                </h3>
                <p class="text-sm text-muted">
                    <LocalTimes at=sent_at />
                </p>
                // Sanitized on the server.
                <div class="prose-text markdown" inner_html=html></div>
            </article>
        }
    };
    let older = (!older.is_empty()).then(|| {
        view! {
            <details>
                <summary class="font-semibold">"Older updates"</summary>
                <div class="mt-4 grid gap-6">{older.into_iter().map(article).collect_view()}</div>
            </details>
        }
    });
    Some(view! {
        <section aria-labelledby="updates" class="section">
            <h2 id="updates" class="subheading">"Updates"</h2>
            <div class="grid gap-6">{updates.into_iter().map(article).collect_view()}</div>
            {older}
        </section>
    })
}
