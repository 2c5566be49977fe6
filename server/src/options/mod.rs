//! Options from the command line and the environment.

mod database;
mod installation;
mod mail;
mod media;
mod observability;
mod optional;
mod origin;
mod redis;
mod retention;
mod server;
mod switch;
mod traffic;
mod worker;

pub use database::DatabaseOptions;
pub use installation::{AppEnv, InstallationOptions};
pub use mail::MailOptions;
pub use media::MediaOptions;
pub use observability::ObservabilityOptions;
pub use optional::Optional;
pub use origin::Origins;
pub use redis::RedisOptions;
pub use retention::RetentionOptions;
pub use server::ServerOptions;
pub use switch::Switch;
pub use traffic::TrafficOptions;
pub use worker::WorkerOptions;
