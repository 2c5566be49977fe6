//! The clock of a machine, which may be wrong and may be set: libfaketime shows it to the processes
//! there.

use std::{fs, path::PathBuf};

use tempfile::TempDir;

use super::Variables;

/// Where distributions put it, below the folders of libraries.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// A clock that is so many seconds off, `+3600` or `-3600`.
pub(crate) struct MachineClock(TempDir);

impl MachineClock {
    pub(crate) fn showing(offset: &str) -> Self {
        let clock = Self(tempfile::tempdir().expect("a folder"));
        clock.set(offset);
        clock
    }

    /// Sets it. Processes see it within a second.
    pub(crate) fn set(&self, offset: &str) {
        // Not half a number for whoever reads just now.
        let (new, file) = (self.0.path().join("new"), self.file());
        fs::write(&new, offset).expect("a file");
        fs::rename(new, file).expect("the clock's file");
    }

    /// The same for a process on this machine.
    pub(crate) fn of_process(&self, variables: &Variables) -> Variables {
        let variables = variables.clone().with("LD_PRELOAD", library().display().to_string());
        let variables =
            variables.with("FAKETIME_TIMESTAMP_FILE", self.file().display().to_string());
        let variables = variables.with("FAKETIME_CACHE_DURATION", "1");
        // How long something takes no clock can be set to.
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
