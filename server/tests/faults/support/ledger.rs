//! The outcomes of registrations for a competition.

use std::collections::HashMap;

use domain::{CompetitionId, UserId};

use super::{Failures, Outcome};

/// The outcome of each participant who registered for a competition.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) competition: CompetitionId,
    pub(crate) seats: usize,
    pub(crate) outcomes: HashMap<UserId, Outcome>,
    pub(crate) failures: Failures,
    /// How many final responses were replayed.
    pub(crate) replayed: usize,
}

impl Ledger {
    pub(crate) fn new(competition: CompetitionId, seats: usize) -> Self {
        let (outcomes, failures) = Default::default();
        Self { competition, seats, outcomes, failures, replayed: 0 }
    }

    /// Adds the outcomes of other participants for the same competition.
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.outcomes.extend(others.outcomes);
        self.failures += others.failures;
        self.replayed += others.replayed;
        self
    }

    /// How many participants are registered according to their responses.
    pub(crate) fn registered(&self) -> usize {
        let is_registered = |outcome: &&Outcome| matches!(outcome, Outcome::Registered(_));
        self.outcomes.values().filter(is_registered).count()
    }

    pub(crate) fn total_failures(ledgers: &[Self]) -> Failures {
        let mut sum = Failures::default();
        for ledger in ledgers {
            sum += ledger.failures;
        }
        sum
    }
}
