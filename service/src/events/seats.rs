//! The competitions whose seats are watched in this process: one channel each.
//!
//! Publishing replaces the newest state of one channel and wakes one task, however many watch that competition or
//! others. The task passes the newest state on to the watchers, at most once in [`PAUSE`]: a slow watcher, and one that
//! looks away, skips to the newest.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{CompetitionId, SeatsChanged};
use tokio::{
    sync::{Notify, watch},
    task::AbortHandle,
    time,
};

use super::Event;

/// Between two states that watchers are given. People cannot read faster, and a rush costs each
/// watcher two states a second.
const PAUSE: Duration = Duration::from_millis(500);
/// After so long without a change, the database is asked for one that was missed: told by a process
/// without Redis, or while Redis did not answer. Up to a fifth longer, so that channels do not ask
/// in step.
const REREAD: Duration = Duration::from_secs(15);

/// All channels of this process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeatChannels(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    channels: Mutex<HashMap<CompetitionId, Channel>>,
    /// Told when changes may have been missed.
    missed: Notify,
}

/// One watched competition.
#[derive(Debug)]
struct Channel {
    /// The newest state that this process knows of. Only the channel's task waits for it.
    newest: watch::Sender<Option<SeatsChanged>>,
    /// What watchers are given.
    shown: watch::Receiver<Option<SeatsChanged>>,
    watchers: usize,
    task: AbortHandle,
}

impl SeatChannels {
    /// Joins the channel of `id`, which is made for its first watcher. `reread` reads the state
    /// from the database, and answers nothing when that fails.
    pub(super) fn join<F, Fut>(&self, id: CompetitionId, reread: F) -> SeatsWatch
    where
        F: Fn() -> Fut + Send + 'static,
        Fut: Future<Output = Option<SeatsChanged>> + Send + 'static,
    {
        let mut channels = self.lock();
        let channel = match channels.entry(id) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let (newest, news) = watch::channel(None);
                let (show, shown) = watch::channel(None);
                let task = pass_on(self.clone(), news, show, reread);
                let task = tokio::spawn(task).abort_handle();
                entry.insert(Channel { newest, shown, watchers: 0, task })
            }
        };
        channel.watchers += 1;
        SeatsWatch { channels: self.clone(), id, seen: None, shown: channel.shown.clone() }
    }

    /// Takes in what an event holds.
    pub(super) fn take(&self, event: Event) {
        match event {
            Event::SeatsChanged(state) => self.offer(state),
            Event::CompetitionCreated(_) => {}
        }
    }

    /// Takes a state in, unless its competition is watched by nobody or a newer state is known.
    pub(super) fn offer(&self, state: SeatsChanged) {
        let channels = self.lock();
        let Some(channel) = channels.get(&state.competition_id) else { return };
        channel.newest.send_if_modified(|known| {
            let is_newer = known.is_none_or(|known| known.sequence < state.sequence);
            if is_newer {
                *known = Some(state);
            }
            is_newer
        });
    }

    /// Has every channel ask the database, for changes may have been missed.
    pub(super) fn reread(&self) {
        self.0.missed.notify_waiters();
    }

    fn newest(&self, id: CompetitionId) -> Option<SeatsChanged> {
        self.lock().get(&id).and_then(|channel| *channel.newest.borrow())
    }

    fn leave(&self, id: CompetitionId) {
        if let Entry::Occupied(mut entry) = self.lock().entry(id) {
            entry.get_mut().watchers -= 1;
            if entry.get().watchers == 0 {
                entry.remove().task.abort();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CompetitionId, Channel>> {
        self.0.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The task of a channel: passes the newest state on until the last watcher has left.
async fn pass_on<F, Fut>(
    channels: SeatChannels,
    mut news: watch::Receiver<Option<SeatsChanged>>,
    show: watch::Sender<Option<SeatsChanged>>,
    reread: F,
) where
    F: Fn() -> Fut,
    Fut: Future<Output = Option<SeatsChanged>>,
{
    let mut pause = Duration::ZERO;
    loop {
        // Made before the pause, so that what is told during it counts.
        let missed = channels.0.missed.notified();
        time::sleep(pause).await;
        let is_news = tokio::select! {
            changed = news.changed() => match changed {
                Ok(()) => true,
                Err(_) => return,
            },
            () = missed => false,
            () = time::sleep(REREAD.mul_f64(1.0 + fastrand::f64() / 5.0)) => false,
        };
        if is_news {
            let state = *news.borrow_and_update();
            show.send_replace(state);
            pause = PAUSE;
        } else {
            pause = Duration::ZERO;
            if let Some(state) = reread().await {
                channels.offer(state);
            }
        }
    }
}

/// Watches the seats of one competition until it is dropped.
#[derive(Debug)]
pub struct SeatsWatch {
    channels: SeatChannels,
    id: CompetitionId,
    /// The sequence of the state that was given last.
    seen: Option<u32>,
    shown: watch::Receiver<Option<SeatsChanged>>,
}

impl SeatsWatch {
    /// Whether nothing is known of the competition yet.
    pub(crate) fn has_no_state(&self) -> bool {
        self.channels.newest(self.id).is_none()
    }

    /// Takes in a state that was read.
    pub(crate) fn offer(&mut self, state: SeatsChanged) {
        self.channels.offer(state);
    }

    /// The newest state at first, and later the next that is newer than the last; nothing when the
    /// process ends.
    pub async fn next(&mut self) -> Option<SeatsChanged> {
        if self.seen.is_none()
            && let Some(state) = self.channels.newest(self.id)
        {
            self.seen = Some(state.sequence);
            return Some(state);
        }
        loop {
            self.shown.changed().await.ok()?;
            let state = *self.shown.borrow_and_update();
            if let Some(state) = state
                && self.seen.is_none_or(|seen| seen < state.sequence)
            {
                self.seen = Some(state.sequence);
                return Some(state);
            }
        }
    }
}

impl Drop for SeatsWatch {
    fn drop(&mut self) {
        self.channels.leave(self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::{self, Ready},
        sync::atomic::{AtomicUsize, Ordering},
        task::{Context, Wake, Waker},
    };

    use futures::future::BoxFuture;
    use tokio::{runtime::Handle, task};
    use uuid::Uuid;

    use super::*;

    fn id(number: u128) -> CompetitionId {
        CompetitionId(Uuid::from_u128(number))
    }

    fn state(id: CompetitionId, sequence: u32) -> SeatsChanged {
        SeatsChanged {
            competition_id: id,
            capacity: 1_000,
            seats_left: 1_000 - sequence,
            cancelled: false,
            sequence,
        }
    }

    /// A database that does not answer.
    fn unreadable() -> Ready<Option<SeatsChanged>> {
        future::ready(None)
    }

    /// Counts how often watchers are woken.
    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    impl Wakes {
        fn count(&self) -> usize {
            self.0.load(Ordering::SeqCst)
        }
    }

    /// Watchers that wait for their next state, and how often they were woken.
    struct Crowd {
        waiting: Vec<BoxFuture<'static, u32>>,
        wakes: Arc<Wakes>,
    }

    impl Crowd {
        /// One watcher of each of these competitions, who has seen the first state.
        async fn of(channels: &SeatChannels, ids: impl Iterator<Item = CompetitionId>) -> Self {
            let mut waiting: Vec<BoxFuture<'static, u32>> = Vec::new();
            for id in ids {
                let mut watch = channels.join(id, unreadable);
                channels.offer(state(id, 0));
                watch.next().await.unwrap();
                let next = async move { watch.next().await.unwrap().sequence };
                // Without a budget, whose end would wake as well.
                waiting.push(Box::pin(task::unconstrained(next)));
            }
            Self { waiting, wakes: Arc::default() }
        }

        /// Has each of them wait.
        fn wait(&mut self) {
            let waker = Waker::from(Arc::clone(&self.wakes));
            for next in &mut self.waiting {
                assert!(next.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
            }
        }
    }

    /// Lets all tasks run that can.
    async fn settle() {
        for _ in 0..10 {
            task::yield_now().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn publishing_wakes_no_watcher_by_itself_and_each_of_its_own_once() {
        let channels = SeatChannels::default();
        let watched = id(1);
        let mut own = Crowd::of(&channels, std::iter::repeat_n(watched, 1_000)).await;
        let mut others = Crowd::of(&channels, (2..1_002).map(id)).await;
        time::sleep(PAUSE).await;
        settle().await;
        own.wait();
        others.wait();
        for sequence in 1..=500 {
            channels.offer(state(watched, sequence));
        }
        assert_eq!((own.wakes.count(), others.wakes.count()), (0, 0), "publishing woke watchers");
        settle().await;
        assert_eq!(others.wakes.count(), 0, "watchers of other competitions were woken");
        assert_eq!(own.wakes.count(), 1_000, "500 changes are one state for each watcher");
        for waiting in own.waiting {
            assert_eq!(waiting.await, 500);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_channel_ends_with_its_last_watcher() {
        let channels = SeatChannels::default();
        let tasks = || Handle::current().metrics().num_alive_tasks();
        let before = tasks();
        let watches: Vec<_> =
            (0..100).map(|number| channels.join(id(number % 10), unreadable)).collect();
        assert_eq!((channels.lock().len(), tasks()), (10, before + 10));
        drop(watches);
        settle().await;
        assert_eq!((channels.lock().len(), tasks()), (0, before));
        channels.offer(state(id(1), 1));
        assert!(channels.lock().is_empty(), "what nobody watches is not kept");
    }

    #[tokio::test(start_paused = true)]
    async fn a_watcher_is_given_the_newest_state_and_never_an_older_one() {
        let channels = SeatChannels::default();
        let mut watch = channels.join(id(1), unreadable);
        channels.offer(state(id(1), 4));
        channels.offer(state(id(1), 3));
        assert_eq!(watch.next().await.unwrap().sequence, 4);
        for sequence in [6, 5, 9, 8, 7] {
            channels.offer(state(id(1), sequence));
        }
        assert_eq!(watch.next().await.unwrap().sequence, 9);
        channels.offer(state(id(1), 2));
        let next = time::timeout(10 * PAUSE, watch.next());
        assert!(next.await.is_err(), "an older state was passed on");
    }

    #[tokio::test(start_paused = true)]
    async fn a_missed_change_is_found_in_the_database() {
        let channels = SeatChannels::default();
        let mut watch = channels.join(id(1), || future::ready(Some(state(id(1), 2))));
        channels.offer(state(id(1), 1));
        assert_eq!(watch.next().await.unwrap().sequence, 1);
        // Nothing is told; time passes by itself while everything waits.
        assert_eq!(watch.next().await.unwrap().sequence, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_renewed_subscription_has_missed_changes_found_at_once() {
        let channels = SeatChannels::default();
        let mut watch = channels.join(id(1), || future::ready(Some(state(id(1), 2))));
        channels.offer(state(id(1), 1));
        assert_eq!(watch.next().await.unwrap().sequence, 1);
        time::sleep(2 * PAUSE).await;
        let since = time::Instant::now();
        channels.reread();
        assert_eq!(watch.next().await.unwrap().sequence, 2);
        assert!(since.elapsed() < REREAD, "{:?}", since.elapsed());
    }
}
