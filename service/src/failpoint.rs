//! Places at which a test can have the process killed.

/// Kills this process as SIGKILL would, if `FAILPOINT` names this place: `after_commit`, or `after_commit:3` for the
/// third time it is reached. Only in builds for tests.
#[cfg(feature = "test-support")]
pub(crate) fn reach(place: &str) {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    };

    static CHOSEN: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static TIMES: AtomicU32 = AtomicU32::new(0);
    let chosen = CHOSEN.get_or_init(|| {
        let text = std::env::var("FAILPOINT").ok()?;
        let (name, time) = text.split_once(':').unwrap_or((&text, "1"));
        Some((name.to_owned(), time.parse().unwrap_or(1)))
    });
    if let Some((name, time)) = chosen
        && name == place
        && TIMES.fetch_add(1, Ordering::SeqCst) + 1 == *time
    {
        // No destructor runs, nothing is flushed.
        std::process::abort();
    }
}

/// Nothing, in a program for users.
#[cfg(not(feature = "test-support"))]
pub(crate) fn reach(_: &str) {}
