//! A wrong clock for processes, by libfaketime.

use std::{fs, path::PathBuf};

use tempfile::TempDir;

use super::Variables;

/// The path of libfaketime below the library folders of distributions.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// A clock with an offset in seconds, `+3600` or `-3600`.
pub(crate) struct MachineClock(TempDir);

impl MachineClock {
    pub(crate) fn with_offset(offset: &str) -> Self {
        let clock = Self(tempfile::tempdir().expect("a folder"));
        clock.set(offset);
        clock
    }

    /// Changes the offset. Processes see it within a second.
    pub(crate) fn set(&self, offset: &str) {
        // Renaming is atomic, so that no process reads an incomplete number.
        let (new, file) = (self.0.path().join("new"), self.file());
        fs::write(&new, offset).expect("a file");
        fs::rename(new, file).expect("the clock's file");
    }

    /// The environment of a process with this clock.
    pub(crate) fn apply_to(&self, variables: &Variables) -> Variables {
        let variables = variables.clone().with("LD_PRELOAD", library().display().to_string());
        let variables =
            variables.with("FAKETIME_TIMESTAMP_FILE", self.file().display().to_string());
        let variables = variables.with("FAKETIME_CACHE_DURATION", "1");
        // The monotonic clock stays right, as on a machine whose clock is set.
        variables.with("FAKETIME_DONT_FAKE_MONOTONIC", "1").with("DONT_FAKE_MONOTONIC", "1")
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("offset")
    }
}

fn library() -> PathBuf {
    let roots = ["/usr/lib", "/usr/lib64", "/usr/local/lib"].map(PathBuf::from);
    let below = roots.iter().filter_map(|root| fs::read_dir(root).ok()).flatten().flatten();
    let folders: Vec<_> = roots.iter().cloned().chain(below.map(|entry| entry.path())).collect();
    let found = folders.into_iter().map(|folder| folder.join(LIBRARY)).find(|path| path.exists());
    found.expect("libfaketime, which ./setup.sh test installs")
}
