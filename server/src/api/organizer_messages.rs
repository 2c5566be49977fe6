//! The messages of an organizer to the participants of a competition.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use domain::{
    CompetitionId, OrganizerMessage, OrganizerMessageId, OrganizerMessageInput, RecipientPreview,
    SendMessageInput,
};
use service::organizer_messages as messages;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::{Body, Id, Ids, NoBody},
    location,
    parameters::{CompetitionPath, OrganizerMessagePath},
    responses::{
        CompetitionNotFound, InvalidField, NotPending, OrganizerMessageNotFound, OwnerOnly,
        SendRefused, SentAlready, TooManyMessages,
    },
};
use crate::{AppState, auth::Organizer, problem::Problem};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .read(routes!(list_messages))
        .write(routes!(create_message))
        .read(routes!(get_message))
        .write(routes!(edit_message, delete_message))
        .read(routes!(preview_recipients))
        .write(routes!(send_test_message))
        .write(routes!(send_message))
        .write(routes!(stop_message))
}

/// List the messages of my competition
///
/// Those that were written to its participants, with drafts and how far each has come; at most 200.
#[utoipa::path(
    get, path = "/competitions/{id}/messages", tag = "messages", security(("bearer" = [])),
    params(CompetitionPath),
    responses(
        (status = 200, description = "All messages; newest first", body = [OrganizerMessage]),
        OwnerOnly, CompetitionNotFound,
    ),
)]
async fn list_messages(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<CompetitionId>,
) -> Result<Json<Vec<OrganizerMessage>>, Problem> {
    Ok(Json(messages::list(&state.ctx, &actor, id).await?))
}

/// Write a message to the participants of my competition
///
/// It is a draft until it is sent. The text is Markdown. The recipients are chosen by the status of
/// their registration and by one answer.
#[utoipa::path(
    post, path = "/competitions/{id}/messages", tag = "messages", security(("bearer" = [])),
    params(CompetitionPath),
    request_body = OrganizerMessageInput,
    responses(
        (status = 201, description = "The draft", body = OrganizerMessage, headers(("Location"))),
        InvalidField, OwnerOnly, CompetitionNotFound, TooManyMessages,
    ),
)]
async fn create_message(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<CompetitionId>,
    Body(input): Body<OrganizerMessageInput>,
) -> Result<Response, Problem> {
    let message = messages::create(&state.ctx, &actor, id, input).await?;
    let parent = format!("/api/competitions/{id}/messages/");
    Ok(location::created(&parent, message.id, Json(message)))
}

/// Get a message of my competition
///
/// `sent` of `recipients` have it in their mailboxes.
#[utoipa::path(
    get, path = "/competitions/{id}/messages/{messageId}", tag = "messages",
    security(("bearer" = [])),
    params(OrganizerMessagePath),
    responses(
        (status = 200, description = "The message", body = OrganizerMessage),
        OwnerOnly, OrganizerMessageNotFound,
    ),
)]
async fn get_message(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Ids(competition, id): Ids<CompetitionId, OrganizerMessageId>,
) -> Result<Json<OrganizerMessage>, Problem> {
    Ok(Json(messages::get(&state.ctx, &actor, competition, id).await?))
}

/// Edit a draft of a message
///
/// Absent fields stay unchanged; an empty `answer` is any answer. A message that is scheduled is
/// stopped first, which makes it a draft again.
#[utoipa::path(
    patch, path = "/competitions/{id}/messages/{messageId}", tag = "messages",
    security(("bearer" = [])),
    params(OrganizerMessagePath),
    request_body = OrganizerMessageInput,
    responses(
        (status = 200, description = "The edited draft", body = OrganizerMessage),
        InvalidField, OwnerOnly, OrganizerMessageNotFound, SentAlready,
    ),
)]
async fn edit_message(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Ids(competition, id): Ids<CompetitionId, OrganizerMessageId>,
    Body(input): Body<OrganizerMessageInput>,
) -> Result<Json<OrganizerMessage>, Problem> {
    Ok(Json(messages::edit(&state.ctx, &actor, competition, id, input).await?))
}

/// Delete a draft of a message
///
/// Messages that were sent stay in the list.
#[utoipa::path(
    delete, path = "/competitions/{id}/messages/{messageId}", tag = "messages",
    security(("bearer" = [])),
    params(OrganizerMessagePath),
    responses(
        (status = 204, description = "Deleted"),
        OwnerOnly, OrganizerMessageNotFound, SentAlready,
    ),
)]
async fn delete_message(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Ids(competition, id): Ids<CompetitionId, OrganizerMessageId>,
    NoBody: NoBody,
) -> Result<StatusCode, Problem> {
    messages::delete(&state.ctx, &actor, competition, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Preview the recipients of a message
///
/// How many would get it now, and the first three of them.
#[utoipa::path(
    get, path = "/competitions/{id}/messages/{messageId}/recipients", tag = "messages",
    security(("bearer" = [])),
    params(OrganizerMessagePath),
    responses(
        (status = 200, description = "The recipients", body = RecipientPreview),
        OwnerOnly, OrganizerMessageNotFound,
    ),
)]
async fn preview_recipients(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Ids(competition, id): Ids<CompetitionId, OrganizerMessageId>,
) -> Result<Json<RecipientPreview>, Problem> {
    Ok(Json(messages::preview(&state.ctx, &actor, competition, id).await?))
}

/// Send a message to myself alone
///
/// As its recipients would get it: to the mailbox and, if this installation sends mail, by mail. At
/// most ten in an hour.
#[utoipa::path(
    post, path = "/competitions/{id}/messages/{messageId}/test", tag = "messages",
    security(("bearer" = [])),
    params(OrganizerMessagePath),
    responses(
        (status = 204, description = "It is in the mailbox"),
        OwnerOnly, OrganizerMessageNotFound,
    ),
)]
async fn send_test_message(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Ids(competition, id): Ids<CompetitionId, OrganizerMessageId>,
    NoBody: NoBody,
) -> Result<StatusCode, Problem> {
    messages::send_test(&state.ctx, &actor, competition, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send a message to the participants of my competition
///
/// At once, or at the time `at`. Each recipient gets it once; a repeated request changes nothing.
/// At most 20 messages in 24 hours.
#[utoipa::path(
    post, path = "/competitions/{id}/messages/{messageId}/send", tag = "messages",
    security(("bearer" = [])),
    params(OrganizerMessagePath),
    request_body = SendMessageInput,
    responses(
        (status = 200, description = "The message that is being sent", body = OrganizerMessage),
        InvalidField, OwnerOnly, OrganizerMessageNotFound, SendRefused,
    ),
)]
async fn send_message(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Ids(competition, id): Ids<CompetitionId, OrganizerMessageId>,
    Body(input): Body<SendMessageInput>,
) -> Result<Json<OrganizerMessage>, Problem> {
    Ok(Json(messages::send(&state.ctx, &actor, competition, id, input).await?))
}

/// Stop a message that is scheduled or being sent
///
/// A scheduled one is a draft again. Of one that is being sent, those who have it keep it.
#[utoipa::path(
    post, path = "/competitions/{id}/messages/{messageId}/stop", tag = "messages",
    security(("bearer" = [])),
    params(OrganizerMessagePath),
    responses(
        (status = 200, description = "The message", body = OrganizerMessage),
        OwnerOnly, OrganizerMessageNotFound, NotPending,
    ),
)]
async fn stop_message(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Ids(competition, id): Ids<CompetitionId, OrganizerMessageId>,
    NoBody: NoBody,
) -> Result<Json<OrganizerMessage>, Problem> {
    Ok(Json(messages::stop(&state.ctx, &actor, competition, id).await?))
}
