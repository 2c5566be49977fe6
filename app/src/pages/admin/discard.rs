//! Discarding a job that was given up.

use domain::JobId;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::{
    QUEUES,
    dead_letters::{DeadLine, JobWords},
};
use crate::{
    components::{ErrorSummary, Field, Head, Heading, Loaded, Submit, Toasts},
    error::Failure,
    form::{Returned, problem_of},
};

/// What is kept of a refused confirmation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedKind {
    /// The name of the kind.
    pub kind: String,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscardScreen {
    /// The job.
    pub job: DeadLine,
    /// What the form starts with.
    pub start: Returned<TypedKind>,
}

/// The job that may be discarded; for administrators.
#[server(prefix = "/fn", endpoint = "discard")]
pub async fn load_discard(id: String) -> Result<DiscardScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, form, request};
    use domain::{ErrorCode, PublicError, Role};
    use service::jobs::{self, Operator};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    // Who may not do this is told so, whatever the address holds.
    actor.require(Role::Admin)?;
    let id = id.parse().map_err(|_| PublicError::new(ErrorCode::JobNotFound, "Job not found"))?;
    let job = jobs::dead_letter(&ctx, Operator::Admin(&actor), id).await?;
    let job = DeadLine::of(job, &clock);
    Ok(DiscardScreen { job, start: form::returned("discard_job").await? })
}

/// Discards the job, if its kind was named.
#[server(prefix = "/fn", endpoint = "discard_job")]
pub async fn discard_job(id: JobId, #[server(default)] kind: String) -> Result<(), Failure> {
    use crate::ssr::{flash, form, request};
    use service::jobs::{self, Operator};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = jobs::discard(&ctx, Operator::Admin(&actor), id, Some(&kind)).await;
    let page = format!("{QUEUES}/{id}/discard");
    form::settle("discard_job", &page, TypedKind { kind }, outcome).await?;
    flash::set("The job is discarded").await;
    leptos_axum::redirect(QUEUES);
    Ok(())
}

/// Asks before a job is discarded: its kind has to be typed.
#[component]
pub fn DiscardPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let screen = Resource::new_blocking(move || id.get(), load_discard);
    let discard = ServerAction::<DiscardJob>::new();
    Toasts::after(discard);
    view! {
        <Loaded from=screen let(screen)>
            <Content screen discard />
        </Loaded>
    }
}

#[component]
fn Content(screen: DiscardScreen, discard: ServerAction<DiscardJob>) -> impl IntoView {
    let DiscardScreen { job, start: Returned { typed, problem } } = screen;
    let problem = problem_of(discard, problem);
    view! {
        <Head title="Discard a job" />
        <div class="form-page">
            <Heading>"Discard this job?"</Heading>
            <ErrorSummary problem />
            <p>"It won't run again. This cannot be undone, and the log records who discarded it."</p>
            <div class="section">
                <JobWords letter=job.clone() />
            </div>
            <ActionForm action=discard attr:class="section" attr:novalidate=true>
                <input type="hidden" name="id" value=job.id.to_string() />
                <p>"To discard it, type " <strong><code>{job.kind}</code></strong> "."</p>
                <Field id="kind" label="Job type" value=typed.kind problem />
                <div class="flex flex-wrap gap-3">
                    <Submit pending=discard.pending() class="btn-danger">"Discard"</Submit>
                    <a class="btn" href=QUEUES>"Keep job"</a>
                </div>
            </ActionForm>
        </div>
    }
}
