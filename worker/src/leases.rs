//! The leases of all jobs that this process runs. One statement extends them all.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use service::{
    Context,
    jobs::{self, Claim, ClaimKey},
};
use tokio::{
    sync::watch,
    time::{self, Instant},
};

use crate::{log::log_failure, steadiness::Steadiness};

/// The interval of heartbeats: six in a lease.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// The pause before the next heartbeat after one that failed.
const AGAIN: Duration = Duration::from_secs(1);

/// The jobs that this process has claimed. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Leases(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// By claim and not by job: this process may claim a job again whose lease it has lost.
    held: Mutex<HashMap<ClaimKey, Claim>>,
    /// Notified when a lease is lost.
    losses: watch::Sender<()>,
}

impl Leases {
    /// Extends the leases of these jobs until the returned guard is dropped.
    pub(crate) fn hold(&self, group: Vec<Claim>) -> Held {
        self.lock().extend(group.iter().map(|claim| (claim.key(), claim.clone())));
        Held { leases: self.clone(), group }
    }

    /// Extends all leases at every heartbeat, for as long as it is polled.
    pub(crate) async fn keep(self, ctx: Context, steadiness: Steadiness) {
        let mut missed = false;
        loop {
            time::sleep(if missed { AGAIN } else { HEARTBEAT }).await;
            let held: Vec<Claim> = self.lock().values().cloned().collect();
            if held.is_empty() {
                missed = false;
                continue;
            }
            let asked = Instant::now();
            match jobs::extend_lease(&ctx, &held).await {
                Ok(kept) => {
                    // The statement may have waited for longer than the leases last.
                    missed |= asked.elapsed() > HEARTBEAT;
                    let gone = held.into_iter().filter(|claim| !kept.contains(&claim.key()));
                    let lost = self.lose(gone.collect());
                    if missed && !lost.is_empty() {
                        // This process was only late: none of these jobs has killed it.
                        let excused = jobs::excuse_lost_leases(&ctx, &lost).await;
                        log_failure("lost leases could not be excused", excused);
                    }
                    missed = false;
                }
                // The next heartbeat may still be in time; if not, the epoch fences this worker
                // off.
                Err(error) => {
                    missed = true;
                    steadiness.disturb();
                    log_failure("leases could not be extended", Err(error));
                }
            }
        }
    }

    /// Removes lost leases, and notifies the tasks that run the jobs. Returns the leases whose jobs
    /// are still running.
    fn lose(&self, gone: Vec<Claim>) -> Vec<Claim> {
        let mut held = self.lock();
        let lost: Vec<_> =
            gone.into_iter().filter(|claim| held.remove(&claim.key()).is_some()).collect();
        drop(held);
        if !lost.is_empty() {
            self.0.losses.send_replace(());
        }
        lost
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ClaimKey, Claim>> {
        // No code that holds the lock can leave it half-changed.
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A group of jobs that run together. Their leases are extended until it is dropped.
pub(crate) struct Held {
    leases: Leases,
    group: Vec<Claim>,
}

impl Held {
    pub(crate) fn group(&self) -> &[Claim] {
        &self.group
    }

    /// Waits until none of these claims is held any more.
    pub(crate) async fn lost(&self, claims: &[Claim]) {
        let mut losses = self.leases.0.losses.subscribe();
        while self.is_held(claims) {
            if losses.changed().await.is_err() {
                return;
            }
        }
    }

    /// Whether any of these claims is held, as far as this process knows.
    pub(crate) fn is_held(&self, claims: &[Claim]) -> bool {
        let held = self.leases.lock();
        claims.iter().any(|claim| held.contains_key(&claim.key()))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut held = self.leases.lock();
        for claim in &self.group {
            held.remove(&claim.key());
        }
    }
}

#[cfg(test)]
mod tests {
    use service::{cron, housekeeping::CleanUp, testing::World};

    use super::*;

    /// Far longer than a statement takes.
    const TIMEOUT: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn one_heartbeat_extends_the_leases_of_all_jobs_that_are_held() {
        let world = World::new().await;
        for name in ["alone", "first of two", "second of two"] {
            cron::fire(&world.ctx, name, world.ctx.now(), CleanUp {}).await.unwrap();
        }
        let mut claims = jobs::claim(&world.ctx, 3).await.unwrap();
        let leases = Leases::default();
        let _alone = leases.hold(claims.split_off(2));
        let _group = leases.hold(claims);
        assert_eq!(world.execute("UPDATE jobs SET lease_until = NULL").await.unwrap(), 3);

        let keeping = leases.keep(world.ctx.clone(), Steadiness::begin());
        let keeping = tokio::spawn(keeping);
        tokio::task::yield_now().await;
        // The clock of tokio is paused only to skip the pause before the heartbeat: a statement in
        // the database takes real time.
        time::pause();
        time::advance(HEARTBEAT).await;
        time::resume();
        let not_extended = "UPDATE jobs SET kind = kind WHERE lease_until IS NULL";
        let all_extended = async {
            while world.execute(not_extended).await.unwrap() > 0 {
                time::sleep(Duration::from_millis(5)).await;
            }
        };
        time::timeout(TIMEOUT, all_extended).await.expect("a lease was not extended");
        keeping.abort();
    }

    async fn claim_one(ctx: &Context) -> Vec<Claim> {
        let claims = jobs::claim(ctx, 1).await.unwrap();
        assert_eq!(claims.len(), 1);
        claims
    }

    #[tokio::test]
    async fn a_lost_claim_and_a_new_claim_of_the_same_job_are_distinct() {
        let world = World::new().await;
        cron::fire(&world.ctx, "clean_up", world.ctx.now(), CleanUp {}).await.unwrap();
        let leases = Leases::default();
        let old = leases.hold(claim_one(&world.ctx).await);
        jobs::release(&world.ctx, old.group()).await.unwrap();
        let new = leases.hold(claim_one(&world.ctx).await);
        assert_eq!(old.group()[0].id, new.group()[0].id);

        let held: Vec<Claim> = leases.lock().values().cloned().collect();
        let kept = jobs::extend_lease(&world.ctx, &held).await.unwrap();
        assert_eq!(kept, [new.group()[0].key()].into());
        let gone = held.into_iter().filter(|claim| !kept.contains(&claim.key())).collect();
        assert_eq!(leases.lose(gone).len(), 1);
        assert!(!old.is_held(old.group()), "another worker has the job");
        assert!(new.is_held(new.group()));
        drop(old);
        assert!(new.is_held(new.group()), "the lease of the new claim must be extended");
    }
}
