//! Which messages the user gets by mail.

use domain::{MailChannel, MailKind, MailPreferences, UserId};
use leptos::prelude::*;

use crate::{
    components::{ErrorSummary, MadeFor, Submit, SuccessMessage},
    error::Failure,
    form::{Returned, error_of, success_of},
};

/// Saves which kinds are mailed: those whose box is ticked.
#[server(prefix = "/fn", endpoint = "edit_mail_preferences")]
pub async fn edit_mail_preferences(
    #[server(default)] registrations: bool,
    #[server(default)] changes: bool,
    #[server(default)] reminders: bool,
    #[server(default)] invitations: bool,
    #[server(default)] messages: bool,
    #[server(default)] organizing: bool,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use crate::ssr::{form, request};
    use domain::{MailPreferencesPatch, Raw};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let channel = |is_ticked| -> Raw<String> {
        Raw::Given(if is_ticked { "MAIL" } else { "MAILBOX" }.to_owned())
    };
    let patch = MailPreferencesPatch {
        registrations: channel(registrations),
        changes: channel(changes),
        reminders: channel(reminders),
        invitations: channel(invitations),
        messages: channel(messages),
        organizing: channel(organizing),
        ..MailPreferencesPatch::default()
    };
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        service::mail_preferences::edit(&ctx, &actor, &patch).await
    })
    .await;
    form::redirect_back_with("edit_mail_preferences", "/account", (), outcome).await?;
    form::set_success_flag("edit_mail_preferences", "/account").await
}

/// A label and a hint for a kind.
fn words(kind: MailKind) -> (&'static str, &'static str) {
    match kind {
        MailKind::Registrations => (
            "Your registrations",
            "Confirmations, which add an event to your calendar, and decisions of organizers.",
        ),
        MailKind::Changes => (
            "Changes",
            "A competition of yours has changed or was cancelled. These mails update your \
             calendar.",
        ),
        MailKind::Reminders => ("Reminders", "A competition of yours starts soon."),
        MailKind::Invitations => ("Invitations", "An organizer invites you to a competition."),
        MailKind::Messages => {
            ("Messages of organizers", "What an organizer writes to those who take part.")
        }
        MailKind::Organizing => {
            ("News of your competitions", "What participants do with those that you organize.")
        }
    }
}

/// The form for the kinds of messages.
#[component]
pub(super) fn MessagesSection(
    /// The stored choices.
    preferences: MailPreferences,
    /// Whether the user organizes competitions. Others have no choice about news of them.
    is_organizer: bool,
    /// The initial state of the form, and whether it has just succeeded.
    start: (Returned<()>, bool),
    /// Saves the choices.
    action: ServerAction<EditMailPreferences>,
) -> impl IntoView {
    let (Returned { error, .. }, done) = start;
    let (error, done) = (error_of(action, error), success_of(action, done));
    let choices = MailKind::ALL.map(|kind| {
        let (label, hint) = words(kind);
        if kind == MailKind::Organizing && !is_organizer {
            let value = (preferences.channel(kind) == MailChannel::Mail).to_string();
            return view! { <input type="hidden" name=kind.as_str() value=value /> }.into_any();
        }
        view! {
            <label class="choice">
                <input
                    class="checkbox"
                    type="checkbox"
                    name=kind.as_str()
                    value="true"
                    checked={preferences.channel(kind) == MailChannel::Mail}
                />
                <span class="grid">
                    <span class="font-semibold">{label}</span>
                    <span class="text-sm text-muted">{hint}</span>
                </span>
            </label>
        }
        .into_any()
    });
    view! {
        <section aria-labelledby="messages-title" class="grid gap-4">
            <h2 id="messages-title" class="subheading">"Messages by mail"</h2>
            <p>
                "Every message is in your mailbox here. Choose those that you get by mail as well. \
                    Messages about your account and its security are always mailed."
            </p>
            <ErrorSummary error />
            <SuccessMessage shown=done message="Your choice was saved." />
            <ActionForm action attr:class="section">
                <MadeFor />
                {choices}
                <Submit pending=action.pending() class="justify-self-start">"Save choice"</Submit>
            </ActionForm>
        </section>
    }
}
