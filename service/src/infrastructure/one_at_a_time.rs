//! Work that takes a core or much memory, one at a time.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::Semaphore,
    task::{JoinError, spawn_blocking},
    time::timeout,
};

/// How long work waits for the work before it.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// Runs one piece of work at a time.
#[derive(Debug)]
pub(crate) struct OneAtATime {
    slot: Arc<Semaphore>,
}

/// Why work was not done.
#[derive(Debug)]
pub(crate) enum NotDone {
    /// It waited too long for the work before it.
    Busy,
    /// It panicked, or the program stops.
    Failed(JoinError),
}

impl Default for OneAtATime {
    fn default() -> Self {
        Self { slot: Arc::new(Semaphore::new(1)) }
    }
}

impl OneAtATime {
    /// Runs the work on a thread for blocking work. Work that has begun is done to its end, and
    /// other work waits for it, even when the caller is gone.
    ///
    /// # Errors
    /// [`NotDone`].
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NotDone> {
        let permit = timeout(MAX_WAIT, Arc::clone(&self.slot).acquire_owned()).await;
        let Ok(Ok(permit)) = permit else { return Err(NotDone::Busy) };
        let work = move || {
            let _permit = permit;
            work()
        };
        spawn_blocking(work).await.map_err(NotDone::Failed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use tokio::{task::yield_now, time::Instant};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_waits_for_the_work_before_it_for_ten_seconds_at_most() {
        let works = OneAtATime::default();
        let before = Arc::clone(&works.slot).acquire_owned().await.unwrap();
        let began = Instant::now();
        let refused = works.run(|| 1).await.unwrap_err();
        assert!(matches!(refused, NotDone::Busy), "{refused:?}");
        assert_eq!(began.elapsed(), MAX_WAIT);
        drop(before);
        assert_eq!(works.run(|| 2).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn work_whose_caller_is_gone_is_done_before_the_next() {
        let works = Arc::new(OneAtATime::default());
        let (begin, begun) = channel();
        let (end, ended) = channel();
        let caller = {
            let works = Arc::clone(&works);
            tokio::spawn(async move {
                let work = move || {
                    begin.send(()).unwrap();
                    ended.recv().unwrap();
                };
                works.run(work).await
            })
        };
        while begun.try_recv().is_err() {
            yield_now().await;
        }
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        assert_eq!(works.slot.available_permits(), 0);
        end.send(()).unwrap();
        assert_eq!(works.run(|| 2).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn work_that_panics_makes_room_for_the_next() {
        let works = OneAtATime::default();
        let failed = works.run(|| panic!("a damaged file")).await.unwrap_err();
        assert!(matches!(failed, NotDone::Failed(error) if error.is_panic()));
        assert_eq!(works.run(|| 2).await.unwrap(), 2);
    }
}
