//! The leases of all jobs that this process works on. One statement extends them all.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::JobId;
use service::{
    Context,
    jobs::{self, Claim},
};
use tokio::{
    sync::watch,
    time::{self, Instant},
};

use crate::{runner::log_failure, steadiness::Steadiness};

/// How often a worker says that it is alive: six times in a lease.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How soon it tries again when the database did not hear it.
const AGAIN: Duration = Duration::from_secs(1);

/// The jobs in the hands of this process. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Leases(Arc<Shared>);

#[derive(Default)]
struct Shared {
    held: Mutex<HashMap<JobId, Claim>>,
    /// Told when a lease is lost.
    losses: watch::Sender<()>,
}

impl Leases {
    /// Goes on extending the leases of these jobs until what it answers with is dropped.
    pub(crate) fn hold(&self, group: Vec<Claim>) -> Held {
        self.lock().extend(group.iter().map(|claim| (claim.id, claim.clone())));
        Held { leases: self.clone(), group }
    }

    /// Extends all leases, again and again. One heartbeat for the process, however many jobs it
    /// has.
    pub(crate) async fn keep(self, ctx: Context, steadiness: Steadiness) {
        let mut unheard = false;
        loop {
            time::sleep(if unheard { AGAIN } else { HEARTBEAT }).await;
            let held: Vec<Claim> = self.lock().values().cloned().collect();
            if held.is_empty() {
                unheard = false;
                continue;
            }
            let asked = Instant::now();
            match jobs::extend_lease(&ctx, &held).await {
                Ok(kept) => {
                    // It may have waited for the database for longer than the leases last.
                    unheard |= asked.elapsed() > HEARTBEAT;
                    let gone = held.into_iter().filter(|claim| !kept.contains(&claim.id));
                    let lost = self.lose(gone.collect());
                    if unheard && !lost.is_empty() {
                        // This process is alive, so none of these jobs has killed it.
                        let excused = jobs::excuse_lost_leases(&ctx, &lost).await;
                        log_failure("lost leases could not be excused", excused);
                    }
                    unheard = false;
                }
                // The leases may yet be extended in time; if not, the epoch keeps this worker from
                // doing harm.
                Err(error) => {
                    unheard = true;
                    steadiness.disturb();
                    log_failure("leases could not be extended", Err(error));
                }
            }
        }
    }

    /// Notes that these leases are lost, and tells who works on the jobs. Answers with those that
    /// were not done meanwhile.
    fn lose(&self, gone: Vec<Claim>) -> Vec<Claim> {
        let mut held = self.lock();
        let lost: Vec<_> =
            gone.into_iter().filter(|claim| held.remove(&claim.id).is_some()).collect();
        drop(held);
        if !lost.is_empty() {
            self.0.losses.send_replace(());
        }
        lost
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<JobId, Claim>> {
        // No code that holds the lock can leave it half-changed.
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Jobs that are carried out together, and whose leases are extended meanwhile.
pub(crate) struct Held {
    leases: Leases,
    group: Vec<Claim>,
}

impl Held {
    pub(crate) fn group(&self) -> &[Claim] {
        &self.group
    }

    /// Returns once none of these claims is held any more.
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
        claims.iter().any(|claim| held.contains_key(&claim.id))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut held = self.leases.lock();
        for claim in &self.group {
            held.remove(&claim.id);
        }
    }
}
