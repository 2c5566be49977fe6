//! Which jobs share workers.

/// A class of jobs, which has workers of its own: jobs of one class may wait for each other, and
/// never for those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Confirmations of registrations: they use nothing but the database, and a participant waits
    /// for each.
    Confirmations,
    /// Mail that one person waits for: links to set a password, and confirmations on their way to
    /// an address.
    AccountMail,
    /// Jobs that take minutes: notices to all participants of a competition, reminders, deleting
    /// old rows.
    Background,
    /// Mail to many people at once, on its way to their addresses.
    BulkMail,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 4] =
        [Self::Confirmations, Self::AccountMail, Self::Background, Self::BulkMail];
}
