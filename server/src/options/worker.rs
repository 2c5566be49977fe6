//! Options of the worker.

use clap::Args;
use worker::{Schedule, WorkerSettings};

/// Options of the worker.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Worker")]
pub struct WorkerOptions {
    /// Batches of confirmations that run at the same time
    #[arg(long, env = "WORKER_CONCURRENCY", value_parser = clap::value_parser!(u16).range(1..=256),
          default_value_t = 4)]
    pub worker_concurrency: u16,

    /// Mails to one person that are sent at the same time: links to set a password, confirmations
    #[arg(long, env = "MAIL_CONCURRENCY", value_parser = clap::value_parser!(u16).range(1..=256),
          default_value_t = 4)]
    pub mail_concurrency: u16,

    /// Mails to many people that are sent at the same time: cancellations, reminders
    #[arg(long, env = "BULK_MAIL_CONCURRENCY",
          value_parser = clap::value_parser!(u16).range(1..=256),
          default_value_t = 4)]
    pub bulk_mail_concurrency: u16,

    /// Webhooks whose deliveries are sent at the same time, up to four requests to each
    #[arg(long, env = "WEBHOOK_CONCURRENCY", value_parser = clap::value_parser!(u16).range(1..=256),
          default_value_t = 8)]
    pub webhook_concurrency: u16,

    /// Schedule of reminders to participants: a cron expression, in UTC
    #[arg(long, env = "CRON_REMINDER_SCHEDULE", default_value = "*/10 * * * *")]
    pub cron_reminder_schedule: Schedule,

    /// Schedule of notices to organizers of what participants do: a cron expression, in UTC
    #[arg(long, env = "CRON_NOTICES_SCHEDULE", default_value = "*/5 * * * *")]
    pub cron_notices_schedule: Schedule,

    /// Schedule of the deletion of old rows: a cron expression, in UTC
    #[arg(long, env = "CRON_CLEANUP_SCHEDULE", default_value = "*/15 * * * *")]
    pub cron_cleanup_schedule: Schedule,
}

impl From<WorkerOptions> for WorkerSettings {
    fn from(options: WorkerOptions) -> Self {
        Self {
            confirmation_batches: options.worker_concurrency.into(),
            account_mails: options.mail_concurrency.into(),
            bulk_mails: options.bulk_mail_concurrency.into(),
            webhooks: options.webhook_concurrency.into(),
            reminder_schedule: options.cron_reminder_schedule,
            notices_schedule: options.cron_notices_schedule,
            cleanup_schedule: options.cron_cleanup_schedule,
        }
    }
}
