//! The behaviour of the use cases, on SQLite and, with `TEST_DATABASE_URL` set, on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, and says where")]

mod accounts;
mod calendar;
mod cancel;
mod cancellation_notice;
mod clock;
mod competition_life;
mod competitions;
mod confirmation;
mod cron;
mod dashboard;
mod dead_letters;
mod deletion;
mod delivery;
mod demo;
mod disabling;
mod edit;
mod fill;
mod housekeeping;
mod idempotency;
mod isolation;
mod job_model;
mod jobs;
mod mail_limits;
mod mail_servers;
mod mailbox;
mod migration;
mod over;
mod password_reset;
mod personal_tokens;
mod processes;
mod queue;
mod refresh_tokens;
mod registration;
mod reminders;
mod roster;
mod search;
mod secure_sink;
mod sessions;
mod sink;
mod support;
mod throttle;
mod visibility;
mod waiting_list;
mod webhooks;
