//! Who gets a message.

use domain::{CompetitionId, MessageRecipients};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use crate::{entity::registration, registration::has_answer};

/// The registrations for a competition that a message is for.
pub(super) fn matching(
    competition: CompetitionId,
    recipients: &MessageRecipients,
) -> Select<registration::Entity> {
    registration::Entity::find()
        .filter(registration::Column::CompetitionId.eq(competition))
        .filter(registration::Column::Status.is_in(recipients.statuses()))
        .filter(Condition::all().add_option(recipients.answer().map(has_answer)))
}
