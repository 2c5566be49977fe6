//! The programs that the product is compared with.

mod bcrypt;
mod bullmq;
mod graphile_worker;
mod node;
mod pgbench;
mod plain_axum;
mod sqlite;

pub(crate) use bcrypt::bcrypt;
pub(crate) use bullmq::BullMq;
pub(crate) use graphile_worker::graphile_worker;
use node::node;
pub(crate) use pgbench::{Pgbench, Script};
pub(crate) use plain_axum::plain_axum;
pub(crate) use sqlite::sqlite;
