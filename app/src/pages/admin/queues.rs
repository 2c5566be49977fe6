//! The queues of background jobs.

use std::time::Duration;

use domain::{PublicError, QueueStats};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    QUEUES,
    dead_letters::{DeadLetterRow, DeadLetters},
    job_counts::JobCounts,
    retry::{RetryAllJobs, RetryJob},
};
use crate::{
    components::{ErrorSummary, Head, Heading, Icon, Loaded, Shape, Submit, Toasts, refresh_now},
    error::Failure,
    form::error_of,
    hand_over::is_handed_over,
};

/// The interval between updates while the page is visible.
const EVERY: Duration = Duration::from_secs(5);

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuesScreen {
    /// By name.
    pub kinds: Vec<QueueStats>,
    /// The failed jobs, latest first.
    pub dead: Vec<DeadLetterRow>,
    /// Why a retry without JavaScript has just been refused, if it was.
    pub error: Option<PublicError>,
}

/// The queues as they are now; for administrators.
#[server(prefix = "/fn", endpoint = "queues")]
pub async fn load_queues() -> Result<QueuesScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, form, request};
    use service::jobs::{self, Operator};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    let operator = Operator::Admin(&actor);
    let kinds = jobs::stats(&ctx, operator).await?;
    let dead = jobs::dead_letters(&ctx, operator).await?;
    let error = form::take_stored_form::<()>("retry_job").await?.error;
    let dead = dead.into_iter().map(|letter| DeadLetterRow::of(letter, &clock)).collect();
    Ok(QueuesScreen { kinds, dead, error })
}

/// The queues, updated every few seconds while the page is visible.
#[component]
pub fn QueuesPage() -> impl IntoView {
    let retry = ServerAction::<RetryJob>::new();
    let retry_all = ServerAction::<RetryAllJobs>::new();
    Toasts::after(retry);
    Toasts::after(retry_all);
    let source = move || (retry.version().get(), retry_all.version().get());
    let screen = Resource::new_blocking(source, |_| load_queues());
    Effect::new(move || {
        let update = move || {
            // A page that was handed over is refreshed by its link.
            if !document().hidden() && !is_handed_over() {
                refresh_now(screen, async { Some(load_queues().await) });
            }
        };
        if let Ok(interval) = set_interval_with_handle(update, EVERY) {
            on_cleanup(move || interval.clear());
        }
    });
    view! {
        <Loaded from=screen let(screen)>
            <Content screen retry retry_all />
        </Loaded>
    }
}

#[component]
fn Content(
    screen: QueuesScreen,
    retry: ServerAction<RetryJob>,
    retry_all: ServerAction<RetryAllJobs>,
) -> impl IntoView {
    let dead = screen.dead.len();
    view! {
        <Head title="Queues" />
        <div class="grid gap-8">
            <div class="flex flex-wrap items-end justify-between gap-3">
                <div class="grid gap-1">
                    <Heading>"Queues"</Heading>
                    <p class="text-muted">"The background jobs, updated every few seconds."</p>
                </div>
                <a class="btn" href=QUEUES rel="external">
                    <Icon shape=Shape::Again />
                    "Refresh"
                </a>
            </div>
            <ErrorSummary error=error_of(retry, screen.error) />
            <JobCounts kinds=screen.kinds />
            <section aria-labelledby="dead" class="grid gap-4">
                <div class="flex flex-wrap items-center justify-between gap-3">
                    <h2 id="dead" class="subheading">"Failed jobs"</h2>
                    {(dead > 0)
                        .then(|| {
                            view! {
                                <ActionForm action=retry_all>
                                    <Submit pending=retry_all.pending() class="">
                                        "Retry all"
                                    </Submit>
                                </ActionForm>
                            }
                        })}
                </div>
                <DeadLetters letters=screen.dead retry />
            </section>
        </div>
    }
}
