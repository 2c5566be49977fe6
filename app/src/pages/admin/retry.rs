//! Retrying failed jobs.

use domain::JobId;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::QUEUES;
use crate::error::Failure;

/// Puts a failed job back in its queue.
#[server(prefix = "/fn", endpoint = "retry_job")]
pub async fn retry_job(id: JobId) -> Result<(), Failure> {
    use crate::ssr::{flash, form, request, response};
    use service::jobs::{self, Operator};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = jobs::retry(&ctx, Operator::Admin(&actor), id).await;
    form::redirect_back_with("retry_job", QUEUES, (), outcome).await?;
    flash::set("The job is back in its queue").await;
    response::redirect_form(QUEUES);
    Ok(())
}

/// Puts failed jobs back in their queues, as many as one call may.
#[server(prefix = "/fn", endpoint = "retry_all_jobs")]
pub async fn retry_all_jobs() -> Result<(), Failure> {
    use crate::ssr::{flash, form, request, response};
    use service::jobs::{self, Operator};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = jobs::retry_all(&ctx, Operator::Admin(&actor)).await;
    let count = form::redirect_back_with("retry_job", QUEUES, (), outcome).await?;
    let noun = if count == 1 { "job is" } else { "jobs are" };
    let rest = if count >= jobs::MAX_RETRIED { ". Retry again for the rest." } else { "" };
    let count = domain::grouped(count as u64);
    flash::set(format!("{count} {noun} back in the queue{rest}")).await;
    response::redirect_form(QUEUES);
    Ok(())
}
