//! The open message.

use domain::MailId;
use leptos::{either::Either, html::H2, prelude::*};
use serde::{Deserialize, Serialize};

use super::change::{ChangeMail, IDS};
use crate::{
    Moment,
    components::{MadeFor, NavigationFocus, ViewerTime},
};

/// The open message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenMail {
    /// Its id.
    pub id: MailId,
    /// The email it was sent to.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text in pieces, with whether each is a link.
    pub body: Vec<(String, bool)>,
    /// What an organizer has written, as sanitized HTML.
    pub html: Option<String>,
    /// What follows it.
    pub after: Vec<(String, bool)>,
    /// When it was sent.
    pub sent_at: Moment,
    /// Whether it was deleted.
    pub is_deleted: bool,
}

#[cfg(feature = "ssr")]
impl OpenMail {
    pub(super) async fn of(
        ctx: &service::Context,
        mail: domain::Mail,
        clock: &crate::ssr::clock::ViewerClock,
    ) -> service::Result<Self> {
        let shown = service::mail::shown_text(ctx, &mail).await?;
        Ok(Self {
            id: mail.id,
            to: mail.to,
            subject: mail.subject,
            body: shown.before,
            html: shown.html,
            after: shown.after,
            sent_at: clock.in_viewer_zone(mail.sent_at),
            is_deleted: shown.is_deleted,
        })
    }
}

/// The open message.
#[component]
pub(super) fn Reader(
    /// The message.
    mail: OpenMail,
    /// The address of the list.
    list: String,
    /// Changes it.
    action: ServerAction<ChangeMail>,
) -> impl IntoView {
    let node = NodeRef::<H2>::new();
    NavigationFocus::take(node);
    let piece = |(text, is_link): (String, bool)| match is_link {
        false => Either::Left(text),
        true => {
            let href = text.clone();
            Either::Right(view! {
                <a class="link" href=href rel="external">
                    {text}
                </a>
            })
        }
    };
    let next = list.clone();
    let button = |value: &'static str, text: &'static str| {
        view! { <button class="btn btn-sm min-h-11" name="change" value=value>{text}</button> }
    };
    let buttons = match mail.is_deleted {
        true => button("restore", "Restore").into_any(),
        false => view! {
            {button("unread", "Mark as unread")}
            {button("delete", "Delete")}
        }
        .into_any(),
    };
    view! {
        <article aria-labelledby="subject" class="reader">
            <div class="flex flex-wrap items-center justify-between gap-x-4">
                <a class="quiet-link" href=list>"Close message"</a>
                <ActionForm action attr:class="flex flex-wrap gap-2">
                    <input type="hidden" name=IDS value=mail.id.to_string() />
                    <input type="hidden" name="next" value=next />
                    <MadeFor />
                    {buttons}
                </ActionForm>
            </div>
            <h2 id="subject" node_ref=node tabindex="-1" class="subheading outline-none">
                <bdi>{mail.subject}</bdi>
            </h2>
            <p class="text-sm text-muted">"To " {mail.to} ", " <ViewerTime at=mail.sent_at /></p>
            <p class="plain-text whitespace-pre-line">
                {mail.body.into_iter().map(piece).collect_view()}
            </p>
            {mail
                .html
                .map(|html| view! { <div class="prose-text markdown" inner_html=html></div> })}
            {(!mail.after.is_empty())
                .then(|| {
                    view! {
                        <p class="plain-text whitespace-pre-line">
                            {mail.after.into_iter().map(piece).collect_view()}
                        </p>
                    }
                })}
        </article>
    }
}
