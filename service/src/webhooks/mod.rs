//! Webhooks: the events of an organizer's competitions, sent to addresses of theirs.
//!
//! | Module | |
//! |---|---|
//! | `endpoints` | creating, changing and deleting webhooks |
//! | `log` | the deliveries of a webhook; sending one again; sending a test |
//! | `event` | the events, written in the transactions of their causes |
//! | `publish` | the job that makes a delivery for each webhook that wants an event |
//! | `deliver`, `attempt`, `outcome`, `schedule`, `retry_after` | the job that sends them |
//! | `backlog` | the deliveries that wait, and their number for metrics |
//! | `disable` | disabling a webhook |
//! | `flags` | which competitions have webhooks |
//! | `secret` | secrets and signatures |
//! | `handover` | a new secret on its way to the page that shows it |
//!
//! A competition without webhooks costs nothing: `has_webhooks` is a column of its row, which every
//! cause reads anyway.
//!
//! One job at a time sends the requests of a webhook, a few at a time and for some seconds. So a
//! slow receiver takes one of the places of its class, and never those of other jobs.

mod attempt;
mod backlog;
mod deliver;
mod disable;
mod endpoints;
mod event;
mod flags;
mod handover;
mod log;
mod outcome;
mod publish;
mod retry_after;
mod schedule;
mod secret;

pub(crate) use disable::mail_examples;

pub(crate) use backlog::{Backlog, backlog};
pub(crate) use deliver::DeliverWebhooks;
pub use endpoints::{create, delete, edit, get, list, rotate_secret};
pub(crate) use event::Event;
pub(crate) use flags::listen_to_new_competition;
pub use handover::SecretHandover;
pub(crate) use log::is_old;
pub use log::{deliveries, deliveries_after, send_again, send_test};
pub(crate) use publish::PublishEvents;
