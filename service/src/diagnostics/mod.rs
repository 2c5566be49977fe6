//! What `mini-compete doctor` finds out about the services that the program uses. It reads only:
//! the database stays as it is, and Redis gets one key that is deleted at once.

mod clocks;
mod database;
mod finding;
mod mail;
mod redis;

pub use self::{
    clocks::clock,
    database::{Database, database},
    finding::{Finding, Severity},
    mail::{mail, send_test_mail},
    redis::redis,
};
