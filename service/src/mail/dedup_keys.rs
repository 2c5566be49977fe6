//! What the dedup keys of messages begin with. Ids follow.

use domain::{MailKind, OrganizerMessageId};

/// A confirmation of a registration.
pub(crate) const CONFIRMATION: &str = "confirmation:";
/// A confirmation of a registration that an organizer has approved. It is not limited to one in six
/// hours.
pub(crate) const APPROVAL: &str = "approval:";
/// What an organizer has decided on a registration.
pub(crate) const REVIEW: &str = "review:";
/// A participant has joined a waiting list. The id of the registration follows, and a time.
pub(crate) const WAITLISTED: &str = "waitlisted:";
/// A participant has cancelled their registration. The same follows.
pub(crate) const OWN_CANCELLATION: &str = "own-cancellation:";
/// Answers that an organizer has edited.
pub(crate) const ANSWERS: &str = "answers:";
/// A competition that has changed.
pub(crate) const CHANGE: &str = "change:";
/// A competition that was cancelled.
pub(crate) const CANCELLATION: &str = "cancellation:";
/// A competition that starts soon.
pub(crate) const REMINDER: &str = "reminder:";
/// An invitation to a competition.
pub(crate) const INVITATION: &str = "invitation:";
/// What an organizer writes to a participant. The id of the message follows, and that of the
/// registration.
pub(crate) const ORGANIZER_MESSAGE: &str = "message:";
/// The same, sent to the organizer to try it.
pub(crate) const ORGANIZER_MESSAGE_TEST: &str = "message-test:";
/// What participants have done, for an organizer. The id of the competition or of the organizer
/// follows, and a time.
pub(crate) const ORGANIZER_NOTICE: &str = "organizing:";
/// A message about the account.
pub(crate) const ACCOUNT: &str = "account:";
/// A message about the account to its old address.
pub(crate) const EMAIL_CHANGED: &str = "account:email-changed:";

/// The kinds that users have preferences for.
const KINDS: [(&str, MailKind); 12] = [
    (CONFIRMATION, MailKind::Registrations),
    (APPROVAL, MailKind::Registrations),
    (REVIEW, MailKind::Registrations),
    (WAITLISTED, MailKind::Registrations),
    (OWN_CANCELLATION, MailKind::Registrations),
    (ANSWERS, MailKind::Registrations),
    (CHANGE, MailKind::Changes),
    (CANCELLATION, MailKind::Changes),
    (REMINDER, MailKind::Reminders),
    (INVITATION, MailKind::Invitations),
    (ORGANIZER_MESSAGE, MailKind::Messages),
    (ORGANIZER_NOTICE, MailKind::Organizing),
];

/// The kind of the message with a key; `None` for one that is always mailed.
pub(crate) fn kind_of(dedup_key: &str) -> Option<MailKind> {
    KINDS.into_iter().find(|(prefix, _)| dedup_key.starts_with(prefix)).map(|(_, kind)| kind)
}

/// The message of an organizer that the message with a key shows.
pub(crate) fn organizer_message_of(dedup_key: &str) -> Option<OrganizerMessageId> {
    let ids = [ORGANIZER_MESSAGE, ORGANIZER_MESSAGE_TEST];
    let ids = ids.into_iter().find_map(|prefix| dedup_key.strip_prefix(prefix))?;
    ids.split(':').next()?.parse().ok()
}
