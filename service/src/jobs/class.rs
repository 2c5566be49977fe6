//! Classes of jobs, each with workers of its own.

/// A class of jobs, which has workers of its own: a job may wait for others of its class, and never
/// for those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Creating the confirmations of registrations: it uses the database only, and a participant
    /// waits for each.
    Confirmations,
    /// Sending mail that one person waits for: links to set a password, and confirmations.
    AccountMail,
    /// Jobs that take minutes: notices to all participants of a competition, reminders, deleting
    /// old rows.
    Background,
    /// Sending mail to many people at once.
    BulkMail,
    /// Sending events to webhooks, whose receivers may be slow.
    Webhooks,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 5] =
        [Self::Confirmations, Self::AccountMail, Self::Background, Self::BulkMail, Self::Webhooks];
}
