//! The databases, spoken to through their own shells: no driver of ours stands between.

mod database;
mod id;
mod shell;

pub(crate) use database::{Competitions, Database, email};
pub(crate) use id::uuid;
pub(crate) use shell::Shell;
