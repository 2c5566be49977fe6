//! One request at a time for each competition, in this process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::CompetitionId;
use tokio::sync::OwnedMutexGuard;

/// Lines requests for one competition up, first come first served, so that they do not meet as
/// conflicts in the database. It saves retries and decides nothing: the transaction does.
#[derive(Debug, Default)]
pub(crate) struct Lanes(Mutex<HashMap<CompetitionId, Arc<tokio::sync::Mutex<()>>>>);

impl Lanes {
    /// Waits for the lane of a competition. Dropping the guard lets the next one in.
    pub(crate) async fn enter(&self, id: CompetitionId) -> OwnedMutexGuard<()> {
        let lane = {
            // No code that holds the lock can leave the map half-changed.
            let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Lanes that nobody is in or waits for are only held here.
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
            Arc::clone(lanes.entry(id).or_default())
        };
        lane.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lane_is_for_one_at_a_time_and_goes_when_it_is_empty() {
        let lanes = Lanes::default();
        let [one, two] = [1, 2].map(|n| CompetitionId(uuid::Uuid::from_u128(n)));
        let first = lanes.enter(one).await;
        let other = lanes.enter(two).await;
        let second = tokio::time::timeout(std::time::Duration::from_millis(20), lanes.enter(one));
        assert!(second.await.is_err(), "the lane was taken");
        drop((first, other));
        drop(lanes.enter(one).await);
        assert_eq!(lanes.0.lock().unwrap().len(), 1);
    }
}
