//! The program under faults: processes that are killed and frozen, a PostgreSQL and a Redis that
//! crash, a network and a mail server that fail, clients that go away, locks that are held, clocks
//! that are wrong.
//!
//! Each case has a PostgreSQL and a Redis of its own, asserts that its fault fired, prints its seed, and ends with the
//! oracle ([`support::check`]). `make test-faults` runs them in their short form; `FAULTS=long make test-faults` in full.
//! `FAULT_SEED` repeats a run. What each case guards stands at its head: without that guard it fails.

mod clocks;
mod cron;
mod failovers;
mod failpoints;
mod hang_ups;
mod kills;
mod locks;
mod lost_connections;
mod mail_server;
mod partitions;
mod poison;
mod poolers;
mod postgres_crashes;
mod redis_outages;
mod rush;
#[expect(dead_code, reason = "tests of the service use more of it")]
#[path = "../../../service/tests/it/sink.rs"]
mod sink;
mod support;
mod unknown_outcomes;
mod workers;
