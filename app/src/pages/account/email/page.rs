//! The page of the address.

use domain::EmailStatus;
use leptos::{either::EitherOf3, prelude::*, server_fn::ServerFn};
use serde::{Deserialize, Serialize};

use super::{
    change::{ChangeEmail, ChangeForm, Suggestion},
    code::{CodeForm, VerifyEmailCode},
    send::{SendEmailVerification, SendForm},
};
use crate::{
    components::{Head, Heading, Layout, Loaded, SuccessMessage},
    error::Failure,
    form::{Returned, keep_one_error, success_of},
    viewer::CurrentViewer,
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailScreen {
    /// The address, and the one that is to be verified.
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
            form::take_stored_form("verify_email_code").await?,
            form::take_success_flag("verify_email_code").await?,
        ),
        send: (
            form::take_stored_form("send_email_verification").await?,
            form::take_success_flag("send_email_verification").await?,
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
    let code = ServerAction::<VerifyEmailCode>::new();
    let send = ServerAction::<SendEmailVerification>::new();
    let change = ServerAction::<ChangeEmail>::new();
    // The note on other pages ends, or begins.
    let viewer = expect_context::<CurrentViewer>();
    viewer.follow(code.version());
    viewer.follow(change.version());
    keep_one_error(code, send);
    keep_one_error(code, change);
    keep_one_error(send, change);
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen code send change />
        </Loaded>
    }
}

#[component]
fn Content(
    screen: EmailScreen,
    code: ServerAction<VerifyEmailCode>,
    send: ServerAction<SendEmailVerification>,
    change: ServerAction<ChangeEmail>,
) -> impl IntoView {
    let EmailScreen { status, code: code_start, send: send_start, change: change_start } = screen;
    let (status, set_status) = signal(status);
    show_reply(code, set_status);
    show_reply(send, set_status);
    show_reply(change, set_status);
    let verified = success_of(code, code_start.1);
    let changed = success_of(change, change_start.1);
    let is_pending = Signal::derive(move || status.with(|status| status.pending.is_some()));
    let code_start = StoredValue::new(code_start.0);
    let send_start = StoredValue::new(send_start);
    let email = status.get_untracked().email;
    // The forms below stay as they are while an address is to be verified.
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
            <SuccessMessage shown=verified message="Your address is verified." />
            <SuccessMessage
                shown=Signal::derive(move || changed.get() && !is_pending.get())
                message="Your address was changed."
            />
            {move || match step.get() {
                Step::Verify { email, mail } => {
                    let (before, after) = mail.words();
                    let has_code = mail == Mail::Asked;
                    EitherOf3::A(
                        view! {
                            <section aria-labelledby="verify-title" class="grid gap-4">
                                <h2 id="verify-title" class="subheading">"Verify the address"</h2>
                                <p>
                                    {before} <strong class="break-all">{email.clone()}</strong>
                                    {after}
                                </p>
                                <Suggestion email />
                                {has_code
                                    .then(|| {
                                        view! {
                                            <CodeForm start=code_start.get_value() action=code />
                                        }
                                    })}
                                <SendForm
                                    start=send_start.get_value()
                                    is_first=!has_code
                                    action=send
                                />
                            </section>
                        },
                    )
                }
                Step::Verified { is_refused } => {
                    let words = if is_refused {
                        "The mail server of this address has refused our last mail. Change the \
                         address if it is no longer yours; else ask its provider why."
                    } else {
                        "You have verified this address. Messages are mailed to it."
                    };
                    EitherOf3::B(view! { <p>{words}</p> })
                }
                Step::NoMail => {
                    EitherOf3::C(
                        view! {
                            <p>
                                "This site sends no mail. You find messages in your mailbox here."
                            </p>
                        },
                    )
                }
            }}
            <ChangeForm start=change_start.0 email action=change />
        </div>
    }
}

/// Shows the status that a form answers with.
fn show_reply<S>(action: ServerAction<S>, status: WriteSignal<EmailStatus>)
where
    S: ServerFn<Output = EmailStatus, Error = Failure> + Clone + Send + Sync + 'static,
{
    Effect::new(move || {
        if action.version().get() > 0
            && let Some(Ok(now)) = action.value().get()
        {
            status.set(now);
        }
    });
}

/// The next step.
#[derive(Clone, PartialEq, Eq)]
enum Step {
    /// Verify this address.
    Verify { email: String, mail: Mail },
    /// None: the address is verified. Its mail server may have refused it since.
    Verified { is_refused: bool },
    /// None: the site sends no mail.
    NoMail,
}

/// The mail that has the link and the code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mail {
    /// It was sent, or is being sent.
    Asked,
    /// There is none, or it has expired.
    Missing,
    /// The mail server of the address has refused it.
    Refused,
}

impl Mail {
    /// What the page says before and after the address.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Asked => (
                "A mail to ",
                " has a link and a code. Follow the link, or type the code here within an hour.",
            ),
            Self::Missing => {
                ("Messages are mailed to ", " once you verify it. A mail has the link and a code.")
            }
            Self::Refused => (
                "The mail server of ",
                " has refused our mail. Check the address, and change it below if it is misspelt.",
            ),
        }
    }
}

impl Step {
    fn of(status: &EmailStatus) -> Self {
        let EmailStatus { email, verified, refused, pending, sends_mail } = status;
        let mail = |is_refused, otherwise| if is_refused { Mail::Refused } else { otherwise };
        match pending {
            _ if !sends_mail => Self::NoMail,
            Some(pending) => Self::Verify {
                email: pending.email.clone(),
                mail: mail(pending.refused, Mail::Asked),
            },
            None if *verified => Self::Verified { is_refused: *refused },
            None => Self::Verify { email: email.clone(), mail: mail(*refused, Mail::Missing) },
        }
    }
}
