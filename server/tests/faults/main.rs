//! The program under faults: killed and frozen processes, crashes of PostgreSQL and Redis, failures
//! of the network and the mail server, disconnected clients, unread event streams, long
//! locks, wrong clocks, servers that are not trusted.
//!
//! Each case has its own PostgreSQL and Redis, asserts that its fault fired, prints its seed, and
//! ends with the oracle ([`support::check`]). `make test-faults` runs the short form, `FAULTS=long
//! make test-faults` the long one. `FAULT_SEED` repeats a run. The head of each file lists the
//! guards without which its cases fail.

mod approval;
mod balancers;
mod clocks;
mod cron;
mod doctor;
mod encryption;
mod failovers;
mod failpoints;
mod hang_ups;
mod kills;
mod locks;
mod lost_connections;
mod mail_server;
mod notices;
mod partitions;
mod poison;
mod poolers;
mod postgres_crashes;
mod redis_outages;
mod room;
mod rush;
#[expect(dead_code, reason = "tests of the service use more of it")]
#[path = "../../../service/tests/it/sink.rs"]
mod sink;
mod streams;
mod support;
mod unknown_outcomes;
mod waiting_list;
mod workers;
