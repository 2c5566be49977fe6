//! When competitions take place, and how many register for each.

use chrono::TimeDelta;
use fastrand::Rng;
use sea_orm::prelude::DateTimeUtc;

use super::{Size, part};

/// How long ago the first competition was published.
const PAST: TimeDelta = TimeDelta::days(3 * 365);
/// The last of the past competitions was published so long ago, and is over.
const GAP: TimeDelta = TimeDelta::days(90);
/// How long ago the first of the open competitions was published.
const OPEN: TimeDelta = TimeDelta::days(60);
/// The participant with the most registrations has so many, at most.
const MOST_REGISTRATIONS: usize = 2_000;
/// One of so many competitions has no start.
const UNDATED: usize = 10;
/// One of so many competitions is cancelled.
const CANCELLED: usize = 50;

/// The dates and sizes of the competitions, by number.
pub(super) struct Schedule {
    now: DateTimeUtc,
    /// Competitions that are past. They come first.
    past: usize,
    /// Registrations for each.
    sizes: Vec<usize>,
    /// The one with the most registrations.
    largest: usize,
    /// The first participant registers for one of so many.
    stride: usize,
}

/// The dates of a competition.
pub(super) struct Dates {
    pub(super) created: DateTimeUtc,
    pub(super) deadline: DateTimeUtc,
    pub(super) start: Option<DateTimeUtc>,
    pub(super) cancelled: Option<DateTimeUtc>,
    /// The end of registration so far.
    pub(super) closed: DateTimeUtc,
}

impl Schedule {
    pub(super) fn new(rng: &mut Rng, now: DateTimeUtc, size: &Size) -> Self {
        let past = size.competitions - size.competitions.div_ceil(5);
        let most =
            if size.competitions == 1 { size.registrations } else { size.registrations / 20 };
        let mut sizes = shares(rng, size.registrations - most, size.competitions - 1);
        let largest = past + (size.competitions - past) / 2;
        sizes.insert(largest, most);
        let busy = (size.registrations / 100).clamp(1, MOST_REGISTRATIONS);
        Self { now, past, sizes, largest, stride: size.competitions.div_ceil(busy) }
    }

    /// How many register for a competition, where there are enough participants.
    pub(super) fn registrations(&self, number: usize) -> usize {
        self.sizes[number]
    }

    /// Whether the first participant registers for a competition.
    pub(super) fn has_first(&self, number: usize) -> bool {
        number.is_multiple_of(self.stride)
    }

    pub(super) fn dates(&self, rng: &mut Rng, number: usize) -> Dates {
        let mut days = |range| TimeDelta::days(1) * rng.i32(range);
        let (created, deadline) = if number < self.past {
            let created = self.now - PAST + part(PAST - GAP, number, self.past);
            (created, created + days(7..28))
        } else {
            let open = self.sizes.len() - self.past;
            let created = self.now - OPEN + part(OPEN, number - self.past, open);
            (created, self.now + TimeDelta::hours(1) + days(0..90))
        };
        let start = deadline + days(1..30);
        let closed = deadline.min(self.now);
        let is_dated = rng.usize(..UNDATED) > 0;
        let is_cancelled = rng.usize(..CANCELLED) == 0 && number != self.largest;
        Dates {
            created,
            deadline,
            start: is_dated.then_some(start),
            cancelled: is_cancelled.then_some(closed),
            closed,
        }
    }
}

/// `total` in so many uneven shares.
fn shares(rng: &mut Rng, total: usize, number: usize) -> Vec<usize> {
    // Many small ones and a few large ones.
    let weight = |_| rng.usize(1..=100).pow(3) / 1_000 + 100;
    let weights: Vec<usize> = (0..number).map(weight).collect();
    let mut left = weights.iter().sum::<usize>();
    let mut rest = total;
    let share = |weight: usize| {
        let share = rest * weight / left;
        left -= weight;
        rest -= share;
        share
    };
    weights.into_iter().map(share).collect()
}
