//! `/api/mailbox`: the in-app mailbox.

use axum::{Json, extract::State, response::Response};
use domain::{Mail, MailId, MailQuery};
use serde::Serialize;
use service::{Cursor, mail::mailbox};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    cursor::CursorList,
    extract::{Id, NoBody, QueryString},
    parameters::{Cursors, MessageFilters, MessagePath},
    responses::{InvalidParameter, MessageNotFound},
};
use crate::{
    AppState,
    auth::{CurrentActor, LoggedIn},
    problem::Problem,
};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .read(routes!(list_my_mails))
        .read(routes!(count_unread_mails))
        .write(routes!(mark_mail_read))
}

/// A number of messages.
#[derive(Serialize, ToSchema)]
struct Count {
    /// The number of unread messages.
    #[schema(example = 2)]
    count: u64,
}

/// List my messages
///
/// The in-app copies of the mails to the user.
#[utoipa::path(
    get, path = "/mailbox/my", tag = "mailbox", security(("bearer" = [])),
    params(MessageFilters, Cursors),
    responses(
        (status = 200, description = "The part at the cursor; without a cursor the 500 newest \
            matching messages. Newest first", body = [Mail], headers(("Link"))),
        InvalidParameter,
    ),
)]
async fn list_my_mails(
    State(state): State<AppState>,
    LoggedIn(actor): LoggedIn,
    list: CursorList,
    QueryString(query): QueryString<MailQuery>,
) -> Result<Response, Problem> {
    let filter = query.check()?;
    let (key, owner) = (state.tokens.cursors(), actor.try_user().map(|user| user.id));
    let cursor = list.requested(key, owner)?;
    let cursor = cursor.unwrap_or(Cursor::first(mailbox::MAX_LISTED));
    let words = filter.search.as_deref();
    let slice = mailbox::list_after(&state.ctx, &actor, words, &cursor).await?;
    Ok(list.respond(key, owner, &slice))
}

/// Count my unread messages
///
/// For a badge: it is cheaper than the list.
#[utoipa::path(
    get, path = "/mailbox/unread-count", tag = "mailbox", security(("bearer" = [])),
    responses(
        (status = 200, description = "The number of unread messages", body = Count),
    ),
)]
async fn count_unread_mails(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
) -> Result<Json<Count>, Problem> {
    Ok(Json(Count { count: mailbox::unread_count(&state.ctx, &actor).await? }))
}

/// Mark a message as read
///
/// Repeating the call has the same response: the time of the first reading stays.
#[utoipa::path(
    patch, path = "/mailbox/{id}/read", tag = "mailbox", security(("bearer" = [])),
    params(MessagePath),
    responses(
        (status = 200, description = "The message", body = Mail),
        MessageNotFound,
    ),
)]
async fn mark_mail_read(
    State(state): State<AppState>,
    LoggedIn(actor): LoggedIn,
    Id(id): Id<MailId>,
    NoBody: NoBody,
) -> Result<Json<Mail>, Problem> {
    Ok(Json(mailbox::mark_read(&state.ctx, &actor, id).await?))
}
