//! Combining requests that meet: for each key one batch at a time, and in it all that wait.
//!
//! A lone request waits for nobody; while its batch is carried out the next one gathers, so batches grow with
//! the load, and what a batch costs is shared. (The idea of group commit; and of flat combining: Hendler, Incze,
//! Shavit and Tzafrir, 2010.)

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    fmt,
    hash::Hash,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{ErrorCode, PublicError};
use futures::FutureExt;
use tokio::{sync::oneshot, time::Instant};

use crate::{Error, Result};

/// How much may be combined, and how much may wait for it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in one batch.
    pub batch: usize,
    /// Requests that wait for one key; a further one is refused.
    pub waiting: usize,
    /// A request that has waited longer is refused when its turn comes.
    pub patience: Duration,
}

impl Limits {
    /// For what is read: a crowd is welcome, and a large one is as cheap.
    pub const READS: Self = Self { batch: 256, waiting: 50_000, patience: Duration::from_secs(10) };
}

/// Combines requests of type `T` for one key of type `K`; each is answered with an `R`.
pub struct Combiner<K, T, R> {
    lanes: Lanes<K, T, R>,
    limits: Limits,
}

/// A lane is there while a task carries its batches out.
type Lanes<K, T, R> = Arc<Mutex<HashMap<K, VecDeque<Waiting<T, R>>>>>;

struct Waiting<T, R> {
    request: T,
    since: Instant,
    answer: oneshot::Sender<Result<R>>,
}

impl<K, T, R> fmt::Debug for Combiner<K, T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Combiner").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl<K, T, R> Combiner<K, T, R>
where
    K: Clone + Eq + Hash + Send + 'static,
    T: Send + 'static,
    R: Send + 'static,
{
    /// Combines within `limits`.
    pub fn new(limits: Limits) -> Self {
        Self { lanes: Lanes::default(), limits }
    }

    /// The answer to `request`, once its batch was carried out. `carry_out` answers a batch, request by request, in
    /// the order of arrival. It runs in a task of its own, so a caller that goes away cancels nothing.
    ///
    /// # Errors
    /// [`ErrorCode::Overloaded`] when too many wait, or this one has waited too long; otherwise what
    /// `carry_out` answered.
    pub async fn submit<F, Fut>(&self, key: K, request: T, carry_out: F) -> Result<R>
    where
        F: Fn(Vec<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Vec<Result<R>>> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let waiting = Waiting { request, since: Instant::now(), answer: sender };
        match lock(&self.lanes).entry(key.clone()) {
            Entry::Occupied(mut lane) => {
                if lane.get().len() >= self.limits.waiting {
                    return Err(overloaded().into());
                }
                lane.get_mut().push_back(waiting);
            }
            Entry::Vacant(lane) => {
                lane.insert(VecDeque::from([waiting]));
                tokio::spawn(work(Arc::clone(&self.lanes), key, self.limits, carry_out));
            }
        }
        // Without an answer its batch has panicked.
        receiver.await.map_err(|_| Error::Interrupted)?
    }
}

/// Carries batches out until nothing waits for `key`.
async fn work<K, T, R, F, Fut>(lanes: Lanes<K, T, R>, key: K, limits: Limits, carry_out: F)
where
    K: Eq + Hash,
    F: Fn(Vec<T>) -> Fut,
    Fut: Future<Output = Vec<Result<R>>>,
{
    while let Some(batch) = take(&lanes, &key, limits.batch) {
        let now = Instant::now();
        let (late, in_time): (Vec<_>, Vec<_>) =
            batch.into_iter().partition(|waiting| now - waiting.since > limits.patience);
        for waiting in late {
            // Whoever has gone away needs no answer.
            let _ = waiting.answer.send(Err(overloaded().into()));
        }
        let (requests, answers): (Vec<_>, Vec<_>) =
            in_time.into_iter().map(|waiting| (waiting.request, waiting.answer)).unzip();
        if requests.is_empty() {
            continue;
        }
        // A panic ends this batch and not the lane.
        match AssertUnwindSafe(async { carry_out(requests).await }).catch_unwind().await {
            Ok(outcomes) => {
                for (answer, outcome) in answers.into_iter().zip(outcomes) {
                    let _ = answer.send(outcome);
                }
            }
            Err(_) => tracing::error!("a batch panicked"),
        }
    }
}

/// The next batch; `None`, and the end of the lane, when nothing waits.
fn take<K: Eq + Hash, T, R>(
    lanes: &Lanes<K, T, R>,
    key: &K,
    limit: usize,
) -> Option<Vec<Waiting<T, R>>> {
    let mut lanes = lock(lanes);
    let lane = lanes.get_mut(key)?;
    if lane.is_empty() {
        lanes.remove(key);
        return None;
    }
    Some(lane.drain(..lane.len().min(limit)).collect())
}

fn lock<K, T, R>(
    lanes: &Lanes<K, T, R>,
) -> std::sync::MutexGuard<'_, HashMap<K, VecDeque<Waiting<T, R>>>> {
    // No code that holds the lock can leave the map half-changed.
    lanes.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hands each of `ids` what was found for it, or all of them the failure, which is logged here, once.
pub(crate) fn spread<I: Eq + Hash, R: Clone>(
    ids: &[I],
    found: Result<HashMap<I, R>>,
) -> Vec<Result<Option<R>>> {
    match found {
        Ok(found) => ids.iter().map(|id| Ok(found.get(id).cloned())).collect(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a combined query failed");
            let failure = PublicError::from(error);
            ids.iter().map(|_| Err(failure.clone().into())).collect()
        }
    }
}

fn overloaded() -> PublicError {
    let message = "Too many requests are waiting. Nothing was changed; please try again.";
    PublicError::new(ErrorCode::Overloaded, message)
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use tokio::sync::Semaphore;

    use super::*;

    const LIMITS: Limits = Limits { batch: 3, waiting: 5, patience: Duration::from_secs(2) };

    /// Answers each request with the size of its batch, one batch for each permit.
    type Gated = Arc<Combiner<&'static str, u32, usize>>;

    fn submit(
        combiner: &Gated,
        gate: &Arc<Semaphore>,
        request: u32,
    ) -> tokio::task::JoinHandle<Result<usize>> {
        let (combiner, gate) = (Arc::clone(combiner), Arc::clone(gate));
        tokio::spawn(async move {
            let sizes = move |batch: Vec<u32>| {
                let gate = Arc::clone(&gate);
                async move {
                    gate.acquire().await.unwrap().forget();
                    batch.iter().map(|_| Ok(batch.len())).collect()
                }
            };
            combiner.submit("key", request, sizes).await
        })
    }

    /// Lets every task go as far as it can.
    async fn settle() {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn all_that_wait_go_together_up_to_the_limit() {
        let (combiner, gate) = (Gated::new(Combiner::new(LIMITS)), Arc::new(Semaphore::new(0)));
        let first = submit(&combiner, &gate, 0);
        settle().await;
        let others: Vec<_> = (1..=4).map(|n| submit(&combiner, &gate, n)).collect();
        settle().await;
        gate.add_permits(3);
        assert_eq!(first.await.unwrap().unwrap(), 1, "a lone request waits for nobody");
        let mut sizes = Vec::new();
        for other in others {
            sizes.push(other.await.unwrap().unwrap());
        }
        assert_eq!(sizes, [3, 3, 3, 1]);
        settle().await;
        assert!(lock(&combiner.lanes).is_empty(), "an empty lane goes");
    }

    #[tokio::test(start_paused = true)]
    async fn too_many_and_too_late_are_refused() {
        let (combiner, gate) = (Gated::new(Combiner::new(LIMITS)), Arc::new(Semaphore::new(0)));
        let first = submit(&combiner, &gate, 0);
        settle().await;
        let waiting: Vec<_> = (1..=5).map(|n| submit(&combiner, &gate, n)).collect();
        settle().await;
        let refused = submit(&combiner, &gate, 6).await.unwrap().unwrap_err();
        assert_eq!(PublicError::from(refused).code, ErrorCode::Overloaded);
        tokio::time::advance(LIMITS.patience + Duration::from_millis(1)).await;
        gate.add_permits(9);
        assert!(first.await.unwrap().is_ok(), "what was begun is finished");
        for late in waiting {
            let refused = late.await.unwrap().unwrap_err();
            assert_eq!(PublicError::from(refused).code, ErrorCode::Overloaded);
        }
    }

    #[tokio::test]
    async fn a_batch_that_panics_takes_nobody_else_along() {
        let combiner = Combiner::<_, bool, ()>::new(LIMITS);
        let carry_out = |batch: Vec<bool>| {
            assert!(batch.iter().all(|fine| *fine), "as the test wants it");
            ready(batch.into_iter().map(|_| Ok(())).collect())
        };
        let lost = combiner.submit((), false, carry_out).await;
        assert!(matches!(lost, Err(Error::Interrupted)));
        combiner.submit((), true, carry_out).await.unwrap();
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_cancels_nothing() {
        let (combiner, gate) = (Gated::new(Combiner::new(LIMITS)), Arc::new(Semaphore::new(0)));
        let gone = submit(&combiner, &gate, 0);
        settle().await;
        let stays = submit(&combiner, &gate, 1);
        settle().await;
        gone.abort();
        gate.add_permits(2);
        assert_eq!(stays.await.unwrap().unwrap(), 1);
        assert_eq!(gate.available_permits(), 0, "the batch of the first was carried out");
    }
}
