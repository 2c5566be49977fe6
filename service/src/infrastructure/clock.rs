//! Where the time comes from: in tests from the test, on PostgreSQL from the database, which all
//! machines share.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::Timestamp;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::sync::Notify;

use crate::{Db, Error, Result};

/// A source of the current time.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine for the time"
    )]
    fn now(&self) -> Timestamp {
        chrono::DateTime::from(std::time::SystemTime::now()).into()
    }
}

/// Readings closer than this are the same: the rest is how long messages and the scheduler take.
const PRECISION: TimeDelta = TimeDelta::milliseconds(20);
/// A difference greater than this is no drift: a clock was set.
const STEP: TimeDelta = TimeDelta::seconds(1);

/// The clock of a PostgreSQL server, as this process knows it: the last reading, plus the monotonic
/// time since then. Machines whose own clocks are wrong agree by it on leases, ticks and deadlines.
#[derive(Debug)]
pub struct DatabaseClock {
    machine: Arc<dyn Clock>,
    reading: Mutex<Option<Reading>>,
    /// Notified when the reading may be wrong: the machine slept, or its clock was set.
    doubt: Notify,
}

#[derive(Clone, Copy, Debug)]
struct Reading {
    at: Instant,
    /// What the database's clock showed at that moment.
    database: DateTime<Utc>,
    /// What the machine's clock showed.
    machine: DateTime<Utc>,
}

impl Reading {
    fn elapsed(&self) -> TimeDelta {
        TimeDelta::from_std(self.at.elapsed()).unwrap_or(TimeDelta::MAX)
    }
}

impl DatabaseClock {
    /// A clock that has not been read yet. Until then it shows the time of `machine`.
    pub fn new(machine: Arc<dyn Clock>) -> Self {
        Self { machine, reading: Mutex::default(), doubt: Notify::new() }
    }

    /// Reads the database's clock. The machine's own counts where the database is a file on it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(&self, db: &Db) -> Result<()> {
        if db.is_sqlite() {
            return Ok(());
        }
        // Waiting for a connection is not part of the trip.
        let tx = db.connection().begin().await?;
        let sent = Instant::now();
        let sql = "SELECT clock_timestamp() AS now";
        let row = tx.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
        let trip = sent.elapsed();
        let row = row.ok_or_else(|| Error::Corrupt("a clock that shows nothing".to_owned()))?;
        let database: DateTime<Utc> = row.try_get("", "now")?;
        tx.rollback().await?;
        self.take(sent + trip / 2, trip, database);
        Ok(())
    }

    /// Returns when the last reading may be wrong.
    pub(crate) async fn doubted(&self) {
        self.doubt.notified().await;
    }

    /// Takes note of a reading. What it differs by within the length of the trip may be the trip's
    /// fault, so that time does not jump with each.
    fn take(&self, at: Instant, trip: Duration, database: DateTime<Utc>) {
        let machine = self.machine.now().utc()
            - TimeDelta::from_std(at.elapsed()).unwrap_or(TimeDelta::zero());
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        // Two may be under way at once. The later one knows better.
        if reading.is_some_and(|last| at < last.at) {
            return;
        }
        let expected = reading.map(|last| {
            let elapsed = at.saturating_duration_since(last.at);
            last.database + TimeDelta::from_std(elapsed).unwrap_or(TimeDelta::MAX)
        });
        let tolerance = TimeDelta::from_std(trip).unwrap_or(TimeDelta::MAX).max(PRECISION);
        let database = match expected {
            Some(expected) if (database - expected).abs() <= tolerance => expected,
            Some(expected) => {
                let step = database - expected;
                if step.abs() > STEP {
                    tracing::warn!(
                        clock.step_seconds = step.num_seconds(),
                        "the database's clock was set, or this machine slept"
                    );
                }
                database
            }
            None => database,
        };
        *reading = Some(Reading { at, database, machine });
    }
}

impl Clock for DatabaseClock {
    fn now(&self) -> Timestamp {
        let machine = self.machine.now().utc();
        let reading = *self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(reading) = reading else { return machine.into() };
        let elapsed = reading.elapsed();
        if ((machine - reading.machine) - elapsed).abs() > STEP {
            self.doubt.notify_one();
        }
        (reading.database + elapsed).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{BEGINNING, TestClock};

    fn machine() -> Arc<TestClock> {
        Arc::new(TestClock::new(BEGINNING.parse().unwrap()))
    }

    fn at(time: &str) -> DateTime<Utc> {
        time.parse().unwrap()
    }

    /// Whether two times are closer than a test may be held up.
    fn is_near(one: Timestamp, other: DateTime<Utc>) -> bool {
        (one.utc() - other).abs() < TimeDelta::seconds(30)
    }

    #[test]
    fn a_machine_whose_clock_is_wrong_shows_the_time_of_the_database() {
        let machine = machine();
        let clock = DatabaseClock::new(machine.clone());
        assert_eq!(clock.now(), machine.now(), "nothing was read yet");
        let truth = at("2026-11-23T13:00:00Z");
        clock.take(Instant::now(), Duration::ZERO, truth);
        assert!(is_near(clock.now(), truth));
    }

    #[tokio::test]
    async fn a_machine_whose_clock_is_set_changes_nothing_and_is_doubted() {
        let machine = machine();
        let clock = DatabaseClock::new(machine.clone());
        let truth = at("2026-11-23T13:00:00Z");
        clock.take(Instant::now(), Duration::ZERO, truth);
        for step in [TimeDelta::hours(1), TimeDelta::hours(-2)] {
            machine.advance(step);
            assert!(is_near(clock.now(), truth), "{step}");
            clock.doubted().await;
        }
    }

    #[test]
    fn a_reading_that_arrives_after_a_later_one_is_ignored() {
        let clock = DatabaseClock::new(machine());
        let (begin, truth) = (Instant::now(), at("2026-11-23T13:00:00Z"));
        let hour = TimeDelta::hours(1);
        // The database's clock is set back between them.
        clock.take(begin + Duration::from_millis(1), Duration::ZERO, truth - hour);
        clock.take(begin, Duration::ZERO, truth);
        assert!(is_near(clock.now(), truth - hour));
    }

    #[test]
    fn a_step_of_the_database_is_followed_and_the_length_of_a_trip_is_not() {
        let clock = DatabaseClock::new(machine());
        let (begin, truth) = (Instant::now(), at("2026-11-23T13:00:00Z"));
        clock.take(begin, Duration::ZERO, truth);
        let trip = Duration::from_secs(300);
        clock.take(begin, trip, truth + TimeDelta::seconds(200));
        assert!(is_near(clock.now(), truth), "within the trip");
        clock.take(begin, Duration::ZERO, truth - TimeDelta::hours(1));
        assert!(is_near(clock.now(), truth - TimeDelta::hours(1)));
    }
}
