//! Which use case carries out which job, and how long it may take.

use std::time::Duration;

use service::{
    Context, Result, cancellation, confirmation, delivery, housekeeping,
    jobs::{Claim, Job},
    password_reset, reminder,
};

/// Splits claims into what is carried out together: confirmations share transactions, those first
/// that were put off least; other jobs stand alone.
pub(crate) fn groups(claims: Vec<Claim>) -> Vec<Vec<Claim>> {
    let is_confirmation = |claim: &Claim| matches!(claim.job, Job::ConfirmRegistration { .. });
    let (mut together, alone): (Vec<_>, Vec<_>) = claims.into_iter().partition(is_confirmation);
    together.sort_by_key(Claim::postponements);
    let together = (!together.is_empty()).then_some(together);
    together.into_iter().chain(alone.into_iter().map(|claim| vec![claim])).collect()
}

/// Carries out one group.
pub(crate) async fn handle(ctx: &Context, claims: &[Claim]) -> Result<()> {
    let Some(first) = claims.first() else { return Ok(()) };
    match &first.job {
        Job::ConfirmRegistration { .. } => confirmation::confirm(ctx, claims).await,
        Job::TellOfCancellation { .. } => cancellation::tell(ctx, first).await,
        Job::SendReminders {} => reminder::send_due(ctx, first).await,
        Job::CleanUp {} => housekeeping::clean_up(ctx, first).await,
        Job::DeliverMail { .. } => delivery::deliver_mail(ctx, first).await,
        Job::SendResetLink { .. } => password_reset::send_link(ctx, first).await,
    }
}

/// Whether a job asks nothing but the database: when it takes too long, that was the database's
/// fault, and what it did so far stays done.
pub(crate) fn is_bounded_by_the_database(job: &Job) -> bool {
    match job {
        Job::ConfirmRegistration { .. }
        | Job::TellOfCancellation { .. }
        | Job::SendReminders {}
        | Job::CleanUp {} => true,
        Job::DeliverMail { .. } | Job::SendResetLink { .. } => false,
    }
}

/// How long a group may take before it is cut off.
pub(crate) fn time_limit(job: &Job) -> Duration {
    match job {
        Job::ConfirmRegistration { .. } => Duration::from_secs(30),
        Job::TellOfCancellation { .. } | Job::SendReminders {} | Job::CleanUp {} => {
            Duration::from_secs(600)
        }
        // Most of it may go by waiting for a turn: a batch of mails is sent a few at a time.
        Job::DeliverMail { .. } | Job::SendResetLink { .. } => Duration::from_secs(600),
    }
}
