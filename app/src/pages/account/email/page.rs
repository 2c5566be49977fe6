//! The page of the address.

use domain::EmailStatus;
use leptos::{either::EitherOf3, prelude::*};
use serde::{Deserialize, Serialize};

use super::{
    change::{ChangeEmail, ChangeForm, Suggestion},
    code::{CodeForm, ConfirmEmailCode},
    send::{SendEmailProof, SendForm},
};
use crate::{
    components::{Head, Heading, Layout, Loaded, SuccessMessage},
    error::Failure,
    form::{Returned, success_of},
    viewer::CurrentViewer,
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailScreen {
    /// The address, and the one that is to be confirmed.
    pub status: EmailStatus,
    /// The initial state of the form for the code, and whether it has just succeeded.
    pub code: (Returned<()>, bool),
    /// The same for the form that asks for another mail.
    pub send: (Returned<()>, bool),
    /// The same for the form that changes the address.
    pub change: (Returned<String>, bool),
}

/// Loads the page; for users who are logged in.
#[server(prefix = "/fn", endpoint = "email")]
pub async fn load_email() -> Result<EmailScreen, Failure> {
    use crate::ssr::{form, request};

    let (ctx, actor) = (request::context()?, request::actor()?);
    Ok(EmailScreen {
        status: service::accounts::email::status(&ctx, &actor).await?,
        code: (
            form::take_stored_form("confirm_email_code").await?,
            form::take_success_flag("confirm_email_code").await?,
        ),
        send: (
            form::take_stored_form("send_email_proof").await?,
            form::take_success_flag("send_email_proof").await?,
        ),
        change: (
            form::take_stored_form("change_email").await?,
            form::take_success_flag("change_email").await?,
        ),
    })
}

/// The email address of the user.
#[component]
pub fn EmailPage() -> impl IntoView {
    let screen = Resource::new_blocking(|| (), |()| load_email());
    let code = ServerAction::<ConfirmEmailCode>::new();
    let send = ServerAction::<SendEmailProof>::new();
    let change = ServerAction::<ChangeEmail>::new();
    // The note on other pages ends.
    expect_context::<CurrentViewer>().follow(code.version());
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen code send change />
        </Loaded>
    }
}

#[component]
fn Content(
    screen: EmailScreen,
    code: ServerAction<ConfirmEmailCode>,
    send: ServerAction<SendEmailProof>,
    change: ServerAction<ChangeEmail>,
) -> impl IntoView {
    let EmailScreen { status, code: code_start, send: send_start, change: change_start } = screen;
    let (status, set_status) = signal(status);
    let latest = move || {
        let of_code = code.value().get().and_then(Result::ok);
        let of_send = send.value().get().and_then(Result::ok);
        let of_change = change.value().get().and_then(Result::ok);
        [of_code, of_send, of_change]
    };
    // Each form answers with the status after it.
    for index in 0..3 {
        Effect::watch(
            move || latest()[index].clone(),
            move |now, before, _| {
                if let Some(now) = now
                    && before.is_none_or(|before| before.as_ref() != Some(now))
                {
                    set_status.set(now.clone());
                }
            },
            false,
        );
    }
    let confirmed = success_of(code, code_start.1);
    let changed = success_of(change, change_start.1);
    let code_start = StoredValue::new(code_start.0);
    let send_start = StoredValue::new(send_start);
    let email = status.get_untracked().email;
    // The forms below stay as they are while an address is to be confirmed.
    let step = Memo::new(move |_| status.with(Step::of));
    view! {
        <Head title="Email address" />
        <div class="form-page">
            <div class="grid gap-1">
                <p>
                    <a class="quiet-link" href="/account">"Account"</a>
                </p>
                <Heading>"Email address"</Heading>
                <p class="break-all text-muted">{move || status.get().email}</p>
            </div>
            <SuccessMessage shown=confirmed message="Your address is confirmed." />
            <SuccessMessage shown=changed message="Your choice was saved." />
            {move || match step.get() {
                Step::Confirm(pending) => {
                    EitherOf3::A(
                        view! {
                            <section aria-labelledby="confirm-title" class="grid gap-4">
                                <h2 id="confirm-title" class="subheading">"Confirm the address"</h2>
                                <p>
                                    "A mail to " <strong class="break-all">{pending.clone()}</strong>
                                    " has a link and a code. Follow the link, or type the code here \
                                    within an hour."
                                </p>
                                <Suggestion email=pending />
                                <CodeForm start=code_start.get_value() action=code />
                                <SendForm start=send_start.get_value() action=send />
                            </section>
                        },
                    )
                }
                Step::Proved => {
                    EitherOf3::B(
                        view! {
                            <p>"You have confirmed this address. Messages are mailed to it."</p>
                        },
                    )
                }
                Step::NoMail => {
                    EitherOf3::C(
                        view! {
                            <p>"This site sends no mail. You find messages in your mailbox here."</p>
                        },
                    )
                }
            }}
            <ChangeForm start=change_start.0 email action=change />
        </div>
    }
}

/// What is left to do.
#[derive(Clone, PartialEq, Eq)]
enum Step {
    /// Confirm this address.
    Confirm(String),
    /// Nothing: the address is confirmed.
    Proved,
    /// Nothing: the site sends no mail.
    NoMail,
}

impl Step {
    fn of(EmailStatus { email, proved, pending, sends_mail }: &EmailStatus) -> Self {
        match pending {
            Some(pending) if *sends_mail => Self::Confirm(pending.email.clone()),
            None if *sends_mail && !proved => Self::Confirm(email.clone()),
            _ if *sends_mail => Self::Proved,
            _ => Self::NoMail,
        }
    }
}
