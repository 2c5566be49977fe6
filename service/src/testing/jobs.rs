//! A worker for tests: one job after the other, no lease to lose; it does what is due and goes.

use crate::{
    Context, cancellation, confirmation, delivery, housekeeping,
    jobs::{self, Claim, Job},
    password_reset, reminder,
};

use super::World;

/// Jobs taken at a time.
const BATCH: u64 = 100;

impl World {
    /// Does every job that is due; answers with how many there were.
    ///
    /// # Panics
    /// When one of them fails.
    pub async fn run_pending_jobs(&self) -> usize {
        run_pending_jobs(&self.ctx).await
    }
}

/// The same in a process of the caller's.
///
/// # Panics
/// When one of them fails.
pub async fn run_pending_jobs(ctx: &Context) -> usize {
    let mut done = 0;
    loop {
        let claims = jobs::claim(ctx, BATCH).await.expect("claims");
        if claims.is_empty() {
            return done;
        }
        for claim in &claims {
            run(ctx, claim).await;
        }
        done += claims.len();
    }
}

async fn run(ctx: &Context, claim: &Claim) {
    let result = match &claim.job {
        Job::ConfirmRegistration { .. } => {
            confirmation::confirm(ctx, std::slice::from_ref(claim)).await
        }
        Job::TellOfCancellation { .. } => cancellation::tell(ctx, claim).await,
        Job::SendReminders {} => reminder::send_due(ctx, claim).await,
        Job::CleanUp {} => housekeeping::clean_up(ctx, claim).await,
        Job::DeliverMail { .. } => delivery::deliver_mail(ctx, claim).await,
        Job::SendResetLink { .. } => password_reset::send_link(ctx, claim).await,
    };
    result.expect("a job that succeeds");
}
