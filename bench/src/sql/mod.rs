//! The databases, accessed through their own shells and not through a driver of the product.

mod database;
mod id;
mod shell;

pub(crate) use database::{Competitions, Database, email};
pub(crate) use id::uuid;
pub(crate) use shell::Shell;
