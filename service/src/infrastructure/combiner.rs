//! Request coalescing: concurrent requests for one key are processed in batches.
//!
//! A lone request is processed at once. While its batch runs, further requests queue, and the next
//! batch takes all of them: batches grow with the load, and requests share the cost of a
//! transaction. This is group commit, or flat combining (Hendler, Incze, Shavit and Tzafrir, 2010).

mod key_queue;

use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::FutureExt;
use tokio::{
    sync::oneshot,
    time::{Instant, timeout},
};

use self::key_queue::{KeyQueue, Queued, overloaded};
use crate::{Error, Result};

/// Limits on the batches of a [`Combiner`] and on their queues, for each key.
#[derive(Clone, Copy, Debug)]
pub struct BatchLimits {
    /// Requests in one batch, at most; with [weights](Combiner::weighted), the sum of theirs.
    pub max_batch: usize,
    /// Requests in the queue, at most, whatever their weights; a further one is refused.
    pub max_queued: usize,
    /// A request that has been queued for longer is refused.
    pub max_wait: Duration,
    /// Batches that run at the same time, at most. Another one starts only while the latest has run
    /// for longer than a second.
    pub max_workers: usize,
}

/// A batch that runs for longer may be waiting for a dead connection. The next batch does not wait
/// for it.
const STALLED_AFTER: Duration = Duration::from_secs(1);

impl BatchLimits {
    /// For reads: long queues are accepted, because a large batch costs little more than a small
    /// one.
    pub const READS: Self = Self {
        max_batch: 256,
        max_queued: 50_000,
        max_wait: Duration::from_secs(5),
        max_workers: 4,
    };
}

/// Batches requests of type `T` by a key of type `K`; the response to each is an `R`.
pub struct Combiner<K, T, R> {
    queues: Queues<K, T, R>,
    limits: BatchLimits,
    /// How much of a batch a request takes up.
    weight: fn(&T) -> usize,
}

type Queues<K, T, R> = Arc<Mutex<HashMap<K, KeyQueue<T, R>>>>;

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
    /// A combiner without queued requests.
    pub fn new(limits: BatchLimits) -> Self {
        Self::weighted(limits, |_| 1)
    }

    /// The same for requests of different sizes. A request that weighs more than a batch may is a
    /// batch of its own.
    pub(crate) fn weighted(limits: BatchLimits, weight: fn(&T) -> usize) -> Self {
        Self { queues: Queues::default(), limits, weight }
    }

    /// The weight of all queued requests, of all keys.
    pub(crate) fn queued(&self) -> usize {
        let queues = lock(&self.queues);
        let queued = queues.values().flat_map(|of_key| &of_key.queue);
        queued.map(|queued| (self.weight)(&queued.request)).sum()
    }

    /// Queues `request` and returns the response to it once its batch has run. `process_batch`
    /// receives requests in the order of arrival and returns one response each, in the same order.
    /// It runs in a task of its own: dropping this future cancels nothing.
    ///
    /// # Errors
    /// [`domain::ErrorCode::Overloaded`] when the queue is full or the request was queued for too
    /// long; [`Error::Interrupted`] when the batch panicked; otherwise as `process_batch`.
    pub async fn submit<F, Fut>(&self, key: K, request: T, process_batch: F) -> Result<R>
    where
        F: Fn(Vec<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Vec<Result<R>>> + Send + 'static,
    {
        let (reply, mut response) = oneshot::channel();
        let now = Instant::now();
        let queued = Queued { request, since: now, reply };
        {
            let mut queues = lock(&self.queues);
            let of_key = queues.entry(key.clone()).or_insert_with(|| KeyQueue::new(now));
            if of_key.queue.len() >= self.limits.max_queued {
                return Err(overloaded().into());
            }
            of_key.queue.push_back(queued);
        }
        let process_batch = Arc::new(process_batch);
        loop {
            self.start_worker_or_expire(&key, &process_batch);
            match timeout(STALLED_AFTER, &mut response).await {
                // The sender was dropped: the batch panicked.
                Ok(response) => return response.map_err(|_| Error::Interrupted)?,
                Err(_) => continue,
            }
        }
    }

    /// Starts a worker for a key whose queue has none, or whose workers are stalled. Otherwise
    /// refuses requests that have been queued for too long.
    fn start_worker_or_expire<F, Fut>(&self, key: &K, process_batch: &Arc<F>)
    where
        F: Fn(Vec<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Vec<Result<R>>> + Send + 'static,
    {
        let now = Instant::now();
        let mut queues = lock(&self.queues);
        let Some(of_key) = queues.get_mut(key).filter(|of_key| !of_key.queue.is_empty()) else {
            return;
        };
        let is_stalled = now - of_key.last_batch_at >= STALLED_AFTER;
        if of_key.workers == 0 || (of_key.workers < self.limits.max_workers && is_stalled) {
            of_key.workers += 1;
            of_key.last_batch_at = now;
            let queues = Arc::clone(&self.queues);
            let (limits, weight) = (self.limits, self.weight);
            let process_batch = Arc::clone(process_batch);
            tokio::spawn(run_worker(queues, key.clone(), limits, weight, process_batch));
        } else {
            of_key.refuse_late(self.limits.max_wait);
        }
    }
}

/// Processes batches until the queue of `key` is empty.
async fn run_worker<K, T, R, F, Fut>(
    queues: Queues<K, T, R>,
    key: K,
    limits: BatchLimits,
    weight: fn(&T) -> usize,
    process_batch: Arc<F>,
) where
    K: Eq + Hash,
    F: Fn(Vec<T>) -> Fut,
    Fut: Future<Output = Vec<Result<R>>>,
{
    while let Some(batch) = next_batch(&queues, &key, limits.max_batch, weight) {
        let now = Instant::now();
        let (late, in_time): (Vec<_>, Vec<_>) =
            batch.into_iter().partition(|queued| now - queued.since > limits.max_wait);
        late.into_iter().for_each(Queued::refuse);
        let (requests, replies): (Vec<_>, Vec<_>) =
            in_time.into_iter().map(|queued| (queued.request, queued.reply)).unzip();
        if requests.is_empty() {
            continue;
        }
        // A panic fails this batch; the worker continues with the next.
        match AssertUnwindSafe(async { process_batch(requests).await }).catch_unwind().await {
            Ok(responses) => {
                for (reply, response) in replies.into_iter().zip(responses) {
                    let _ = reply.send(response);
                }
            }
            Err(_) => tracing::error!("a batch panicked"),
        }
    }
}

/// Takes the next batch. `None` when the queue is empty: the worker ends, and the last one removes
/// the queue.
fn next_batch<K: Eq + Hash, T, R>(
    queues: &Queues<K, T, R>,
    key: &K,
    max_batch: usize,
    weight: fn(&T) -> usize,
) -> Option<Vec<Queued<T, R>>> {
    let mut queues = lock(queues);
    let of_key = queues.get_mut(key)?;
    if of_key.queue.is_empty() {
        of_key.workers -= 1;
        if of_key.workers == 0 {
            queues.remove(key);
        }
        return None;
    }
    Some(of_key.take(max_batch, weight))
}

fn lock<K, T, R>(
    queues: &Queues<K, T, R>,
) -> std::sync::MutexGuard<'_, HashMap<K, KeyQueue<T, R>>> {
    // A panic under this lock cannot leave the map half changed, so poisoning is ignored.
    queues.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use domain::{ErrorCode, PublicError};
    use tokio::sync::Semaphore;

    use super::*;

    const LIMITS: BatchLimits = BatchLimits {
        max_batch: 3,
        max_queued: 5,
        max_wait: Duration::from_secs(2),
        max_workers: 2,
    };

    /// Responds to each request with the size of its batch. Each batch takes a permit of the gate.
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

    /// Lets every task run until it waits.
    async fn run_until_idle() {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn queued_requests_share_a_batch_up_to_the_limit() {
        let (combiner, gate) = (Gated::new(Combiner::new(LIMITS)), Arc::new(Semaphore::new(0)));
        let first = submit(&combiner, &gate, 0);
        run_until_idle().await;
        let others: Vec<_> = (1..=4).map(|n| submit(&combiner, &gate, n)).collect();
        run_until_idle().await;
        gate.add_permits(3);
        assert_eq!(first.await.unwrap().unwrap(), 1, "a lone request is processed at once");
        let mut sizes = Vec::new();
        for other in others {
            sizes.push(other.await.unwrap().unwrap());
        }
        assert_eq!(sizes, [3, 3, 3, 1]);
        run_until_idle().await;
        assert!(lock(&combiner.queues).is_empty(), "an empty queue is removed");
    }

    #[tokio::test]
    async fn weighted_requests_share_a_batch_up_to_the_sum_of_their_weights() {
        let combiner = Combiner::weighted(LIMITS, |weight: &u32| *weight as usize);
        let (combiner, gate) = (Gated::new(combiner), Arc::new(Semaphore::new(0)));
        let first = submit(&combiner, &gate, 1);
        run_until_idle().await;
        let others: Vec<_> = [2, 1, 1, 9, 1].map(|weight| submit(&combiner, &gate, weight)).into();
        run_until_idle().await;
        assert_eq!(combiner.queued(), 14);
        gate.add_permits(5);
        first.await.unwrap().unwrap();
        let mut sizes = Vec::new();
        for other in others {
            sizes.push(other.await.unwrap().unwrap());
        }
        assert_eq!(sizes, [2, 2, 1, 1, 1], "2 + 1, then 1, then 9 alone, then 1");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_is_refused_when_the_queue_is_full_or_its_wait_too_long() {
        let (combiner, gate) = (Gated::new(Combiner::new(LIMITS)), Arc::new(Semaphore::new(0)));
        let first = submit(&combiner, &gate, 0);
        run_until_idle().await;
        let waiting: Vec<_> = (1..=5).map(|n| submit(&combiner, &gate, n)).collect();
        run_until_idle().await;
        let refused = submit(&combiner, &gate, 6).await.unwrap().unwrap_err();
        assert_eq!(PublicError::from(refused).code, ErrorCode::Overloaded);
        tokio::time::advance(LIMITS.max_wait + Duration::from_millis(1)).await;
        gate.add_permits(9);
        assert!(first.await.unwrap().is_ok(), "a batch that has started is finished");
        for late in waiting {
            let refused = late.await.unwrap().unwrap_err();
            assert_eq!(PublicError::from(refused).code, ErrorCode::Overloaded);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_stalled_batch_delays_the_next_by_a_second_at_most() {
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
        run_until_idle().await;
        let begin = Instant::now();
        assert_eq!(submit(1).await.unwrap().unwrap(), 1);
        assert!(
            (STALLED_AFTER..2 * STALLED_AFTER).contains(&begin.elapsed()),
            "{:?}",
            begin.elapsed()
        );
        tokio::time::advance(STALLED_AFTER).await;
        let begin = Instant::now();
        assert_eq!(submit(2).await.unwrap().unwrap(), 1);
        assert!(begin.elapsed() < STALLED_AFTER, "the stalled batch delayed a second one");
        stuck.add_permits(1);
        assert_eq!(first.await.unwrap().unwrap(), 1);
        run_until_idle().await;
        assert!(lock(&combiner.queues).is_empty(), "an empty queue is removed");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_is_refused_in_time_when_all_workers_are_stalled() {
        let (combiner, gate) = (Gated::new(Combiner::new(LIMITS)), Arc::new(Semaphore::new(0)));
        let first = submit(&combiner, &gate, 0);
        run_until_idle().await;
        tokio::time::advance(STALLED_AFTER).await;
        let second = submit(&combiner, &gate, 1);
        run_until_idle().await;
        let third = submit(&combiner, &gate, 2);
        let refused = third.await.unwrap().unwrap_err();
        assert_eq!(PublicError::from(refused).code, ErrorCode::Overloaded);
        gate.add_permits(2);
        assert!(first.await.unwrap().is_ok() && second.await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn a_panic_fails_its_own_batch_only() {
        let combiner = Combiner::<_, bool, ()>::new(LIMITS);
        let process_batch = |batch: Vec<bool>| {
            assert!(batch.iter().all(|fine| *fine), "the test asks for a panic");
            ready(batch.into_iter().map(|_| Ok(())).collect())
        };
        let lost = combiner.submit((), false, process_batch).await;
        assert!(matches!(lost, Err(Error::Interrupted)));
        combiner.submit((), true, process_batch).await.unwrap();
    }

    #[tokio::test]
    async fn dropping_a_request_does_not_cancel_its_batch() {
        let (combiner, gate) = (Gated::new(Combiner::new(LIMITS)), Arc::new(Semaphore::new(0)));
        let gone = submit(&combiner, &gate, 0);
        run_until_idle().await;
        let stays = submit(&combiner, &gate, 1);
        run_until_idle().await;
        gone.abort();
        gate.add_permits(2);
        assert_eq!(stays.await.unwrap().unwrap(), 1);
        assert_eq!(gate.available_permits(), 0, "the batch of the dropped request has run");
    }
}
