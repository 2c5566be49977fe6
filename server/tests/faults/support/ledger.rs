//! What participants were told.

use std::collections::HashMap;

use domain::{CompetitionId, UserId};

use super::{Answer, Trouble};

/// Who wanted a seat in a competition, what they were told, and how hard it was.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) competition: CompetitionId,
    pub(crate) seats: usize,
    pub(crate) answers: HashMap<UserId, Answer>,
    pub(crate) trouble: Trouble,
    /// How many answers were marked as given before.
    pub(crate) replayed: usize,
}

impl Ledger {
    pub(crate) fn new(competition: CompetitionId, seats: usize) -> Self {
        let (answers, trouble) = Default::default();
        Self { competition, seats, answers, trouble, replayed: 0 }
    }

    /// With the answers of others about the same competition.
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.answers.extend(others.answers);
        self.trouble += others.trouble;
        self.replayed += others.replayed;
        self
    }

    pub(crate) fn seated(&self) -> usize {
        self.answers.values().filter(|answer| matches!(answer, Answer::Seated(_))).count()
    }

    /// The trouble of many.
    pub(crate) fn trouble_of(ledgers: &[Self]) -> Trouble {
        let mut sum = Trouble::default();
        for ledger in ledgers {
            sum += ledger.trouble;
        }
        sum
    }
}
