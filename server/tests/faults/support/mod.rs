//! Support for fault tests: an installation with its own PostgreSQL and Redis, processes that can
//! be killed, a network that can be cut, participants who register under load, and the oracle.

mod balancer;
pub(crate) mod certificates;
mod ledger;
mod load;
mod machine_clock;
mod oracle;
mod participants;
mod pooler;
mod port;
mod postgres;
mod process;
#[path = "../../support/program.rs"]
mod program;
mod proxy;
mod redis;
mod reply;
mod scale;
mod secure_redis;
mod server;
mod site;
mod variables;
mod worker;

pub(crate) use balancer::{Balancer, Product};
pub(crate) use ledger::Ledger;
pub(crate) use load::Load;
pub(crate) use machine_clock::MachineClock;
pub(crate) use oracle::check;
pub(crate) use participants::Participants;
pub(crate) use pooler::Pooler;
use port::Port;
pub(crate) use postgres::Postgres;
pub(crate) use process::{Process, wait_until};
pub(crate) use proxy::Proxy;
pub(crate) use redis::Redis;
use reply::Reply;
pub(crate) use reply::{Failures, Outcome, create_competition, status};
pub(crate) use scale::{scale, seeded_rng};
pub(crate) use secure_redis::SecureRedis;
pub(crate) use server::Server;
pub(crate) use site::Site;
pub(crate) use variables::Variables;
pub(crate) use worker::Worker;
