//! A whole worker, as a process runs it.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, and says where")]

mod run;
