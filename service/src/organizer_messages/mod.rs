//! Messages of organizers to the participants of their competitions.
//!
//! A message is written as a draft, read with the number of its recipients and three of them, and
//! sent, at once or at a later time. A job sends it in batches: each is a transaction that locks
//! the row of the message, stores the message in the mailboxes of some recipients, and moves the
//! row on to the last of them. So a run that is cut off is continued by the next one, two runs wait
//! for each other, and nobody has it twice. Recipients are those who match when their batch is
//! read, and have registered before the sending began or within a minute of it; those who register
//! later find it on the page of the competition.

mod deliver;
mod preview;
mod read;
mod recipients;
mod send;
mod stop;
mod test_mail;
mod updates;
mod words;
mod write;

use domain::{CompetitionId, ErrorCode, OrganizerMessageId, PublicError};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, sea_query::LockType,
};

pub(crate) use self::words::mail_examples;
pub use self::{
    deliver::SendOrganizerMessage,
    preview::preview,
    read::{get, get_draft, list},
    send::send,
    stop::stop,
    test_mail::send_test,
    updates::updates,
    write::{create, delete, edit},
};
use crate::{
    Result,
    entity::organizer_message::{Column, Entity, Model},
};

/// The message of a competition, locked until the transaction ends.
async fn find_locked(
    tx: &impl ConnectionTrait,
    competition: CompetitionId,
    id: OrganizerMessageId,
) -> Result<Model> {
    let found = Entity::find_by_id(id).filter(Column::CompetitionId.eq(competition));
    found.lock(LockType::Update).one(tx).await?.ok_or_else(|| not_found().into())
}

/// The error for an id that no message of the competition has.
pub fn not_found() -> PublicError {
    PublicError::new(ErrorCode::MessageNotFound, "Message not found")
}

fn not_a_draft() -> PublicError {
    let message = "This message was sent or scheduled already";
    PublicError::new(ErrorCode::MessageNotDraft, message)
}

async fn save(tx: &impl ConnectionTrait, row: Model) -> Result<Model> {
    Ok(row.into_active_model().reset_all().update(tx).await?)
}
