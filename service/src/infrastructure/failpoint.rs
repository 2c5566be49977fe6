//! Places at which a test can kill the process or make a task panic.

#[cfg(feature = "test-support")]
pub(crate) use test_support::{panic_at, reach};

#[cfg(feature = "test-support")]
mod test_support {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    };

    /// Kills this process as SIGKILL would, if `FAILPOINT` names this place: `after_commit`, or
    /// `after_commit:3` for the third time it is reached. Only in builds for tests.
    pub(crate) fn reach(place: &str) {
        static FAILPOINT: Chosen = Chosen::by("FAILPOINT");
        if FAILPOINT.is_reached(place) {
            // No destructor runs, nothing is flushed.
            std::process::abort();
        }
    }

    /// Panics, if `PANICPOINT` names this place in the same way. Only in builds for tests.
    pub(crate) fn panic_at(place: &str) {
        static PANICPOINT: Chosen = Chosen::by("PANICPOINT");
        assert!(!PANICPOINT.is_reached(place), "PANICPOINT names {place}");
    }

    /// The place that a variable of the environment names.
    struct Chosen {
        variable: &'static str,
        place: OnceLock<Option<(String, u32)>>,
        times: AtomicU32,
    }

    impl Chosen {
        const fn by(variable: &'static str) -> Self {
            Self { variable, place: OnceLock::new(), times: AtomicU32::new(0) }
        }

        fn is_reached(&self, place: &str) -> bool {
            let chosen = self.place.get_or_init(|| {
                let text = std::env::var(self.variable).ok()?;
                let (name, time) = text.split_once(':').unwrap_or((&text, "1"));
                Some((name.to_owned(), time.parse().unwrap_or(1)))
            });
            let Some((name, time)) = chosen else { return false };
            name == place && self.times.fetch_add(1, Ordering::SeqCst) + 1 == *time
        }
    }
}

/// Nothing, in a program for users.
#[cfg(not(feature = "test-support"))]
pub(crate) fn reach(_: &str) {}

/// Nothing, in a program for users.
#[cfg(not(feature = "test-support"))]
pub(crate) fn panic_at(_: &str) {}
