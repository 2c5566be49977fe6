//! The page of the sessions.

use domain::grouped;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    log_out::{LogOutOthers, LogOutSession},
    row::{SessionDetails, SessionRow},
};
use crate::{
    components::{ErrorSummary, Head, Heading, Loaded, MadeFor, Submit, Toasts},
    error::Failure,
    form::{Returned, error_of},
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsScreen {
    /// This browser first, then by their last use, latest first.
    pub browsers: Vec<SessionRow>,
    /// How many programs are logged in through the API.
    pub programs: u64,
    /// The initial state of the forms.
    pub start: Returned<()>,
}

/// Loads the page; for users who are logged in.
#[server(prefix = "/fn", endpoint = "sessions")]
pub async fn load_sessions() -> Result<SessionsScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, form, request};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    let open = service::sessions::list(&ctx, &actor, Some(&request::session()?)).await?;
    Ok(SessionsScreen {
        browsers: open.browsers.into_iter().map(|open| SessionRow::of(open, &clock)).collect(),
        programs: open.programs,
        start: form::take_stored_form("log_out_session").await?,
    })
}

/// The sessions of the user.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let one = ServerAction::<LogOutSession>::new();
    let others = ServerAction::<LogOutOthers>::new();
    Toasts::after(one);
    Toasts::after(others);
    let done = move || (one.version().get(), others.version().get());
    let screen = Resource::new_blocking(done, |_| load_sessions());
    view! {
        <Loaded from=screen let(screen)>
            <Content screen one others />
        </Loaded>
    }
}

#[component]
fn Content(
    screen: SessionsScreen,
    one: ServerAction<LogOutSession>,
    others: ServerAction<LogOutOthers>,
) -> impl IntoView {
    let SessionsScreen { browsers, programs, start } = screen;
    let others_error = error_of(others, start.error);
    let one_error = error_of(one, None);
    let has_others = programs > 0 || browsers.iter().any(|session| session.last_used_at.is_some());
    let item = move |session: SessionRow| view! { <li><Item session action=one /></li> };
    view! {
        <Head title="Sessions" />
        <div class="form-page">
            <div class="grid gap-2">
                <Heading>"Sessions"</Heading>
                <p>
                    "Where you are logged in. A new password logs all others out, too: \
                    change it if you do not recognize one."
                </p>
            </div>
            <ErrorSummary error=others_error />
            <ErrorSummary error=one_error />
            <section aria-labelledby="browsers-title" class="grid gap-4">
                <h2 id="browsers-title" class="subheading">"Browsers"</h2>
                <ul aria-labelledby="browsers-title" class="grid gap-3">
                    {browsers.into_iter().map(item).collect_view()}
                </ul>
            </section>
            <p>{programs_words(programs)}</p>
            {has_others
                .then(|| {
                    view! {
                        <ActionForm action=others>
                            <MadeFor />
                            <Submit pending=others.pending() class="btn-outline">
                                "Log out of all others"
                            </Submit>
                        </ActionForm>
                    }
                })}
            <p>
                <a class="link" href="/account">"Back to your account"</a>
            </p>
        </div>
    }
}

#[component]
fn Item(session: SessionRow, action: ServerAction<LogOutSession>) -> impl IntoView {
    let form = session.last_used_at.is_some().then(|| {
        let (id, title) = (session.id.to_string(), session.title.clone());
        view! {
            <ActionForm action>
                <input type="hidden" name="id" value=id />
                <MadeFor />
                <button class="btn">
                    "Log out"
                    <span class="sr-only">{format!(" of {title}")}</span>
                </button>
            </ActionForm>
        }
    });
    view! {
        <article class="section">
            <div class="flex flex-wrap items-start justify-between gap-3">
                <SessionDetails session />
                {form}
            </div>
        </article>
    }
}

/// How many programs are logged in, in words.
fn programs_words(programs: u64) -> String {
    let counted = match programs {
        0 => return "No program is logged in with your password.".to_owned(),
        1 => "1 login of a program".to_owned(),
        many => format!("{} logins of programs", grouped(many)),
    };
    format!("{counted} with your password. Personal access tokens are not among them.")
}
