//! What the cases need: a site with a PostgreSQL and a Redis of its own, programs that can be killed, a network that
//! can be cut, a crowd that asks until it is told, and the oracle.

mod crowd;
mod ledger;
mod load;
mod machine_clock;
mod oracle;
mod port;
mod postgres;
mod process;
#[path = "../../support/program.rs"]
mod program;
mod proxy;
mod redis;
mod reply;
mod scale;
mod server;
mod site;
mod variables;
mod worker;

pub(crate) use crowd::Crowd;
pub(crate) use ledger::Ledger;
pub(crate) use load::Load;
pub(crate) use machine_clock::MachineClock;
pub(crate) use oracle::check;
use port::Port;
pub(crate) use postgres::Postgres;
pub(crate) use process::{Process, until};
pub(crate) use proxy::Proxy;
pub(crate) use redis::Redis;
use reply::Reply;
pub(crate) use reply::{Answer, Trouble};
pub(crate) use scale::{chance, scale};
pub(crate) use server::Server;
pub(crate) use site::Site;
pub(crate) use variables::Variables;
pub(crate) use worker::Worker;
