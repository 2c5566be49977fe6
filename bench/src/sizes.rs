//! The sizes and durations of the measurements.

use std::time::Duration;

use crate::options::Options;

/// The sizes and durations of the measurements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    /// The number of rounds.
    pub(crate) rounds: u8,
    /// The duration of one measurement of registrations or reads.
    pub(crate) time: Duration,
    /// The duration of one measurement of logins, each of which takes a quarter of a second.
    pub(crate) login_time: Duration,
    /// Concurrent clients that register.
    pub(crate) clients: &'static [usize],
    /// The number of participants: more than can register in `time`.
    pub(crate) people: usize,
    /// Confirmations to drain.
    pub(crate) jobs: usize,
    /// Confirmations that are measured one by one.
    pub(crate) single_jobs: usize,
    /// Competitions in a short and in a long list.
    pub(crate) lists: [usize; 2],
    /// Competitions that are searched.
    pub(crate) searched: usize,
}

impl Sizes {
    pub(crate) fn of(options: &Options) -> Self {
        let sizes = match (options.quick, options.check) {
            (true, _) => Self::QUICK,
            (_, true) => Self::CHECK,
            _ => Self::FULL,
        };
        Self { rounds: options.rounds.unwrap_or(sizes.rounds), ..sizes }
    }

    /// About a quarter of an hour on two cores.
    const FULL: Self = Self {
        rounds: 3,
        time: Duration::from_secs(5),
        login_time: Duration::from_secs(10),
        clients: &[1, 8, 64, 256],
        people: 50_000,
        jobs: 20_000,
        single_jobs: 200,
        lists: [200, 10_000],
        searched: 100_000,
    };

    /// About five minutes on two cores. What a row measures is the same as in the full run.
    const CHECK: Self = Self {
        rounds: 2,
        time: Duration::from_secs(2),
        login_time: Duration::from_secs(3),
        clients: &[8, 64, 256],
        people: 25_000,
        jobs: 10_000,
        single_jobs: 100,
        lists: [200, 10_000],
        searched: 100_000,
    };

    const QUICK: Self = Self {
        rounds: 1,
        time: Duration::from_secs(1),
        login_time: Duration::from_secs(2),
        clients: &[1, 64],
        people: 5_000,
        jobs: 500,
        single_jobs: 10,
        lists: [200, 1_000],
        searched: 5_000,
    };
}
