//! Combining requests that meet: for each key one batch at a time, and in it all that wait.
//!
//! A lone request waits for nobody; while its batch is carried out the next one gathers, so batches grow with
//! the load, and what a batch costs is shared. (The idea of group commit; and of flat combining: Hendler, Incze,
//! Shavit and Tzafrir, 2010.)

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    hash::Hash,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{ErrorCode, PublicError};
use futures::FutureExt;
use tokio::{
    sync::oneshot,
    time::{Instant, timeout},
};

use crate::{Db, Error, Result};

/// How much may be combined, and how much may wait for it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in one batch.
    pub batch: usize,
    /// Requests that wait for one key; a further one is refused.
    pub waiting: usize,
    /// A request that has waited longer is refused.
    pub patience: Duration,
    /// Batches of one key at the same time: another begins only when the one before takes longer than a second.
    pub lanes: usize,
}

/// A batch that takes longer may be waiting for a connection that is dead, so the next does not wait for it.
const STALL: Duration = Duration::from_secs(1);

impl Limits {
    /// For what is read: a crowd is welcome, and a large one is as cheap.
    pub const READS: Self =
        Self { batch: 256, waiting: 50_000, patience: Duration::from_secs(5), lanes: 4 };
}

/// What a batch reads by its keys takes milliseconds. The database may take longer; whoever waits may not.
pub(crate) const READ_LIMIT: Duration = Duration::from_secs(3);

/// Combines requests of type `T` for one key of type `K`; each is answered with an `R`.
pub struct Combiner<K, T, R> {
    lanes: Lanes<K, T, R>,
    limits: Limits,
}

type Lanes<K, T, R> = Arc<Mutex<HashMap<K, Lane<T, R>>>>;

/// What waits for one key. It is there while tasks carry its batches out.
struct Lane<T, R> {
    waiting: VecDeque<Waiting<T, R>>,
    workers: usize,
    /// When the last batch was begun.
    since: Instant,
}

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
        let (sender, mut receiver) = oneshot::channel();
        let now = Instant::now();
        let waiting = Waiting { request, since: now, answer: sender };
        {
            let mut lanes = lock(&self.lanes);
            let lane = lanes.entry(key.clone()).or_insert_with(|| Lane::new(now));
            if lane.waiting.len() >= self.limits.waiting {
                return Err(overloaded().into());
            }
            lane.waiting.push_back(waiting);
        }
        let carry_out = Arc::new(carry_out);
        loop {
            self.look_after(&key, &carry_out);
            match timeout(STALL, &mut receiver).await {
                // Without an answer its batch has panicked.
                Ok(answer) => return answer.map_err(|_| Error::Interrupted)?,
                Err(_) => continue,
            }
        }
    }

    /// Begins to work for a key where nobody does, or those who do are stuck; refuses what has waited for too long.
    fn look_after<F, Fut>(&self, key: &K, carry_out: &Arc<F>)
    where
        F: Fn(Vec<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Vec<Result<R>>> + Send + 'static,
    {
        let now = Instant::now();
        let mut lanes = lock(&self.lanes);
        let Some(lane) = lanes.get_mut(key).filter(|lane| !lane.waiting.is_empty()) else { return };
        if lane.workers == 0 || (lane.workers < self.limits.lanes && now - lane.since >= STALL) {
            lane.workers += 1;
            lane.since = now;
            let lanes = Arc::clone(&self.lanes);
            tokio::spawn(work(lanes, key.clone(), self.limits, Arc::clone(carry_out)));
        } else {
            let late = |waiting: &Waiting<T, R>| now - waiting.since > self.limits.patience;
            while lane.waiting.front().is_some_and(late) {
                if let Some(late) = lane.waiting.pop_front() {
                    // Whoever has gone away needs no answer.
                    let _ = late.answer.send(Err(overloaded().into()));
                }
            }
        }
    }
}

impl<T, R> Lane<T, R> {
    fn new(now: Instant) -> Self {
        Self { waiting: VecDeque::new(), workers: 0, since: now }
    }
}

/// Carries batches out until nothing waits for `key`.
async fn work<K, T, R, F, Fut>(lanes: Lanes<K, T, R>, key: K, limits: Limits, carry_out: Arc<F>)
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
    if lane.waiting.is_empty() {
        lane.workers -= 1;
        if lane.workers == 0 {
            lanes.remove(key);
        }
        return None;
    }
    lane.since = Instant::now();
    Some(lane.waiting.drain(..lane.waiting.len().min(limit)).collect())
}

fn lock<K, T, R>(lanes: &Lanes<K, T, R>) -> std::sync::MutexGuard<'_, HashMap<K, Lane<T, R>>> {
    // No code that holds the lock can leave the map half-changed.
    lanes.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads for a batch: once more, on another connection, when the first does not answer in time.
pub(crate) async fn read_in_time<R, F, Fut>(db: &Db, read: F) -> Result<R>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<R>>,
{
    let generation = db.generation();
    if let Ok(found) = timeout(READ_LIMIT, read()).await {
        return found;
    }
    db.replace_connections(generation, "a read was not answered in time and is tried again");
    timeout(READ_LIMIT, read()).await.map_err(|_| Error::TimedOut)?
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

    const LIMITS: Limits =
        Limits { batch: 3, waiting: 5, patience: Duration::from_secs(2), lanes: 2 };

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

    #[tokio::test(start_paused = true)]
    async fn a_batch_that_is_stuck_holds_up_no_other_for_longer_than_a_second() {
        let (combiner, stuck) = (Gated::new(Combiner::new(LIMITS)), Arc::new(Semaphore::new(0)));
        let submit = |request: u32| {
            let (combiner, stuck) = (Arc::clone(&combiner), Arc::clone(&stuck));
            let sizes = move |batch: Vec<u32>| {
                let stuck = Arc::clone(&stuck);
                async move {
                    if batch.contains(&0) {
                        stuck.acquire().await.unwrap().forget();
                    }
                    batch.iter().map(|_| Ok(batch.len())).collect()
                }
            };
            tokio::spawn(async move { combiner.submit("key", request, sizes).await })
        };
        let first = submit(0);
        settle().await;
        let begin = Instant::now();
        assert_eq!(submit(1).await.unwrap().unwrap(), 1);
        assert!((STALL..2 * STALL).contains(&begin.elapsed()), "{:?}", begin.elapsed());
        tokio::time::advance(STALL).await;
        let begin = Instant::now();
        assert_eq!(submit(2).await.unwrap().unwrap(), 1);
        assert!(begin.elapsed() < STALL, "it is known to be stuck");
        stuck.add_permits(1);
        assert_eq!(first.await.unwrap().unwrap(), 1);
        settle().await;
        assert!(lock(&combiner.lanes).is_empty(), "an empty lane goes");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_behind_batches_that_are_all_stuck_is_refused_in_time() {
        let (combiner, gate) = (Gated::new(Combiner::new(LIMITS)), Arc::new(Semaphore::new(0)));
        let first = submit(&combiner, &gate, 0);
        settle().await;
        tokio::time::advance(STALL).await;
        let second = submit(&combiner, &gate, 1);
        settle().await;
        let third = submit(&combiner, &gate, 2);
        let refused = third.await.unwrap().unwrap_err();
        assert_eq!(PublicError::from(refused).code, ErrorCode::Overloaded);
        gate.add_permits(2);
        assert!(first.await.unwrap().is_ok() && second.await.unwrap().is_ok());
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
