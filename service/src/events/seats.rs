//! One channel for each competition whose seats are watched in this process.
//!
//! Publishing replaces the newest state of one channel and wakes one task, whatever the number of
//! watchers. The task passes the newest state on to the watchers, at most once in [`PAUSE`]. A slow
//! watcher skips states.

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

/// The pause between two states that watchers receive: people read no faster, and a rush costs each
/// watcher two states a second.
const PAUSE: Duration = Duration::from_millis(500);
/// How long a channel waits for a state before it rereads the database, where it finds changes of
/// processes without Redis, or during an outage of Redis. Up to a fifth longer, so that channels do
/// not read in step.
const REREAD: Duration = Duration::from_secs(15);

/// All channels of this process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeatChannels(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    channels: Mutex<HashMap<CompetitionId, Channel>>,
    /// Notified when changes may have been missed.
    missed: Notify,
}

/// One watched competition.
#[derive(Debug)]
struct Channel {
    /// The newest state that this process knows. Only the task of the channel waits for it.
    newest: watch::Sender<Option<SeatsChanged>>,
    /// The state that watchers receive.
    shown: watch::Receiver<Option<SeatsChanged>>,
    watchers: usize,
    task: AbortHandle,
}

impl SeatChannels {
    /// Joins the channel of `id`, which is created for its first watcher. `reread` reads the state
    /// from the database; `None` when that fails.
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
        let shown = channel.shown.clone();
        SeatsWatch { channels: self.clone(), id, includes_drafts: false, seen: None, shown }
    }

    /// Offers the state in an event, if it has one.
    pub(super) fn receive(&self, event: Event) {
        match event {
            Event::SeatsChanged(state) => self.offer(state),
            Event::CompetitionCreated(_) => {}
        }
    }

    /// Stores a state in the channel of its competition, unless that has a newer one. Does nothing
    /// without a channel.
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

    /// Makes every channel reread the database.
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

/// The task of a channel: passes on the newest state until the last watcher leaves.
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
        // Created before the pause, so that a notification during the pause is not missed.
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

/// A watcher of the seats of one competition. Dropping it leaves the channel.
#[derive(Debug)]
pub struct SeatsWatch {
    channels: SeatChannels,
    id: CompetitionId,
    /// Whether it goes on while the competition is a draft.
    includes_drafts: bool,
    /// The sequence of the last state that was returned.
    seen: Option<u32>,
    shown: watch::Receiver<Option<SeatsChanged>>,
}

impl SeatsWatch {
    /// The newest state that the channel knows, if it has one.
    pub(crate) fn newest(&self) -> Option<SeatsChanged> {
        self.channels.newest(self.id)
    }

    /// Whether the competition was a draft when its organizer began to watch, so that no other may
    /// see what the watcher sees.
    pub fn includes_drafts(&self) -> bool {
        self.includes_drafts
    }

    /// Goes on while the competition is a draft: the watcher is its organizer.
    pub(crate) fn include_drafts(&mut self) {
        self.includes_drafts = true;
    }

    /// Offers a state that was read from the database.
    pub(crate) fn offer(&mut self, state: SeatsChanged) {
        self.channels.offer(state);
    }

    /// Waits for a state that is newer than the last one. The first call returns the newest state
    /// at once, if there is one. `None` when the channel has ended, or the competition has become a
    /// draft that the watcher may not see.
    pub async fn next(&mut self) -> Option<SeatsChanged> {
        let next = self.next_of_any().await;
        next.filter(|state| self.includes_drafts || !state.is_draft)
    }

    async fn next_of_any(&mut self) -> Option<SeatsChanged> {
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
            waitlisted: 0,
            waitlist_departures: 0,
            cancelled: false,
            sequence,
            is_draft: false,
        }
    }

    /// A read that fails.
    fn unreadable() -> Ready<Option<SeatsChanged>> {
        future::ready(None)
    }

    /// Counts the wakes of watchers.
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

    /// Watchers that wait for their next state.
    struct Crowd {
        waiting: Vec<BoxFuture<'static, u32>>,
        wakes: Arc<Wakes>,
    }

    impl Crowd {
        /// One watcher of each of these competitions, which has received the first state.
        async fn of(channels: &SeatChannels, ids: impl Iterator<Item = CompetitionId>) -> Self {
            let mut waiting: Vec<BoxFuture<'static, u32>> = Vec::new();
            for id in ids {
                let mut watch = channels.join(id, unreadable);
                channels.offer(state(id, 0));
                watch.next().await.unwrap();
                let next = async move { watch.next().await.unwrap().sequence };
                // Without tokio's budget, which would wake the task as well.
                waiting.push(Box::pin(task::unconstrained(next)));
            }
            Self { waiting, wakes: Arc::default() }
        }

        /// Polls each of them, to register its waker.
        fn wait(&mut self) {
            let waker = Waker::from(Arc::clone(&self.wakes));
            for next in &mut self.waiting {
                assert!(next.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
            }
        }
    }

    /// Lets every task run until it waits.
    async fn settle() {
        for _ in 0..10 {
            task::yield_now().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn publishing_many_states_wakes_each_watcher_of_the_competition_once() {
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
        assert_eq!(own.wakes.count(), 1_000, "watchers were not woken exactly once");
        for waiting in own.waiting {
            assert_eq!(waiting.await, 500);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_channel_is_removed_with_its_last_watcher() {
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
        assert!(channels.lock().is_empty(), "a state without a watcher was stored");
    }

    #[tokio::test(start_paused = true)]
    async fn a_watcher_receives_the_newest_state_and_never_an_older_one() {
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
    async fn a_missed_change_is_reread_from_the_database() {
        let channels = SeatChannels::default();
        let mut watch = channels.join(id(1), || future::ready(Some(state(id(1), 2))));
        channels.offer(state(id(1), 1));
        assert_eq!(watch.next().await.unwrap().sequence, 1);
        // Nothing is published. Paused time advances while all tasks wait.
        assert_eq!(watch.next().await.unwrap().sequence, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_renewed_subscription_rereads_at_once() {
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
