//! The page of a message: how it looks, who gets it, and what can be done with it.

use std::time::Duration;

use domain::{CompetitionId, OrganizerMessageStatus, RecipientPreview};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::{
    MessageRow, RecipientsLine, TypedSending,
    delete::{DeleteMessage, DeleteSection},
    progress::Progress,
    recipients::Recipients,
    row::MessageBadge,
    send::SendMessage,
    send_test::{SendTestMessage, TestSection},
    stop::{StopMessage, StopSection},
    unsent::SendSection,
};
use crate::{
    components::{ErrorSummary, Head, Heading, Layout, Loaded, Toasts, refresh_now},
    error::Failure,
    form::{Returned, count_replies, error_of},
    hand_over::is_handed_over,
    pages::competitions::{address, managed::ManageLink},
};

/// The interval between updates while the message is being sent and the page is visible.
const EVERY: Duration = Duration::from_secs(3);

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageScreen {
    /// The competition.
    pub id: CompetitionId,
    /// Its title.
    pub title: String,
    /// Its time zone.
    pub time_zone: String,
    /// The message.
    pub message: MessageRow,
    /// Its version: what is sent is what was shown.
    pub version: u32,
    /// Its text as sanitized HTML.
    pub html: String,
    /// Whom it is for.
    pub line: RecipientsLine,
    /// Who would get it now; `None` once it is being sent.
    pub preview: Option<RecipientPreview>,
    /// Whether this installation sends mail.
    pub sends_mail: bool,
    /// Whether it is being sent, or will be within a minute.
    pub is_moving: bool,
    /// The initial state of the form that sends it.
    pub start: Returned<TypedSending>,
}

/// The id in an address.
///
/// # Errors
/// [`domain::ErrorCode::MessageNotFound`].
#[cfg(feature = "ssr")]
pub(super) fn parse_id(id: &str) -> Result<domain::OrganizerMessageId, domain::PublicError> {
    id.parse().map_err(|_| service::organizer_messages::not_found())
}

/// Loads the page; for the organizer of the competition.
#[server(prefix = "/fn", endpoint = "message")]
pub async fn load_message(id: String, message: String) -> Result<MessageScreen, Failure> {
    use super::typed_sending::form_name;
    use crate::ssr::{clock::ViewerClock, form, request};
    use domain::Timestamp;
    use service::{
        markdown::{self, Pictures},
        organizer_messages::{get, preview},
    };

    /// Headings of a message start below its subject.
    const TOP_HEADING: u8 = 3;
    /// How long before its time the page begins to be updated, in seconds.
    const SOON: i64 = 60;
    let (ctx, actor) = (request::context()?, request::actor()?);
    // Check the login before parsing the id, so that 401 wins over 404.
    actor.user()?;
    let clock = ViewerClock::of_request()?;
    let id = request::parse_competition_id(&id)?;
    let detail = service::competitions::get_own(&ctx, &actor, id).await?;
    let competition = detail.competition;
    let message = get(&ctx, &actor, id, parse_id(&message)?).await?;
    let (is_unsent, is_moving) = match message.status {
        OrganizerMessageStatus::Draft => (true, false),
        OrganizerMessageStatus::Scheduled => {
            let left = |at: Timestamp| (at.utc() - ctx.now().utc()).num_seconds();
            (true, message.send_at.is_some_and(|at| left(at) <= SOON))
        }
        OrganizerMessageStatus::Sending => (false, true),
        OrganizerMessageStatus::Sent | OrganizerMessageStatus::Stopped => (false, false),
    };
    let preview = match is_unsent {
        true => Some(preview(&ctx, &actor, id, message.id).await?),
        false => None,
    };
    Ok(MessageScreen {
        id,
        version: message.version,
        html: markdown::render(&message.text, TOP_HEADING, &Pictures::default()),
        line: RecipientsLine::of(&message.statuses, message.answer.as_deref(), &detail.questions),
        preview,
        sends_mail: ctx.sends_mail(),
        is_moving,
        start: form::take_stored_form(&form_name(message.id)).await?,
        message: MessageRow::of(&message, &clock, &competition.time_zone),
        title: competition.title,
        time_zone: competition.time_zone.to_string(),
    })
}

/// What can be done with a message.
#[derive(Clone, Copy)]
struct Actions {
    send: ServerAction<SendMessage>,
    test: ServerAction<SendTestMessage>,
    stop: ServerAction<StopMessage>,
    delete: ServerAction<DeleteMessage>,
}

/// A message, updated while it is being sent.
#[component]
pub fn MessagePage() -> impl IntoView {
    let params = use_params_map();
    let asked = Memo::new(move |_| {
        let params = params.read();
        (params.get("id").unwrap_or_default(), params.get("messageId").unwrap_or_default())
    });
    let actions = Actions {
        send: ServerAction::new(),
        test: ServerAction::new(),
        stop: ServerAction::new(),
        delete: ServerAction::new(),
    };
    let Actions { send, test, stop, delete } = actions;
    Toasts::after(send);
    Toasts::after(test);
    Toasts::after(stop);
    Toasts::after(delete);
    // A form that is refused stays as it was typed.
    let sent = count_replies(send, Result::is_ok);
    let source = move || (asked.get(), sent.get(), stop.version().get());
    let screen = Resource::new_blocking(source, |((id, message), ..)| load_message(id, message));
    let is_moving = StoredValue::new(false);
    Effect::new(move || {
        let update = move || {
            if !is_moving.get_value() || document().hidden() || is_handed_over() {
                return;
            }
            let (id, message) = asked.get_untracked();
            refresh_now(screen, async move {
                let now = load_message(id.clone(), message.clone()).await;
                (asked.try_get_untracked() == Some((id, message))).then_some(now)
            });
        };
        if let Ok(interval) = set_interval_with_handle(update, EVERY) {
            on_cleanup(move || interval.clear());
        }
    });
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            {
                is_moving.set_value(screen.is_moving);
                view! { <Content screen actions /> }
            }
        </Loaded>
    }
}

#[component]
fn Content(screen: MessageScreen, actions: Actions) -> impl IntoView {
    let Actions { send, test, stop, delete } = actions;
    let MessageScreen { id, title, time_zone, message, version, html, .. } = screen;
    let MessageScreen { line, preview, sends_mail, start, .. } = screen;
    let (status, message_id) = (message.status, message.id);
    let subject = message.subject.clone();
    let mail_subject = format!("{title}: {subject}");
    let error = start.error.clone();
    let is_draft = status == OrganizerMessageStatus::Draft;
    let edit = is_draft.then(|| {
        view! {
            <p>
                <a class="btn btn-outline" href=address::edit_message(id, message_id)>
                    "Edit"
                </a>
            </p>
        }
    });
    let sending = is_draft.then(|| {
        view! {
            <TestSection id message=message_id sends_mail test />
            <SendSection id message=message_id version time_zone start send />
            <DeleteSection id message=message_id delete />
        }
    });
    let stopping = status.can_be_stopped().then(|| {
        let is_scheduled = status == OrganizerMessageStatus::Scheduled;
        view! { <StopSection id message=message_id is_scheduled stop /> }
    });
    view! {
        <Head title=format!("Message: {subject}") />
        <div class="form-page">
            <div class="grid gap-3">
                <ManageLink id title />
                <p>
                    <a class="quiet-link" href=address::messages(id)>
                        "All messages"
                    </a>
                </p>
                <p>
                    <MessageBadge status />
                </p>
                <Heading><bdi>{subject}</bdi></Heading>
                <Progress row=message />
                {edit}
            </div>
            <ErrorSummary error=error_of(send, error) />
            <ErrorSummary error=error_of(test, None) />
            <ErrorSummary error=error_of(stop, None) />
            <ErrorSummary error=error_of(delete, None) />
            {stopping}
            <section aria-labelledby="shown" class="section">
                <h2 id="shown" class="font-semibold wrap-anywhere" dir="auto">
                    {mail_subject}
                </h2>
                // Sanitized on the server.
                <div class="prose-text markdown" inner_html=html></div>
            </section>
            <Recipients line preview />
            {sending}
        </div>
    }
}
