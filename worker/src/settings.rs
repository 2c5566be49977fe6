//! The settings of a worker.

use service::jobs::Class;

use crate::Schedule;

/// Jobs of class [`Class::Background`] that run at the same time.
const BACKGROUND: usize = 2;

/// How many jobs of each class run at the same time, and when recurring jobs run.
#[derive(Clone, Debug)]
pub struct WorkerSettings {
    /// Batches of confirmations that run at the same time.
    pub confirmation_batches: usize,
    /// Mails to one person that are sent at the same time.
    pub account_mails: usize,
    /// Mails to many people that are sent at the same time.
    pub bulk_mails: usize,
    /// Webhooks whose deliveries are sent at the same time.
    pub webhooks: usize,
    /// When reminders are sent to participants.
    pub reminder_schedule: Schedule,
    /// When organizers are notified of what participants do.
    pub notices_schedule: Schedule,
    /// When expired rows are deleted.
    pub cleanup_schedule: Schedule,
}

impl WorkerSettings {
    /// How many groups of jobs of this class run at the same time.
    pub(crate) fn concurrency(&self, class: Class) -> usize {
        match class {
            Class::Confirmations => self.confirmation_batches,
            Class::AccountMail => self.account_mails,
            Class::Background => BACKGROUND,
            Class::BulkMail => self.bulk_mails,
            Class::Webhooks => self.webhooks,
        }
    }
}
