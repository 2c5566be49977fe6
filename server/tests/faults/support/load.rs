//! Continuous load: participants who register for two competitions at once, and then for the next.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::CompetitionId;
use fastrand::Rng;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

use super::{Ledger, Participants};

/// How long the database may be unavailable.
const OUTAGE_TIMEOUT: Duration = Duration::from_secs(60);

/// A task in which participants register until it is stopped.
pub(crate) struct Load {
    participants: Participants,
    is_stopping: Arc<AtomicBool>,
    task: JoinHandle<Vec<Ledger>>,
}

impl Load {
    pub(super) fn start(
        participants: Participants,
        servers: Vec<String>,
        seats: usize,
        mut rng: Rng,
    ) -> Self {
        let is_stopping = Arc::<AtomicBool>::default();
        let (stop, registering) = (Arc::clone(&is_stopping), participants.clone());
        let task = tokio::spawn(async move {
            let mut ledgers = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                // Their requests share transactions.
                let (one, other) = (
                    new_competition(&registering, seats).await,
                    new_competition(&registering, seats).await,
                );
                let rngs = &mut [rng.fork(), rng.fork()];
                let [of_one, of_other] = rngs;
                let (one, other) = tokio::join!(
                    registering.register(&servers, (one, seats), of_one),
                    registering.register(&servers, (other, seats), of_other),
                );
                ledgers.extend([one, other]);
            }
            ledgers
        });
        Self { participants, is_stopping, task }
    }

    /// The number of final responses so far.
    pub(crate) fn responses(&self) -> usize {
        self.participants.responses()
    }

    /// Returns a ledger for each competition, once every participant has a final response.
    pub(crate) async fn stop(self) -> Vec<Ledger> {
        self.is_stopping.store(true, Ordering::Relaxed);
        self.task.await.expect("ledgers")
    }
}

/// Creates a competition, and retries while the database is unavailable.
async fn new_competition(participants: &Participants, seats: usize) -> CompetitionId {
    let seats = i64::try_from(seats).expect("a number of seats");
    let began = Instant::now();
    loop {
        let new = participants.world.competition(&participants.organizer).seats(seats);
        match new.try_create().await {
            Ok(id) => return id,
            Err(error) => assert!(began.elapsed() < OUTAGE_TIMEOUT, "no competition: {error}"),
        }
        sleep(Duration::from_millis(50)).await;
    }
}
