//! The model of one competition.

use std::collections::VecDeque;

use domain::{ErrorCode, Visibility};

use super::{Outcome, Stage, USERS};

/// Who has a seat in a competition, and who waits for one.
#[derive(Clone, Debug)]
pub(super) struct Competition {
    pub(super) capacity: u32,
    pub(super) is_registered: [bool; USERS],
    pub(super) waitlist_capacity: u32,
    /// The first to be given a seat is at the front.
    pub(super) line: VecDeque<usize>,
    pub(super) ever_registered: [bool; USERS],
    pub(super) cancelled: bool,
    pub(super) is_draft: bool,
}

impl Competition {
    pub(super) fn taken(&self) -> u32 {
        self.is_registered.iter().map(|registered| u32::from(*registered)).sum()
    }

    /// Gives free seats to the first in line.
    pub(super) fn pass_seats_on(&mut self, stage: Stage) {
        while stage < Stage::Closed
            && !self.cancelled
            && self.taken() < self.capacity
            && let Some(user) = self.line.pop_front()
        {
            self.is_registered[user] = true;
        }
    }

    pub(super) fn set_waitlist_capacity(&mut self, capacity: u32) -> Outcome {
        if self.cancelled {
            return Err(ErrorCode::CancelledIsFinal);
        }
        self.waitlist_capacity = capacity;
        Ok(())
    }

    pub(super) fn set_capacity(&mut self, capacity: u32, stage: Stage) -> Outcome {
        if self.cancelled {
            return Err(ErrorCode::CancelledIsFinal);
        }
        if capacity < self.taken() {
            return Err(ErrorCode::CapacityBelowSeatsTaken);
        }
        self.capacity = capacity;
        self.pass_seats_on(stage);
        Ok(())
    }

    pub(super) fn set_visibility(&mut self, visibility: Visibility, stage: Stage) -> Outcome {
        if self.cancelled {
            return Err(ErrorCode::CancelledIsFinal);
        }
        if visibility.is_draft() && (self.taken() > 0 || !self.line.is_empty()) {
            return Err(ErrorCode::HasRegistrations);
        }
        if self.is_draft && !visibility.is_draft() && stage >= Stage::Closed {
            return Err(ErrorCode::DeadlineNotInFuture);
        }
        self.is_draft = visibility.is_draft();
        Ok(())
    }

    pub(super) fn cancel_competition(&mut self, stage: Stage) -> Outcome {
        if !self.cancelled && stage == Stage::Over {
            return Err(ErrorCode::CompetitionOver);
        }
        self.cancelled = true;
        Ok(())
    }

    pub(super) fn register(&mut self, user: usize, stage: Stage) -> Outcome {
        if self.cancelled {
            Err(ErrorCode::CompetitionCancelled)
        } else if stage == Stage::Announced {
            Err(ErrorCode::RegistrationNotOpen)
        } else if stage >= Stage::Closed {
            Err(ErrorCode::RegistrationClosed)
        } else if self.is_registered[user] || self.line.contains(&user) {
            Err(ErrorCode::AlreadyRegistered)
        } else if self.taken() >= self.capacity || !self.line.is_empty() {
            if self.line.len() >= self.waitlist_capacity as usize {
                return Err(ErrorCode::CompetitionFull);
            }
            self.line.push_back(user);
            self.ever_registered[user] = true;
            Ok(())
        } else {
            (self.is_registered[user], self.ever_registered[user]) = (true, true);
            Ok(())
        }
    }

    pub(super) fn cancel(&mut self, user: usize, stage: Stage) -> Outcome {
        let is_active = self.is_registered[user] || self.line.contains(&user);
        if self.cancelled && is_active {
            return Err(ErrorCode::CompetitionCancelled);
        }
        if stage == Stage::Over && self.is_registered[user] {
            return Err(ErrorCode::CompetitionOver);
        }
        self.is_registered[user] = false;
        self.line.retain(|waiting| *waiting != user);
        self.pass_seats_on(stage);
        if self.ever_registered[user] { Ok(()) } else { Err(ErrorCode::NotRegistered) }
    }
}
