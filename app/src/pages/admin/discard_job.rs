//! Discarding a failed job.

use domain::JobId;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::{
    QUEUES,
    dead_letters::{DeadLetterDetails, DeadLetterRow},
};
use crate::{
    components::{ErrorSummary, Field, Head, Heading, Layout, Loaded, Submit, Toasts},
    error::Failure,
    form::{Returned, error_of},
};

/// The text of a refused confirmation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedJobType {
    /// The name of the type.
    pub kind: String,
}

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscardJobScreen {
    /// The job.
    pub job: DeadLetterRow,
    /// The initial state of the form.
    pub start: Returned<TypedJobType>,
}

/// The job that may be discarded; for administrators.
#[server(prefix = "/fn", endpoint = "discard_job_screen")]
pub async fn load_discard_job(id: String) -> Result<DiscardJobScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, form, request};
    use domain::{ErrorCode, PublicError, Role};
    use service::jobs::{self, Operator};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    // Check the role before parsing the id, so that 403 wins over 404.
    actor.require(Role::Admin)?;
    let id = id.parse().map_err(|_| PublicError::new(ErrorCode::JobNotFound, "Job not found"))?;
    let job = jobs::dead_letter(&ctx, Operator::Admin(&actor), id).await?;
    let job = DeadLetterRow::of(job, &clock);
    Ok(DiscardJobScreen { job, start: form::take_stored_form("discard_job").await? })
}

/// Discards the job if its type was typed.
#[server(prefix = "/fn", endpoint = "discard_job")]
pub async fn discard_job(id: JobId, #[server(default)] kind: String) -> Result<(), Failure> {
    use crate::ssr::{flash, form, request};
    use service::jobs::{self, Operator};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = jobs::discard(&ctx, Operator::Admin(&actor), id, Some(&kind)).await;
    let page = format!("{QUEUES}/{id}/discard");
    form::redirect_back_with("discard_job", &page, TypedJobType { kind }, outcome).await?;
    flash::set("The job is discarded").await;
    leptos_axum::redirect(QUEUES);
    Ok(())
}

/// Asks for the type of a job before it is discarded.
#[component]
pub fn DiscardJobPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let screen = Resource::new_blocking(move || id.get(), load_discard_job);
    let discard = ServerAction::<DiscardJob>::new();
    Toasts::after(discard);
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen discard />
        </Loaded>
    }
}

#[component]
fn Content(screen: DiscardJobScreen, discard: ServerAction<DiscardJob>) -> impl IntoView {
    let DiscardJobScreen { job, start: Returned { typed, error } } = screen;
    let error = error_of(discard, error);
    view! {
        <Head title="Discard a job" />
        <div class="form-page">
            <Heading>"Discard this job?"</Heading>
            <ErrorSummary error />
            <p>"It won't run again. This cannot be undone, and the log records who discarded \
                it."</p>
            <div class="section">
                <DeadLetterDetails letter=job.clone() />
            </div>
            <ActionForm action=discard attr:class="section" attr:novalidate=true>
                <input type="hidden" name="id" value=job.id.to_string() />
                <p>"To discard it, type " <strong><code>{job.kind}</code></strong> "."</p>
                <Field id="kind" label="Job type" value=typed.kind error />
                <div class="flex flex-wrap gap-3">
                    <Submit pending=discard.pending() class="btn-danger">"Discard"</Submit>
                    <a class="btn" href=QUEUES>"Keep job"</a>
                </div>
            </ActionForm>
        </div>
    }
}
