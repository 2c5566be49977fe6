//! A crowd that keeps asking.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::CompetitionId;
use fastrand::Rng;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

use super::{Crowd, Ledger};

/// How long the database may be gone.
const PATIENCE: Duration = Duration::from_secs(60);

/// Everybody asks for a seat in one competition after the other.
pub(crate) struct Load {
    told: Arc<AtomicUsize>,
    is_enough: Arc<AtomicBool>,
    asking: JoinHandle<Vec<Ledger>>,
}

impl Load {
    pub(super) fn start(crowd: Crowd, servers: Vec<String>, seats: usize, mut chance: Rng) -> Self {
        let (told, is_enough) = (Arc::clone(&crowd.told), Arc::<AtomicBool>::default());
        let stop = Arc::clone(&is_enough);
        let asking = tokio::spawn(async move {
            let mut ledgers = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let competition = (new_competition(&crowd, seats).await, seats);
                ledgers.push(crowd.ask(&servers, competition, &mut chance).await);
            }
            ledgers
        });
        Self { told, is_enough, asking }
    }

    /// How many answers there have been.
    pub(crate) fn told(&self) -> usize {
        self.told.load(Ordering::Relaxed)
    }

    /// Returns when everybody who asked was told, and what.
    pub(crate) async fn stop(self) -> Vec<Ledger> {
        self.is_enough.store(true, Ordering::Relaxed);
        self.asking.await.expect("answers")
    }
}

/// A new competition, as soon as the database lets it be made.
async fn new_competition(crowd: &Crowd, seats: usize) -> CompetitionId {
    let seats = i64::try_from(seats).expect("a number of seats");
    let began = Instant::now();
    loop {
        let new = crowd.world.competition(&crowd.organizer).seats(seats);
        match new.try_create().await {
            Ok(id) => return id,
            Err(error) => assert!(began.elapsed() < PATIENCE, "no competition: {error}"),
        }
        sleep(Duration::from_millis(50)).await;
    }
}
