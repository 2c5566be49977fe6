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
    /// Whether seats are passed on until the start, and not only until the deadline.
    pub(super) promotes_late: bool,
    pub(super) needs_approval: bool,
    /// How often its access code can be used; `None` while it is open.
    pub(super) max_uses: Option<u32>,
    /// Whose registration was made with the code.
    pub(super) has_code: [bool; USERS],
    /// Who waits for approval.
    pub(super) awaits: [bool; USERS],
    pub(super) is_rejected: [bool; USERS],
    pub(super) ever_registered: [bool; USERS],
    /// Who had registered before the step: a review names registrations by their ids.
    pub(super) known: [bool; USERS],
    pub(super) cancelled: bool,
    pub(super) is_draft: bool,
}

impl Competition {
    /// Without participants.
    pub(super) fn new(capacity: u32, waitlist_capacity: u32, needs_approval: bool) -> Self {
        Self {
            capacity,
            is_registered: [false; USERS],
            waitlist_capacity,
            line: VecDeque::new(),
            promotes_late: false,
            needs_approval,
            max_uses: None,
            has_code: [false; USERS],
            awaits: [false; USERS],
            is_rejected: [false; USERS],
            ever_registered: [false; USERS],
            known: [false; USERS],
            cancelled: false,
            is_draft: false,
        }
    }

    pub(super) fn taken(&self) -> u32 {
        self.is_registered.iter().map(|registered| u32::from(*registered)).sum()
    }

    fn passes_seats_on(&self, stage: Stage) -> bool {
        stage < if self.promotes_late { Stage::UnderWay } else { Stage::Closed }
    }

    /// Gives free seats to the first in line.
    pub(super) fn pass_seats_on(&mut self, stage: Stage) {
        while self.passes_seats_on(stage)
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

    pub(super) fn set_approval(&mut self, is_required: bool) -> Outcome {
        if self.cancelled {
            return Err(ErrorCode::CancelledIsFinal);
        }
        self.needs_approval = is_required;
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
        let has_participants =
            self.taken() > 0 || !self.line.is_empty() || self.awaits.contains(&true);
        if visibility.is_draft() && has_participants {
            return Err(ErrorCode::HasRegistrations);
        }
        if self.is_draft && !visibility.is_draft() && stage >= Stage::Closed {
            return Err(ErrorCode::DeadlineNotInFuture);
        }
        self.is_draft = visibility.is_draft();
        Ok(())
    }

    pub(super) fn cancel_competition(&mut self, stage: Stage) -> Outcome {
        if !self.cancelled && !self.is_draft && stage == Stage::Over {
            return Err(ErrorCode::CompetitionOver);
        }
        self.cancelled = true;
        Ok(())
    }

    pub(super) fn register(&mut self, user: usize, by_code: bool, stage: Stage) -> Outcome {
        if self.cancelled {
            Err(ErrorCode::CompetitionCancelled)
        } else if stage == Stage::Announced {
            Err(ErrorCode::RegistrationNotOpen)
        } else if stage >= Stage::Closed {
            Err(ErrorCode::RegistrationClosed)
        } else if self.is_active(user) {
            Err(ErrorCode::AlreadyRegistered)
        } else if self.is_rejected[user] {
            Err(ErrorCode::RegistrationRejected)
        } else if self.max_uses.is_some() && !by_code {
            Err(ErrorCode::AccessCodeRequired)
        } else if self.max_uses.is_some_and(|max| self.uses() >= max) {
            Err(ErrorCode::AccessCodeUsedUp)
        } else if !self.has_free_seat() && !self.list_has_room() {
            Err(ErrorCode::CompetitionFull)
        } else {
            self.ever_registered[user] = true;
            self.has_code[user] = self.max_uses.is_some();
            if self.needs_approval {
                self.awaits[user] = true;
            } else {
                self.take_seat_or_join(user, self.has_free_seat());
            }
            Ok(())
        }
    }

    pub(super) fn set_code(&mut self, max_uses: Option<u32>) -> Outcome {
        if self.cancelled {
            return Err(ErrorCode::CancelledIsFinal);
        }
        self.max_uses = max_uses;
        Ok(())
    }

    /// How many registrations are active with the access code.
    fn uses(&self) -> u32 {
        (0..USERS).map(|user| u32::from(self.has_code[user] && self.is_active(user))).sum()
    }

    fn has_free_seat(&self) -> bool {
        self.taken() < self.capacity && self.line.is_empty()
    }

    fn list_has_room(&self) -> bool {
        self.line.len() < self.waitlist_capacity as usize
    }

    fn is_active(&self, user: usize) -> bool {
        self.is_registered[user] || self.line.contains(&user) || self.awaits[user]
    }

    fn take_seat_or_join(&mut self, user: usize, gets_seat: bool) {
        if gets_seat {
            self.is_registered[user] = true;
        } else {
            self.line.push_back(user);
        }
    }

    /// Whether the user has a registration that is not cancelled.
    fn reviewable(&self, user: usize) -> Outcome {
        if !self.known[user] {
            Err(ErrorCode::NotRegistered)
        } else if self.is_active(user) || self.is_rejected[user] {
            Ok(())
        } else {
            Err(ErrorCode::RegistrationCancelled)
        }
    }

    pub(super) fn can_review(&self, stage: Stage) -> Outcome {
        if self.cancelled {
            Err(ErrorCode::CompetitionCancelled)
        } else if self.is_draft {
            Err(ErrorCode::RegistrationNotOpen)
        } else if stage == Stage::Over {
            Err(ErrorCode::CompetitionOver)
        } else {
            Ok(())
        }
    }

    pub(super) fn approve(&mut self, user: usize, stage: Stage) -> Outcome {
        self.reviewable(user)?;
        let passes_on = self.passes_seats_on(stage);
        let gets_seat = self.taken() < self.capacity && (self.line.is_empty() || !passes_on);
        if self.is_registered[user] || (self.line.contains(&user) && !gets_seat) {
            return Ok(());
        }
        let joins_list = passes_on && self.list_has_room();
        if !gets_seat && !joins_list {
            return Err(ErrorCode::CompetitionFull);
        }
        (self.awaits[user], self.is_rejected[user]) = (false, false);
        self.line.retain(|waiting| *waiting != user);
        self.take_seat_or_join(user, gets_seat);
        Ok(())
    }

    pub(super) fn promote(&mut self, user: usize, adds_seats: bool) -> Outcome {
        self.reviewable(user)?;
        if self.is_registered[user] {
            return Ok(());
        }
        if self.taken() >= self.capacity && !self.add_seat(adds_seats) {
            return Err(ErrorCode::CompetitionFull);
        }
        (self.awaits[user], self.is_rejected[user]) = (false, false);
        self.line.retain(|waiting| *waiting != user);
        self.is_registered[user] = true;
        Ok(())
    }

    pub(super) fn add(&mut self, user: usize, adds_seat: bool, stage: Stage) -> Outcome {
        self.can_review(stage)?;
        if self.is_active(user) {
            return Err(ErrorCode::AlreadyRegistered);
        }
        let passes_on = self.passes_seats_on(stage);
        let has_free_seat = self.taken() < self.capacity && (self.line.is_empty() || !passes_on);
        let gets_seat = has_free_seat || self.add_seat(adds_seat);
        let joins_list = passes_on && self.list_has_room();
        if !gets_seat && !joins_list {
            return Err(ErrorCode::CompetitionFull);
        }
        (self.ever_registered[user], self.is_rejected[user]) = (true, false);
        self.has_code[user] = false;
        self.take_seat_or_join(user, gets_seat);
        Ok(())
    }

    fn add_seat(&mut self, may_add: bool) -> bool {
        self.capacity += u32::from(may_add);
        may_add
    }

    pub(super) fn reject(&mut self, user: usize, stage: Stage) -> Outcome {
        self.reviewable(user)?;
        (self.is_registered[user], self.awaits[user]) = (false, false);
        self.line.retain(|waiting| *waiting != user);
        self.is_rejected[user] = true;
        self.pass_seats_on(stage);
        Ok(())
    }

    pub(super) fn cancel(&mut self, user: usize, stage: Stage) -> Outcome {
        if self.cancelled && self.is_active(user) {
            return Err(ErrorCode::CompetitionCancelled);
        }
        if stage >= Stage::UnderWay && self.is_registered[user] {
            return Err(ErrorCode::CompetitionOver);
        }
        (self.is_registered[user], self.awaits[user]) = (false, false);
        self.line.retain(|waiting| *waiting != user);
        self.pass_seats_on(stage);
        if self.ever_registered[user] { Ok(()) } else { Err(ErrorCode::NotRegistered) }
    }
}
