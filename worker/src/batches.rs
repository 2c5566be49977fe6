//! Splitting a group of jobs into batches, each of which runs in one transaction.

/// The size of the first batch of jobs that were postponed once. Each further postponement divides
/// it by eight.
const FIRST: usize = 64;

/// Splits jobs into batches. A job that causes its batch to be postponed, because a row of it is
/// locked, is alone after three postponements and no longer delays others. Jobs that a database
/// outage has postponed do not run one by one: each batch that succeeds doubles the next.
pub(crate) struct Batches<'a, T> {
    left: &'a [T],
    /// The size of the next batch.
    size: usize,
    /// The size of the batch after one that did not succeed.
    first: usize,
}

impl<'a, T> Batches<'a, T> {
    /// `jobs` must begin with those that were never postponed: they are the first batch.
    pub(crate) fn of(jobs: &'a [T], postponements: impl Fn(&T) -> u32) -> Self {
        let fresh = jobs.iter().take_while(|job| postponements(job) == 0).count();
        let most = jobs.iter().map(postponements).max().unwrap_or_default();
        let eighths = most.saturating_sub(1).min(2);
        let first = FIRST >> (3 * eighths);
        Self { left: jobs, size: if fresh > 0 { fresh } else { first }, first }
    }

    /// The next batch.
    pub(crate) fn next(&mut self) -> Option<&'a [T]> {
        let (batch, left) = self.left.split_at(self.size.min(self.left.len()));
        self.left = left;
        self.size = self.first;
        (!batch.is_empty()).then_some(batch)
    }

    /// The jobs after the last batch.
    pub(crate) fn left(&self) -> &'a [T] {
        self.left
    }

    /// Doubles the next batch, because this one has succeeded.
    pub(crate) fn grow(&mut self, batch: &[T]) {
        self.size = self.first.max(2 * batch.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sizes of all batches of jobs with these postponements, if all batches succeed or none.
    fn sizes(jobs: &[u32], succeed: bool) -> Vec<usize> {
        let mut batches = Batches::of(jobs, |postponements| *postponements);
        let mut sizes = Vec::new();
        while let Some(batch) = batches.next() {
            sizes.push(batch.len());
            if succeed {
                batches.grow(batch);
            }
        }
        assert!(batches.left().is_empty());
        assert_eq!(sizes.iter().sum::<usize>(), jobs.len());
        sizes
    }

    #[test]
    fn jobs_that_were_never_postponed_are_one_batch() {
        assert_eq!(sizes(&[], true), [0; 0]);
        assert_eq!(sizes(&[0; 500], false), [500]);
        assert_eq!(sizes(&[0, 0, 0, 9, 9], false), [3, 1, 1], "no postponed job is in their batch");
    }

    #[test]
    fn a_job_that_was_postponed_three_times_is_alone() {
        assert_eq!(sizes(&[1; 130], false), [64, 64, 2]);
        assert_eq!(sizes(&[2; 20], false), [8, 8, 4]);
        assert_eq!(sizes(&[3, 3, 1_000_000], false), [1, 1, 1]);
    }

    #[test]
    fn batches_double_while_they_succeed() {
        assert_eq!(sizes(&[9; 500], true), [1, 2, 4, 8, 16, 32, 64, 128, 245]);
    }

    #[test]
    fn one_job_that_cannot_run_is_isolated_from_the_others_in_twelve_rounds() {
        const LOCKED: usize = 321;
        // Jobs by number, each with its postponements.
        let mut jobs: Vec<(usize, u32)> = (0..500).map(|number| (number, 0)).collect();
        let mut rounds = 0;
        while jobs.len() > 1 {
            rounds += 1;
            assert!(rounds <= 12, "{} jobs are still postponed", jobs.len());
            let round = std::mem::take(&mut jobs);
            let mut batches = Batches::of(&round, |job| job.1);
            while let Some(batch) = batches.next() {
                if batch.iter().any(|job| job.0 == LOCKED) {
                    jobs.extend(batch.iter().map(|job| (job.0, job.1 + 1)));
                } else {
                    batches.grow(batch);
                }
            }
        }
        assert_eq!(jobs[0].0, LOCKED);
    }
}
