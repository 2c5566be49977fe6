//! `/api/mailbox`: the in-app mailbox.

use axum::{Json, extract::State};
use domain::{Mail, MailId, MailQuery};
use serde::Serialize;
use service::mailbox;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::extract::{Id, NoBody, QueryString};
use crate::{
    AppState,
    auth::CurrentActor,
    problem::{Problem, ProblemDetails},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(unread_count))
        .routes(routes!(mark_read))
}

/// A number of messages.
#[derive(Serialize, ToSchema)]
struct Count {
    count: u64,
}

/// List my messages
#[utoipa::path(
    get, path = "/mailbox/my", tag = "mailbox", security(("bearer" = [])),
    params(("search" = Option<String>, Query, description = "Words of the subject or text, in any case")),
    responses(
        (status = 200, description = "The 500 newest that match, newest first", body = [Mail]),
        (status = 400, description = "The parameter is wrong", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn list(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    query: Result<QueryString<MailQuery>, Problem>,
) -> Result<Json<Vec<Mail>>, Problem> {
    // Who may not do this is told so, whatever they sent.
    actor.user()?;
    let QueryString(query) = query?;
    let filter = query.check()?;
    Ok(Json(mailbox::list(&state.ctx, &actor, filter.search.as_deref()).await?))
}

/// Count the messages I have not opened
#[utoipa::path(
    get, path = "/mailbox/unread-count", tag = "mailbox", security(("bearer" = [])),
    responses(
        (status = 200, description = "How many", body = Count),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn unread_count(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
) -> Result<Json<Count>, Problem> {
    Ok(Json(Count { count: mailbox::unread_count(&state.ctx, &actor).await? }))
}

/// Mark a message as read
#[utoipa::path(
    patch, path = "/mailbox/{id}/read", tag = "mailbox", security(("bearer" = [])),
    params(("id" = MailId, Path)),
    responses(
        (status = 200, description = "The message", body = Mail),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Message not found", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Too busy, and nothing was changed; or, with the code `outcome_unknown`, it is not known", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn mark_read(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    id: Result<Id<MailId>, Problem>,
    body: Result<NoBody, Problem>,
) -> Result<Json<Mail>, Problem> {
    actor.user()?;
    let (Id(id), NoBody) = (id?, body?);
    Ok(Json(mailbox::mark_read(&state.ctx, &actor, id).await?))
}
