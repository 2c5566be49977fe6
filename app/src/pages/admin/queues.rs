//! The queues of background jobs.

use std::time::Duration;

use domain::{MailOutcomes, PublicError, QueueStats};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{
    dead_letters::{DeadLetterList, DeadLetters},
    job_counts::JobCounts,
    mail_outcomes::Mail,
    queues_at,
    retry::{RetryAllJobs, RetryJob},
};
use crate::{
    components::{
        ErrorSummary, Head, Heading, Icon, Loaded, Pagination, Shape, Submit, Toasts, page_words,
        refresh_now,
    },
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
    /// What becomes of mail.
    pub mail: MailOutcomes,
    /// One page of the failed jobs.
    pub dead: DeadLetterList,
    /// Why a retry without JavaScript has just been refused, if it was.
    pub error: Option<PublicError>,
}

/// The queues as they are now; for administrators.
#[server(prefix = "/fn", endpoint = "queues")]
pub async fn load_queues(#[server(default)] page: Option<String>) -> Result<QueuesScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, form, request};
    use domain::Paging;
    use service::jobs::{self, Operator};

    /// The number of failed jobs on a page.
    const ON_A_PAGE: u64 = 20;
    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    let operator = Operator::Admin(&actor);
    let kinds = jobs::stats(&ctx, operator).await?;
    let paging = Paging::of_page(page.as_deref(), ON_A_PAGE)?;
    let dead = jobs::dead_letters_on_page(&ctx, operator, paging).await?;
    let error = form::take_stored_form::<()>("retry_job").await?.error;
    let mail = service::mail::outcomes(&ctx, &actor).await?;
    Ok(QueuesScreen { kinds, mail, dead: DeadLetterList::of(dead, &clock), error })
}

/// The queues, updated every few seconds while the page is visible.
#[component]
pub fn QueuesPage() -> impl IntoView {
    let retry = ServerAction::<RetryJob>::new();
    let retry_all = ServerAction::<RetryAllJobs>::new();
    Toasts::after(retry);
    Toasts::after(retry_all);
    let query = use_query_map();
    let page = Memo::new(move |_| query.read().get("page"));
    let source = move || (page.get(), retry.version().get(), retry_all.version().get());
    let screen = Resource::new_blocking(source, |(page, ..)| load_queues(page));
    Effect::new(move || {
        let update = move || {
            // A page that was handed over is refreshed by its link.
            if !document().hidden() && !is_handed_over() {
                let shown = page.get_untracked();
                refresh_now(screen, async move {
                    let now = load_queues(shown.clone()).await;
                    (page.try_get_untracked() == Some(shown)).then_some(now)
                });
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
    let DeadLetterList { total, page, pages, .. } = screen.dead;
    view! {
        <Head title="Queues" />
        <div class="grid gap-8">
            <div class="flex flex-wrap items-end justify-between gap-3">
                <div class="grid gap-1">
                    <Heading>"Queues"</Heading>
                    <p class="text-muted">"The background jobs, updated every few seconds."</p>
                </div>
                <a class="btn" href=queues_at(page) rel="external">
                    <Icon shape=Shape::Again />
                    "Refresh"
                </a>
            </div>
            <ErrorSummary error=error_of(retry, screen.error) />
            <JobCounts kinds=screen.kinds />
            <Mail outcomes=screen.mail />
            <section aria-labelledby="dead" class="grid gap-4">
                <div class="flex flex-wrap items-center justify-between gap-3">
                    <h2 id="dead" class="subheading">"Failed jobs" {page_words(page, pages)}</h2>
                    {(total > 0)
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
                <DeadLetters list=screen.dead retry />
                <Pagination page pages href=queues_at />
            </section>
        </div>
    }
}
